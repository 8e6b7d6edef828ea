"""What a provider should do now, computed from its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from catalogue.enums import RecordState, RevisionState
from catalogue.models import HIDDEN_AFTER, SINKS_AFTER, AccessRules, Provider, Record, Revision
from catalogue.models.records import ASKED_AFTER
from portal.templatetags.portal_ui import day

TONES = {
    RevisionState.DRAFT: "",
    RevisionState.SUBMITTED: "info",
    RevisionState.RETURNED: "warn",
    RevisionState.APPROVED: "ok",
    RevisionState.DISCARDED: "",
}
RECORD_TONES = {RecordState.DRAFT: "", RecordState.PUBLISHED: "ok", RecordState.HIDDEN: "warn"}


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to do: where, or by the button that confirms a record."""

    name: str
    note: str
    url: str
    label: str
    tone: str = "warn"
    confirm_url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A record in the provider's list, with its open change."""

    record: Record
    change: Revision | None
    is_hidden_by_age: bool

    @property
    def title(self) -> str:
        """The title in force, or of what was never published the one being written."""
        is_new = self.record.state == RecordState.DRAFT and self.change is not None
        return str(self.change if is_new else self.record)

    @property
    def tone(self) -> str:
        """The tone of the record's state."""
        return "warn" if self.is_hidden_by_age else RECORD_TONES[RecordState(self.record.state)]

    @property
    def change_tone(self) -> str:
        """The tone of the change's state."""
        return TONES[RevisionState(self.change.state)] if self.change else ""


def row(record: Record, change: Revision | None, *, now: datetime) -> Row:
    """Put a record beside its open change."""
    oldest = (now - HIDDEN_AFTER).date()
    is_old = record.confirmed_on is None or record.confirmed_on <= oldest
    return Row(record, change, record.state == RecordState.PUBLISHED and is_old)


def things(
    provider: Provider, rows: Sequence[Row], current: Sequence[AccessRules], *, now: datetime
) -> list[Thing]:
    """Return what the provider should do, the rules first, then record by record."""
    return [
        *_of_rules(provider, current),
        *(thing for one in rows for thing in _of_record(one, now=now)),
    ]


def _of_rules(provider: Provider, current: Sequence[AccessRules]) -> Iterator[Thing]:
    if not current or provider.accepted_rules in current:
        return
    yield Thing(
        gettext("Accept the access rules"),
        gettext("Firms cannot apply with your records before you accept the current version."),
        reverse("provider_rules", args=[provider.pk]),
        gettext("Read the rules"),
        "bad",
    )


def _of_record(one: Row, *, now: datetime) -> Iterator[Thing]:
    record, change = one.record, one.change
    page = reverse("provider_record", args=[record.slug])
    if change and change.state == RevisionState.RETURNED:
        name = gettext("Correct “%(record)s”") % {"record": record}
        yield Thing(name, change.note, page, gettext("The broker sent it back"))
    if record.state == RecordState.HIDDEN:
        note = gettext("Ask your broker why; a change that is approved shows it again.")
        yield Thing(_quoted(record), note, page, gettext("Hidden by the broker"), "bad")
    if record.state != RecordState.PUBLISHED:
        return
    yield from _to_confirm(record, page, now=now)
    if record.link_problem:
        note = gettext("%(address)s does not answer: %(problem)s") % {
            "address": record.website,
            "problem": record.link_problem,
        }
        edit = reverse("provider_record_edit", args=[record.slug])
        name = gettext("Correct the website of “%(record)s”") % {"record": record}
        yield Thing(name, note, edit, gettext("The link is dead"))


def _to_confirm(record: Record, page: str, *, now: datetime) -> Iterator[Thing]:
    confirmed = record.confirmed_on
    if confirmed is not None and confirmed > (now - ASKED_AFTER).date():
        return
    confirm = reverse("provider_record_confirm", args=[record.slug])
    name = gettext("Confirm “%(record)s”") % {"record": record}
    last = gettext("Last confirmed on %(day)s.") % {"day": day(confirmed)} if confirmed else ""
    if confirmed is None or confirmed <= (now - HIDDEN_AFTER).date():
        note = gettext("Nobody finds it until you confirm it.")
        yield Thing(name, f"{last} {note}", page, gettext("Hidden"), "bad", confirm)
        return
    left = (confirmed + HIDDEN_AFTER - now.date()).days
    note = ngettext("It is hidden in %(left)d day.", "It is hidden in %(left)d days.", left) % {
        "left": left
    }
    is_late = confirmed <= (now - SINKS_AFTER).date()
    label = gettext("Sinks in the results") if is_late else gettext("Six months old")
    yield Thing(name, f"{last} {note}", page, label, "warn", confirm)


def _quoted(record: Record) -> str:
    return gettext("“%(record)s” is hidden") % {"record": record}
