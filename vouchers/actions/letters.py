"""Held letters: edited while nobody has been told, and told together or not at all."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal.enums import Role
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import IllegalMove, action, lock, record
from vouchers.actions import awards
from vouchers.cases.letters import Letter, held, language_of, letters_of
from vouchers.models import Application, CallVoucherType, Decision, LetterText
from vouchers.notifications import LettersBlocked
from vouchers.workflow import EDIT_LETTER


class LettersDiffer(Exception):
    """Letters say something else than the record, so none goes out; `letters` are these."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        super().__init__(", ".join(str(letter.decision.application) for letter in letters))
        self.letters = letters


class AnotherVersion(Exception):
    """A colleague has changed the letter since the page was read."""


class NotAhead(Exception):
    """A release is set for an instant that is still to come."""


class AlreadyReleased(Exception):
    """The voucher type's letters have been released: decisions are told as they are made."""


@action
def edit(decision: Decision, *, text: str, version: int, by: Actor, now: datetime) -> LetterText:
    """Write another version of a held letter's own text; `version` is the number that was read.

    Raises PermissionDenied, IllegalMove once the applicant was told or the decision was reversed,
    and AnotherVersion.
    """
    application = lock(decision.application, "call__programme", "home_region", "started_by")
    if not EDIT_LETTER.permits(by, application):
        raise PermissionDenied("edit_letter")
    row = Decision.objects.get(pk=decision.pk)
    if row.told_at is not None or row.replaced_at is not None:
        raise IllegalMove(application, EDIT_LETTER)
    if version_of(row) != version:
        raise AnotherVersion
    if version == 0:
        _keep_first(row)
        version = 1
    written = LetterText.objects.create(
        decision=row,
        number=version + 1,
        language=language_of(application),
        text=text,
        written_at=now,
        written_by=by.user,
    )
    row.message = text
    row.save(update_fields=["message"])
    record(
        row,
        "edit_letter",
        by=by,
        now=now,
        chain=application.journal_chain,
        version=written.number,
        personal={"text": text},
    )
    return written


def version_of(decision: Decision) -> int:
    """Return the number of a letter's last version; 0 where its text is that of the decision."""
    return max((one.number for one in decision.letter_texts.all()), default=0)


def _keep_first(decision: Decision) -> None:
    """Keep what was written with the decision; in which language, nobody was asked."""
    LetterText.objects.create(
        decision=decision,
        number=1,
        text=decision.message,
        written_at=decision.decided_at,
        written_by=decision.decided_by,
    )


@action
def schedule(offer: CallVoucherType, *, at: datetime | None, by: Actor, now: datetime) -> None:
    """Set the instant of a release, or take it back with None.

    Raises PermissionDenied, AlreadyReleased and NotAhead.
    """
    row = _locked(offer, by=by)
    if row.released_at is not None:
        raise AlreadyReleased
    if at is not None and at <= now:
        raise NotAhead
    row.release_at = at
    row.save(update_fields=["release_at"])
    record(row, "schedule_letters", by=by, now=now, chain=row.call.programme.code, at=at)


@action
def release(offer: CallVoucherType, *, by: Actor, now: datetime) -> int:
    """Tell every held decision of a call's voucher type at once; pressed twice, it tells none.

    Raises PermissionDenied, and LettersDiffer where one letter says what the record does not: then
    nobody is told anything.
    """
    row = _locked(offer, by=by)
    # Nobody edits a letter between the comparison and the mail.
    waiting = Application.objects.filter(offer=row, told_at=None).order_by("pk")
    list(waiting.select_for_update(of=("self",), no_key=True).values_list("pk"))
    letters = letters_of(held(application__offer=row), at=now)
    wrong = [letter for letter in letters if letter.differences]
    if wrong:
        raise LettersDiffer(wrong)
    for letter in letters:
        awards.tell(letter.decision, message=letter.text, by=by, now=now)
    row.released_at = row.released_at or now
    row.save(update_fields=["released_at"])
    record(
        row,
        "release_letters",
        by=by,
        now=now,
        chain=row.call.programme.code,
        told=len(letters),
    )
    return len(letters)


def release_due(*, by: Actor, now: datetime) -> None:
    """Release what was set for an instant that has come; what differs is told to the managers."""
    due = CallVoucherType.objects.filter(release_at__lte=now, released_at=None)
    for offer in due.order_by("pk"):
        try:
            release(offer, by=by, now=now)
        except LettersDiffer as error:
            _block(offer, error.letters, by=by, now=now)


@action
def _block(offer: CallVoucherType, letters: Sequence[Letter], *, by: Actor, now: datetime) -> None:
    """Take the release back: a manager sets another, once the letters are right."""
    row = _locked(offer, by=by)
    if row.release_at is None or row.released_at is not None:
        return
    once, row.release_at = row.release_at.isoformat(), None
    row.save(update_fields=["release_at"])
    record(
        row,
        "block_letters",
        by=by,
        now=now,
        chain=row.call.programme.code,
        letters=[str(letter.decision.application) for letter in letters],
    )
    notify(LettersBlocked(row, once, {"letters": letters}), now=now)


def _locked(offer: CallVoucherType, *, by: Actor) -> CallVoucherType:
    row = CallVoucherType.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    if not may_release(by, row):
        raise PermissionDenied("release_letters")
    return row


def may_release(by: Actor, offer: CallVoucherType) -> bool:
    """Whether the actor manages the call's programme."""
    return by.is_clock or by.has_role(Role.MANAGER, offer.call.programme)
