"""Changes of an accepted award: the firm asks, its home region answers, both sides are told.

Another provider is no change: it would need another host region, its checks and its signatures.
"""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied

from portal import uploads
from portal.permissions import Actor
from portal.queue import issue_document, notify
from portal.uploads import Checked
from portal.workflow import IllegalMove, Transition, action, hold, lock, move, record
from vouchers import documents
from vouchers.cases import local_day
from vouchers.enums import AwardChangeKind, AwardChangeState
from vouchers.models import Award, AwardChange
from vouchers.notifications import (
    AwardChangeAnswered,
    AwardChangeAsked,
    AwardChangeForPartner,
)
from vouchers.rules.deadlines import award_calendar
from vouchers.rules.longer import Wish, check_extension
from vouchers.rules.verdict import Reason, ReasonCode, Verdict
from vouchers.workflow import AWARD_CHANGE, CHANGE

AROUND = (
    "application__call__programme",
    "application__home_region",
    "application__organisation",
    "application__voucher_type",
)


@action
def ask(
    award: Award,
    *,
    kind: AwardChangeKind,
    text: str,
    months: int | None = None,
    proof: Checked | None = None,
    by: Actor,
    now: datetime,
) -> AwardChange:
    """Ask for a change, with what and why; an extension names months and brings a proof of start.

    Raises PermissionDenied, IllegalMove (the award does not run) and Refused (asked already, too
    late, too long, or extended before).
    """
    row = lock(award, *AROUND)
    if by.user is None or not CHANGE.permits(by, row):
        raise PermissionDenied(CHANGE.name)
    if row.state not in CHANGE.sources:
        raise IllegalMove(row, CHANGE)
    change_time(row, kind, months=months or 0, now=now).require()
    change = AwardChange.objects.create(
        award=row,
        kind=kind,
        text=text,
        months=months,
        proof=uploads.store(proof, by=by, now=now) if proof else None,
        asked_at=now,
        asked_by=by.user,
    )
    record(
        change,
        "ask_change",
        by=by,
        now=now,
        chain=change.journal_chain,
        after=change.state,
        award=row.pk,
        kind=kind,
        months=months,
        personal={"text": text},
    )
    notify(AwardChangeAsked(hold(change)), now=now)
    return change


def change_time(award: Award, kind: str, *, months: int, now: datetime) -> Verdict:
    """Return whether the award may be changed so now; `months` counts for an extension."""
    rows = award.changes.filter(kind=kind)
    is_asked = rows.filter(state=AwardChangeState.ASKED).exists()
    if kind != AwardChangeKind.EXTENSION:
        return Verdict(reasons=(Reason(ReasonCode.CHANGE_ASKED),) if is_asked else ())
    wish = Wish(
        months=months,
        limit=award.application.terms.extension_months if award.starts_on else 0,
        ends_on=award.ends_on,
        is_asked=is_asked,
        is_extended=rows.filter(state=AwardChangeState.APPROVED).exists(),
    )
    return check_extension(wish, today=local_day(now, award.application.home_region))


@action
def approve(change: AwardChange, *, answer: str, by: Actor, now: datetime) -> None:
    """Approve a change; an extension moves the end and the day to claim. Raises as `refuse`."""
    row = _answerable(change, by=by)
    _answer(row, AWARD_CHANGE.APPROVE, answer, by=by, now=now)
    if row.is_extension:
        _extend(row, by=by, now=now)
    _issue(row, by=by, now=now)
    notify(AwardChangeAnswered(row), AwardChangeForPartner(row), now=now)


@action
def refuse(change: AwardChange, *, answer: str, by: Actor, now: datetime) -> None:
    """Refuse a change, and say why. Raises PermissionDenied and IllegalMove."""
    row = _answerable(change, by=by)
    _answer(row, AWARD_CHANGE.REFUSE, answer, by=by, now=now)
    notify(AwardChangeAnswered(row), now=now)


def _answerable(change: AwardChange, *, by: Actor) -> AwardChange:
    """Return the change, locked after its award, which must run."""
    award = lock(change.award, *AROUND)
    row = lock(change)
    row.award = award
    if not AWARD_CHANGE.APPROVE.permits(by, row):
        raise PermissionDenied(AWARD_CHANGE.APPROVE.name)
    if award.state not in CHANGE.sources:
        raise IllegalMove(award, CHANGE)
    return row


def _answer(
    change: AwardChange, arrow: Transition, answer: str, *, by: Actor, now: datetime
) -> None:
    said = {"answer": answer, "answered_at": now, "answered_by": by.user}
    move(
        change,
        arrow,
        by=by,
        now=now,
        also=lambda _row: said,
        award=change.award_id,
        kind=change.kind,
        personal={"answer": answer} if answer else None,
    )


def _extend(change: AwardChange, *, by: Actor, now: datetime) -> None:
    """Move the end by the rule that fixed it: so many months after the work could start."""
    award, terms = change.award, change.award.application.terms
    assert award.starts_on is not None  # noqa: S101  change_time asked for it
    before = award.ends_on
    calendar = award_calendar(
        award.starts_on,
        validity_months=terms.validity_months + (change.months or 0),
        claim_days=terms.claim_days,
    )
    zone = ZoneInfo(award.application.home_region.time_zone)
    award.ends_on = calendar.ends_on
    award.claim_by = datetime.combine(calendar.claim_by, time(17), tzinfo=zone)
    award.save(update_fields=["ends_on", "claim_by"])
    record(
        award,
        "extend_award",
        by=by,
        now=now,
        chain=award.journal_chain,
        before_ends_on=before,
        ends_on=award.ends_on,
        claim_by=award.claim_by,
    )


def _issue(change: AwardChange, *, by: Actor, now: datetime) -> None:
    """Issue the appendix to the award's letter and agreement."""
    award = change.award
    language = award.letter.language if award.letter else change.asked_by.language
    approved = award.changes.filter(state=AwardChangeState.APPROVED).count()
    change.appendix = issue_document(
        documents.APPENDIX,
        award,
        number=f"{award.number}-X{approved}",
        title=documents.appendix_title(change, language=language),
        facts=documents.appendix_facts(change, language=language),
        language=language,
        programme=award.application.call.programme,
        by=by,
        now=now,
    )
    change.save(update_fields=["appendix"])


@action
def drop(award: Award, *, by: Actor, now: datetime) -> None:
    """Set aside what was asked about an award that does not run any more."""
    for change in award.changes.filter(state=AwardChangeState.ASKED):
        change.award = award
        move(change, AWARD_CHANGE.DROP, by=by, now=now, also=lambda _row: {"answered_at": now})
