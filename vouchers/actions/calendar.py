"""What the schedule does: every run looks at instants, so twice or late makes no difference."""

from datetime import datetime, timedelta

from portal.models import Document
from portal.permissions import Actor
from portal.queue import issue_document, notify
from portal.workflow import IllegalMove, action
from portal.working_days import working_days_after
from vouchers import documents
from vouchers.actions import applications, calls, reserves, vouchers
from vouchers.cases import local_day
from vouchers.cases.reserve import left_when_lists_ended, whose_turn
from vouchers.cases.sign_off import host_days, waiting_for_host
from vouchers.enums import ApplicationState, AwardState, EndReason
from vouchers.models import Application, Award, CallVoucherType
from vouchers.notifications import (
    CallClosesSoon,
    DraftNotSubmitted,
    HostSignatureOverdue,
    HostSignatureReminder,
    OfferReminder,
    ReserveTurn,
)

BEFORE_CLOSING = (timedelta(days=7), timedelta(hours=48))
BEFORE_LAPSE = timedelta(days=7)
LATEST_NEWS = timedelta(days=14)
RESERVE_DAYS = 3


def keep_calls(*, by: Actor, now: datetime) -> None:
    """Journal the openings and closings that have come."""
    calls.keep_calendar(by=by, now=now)


@action
def remind_drafts(*, by: Actor, now: datetime) -> None:
    """Write each reminder once: 7 days and 48 hours before closing, and after it."""
    near = {"closing__lte": now + max(BEFORE_CLOSING), "closing__gte": now - LATEST_NEWS}
    offers = CallVoucherType.objects.with_window().filter(call__opens_at__lte=now, **near)
    drafts = Application.objects.filter(state=ApplicationState.DRAFT).select_related(
        "call__programme", "offer", "home_region"
    )
    extended = drafts.filter(extended_until__gte=now - LATEST_NEWS)
    for draft in drafts.filter(offer__in=offers, extended_until=None) | extended:
        _remind_of(draft, by=by, now=now)


def _remind_of(draft: Application, *, by: Actor, now: datetime) -> None:
    window = draft.window
    if now > window.last_instant + window.grace:
        # A ticket that ran out tells its own end, beside that of the call.
        once = draft.extended_until.isoformat() if draft.extended_until else ""
        _tell_unsent(draft, once=once, by=by, now=now)
        return
    left = window.closes_at - now
    # Only the nearest reminder is written: after a missed day nobody gets two at once.
    nearest = min((before for before in BEFORE_CLOSING if left <= before), default=None)
    if nearest is None or left < timedelta(0):
        return
    if draft.started_at <= window.closes_at - nearest:
        notify(CallClosesSoon(draft, once=str(nearest)), now=now)


def _tell_unsent(draft: Application, *, once: str, by: Actor, now: datetime) -> None:
    """Tell once, with what was written as a document in the first reader's language."""
    number = f"{draft.address}-DRAFT-{draft.window.last_instant:%Y%m%d%H%M}"
    readers = DraftNotSubmitted(draft).readers()
    if not readers or Document.objects.filter(number=number).exists():
        return
    language = readers[0].language
    document = issue_document(
        documents.DRAFT_COPY,
        draft,
        number=number,
        title=documents.draft_copy_title(language=language),
        facts=documents.draft_copy_facts(draft, language=language),
        language=language,
        programme=draft.call.programme,
        by=by,
        now=now,
    )
    notify(DraftNotSubmitted(draft, once=once, extra={"copy": document}), now=now)


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


@action
def remind_hosts(*, by: Actor, now: datetime) -> None:
    """Remind the host region on the third and the last day, and then tell the managers once."""
    for signature in waiting_for_host():
        application = signature.application
        host = application.host_region
        assert host is not None  # noqa: S101  the query asks for one
        today, days = local_day(now, host), host_days(application, signature)
        extra = {"answer_by": days.answer, "now": now}
        if today < days.reminder:
            continue
        # Only the nearest reminder is written: after a missed day nobody gets two at once.
        turn = "last" if today >= days.answer else "first"
        notify(HostSignatureReminder(application, f"{signature.pk}:{turn}", extra), now=now)
        if today > days.answer:
            notify(HostSignatureOverdue(application, str(signature.pk), extra), now=now)


@action
def call_reserve(*, by: Actor, now: datetime) -> None:
    """Tell each region whose turn it is once money has come back, once for each such money."""
    for application, line in whose_turn():
        home = application.home_region
        answer_by = working_days_after(
            local_day(now, home), RESERVE_DAYS, country=home.country, nuts=home.nuts
        )
        turn = ReserveTurn(application, str(line.pk), {"answer_by": answer_by})
        notify(turn, now=now)


def end_reserves(*, by: Actor, now: datetime) -> None:
    """End the reserve lists whose last day is over."""
    for application in left_when_lists_ended(now):
        try:
            reserves.end(application, by=by, now=now)
        except IllegalMove:
            # A broker signed or rejected it between the query and the lock.
            continue


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
