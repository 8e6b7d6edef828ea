"""The one question that form, self-check, desk, submit and award ask."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from vouchers.enums import CrossingRule
from vouchers.rules import crossing, deadlines, deminimis, limits, sme
from vouchers.rules.crossing import Place
from vouchers.rules.deadlines import Window
from vouchers.rules.deminimis import NewAid
from vouchers.rules.limits import AmountRule, Held, Limits
from vouchers.rules.sme import Figures, Holding
from vouchers.rules.verdict import Verdict, combine


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """The applicant's own figures and those of the enterprises around it."""

    figures: Figures
    holdings: tuple[Holding, ...] = ()


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
    aid: NewAid | None
    submission: Submission | None


def check(case: Case) -> Verdict:
    """Every reason that stands against the case, not only the first, with all arithmetic."""
    return combine(
        *_answers(case.firm, lambda firm: sme.check(firm.figures, firm.holdings, on=case.on)),
        *_answers(case.route, _route),
        *_answers(case.request, lambda asked: limits.check_amount(asked.rule, asked.amount)),
        *_answers(case.count, lambda count: limits.check_count(count.limits, count.held)),
        *_answers(case.aid, deminimis.check),
        *_answers(case.submission, _submission),
    )


def _answers[Part](part: Part | None, rule: Callable[[Part], Verdict]) -> tuple[Verdict, ...]:
    return () if part is None else (rule(part),)


def _route(route: Route) -> Verdict:
    return crossing.check(route.rule, home=route.home, host=route.host, regions=route.regions)


def _submission(submission: Submission) -> Verdict:
    return deadlines.check_submit(
        submission.window, started_at=submission.started_at, now=submission.now
    )
