"""What becomes of an award: accepted, declined, lapsed, completed, cancelled or revoked."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import IllegalMove, action, move
from vouchers.actions import agreements, award_changes, ledger
from vouchers.cases import local_day, new_aid
from vouchers.cases.payments import open_batch
from vouchers.enums import AwardState, EndReason
from vouchers.models import Application, Award, Undertaking
from vouchers.notifications import AwardAccepted, AwardAnswered, AwardEnded
from vouchers.rules.deadlines import award_calendar, check_acceptance
from vouchers.rules.eligibility import check_aid
from vouchers.rules.payments import check_free
from vouchers.rules.verdict import Verdict
from vouchers.workflow import AWARD


@action
def accept(
    award: Award,
    *,
    signatory_name: str,
    signatory_role: str,
    by: Actor,
    now: datetime,
    link_now: datetime | None = None,
) -> None:
    """Accept the offer: the legal right arises, so the ceiling is asked again.

    Where there is an agreement, this signs it, and the provider is asked: `link_now` is real time,
    by which its link expires.
    Raises Refused (too late, or the de minimis ceiling), IllegalMove and PermissionDenied.
    """
    # Joining firms moves an application to another undertaking: locked first, as all do.
    rows = Application.objects.select_for_update(no_key=True)
    award.application.refresh_from_db(fields=["undertaking"], from_queryset=rows)
    move(
        award,
        AWARD.ACCEPT,
        by=by,
        now=now,
        also=lambda row: _acceptance(row, now),
        amount=award.amount,
        personal={"signatory": signatory_name, "role": signatory_role},
    )
    acceptance_time(award, now=now).require()
    _check_aid(award, now=now)
    award.accepted_by = by.user
    award.signatory_name, award.signatory_role = signatory_name, signatory_role
    award.save(update_fields=["accepted_by", "signatory_name", "signatory_role"])
    ledger.commit(award, by=by, now=now)
    agreement = agreements.begin(award, by=by, now=now, link_now=link_now or now)
    notify(AwardAccepted(award, extra={"agreement": agreement}), now=now)
    notify(AwardAnswered(award, once="accepted"), now=now)


def _acceptance(award: Award, now: datetime) -> dict[str, Any]:
    """Return the dates that acceptance fixes; a granting date is written once."""
    application = award.application
    zone = ZoneInfo(application.home_region.time_zone)
    today = local_day(now, application.home_region)
    terms = application.terms
    calendar = award_calendar(
        today, validity_months=terms.validity_months, claim_days=terms.claim_days
    )
    return {
        "accepted_at": now,
        "granted_on": award.granted_on or today,
        "granted_zone": award.granted_zone or application.home_region.time_zone,
        "starts_on": calendar.starts_on,
        "ends_on": calendar.ends_on,
        "claim_by": datetime.combine(calendar.claim_by, time(17), tzinfo=zone),
    }


def acceptance_time(award: Award, *, now: datetime) -> Verdict:
    """Return whether there is still time to accept, told in the home region's zone."""
    if award.answer_by is None:
        return Verdict()
    zone = ZoneInfo(award.application.home_region.time_zone)
    return check_acceptance(award.answer_by.astimezone(zone), now=now)


def _check_aid(award: Award, *, now: datetime) -> None:
    application = award.application
    # Two acceptances of one undertaking at once must not both see the same headroom.
    Undertaking.objects.select_for_update(no_key=True).get(pk=application.undertaking_id)
    aid = new_aid(application, award.amount, on=local_day(now, application.home_region))
    if aid is not None:
        check_aid(aid).require()


@action
def decline(award: Award, *, reason: str, by: Actor, now: datetime) -> None:
    """Decline the offer; its money returns to the pot, and all members of the firm are told."""
    _end(award, AWARD.DECLINE, EndReason.DECLINED, reason, by=by, now=now)
    notify(AwardEnded(award, once="declined"), now=now)
    notify(AwardAnswered(award, once="declined"), now=now)


@action
def lapse(award: Award, *, reason: EndReason, note: str = "", by: Actor, now: datetime) -> None:
    """Let an award lapse that is unanswered, unused or not signed; its money returns to the pot.

    Raises IllegalMove where SME or provider has just answered or claimed: then that stands.
    """
    locked = Award.objects.select_for_update(of=("self",), no_key=True).get(pk=award.pk)
    waits = AwardState.OFFERED if reason == EndReason.NO_ANSWER else AwardState.ACCEPTED
    if locked.state != waits or locked.claims.exclude(filed_at=None).exists():
        raise IllegalMove(locked, AWARD.LAPSE)
    if reason == EndReason.NOT_SIGNED and agreements.signatures_of(locked).ok:
        raise IllegalMove(locked, AWARD.LAPSE)
    _end(award, AWARD.LAPSE, reason, note, by=by, now=now)
    notify(AwardEnded(award, once="lapsed"), now=now)
    notify(AwardAnswered(award, once="lapsed"), now=now)


@action
def cancel(award: Award, *, reason: str, by: Actor, now: datetime) -> None:
    """Cancel an award; what is not paid returns to the pot."""
    _end(award, AWARD.CANCEL, EndReason.CANCELLED, reason, by=by, now=now)
    notify(AwardEnded(award, once="cancelled"), now=now)


@action
def revoke(award: Award, *, recovered: Decimal, reason: str, by: Actor, now: datetime) -> None:
    """Revoke an award and book the amount in EUR that came back.

    Raises PotExhausted above what was paid, and Refused while an open batch pays its claim.
    """
    _end(award, AWARD.REVOKE, EndReason.REVOKED, reason, by=by, now=now)
    for claim in award.claims.all():
        check_free(open_batch(claim)).require()
    if recovered > 0:
        ledger.recover(award, amount=recovered, reason=reason, by=by, now=now)
    notify(AwardEnded(award, once="revoked"), now=now)


def _end(
    award: Award, transition: Any, ended_as: EndReason, note: str, *, by: Actor, now: datetime
) -> None:
    move(
        award,
        transition,
        by=by,
        now=now,
        also=lambda _row: {"ended_at": now, "ended_as": ended_as, "end_note": note},
        ended_as=ended_as,
        personal={"note": note} if note else None,
    )
    ledger.release_rest(award, reason=str(ended_as.label), by=by, now=now)
    agreements.end(award, by=by, now=now)
    award_changes.drop(award, by=by, now=now)


@action
def complete(award: Award, *, by: Actor, now: datetime) -> None:
    """Accept the final report: the award is complete."""
    move(award, AWARD.COMPLETE, by=by, now=now, also=lambda _row: {"completed_at": now})
    award_changes.drop(award, by=by, now=now)
