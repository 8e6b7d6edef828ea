"""The one question that form, self-check, desk, submit and award ask."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from vouchers.enums import CrossingRule
from vouchers.rules import (
    conduct,
    crossing,
    deadlines,
    deminimis,
    group_size,
    limits,
    other_aid,
    sectors,
    sme,
)
from vouchers.rules.conduct import Conduct
from vouchers.rules.crossing import Place
from vouchers.rules.deadlines import Window
from vouchers.rules.deminimis import NewAid
from vouchers.rules.limits import AmountRule, Held, Limits
from vouchers.rules.other_aid import NewAssistance, ProjectAid
from vouchers.rules.ownership import Group
from vouchers.rules.sectors import Activity
from vouchers.rules.sme import Figures, Holding
from vouchers.rules.verdict import Verdict, combine


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """The applicant's own figures and those of the enterprises around it.

    A `group` of a confirmed profile goes before figures and holdings.
    """

    figures: Figures
    holdings: tuple[Holding, ...] = ()
    group: Group | None = None
    taken_over: bool = False
    is_estimate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """From where to where, under which crossing rule of a programme of these region codes."""

    rule: CrossingRule
    home: Place
    host: Place
    regions: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The amount in EUR under the voucher type's rule."""

    rule: AmountRule
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What the single undertaking holds of the voucher type, and may hold."""

    limits: Limits
    held: Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A draft on its way into a call; aware instants."""

    window: Window
    started_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case on one day. None leaves a question out, so it is written down each time.

    The self-check knows no aid history and no amount; an award no longer asks about the call;
    a voucher type on another aid basis has no de minimis aid.
    """

    on: date
    firm: Firm | None
    route: Route | None
    request: Request | None
    count: Count | None
    aid: NewAid | ProjectAid | NewAssistance | None
    submission: Submission | None
    activity: Activity | None = None
    conduct: Conduct | None = None


def check(case: Case) -> Verdict:
    """Every reason that stands against the case, not only the first, with all arithmetic."""
    return combine(
        *_answers(case.firm, lambda firm: _size(firm, on=case.on)),
        *_answers(case.activity, lambda activity: sectors.check(activity, on=case.on)),
        *_answers(case.conduct, conduct.check),
        *_answers(case.route, _route),
        *_answers(case.request, lambda asked: limits.check_amount(asked.rule, asked.amount)),
        *_answers(case.count, lambda count: limits.check_count(count.limits, count.held)),
        *(() if case.aid is None else (check_aid(case.aid),)),
        *_answers(case.submission, _submission),
    )


def _answers[Part](part: Part | None, rule: Callable[[Part], Verdict]) -> tuple[Verdict, ...]:
    return () if part is None else (rule(part),)


def _size(firm: Firm, *, on: date) -> Verdict:
    if firm.group is None:
        return sme.check(firm.figures, firm.holdings, on=on)
    return group_size.check_group(
        firm.group, on=on, taken_over=firm.taken_over, is_estimate=firm.is_estimate
    )


def check_aid(aid: NewAid | ProjectAid | NewAssistance) -> Verdict:
    """Whether the act under which the aid is granted lets it through whole."""
    if isinstance(aid, NewAid):
        return deminimis.check(aid)
    if isinstance(aid, ProjectAid):
        return other_aid.check_20a(aid)
    return other_aid.check_mfa(aid)


def _route(route: Route) -> Verdict:
    return crossing.check(route.rule, home=route.home, host=route.host, regions=route.regions)


def _submission(submission: Submission) -> Verdict:
    return deadlines.check_submit(
        submission.window, started_at=submission.started_at, now=submission.now
    )
