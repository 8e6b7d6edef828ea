"""De minimis aid: Regulations (EC) 1998/2006, (EU) 1407/2013 and (EU) 2023/2831."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from portal.money import ZERO, cents
from vouchers.rules.periods import NoRuleInForce, add_months, in_force
from vouchers.rules.verdict import Line, LineCode, Params, Reason, ReasonCode, Verdict

DAY = timedelta(days=1)
THREE_YEARS = 36
JANUARY = 1


class Lookback(StrEnum):
    """Which earlier aid counts."""

    FISCAL_YEARS = "fiscal_years"
    ROLLING = "rolling"


class AidSource(StrEnum):
    """How the portal knows of an aid."""

    DECLARED = "declared"
    AWARDED = "awarded"
    OFFERED = "offered"
    ADJUSTED = "adjusted"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One regulation: ceiling in EUR per Member State and single undertaking."""

    regulation: str
    first: date
    last: date
    ceiling: Decimal
    lookback: Lookback


RULE_SETS = (
    RuleSet(
        "(EC) No 1998/2006",
        date(2007, 1, 1),
        date(2013, 12, 31),
        Decimal("200000.00"),
        Lookback.FISCAL_YEARS,
    ),
    RuleSet(
        "(EU) No 1407/2013",
        date(2014, 1, 1),
        date(2023, 12, 31),
        Decimal("200000.00"),
        Lookback.FISCAL_YEARS,
    ),
    RuleSet(
        "(EU) 2023/2831",
        date(2024, 1, 1),
        date(2030, 12, 31),
        Decimal("300000.00"),
        Lookback.ROLLING,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """Choices that the regulations leave open.

    `closed_interval`: aid of exactly three years ago still counts (the cautious reading).
    `fiscal_year_starts`: month in which the undertaking's fiscal year starts.
    """

    closed_interval: bool = True
    fiscal_year_starts: int = JANUARY


DEFAULT_COUNTING = Counting()


@dataclass(frozen=True, slots=True, kw_only=True)
class AidLine:
    """One aid to one single undertaking, gross grant equivalent in EUR.

    `granted_on` is the day the legal right arose, whenever it was paid; None = an open offer,
    which counts on every day until it is answered.
    """

    granted_on: date | None
    undertaking: str
    member_state: str
    authority: str
    amount: Decimal
    source: AidSource

    def __post_init__(self) -> None:
        """Raise ValueError for a negative amount; a correction replaces the line."""
        if self.amount < 0:
            raise ValueError("aid cannot be negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAid:
    """The aid about to be granted in EUR, and all the history known of its undertaking.

    The history must not hold the open offer that this very aid would turn into a grant.
    """

    granted_on: date
    undertaking: str
    member_state: str
    amount: Decimal
    history: tuple[AidLine, ...]
    export_tied: bool = False
    counting: Counting = DEFAULT_COUNTING


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """What one undertaking may still receive from one Member State on one day, in EUR.

    `until` is the next day on which `left` is larger than today; None = not foreseeable.
    """

    regulation: str
    limit: Decimal
    since: date
    used: Decimal
    left: Decimal
    until: date | None
    counted: tuple[AidLine, ...]


def rule_set(granted_on: date) -> RuleSet:
    """The regulation for aid granted on the day; raises NoRuleInForce."""
    return in_force(RULE_SETS, granted_on)


def window_start(granted_on: date, counting: Counting = DEFAULT_COUNTING) -> date:
    """First day whose aid counts for aid granted on the day; raises NoRuleInForce."""
    if rule_set(granted_on).lookback is Lookback.ROLLING:
        three_years_ago = add_months(granted_on, -THREE_YEARS)
        return three_years_ago if counting.closed_interval else three_years_ago + DAY
    return _fiscal_year(granted_on, counting, years=-2)


def headroom(
    history: Sequence[AidLine],
    *,
    undertaking: str,
    member_state: str,
    on: date,
    counting: Counting = DEFAULT_COUNTING,
) -> Headroom:
    """What the Member State may still grant the undertaking on the day; raises NoRuleInForce."""
    mine = [
        line
        for line in history
        if line.undertaking == undertaking and line.member_state == member_state
    ]
    rule = rule_set(on)
    counted = _counted(mine, on, counting)
    used = _total(counted)
    return Headroom(
        regulation=rule.regulation,
        limit=rule.ceiling,
        since=window_start(on, counting),
        used=used,
        left=_left(mine, on, counting),
        until=_grows_on(mine, on, counting),
        counted=counted,
    )


def after_merger(
    history: Sequence[AidLine], *, parties: Collection[str], into: str
) -> list[AidLine]:
    """The history when undertakings have merged: all earlier aid of all of them counts.

    Regulation (EU) 2023/2831, article 3(8); aid that was lawful stays so.
    """
    return [
        replace(line, undertaking=into) if line.undertaking in parties else line for line in history
    ]


def after_split(
    history: Sequence[AidLine], *, of: str, shares: Mapping[str, Decimal], on: date
) -> list[AidLine]:
    """The history when an undertaking split on a day: its earlier aid follows the shares.

    Aid of that day or later was granted to whoever is called so after the split, and an offer
    without an answer is granted to nobody yet: both stay where they are. Shares count to the cent.
    A share is 1 for the business that had the benefit; where nobody can say, the book value of
    equity gives the shares (article 3(9)). The last one takes what rounding leaves. Raises
    ValueError unless the shares add up to 1.
    """
    if sum(shares.values()) != 1 or min(shares.values()) < 0:
        raise ValueError("the shares of a split add up to 1")
    found = []
    for line in history:
        is_earlier = line.granted_on is not None and line.granted_on < on
        found += _split(line, shares) if line.undertaking == of and is_earlier else [line]
    return found


def _split(line: AidLine, shares: Mapping[str, Decimal]) -> list[AidLine]:
    parts, left = [], line.amount
    for place, (name, share) in enumerate(shares.items(), start=1):
        is_last = place == len(shares)
        amount = left if is_last else min(left, cents(line.amount * share))
        left -= amount
        if amount:
            parts.append(replace(line, undertaking=name, amount=amount))
    return parts


def check(new: NewAid) -> Verdict:
    """Whether the new aid may be granted whole; crossing the ceiling refuses all of it."""
    export = (Reason(ReasonCode.EXPORT_TIED),) if new.export_tied else ()
    try:
        room = headroom(
            new.history,
            undertaking=new.undertaking,
            member_state=new.member_state,
            on=new.granted_on,
            counting=new.counting,
        )
    except NoRuleInForce:
        return Verdict(reasons=(*export, Reason(ReasonCode.NO_AID_RULE, {"day": new.granted_on})))
    crossed = () if new.amount <= room.left else (_crossed(new, room),)
    return Verdict(reasons=(*export, *crossed), arithmetic=_arithmetic(new, room))


def _fiscal_year(day: date, counting: Counting, *, years: int) -> date:
    started_last_year = day.month < counting.fiscal_year_starts
    return date(day.year + years - started_last_year, counting.fiscal_year_starts, 1)


def _total(lines: Sequence[AidLine]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


def _counted(lines: Sequence[AidLine], on: date, counting: Counting) -> tuple[AidLine, ...]:
    since = window_start(on, counting)
    return tuple(
        line for line in lines if line.granted_on is None or since <= line.granted_on <= on
    )


def _left(lines: Sequence[AidLine], on: date, counting: Counting) -> Decimal:
    return max(ZERO, rule_set(on).ceiling - _total(_counted(lines, on, counting)))


def _grows_on(lines: Sequence[AidLine], on: date, counting: Counting) -> date | None:
    left = _left(lines, on, counting)
    days = {rule.first for rule in RULE_SETS}
    for line in lines:
        if line.granted_on is not None:
            days |= _may_leave_on(line.granted_on, counting)
    return next(
        (
            day
            for day in sorted(days)
            if on < day <= RULE_SETS[-1].last and _left(lines, day, counting) > left
        ),
        None,
    )


def _may_leave_on(granted_on: date, counting: Counting) -> set[date]:
    """Days on which the aid may cease to count, under either lookback."""
    anniversary = add_months(granted_on, THREE_YEARS)
    # 29 February has no anniversary of its own, so the window moves up to two days later.
    rolling = {anniversary + DAY * days for days in range(3)}
    return rolling | {_fiscal_year(granted_on, counting, years=3)}


def _crossed(new: NewAid, room: Headroom) -> Reason:
    params = {"amount": new.amount, "left": room.left, "limit": room.limit, "used": room.used}
    if room.until is None:
        return Reason(ReasonCode.AID_CEILING_CROSSED, params)
    return Reason(ReasonCode.AID_CEILING_CROSSED_FOR_NOW, {**params, "until": room.until})


def _arithmetic(new: NewAid, room: Headroom) -> tuple[Line, ...]:
    used: Params = {
        "member_state": new.member_state,
        "since": room.since,
        "used": room.used,
        "limit": room.limit,
        "left": room.left,
        "regulation": room.regulation,
    }
    after = {"amount": new.amount, "left": room.left - new.amount}
    fits = (Line(LineCode.AID_LEFT_AFTER, after),) if new.amount <= room.left else ()
    lines = tuple(_aid_line(line) for line in room.counted)
    return (*lines, Line(LineCode.AID_USED, used), *fits)


def _aid_line(line: AidLine) -> Line:
    if line.granted_on is None:
        return Line(LineCode.AID_OFFERED, {"authority": line.authority, "amount": line.amount})
    params: Params = {"day": line.granted_on, "authority": line.authority, "amount": line.amount}
    return Line(LineCode.AID_COUNTED, params)
