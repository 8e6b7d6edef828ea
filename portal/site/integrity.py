"""Whether journal, ledger, states and files still say the same; memory does not grow with them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.apps import apps
from django.db.models import Exists, Model, OuterRef

from portal.enums import DocumentState
from portal.models import Document, JournalEntry, Stateful, Upload
from portal.uploads import file_hash
from portal.workflow import as_json, digest, entry_hash
from vouchers.actions.ledger import line_facts
from vouchers.models import LedgerEntry, Submission

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One record that is not what it was, and why we know."""

    record: str
    why: str

    def __str__(self) -> str:
        return f"{self.record}: {self.why}"


@dataclass(slots=True)
class Walk:
    """One walk over everything; counts and heads are complete when `findings` has ended."""

    anchors: Mapping[tuple[str, int], str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """Yield every broken record."""
        yield from self._chains()
        yield from self._anchors()
        yield from self._ledger()
        yield from self._states()
        yield from self._documents()
        yield from self._submissions()
        yield from self._uploads()

    def _chains(self) -> Iterator[Finding]:
        entries = JournalEntry.objects.order_by("chain", "number")
        for entry in entries.iterator(chunk_size=AT_ONCE):
            self.counts["journal entries"] += 1
            number, previous = self.heads.get(entry.chain, (0, ""))
            for why in _entry_faults(entry, number, previous):
                yield Finding(f"journal {entry}", why)
            anchor = self.anchors.get((entry.chain, entry.number))
            if anchor not in {None, entry.hash}:
                yield Finding(f"journal {entry}", "the anchor kept another hash")
            self.heads[entry.chain] = (entry.number, entry.hash)

    def _anchors(self) -> Iterator[Finding]:
        for chain, number in self.anchors:
            self.counts["anchors"] += 1
            if number > self.heads.get(chain, (0, ""))[0]:
                yield Finding(f"journal {chain} {number}", "the anchor knows it, and it is gone")

    def _ledger(self) -> Iterator[Finding]:
        lines = LedgerEntry.objects.order_by("pk").iterator(chunk_size=AT_ONCE)
        for some in batched(lines, AT_ONCE):
            entries = _entries_of(LedgerEntry, [line.pk for line in some])
            for line in some:
                self.counts["ledger lines"] += 1
                entry = entries.get(line.pk)
                if entry is None:
                    yield Finding(f"ledger line {line.pk}", "the journal does not know it")
                elif (entry.data, entry.at) != (as_json(line_facts(line)), line.at):
                    yield Finding(f"ledger line {line.pk}", f"journal {entry} says otherwise")
        kept = LedgerEntry.objects.filter(pk=OuterRef("subject_id"))
        for entry in _entries(LedgerEntry).filter(~Exists(kept)).iterator(chunk_size=AT_ONCE):
            yield Finding(
                f"ledger line {entry.subject_id}", f"it is gone, journal {entry} knows it"
            )

    def _states(self) -> Iterator[Finding]:
        for model in apps.get_models():
            if issubclass(model, Stateful):
                yield from self._states_of(model)

    def _states_of(self, model: type[Stateful]) -> Iterator[Finding]:
        rows = model._base_manager.order_by("pk").values_list("pk", "state")
        for some in batched(rows.iterator(chunk_size=AT_ONCE), AT_ONCE):
            moves = _entries(model).filter(subject_id__in=[pk for pk, _state in some])
            last = moves.exclude(after="").order_by("subject_id", "-pk").distinct("subject_id")
            states = dict(last.values_list("subject_id", "after"))
            for pk, state in some:
                self.counts["states"] += 1
                if states.get(pk) != state:
                    known = states.get(pk, "nothing")
                    name = f"{model._meta.verbose_name} {model._base_manager.get(pk=pk)}"
                    yield Finding(name, f"it is {state}, and the journal says {known}")

    def _documents(self) -> Iterator[Finding]:
        for some in batched(Document.objects.order_by("pk").iterator(chunk_size=100), 100):
            keys = [document.pk for document in some]
            issued = _entries_of(Document, keys, verb="issue")
            rendered = _entries_of(Document, keys, verb="render")
            erased = _entries_of(Document, keys, verb="erase")
            for document in some:
                self.counts["documents"] += 1
                for why in _document_faults(document, issued, rendered, erased):
                    yield Finding(f"document {document.number}", why)

    def _submissions(self) -> Iterator[Finding]:
        for some in batched(Submission.objects.order_by("pk").iterator(chunk_size=100), 100):
            keys = [row.pk for row in some]
            received = _entries_of(Submission, keys, verb="submitted")
            erased = _entries_of(Submission, keys, verb="erase")
            for row in some:
                self.counts["submissions"] += 1
                for why in _submission_faults(row, received, erased):
                    yield Finding(f"submission {row}", why)

    def _uploads(self) -> Iterator[Finding]:
        for upload in Upload.objects.order_by("pk").iterator(chunk_size=AT_ONCE):
            self.counts["uploads"] += 1
            if file_hash(upload.file) != upload.sha256:
                yield Finding(f"upload {upload.pk} {upload}", "its file is not what was given")


def _entry_faults(entry: JournalEntry, number: int, previous: str) -> Iterator[str]:
    if entry.number != number + 1:
        yield f"{entry.number - number - 1} entries before it are missing"
    elif entry.previous_hash != previous:
        yield "it does not follow the entry before it"
    if entry_hash(entry) != entry.hash:
        yield "its hash does not fit its content"
    # Personal data may be erased; what is left of it must be what was written.
    if entry.personal and digest(entry.personal) != entry.personal_digest:
        yield "its personal part is not what was written"


def _submission_faults(
    row: Submission,
    received: Mapping[int, JournalEntry],
    erased: Mapping[int, JournalEntry],
) -> Iterator[str]:
    hashes = {row.content_hash, _said(received, row, "content_hash")}
    if row.erased_at is None:
        hashes.add(digest(row.content))
    elif row.content or row.pk not in erased:
        yield "it is marked as erased, and the journal does not say so"
    if len(hashes) > 1:
        yield "its content is not what was received"


def _document_faults(
    document: Document,
    issued: Mapping[int, JournalEntry],
    rendered: Mapping[int, JournalEntry],
    erased: Mapping[int, JournalEntry],
) -> Iterator[str]:
    if document.erased_at is not None:
        yield from _erased_faults(document, issued, erased)
        return
    if digest(document.facts) != document.content_hash:
        yield "its facts do not fit its hash"
    elif _said(issued, document, "content_hash") != document.content_hash:
        yield "the journal has another hash of its facts"
    if document.state != DocumentState.READY:
        return
    if file_hash(document.file) != document.sha256:
        yield "its file is not what was issued"
    elif _said(rendered, document, "sha256") != document.sha256:
        yield "the journal has another hash of its file"


def _erased_faults(
    document: Document, issued: Mapping[int, JournalEntry], erased: Mapping[int, JournalEntry]
) -> Iterator[str]:
    if document.facts or document.file or document.pk not in erased:
        yield "it is marked as erased, and the journal does not say so"
    if _said(issued, document, "content_hash") != document.content_hash:
        yield "the journal has another hash of its facts"


def _entries(model: type[Model]) -> Any:
    return JournalEntry.objects.filter(subject_type=model._meta.label_lower)


def _entries_of(model: type[Model], keys: list[int], **kind: str) -> dict[int, JournalEntry]:
    """Return the first entry about each row by the row's id."""
    found = _entries(model).filter(subject_id__in=keys, **kind).order_by("-pk")
    return {entry.subject_id: entry for entry in found}


def _said(entries: Mapping[int, JournalEntry], row: Model, name: str) -> Any:
    entry = entries.get(row.pk)
    return entry.data.get(name) if entry else None
