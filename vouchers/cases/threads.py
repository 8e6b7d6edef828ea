"""The threads about receipts: what was asked, what was answered, and what is open."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from portal.models import Upload
from vouchers.enums import ClaimState, NoteKind
from vouchers.models import Claim, ClaimLine, ReceiptNote


@dataclass(frozen=True, slots=True)
class Thread:
    """What was written about one receipt, oldest first."""

    line: ClaimLine
    notes: list[ReceiptNote]

    @property
    def open(self) -> list[ReceiptNote]:
        """The questions since the last answer."""
        return self.notes[len(self.settled) :]

    @property
    def settled(self) -> list[ReceiptNote]:
        """What comes before the open questions."""
        ends = [n for n, note in enumerate(self.notes, 1) if note.kind != NoteKind.QUESTION]
        return self.notes[: max(ends, default=0)]


def with_open_question(lines: QuerySet[ClaimLine]) -> QuerySet[ClaimLine]:
    """Return the receipts whose thread ends with a question."""
    last = ReceiptNote.objects.filter(line=OuterRef("pk")).order_by("-pk").values("kind")[:1]
    return lines.annotate(last_kind=Subquery(last)).filter(last_kind=NoteKind.QUESTION)


def open_lines(claim: Claim) -> list[ClaimLine]:
    """Return the claim's receipts with an open question, in their order."""
    return list(with_open_question(ClaimLine.objects.filter(claim=claim)))


def in_hand() -> QuerySet[ClaimLine]:
    """Return receipts with all that a page of a claim shows of them, in two queries."""
    notes = ReceiptNote.objects.select_related("by", "old_receipt", "old_proof")
    rows = ClaimLine.objects.select_related("kind", "receipt", "proof_of_payment")
    return rows.prefetch_related(Prefetch("notes", notes))


def files_of(line: ClaimLine) -> list[Upload]:
    """Return the receipt's files, and those that its answers replaced."""
    notes = line.notes.all()
    replaced = [file for note in notes for file in (note.old_receipt, note.old_proof)]
    return [file for file in (line.receipt, line.proof_of_payment, *replaced) if file is not None]


def thread_of(line: ClaimLine) -> Thread:
    """Return what was written about a receipt."""
    return Thread(line, list(line.notes.all()))


def threads_of(claim: Claim) -> dict[int, Thread]:
    """Return the thread of each receipt that has one, by the receipt's id."""
    found = {line.pk: thread_of(line) for line in claim.lines.all()}
    return {pk: thread for pk, thread in found.items() if thread.notes}


def told_of(claim: Claim) -> dict[int, Thread]:
    """Return of the threads what the firm has been told: questions go out with the claim."""
    threads = threads_of(claim)
    if claim.state != ClaimState.FILED:
        return threads
    told = {pk: Thread(thread.line, thread.settled) for pk, thread in threads.items()}
    return {pk: thread for pk, thread in told.items() if thread.notes}


def with_news(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Note on each claim whether an answer came since the desk opened it, in the same statement."""
    answers = ReceiptNote.objects.filter(line__claim=OuterRef("pk"), kind=NoteKind.ANSWER)
    is_new = Q(at__gt=OuterRef("read_at")) | Q(line__claim__read_at=None)
    return claims.annotate(has_news=Exists(answers.filter(is_new)))


def has_news(claim: Claim) -> bool:
    """Whether the firm has answered since the desk opened the claim; the notes are in hand."""
    notes = [note for thread in threads_of(claim).values() for note in thread.notes]
    read_at = claim.read_at
    return any(
        note.kind == NoteKind.ANSWER and (read_at is None or note.at > read_at) for note in notes
    )
