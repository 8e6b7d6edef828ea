"""Where an application stands, as its applicant may know it: decisions count once they are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from portal.left import time_left
from portal.models import User
from portal.templatetags.portal_ui import clock_time, day, instant, money
from portal.workflow import IllegalMove
from vouchers.cases.news import news_in, with_news
from vouchers.enums import DECIDED, EDITABLE, ApplicationState, AwardState, ClaimState, Reader
from vouchers.models import Application, Award, Host
from vouchers.rules.deadlines import Openness
from vouchers.views.finding import STILL_THERE

S, A = ApplicationState, AwardState
IN_REVIEW = frozenset({S.ELIGIBLE, S.IN_ASSESSMENT, S.RECOMMENDED, S.NOT_RECOMMENDED})
TAGS: dict[str, tuple[str, str]] = {
    S.DRAFT: ("", "pencil"),
    S.SUBMITTED: ("info", "check-lg"),
    S.RETURNED: ("warn", "bell-fill"),
    S.ELIGIBLE: ("info", "check-lg"),
    S.INELIGIBLE: ("bad", "x-lg"),
    S.APPROVED: ("ok", "check-lg"),
    S.RESERVE: ("warn", "hourglass-split"),
    S.REJECTED: ("bad", "x-lg"),
    S.WITHDRAWN: ("", "x-lg"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A dot of the time line: done, now, next or stop."""

    label: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class ToDo:
    """What the applicant does next, and where; `tone` is warn where it must act."""

    text: str
    url: str
    link: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """An application as its applicant sees it in a list."""

    application: Application
    state: str
    label: str
    tone: str
    symbol: str
    host: Host | None
    steps: list[Step]
    todo: ToDo
    news: list[str]


def own_applications(user: User) -> Any:
    """Return the person's own and shared applications with everything that a list shows."""
    return (
        with_news(Application.objects.of(user).filter(STILL_THERE), Reader.APPLICANT)
        .select_related("call__programme", "voucher_type", "home_region", "organisation", "award")
        .prefetch_related(
            Prefetch("hosts", Host.objects.select_related("region")),
            "change_requests",
            "award__claims",
        )
    )


def told_state(application: Application) -> str:
    """Return the state that the applicant may know: what is held counts as in review."""
    if application.state in DECIDED and not application.is_told:
        return S.IN_ASSESSMENT
    return application.state


@contextmanager
def only_told() -> Iterator[None]:
    """Keep a held decision out of the sentence that refuses a move."""
    try:
        yield
    except IllegalMove as error:
        if isinstance(error.obj, Application):
            error.shown = told_state(error.obj)
        raise


def award_of(application: Application) -> Award | None:
    """Return the award, once the applicant has been told."""
    return getattr(application, "award", None) if application.is_told else None


def standing(application: Application, *, now: datetime, is_shared: bool = False) -> Standing:
    """Return how the applicant sees the application now; who only shares it sends nothing."""
    state = told_state(application)
    label = gettext("In review") if state in IN_REVIEW else str(S(state).label)
    tone, symbol = TAGS.get(state, ("info", "hourglass-split"))
    award = award_of(application)
    if award is not None:
        label, tone = str(A(award.state).label), _award_tone(award)
    return Standing(
        application=application,
        state=state,
        label=gettext("Waiting for you") if state == S.RETURNED else label,
        tone=tone,
        symbol=symbol,
        host=next(iter(application.hosts.all()), None),
        steps=_steps(application, state, award),
        todo=_to_share(application, state)
        if is_shared
        else _todo(application, state, award, now=now),
        news=news_in(application, Reader.APPLICANT),
    )


def _award_tone(award: Award) -> str:
    return "ok" if award.state in {A.ACCEPTED, A.COMPLETED} else "warn"


def _steps(application: Application, state: str, award: Award | None) -> list[Step]:
    """Return the six dots; the one where it stands is now, or stop where it ended."""
    zone = application.home_region.time_zone
    notes = [
        day(application.started_at, zone),
        _submitted_note(application),
        "",
        "",
        day(application.told_at, zone) or day(application.due_on),
        _paid_note(award),
    ]
    reached = _reached(state, award)
    ended = _ended(state, award)
    return [
        Step(label, note, _dot(position, reached, ended=ended))
        for position, (label, note) in enumerate(zip(_labels(state, award), notes, strict=True))
    ]


def _labels(state: str, award: Award | None) -> list[str]:
    decided = {
        S.APPROVED: pgettext("time line", "Awarded"),
        S.REJECTED: pgettext("time line", "Rejected"),
        S.INELIGIBLE: pgettext("time line", "Ineligible"),
        S.RESERVE: pgettext("time line", "Reserve list"),
        S.WITHDRAWN: pgettext("time line", "Withdrawn"),
    }
    claiming = award is not None and award.state == A.ACCEPTED
    return [
        pgettext("time line", "Draft"),
        pgettext("time line", "Submitted"),
        pgettext("time line", "Eligible"),
        pgettext("time line", "Reviewed"),
        decided.get(S(state), pgettext("time line", "Decided")),
        pgettext("time line", "Claim") if claiming else pgettext("time line", "Paid"),
    ]


def _reached(state: str, award: Award | None) -> int:
    if award is not None and award.state in {A.ACCEPTED, A.COMPLETED}:
        return 5
    reached = {S.DRAFT: 0, S.SUBMITTED: 1, S.RETURNED: 1, S.ELIGIBLE: 2}
    if state in IN_REVIEW - {S.ELIGIBLE}:
        return 3
    return reached.get(S(state), 4)


def _ended(state: str, award: Award | None) -> bool:
    if award is not None:
        return award.state in {A.DECLINED, A.LAPSED, A.CANCELLED, A.REVOKED}
    return state in {S.REJECTED, S.INELIGIBLE, S.WITHDRAWN}


def _dot(position: int, reached: int, *, ended: bool) -> str:
    if position < reached:
        return "done"
    if position > reached:
        return "next"
    return "stop" if ended else "now"


def _submitted_note(application: Application) -> str:
    zone = application.call.time_zone
    at = application.submitted_at
    if at:
        return f"{day(at, zone)}, {clock_time(at, zone)}"
    return gettext("by %(day)s, %(time)s") % {
        "day": day(application.window.closes_at, zone),
        "time": clock_time(application.window.closes_at, zone),
    }


def _paid_note(award: Award | None) -> str:
    if award is None:
        return ""
    paid = [c for c in award.claims.all() if c.state == ClaimState.PAID]
    if paid:
        return money(sum(c.approved_amount or 0 for c in paid))
    zone = award.application.home_region.time_zone
    return gettext("by %(day)s") % {"day": day(award.claim_by, zone)} if award.claim_by else ""


def page(application: Application, name: str = "") -> str:
    """Return the address of an application's page."""
    start = reverse("application", args=[application.address])
    return f"{start}{name}/" if name else start


def _todo(application: Application, state: str, award: Award | None, *, now: datetime) -> ToDo:
    if state in EDITABLE:
        return _to_edit(application, state, now=now)
    if award is not None:
        return _to_do_with_award(application, award)
    see = page(application)
    zone = application.call.time_zone
    texts = {
        S.REJECTED: gettext("Your application was not chosen. Read why, and what you can do."),
        S.INELIGIBLE: gettext("Your application is outside the rules. You can read why."),
        S.RESERVE: gettext("You are on the reserve list. We write to you if money comes free."),
        S.WITHDRAWN: gettext("You withdrew it. You can edit it again until %(when)s.")
        % {"when": instant(application.window.closes_at, zone)},
    }
    waiting = gettext("You need do nothing now. Your Access Broker answers by %(day)s.") % {
        "day": day(application.due_on)
    }
    return ToDo(texts.get(S(state), waiting), see, gettext("See your application"))


def _to_share(application: Application, state: str) -> ToDo:
    """Say that the firm acts; it alone sends, answers and claims."""
    firm = application.organisation.name
    see, link = page(application), gettext("See the application")
    if state not in EDITABLE:
        text = gettext("You take part for %(firm)s, which hears from the Access Broker.")
        return ToDo(text % {"firm": firm}, see, link)
    closes_at = application.window.closes_at
    if state == S.RETURNED and application.answer_by:
        when = instant(application.answer_by, application.home_region.time_zone)
    else:
        when = instant(closes_at, application.call.time_zone)
    text = gettext("You take part. %(firm)s can send it until %(when)s.")
    return ToDo(text % {"firm": firm, "when": when}, see, link)


def _to_edit(application: Application, state: str, *, now: datetime) -> ToDo:
    see, zone = page(application), application.call.time_zone
    if state == S.RETURNED:
        asked = [c for c in application.change_requests.all() if c.answered_at is None]
        text = gettext("“%(question)s” Answer by %(when)s.") % {
            "question": asked[-1].message if asked else "",
            "when": instant(application.answer_by, application.home_region.time_zone),
        }
        return ToDo(text, see, gettext("Answer the question"), "warn")
    closes_at = application.window.closes_at
    when = instant(closes_at, zone)
    if application.window.openness(now) is Openness.CLOSED:
        text = gettext("The call closed on %(when)s. You can still read your text.")
        return ToDo(text % {"when": when}, see, gettext("Read your draft"))
    left = time_left(closes_at, zone=zone, now=now)
    text = gettext("Send it by %(when)s: %(left)s.")
    return ToDo(text % {"when": when, "left": left}, see, pgettext("draft", "Continue"))


def _to_do_with_award(application: Application, award: Award) -> ToDo:
    zone = application.home_region.time_zone
    see = page(application, "award")
    if award.state == A.OFFERED:
        text = gettext("You got the voucher. Accept it by %(when)s.") % {
            "when": instant(award.answer_by, zone)
        }
        return ToDo(text, see, gettext("See the offer"), "warn")
    if award.state == A.ACCEPTED:
        text = gettext("Send your receipts and a short report by %(when)s.") % {
            "when": instant(award.claim_by, zone)
        }
        return ToDo(text, see, gettext("Go to your voucher"))
    return ToDo(
        gettext("Your voucher is closed: %(state)s.") % {"state": A(award.state).label},
        see,
        gettext("See your voucher"),
    )
