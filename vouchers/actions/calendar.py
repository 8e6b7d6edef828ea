"""What the schedule does: every run looks at instants, so twice or late makes no difference."""

from datetime import datetime, timedelta

from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import IllegalMove, action
from vouchers.actions import applications, calls, vouchers
from vouchers.enums import ApplicationState, AwardState, EndReason
from vouchers.models import Application, Award, Call
from vouchers.notifications import CallClosesSoon, DraftNotSubmitted, OfferReminder

BEFORE_CLOSING = (timedelta(days=7), timedelta(hours=48))
BEFORE_LAPSE = timedelta(days=7)
LATEST_NEWS = timedelta(days=14)


def keep_calls(*, by: Actor, now: datetime) -> None:
    """Journal the openings and closings that have come."""
    calls.keep_calendar(by=by, now=now)


@action
def remind_drafts(*, by: Actor, now: datetime) -> None:
    """Write each reminder once: 7 days and 48 hours before closing, and after it."""
    soonest = now + max(BEFORE_CLOSING)
    for call in Call.objects.filter(
        opens_at__lte=now, closes_at__lte=soonest, closes_at__gte=now - LATEST_NEWS
    ):
        _remind_of(call, now)


def _remind_of(call: Call, now: datetime) -> None:
    drafts = Application.objects.filter(call=call, state=ApplicationState.DRAFT)
    if now > call.window.last_instant + call.window.grace:
        for draft in drafts:
            notify(DraftNotSubmitted(draft), now=now)
        return
    left = call.closes_at - now
    # Only the nearest reminder is written: after a missed day nobody gets two at once.
    nearest = min((before for before in BEFORE_CLOSING if left <= before), default=None)
    if nearest is None or left < timedelta(0):
        return
    for draft in drafts:
        if draft.started_at <= call.closes_at - nearest:
            notify(CallClosesSoon(draft, once=str(nearest)), now=now)


def keep_offers(*, by: Actor, now: datetime) -> None:
    """Remind 7 days before an offer lapses; let what was not answered lapse."""
    offered = Award.objects.filter(state=AwardState.OFFERED, answer_by__isnull=False)
    _remind_offers([*offered.filter(answer_by__gt=now, answer_by__lte=now + BEFORE_LAPSE)], now=now)
    for award in offered.filter(answer_by__lt=now):
        _lapse(award, EndReason.NO_ANSWER, by=by, now=now)
    unused = Award.objects.filter(state=AwardState.ACCEPTED, claim_by__lt=now)
    for award in unused.exclude(claims__filed_at__isnull=False):
        _lapse(award, EndReason.NOT_USED, by=by, now=now)


@action
def _remind_offers(awards: list[Award], *, now: datetime) -> None:
    for award in awards:
        notify(OfferReminder(award), now=now)


def _lapse(award: Award, reason: EndReason, *, by: Actor, now: datetime) -> None:
    try:
        vouchers.lapse(award, reason=reason, by=by, now=now)
    except IllegalMove:
        # The SME answered between the query and the lock: its answer stands.
        return


def keep_returns(*, by: Actor, now: datetime) -> None:
    """Let returned applications stand as first submitted when their answer-by has passed."""
    for application in Application.objects.filter(
        state=ApplicationState.RETURNED, answer_by__lt=now
    ):
        try:
            applications.let_stand(application, by=by, now=now)
        except IllegalMove:
            # The SME resubmitted between the query and the lock.
            continue
