"""SME class by Recommendation 2003/361/EC, Annex, articles 2, 3 and 6."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from vouchers.rules.periods import NoRuleInForce, in_force
from vouchers.rules.verdict import Line, LineCode, Params, Reason, ReasonCode, Verdict

PARTNER_FROM = Decimal(25)
LINKED_ABOVE = Decimal(50)
WHOLE = Decimal(100)


class SizeClass(StrEnum):
    """Class of an enterprise, smallest first."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    NOT_SME = "not_sme"


class Relation(StrEnum):
    """How another enterprise stands to the applicant."""

    AUTONOMOUS = "autonomous"
    PARTNER = "partner"
    LINKED = "linked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One accounting year: head count in AWU, turnover and balance sheet in EUR without VAT."""

    year: int
    headcount: Decimal
    turnover: Decimal
    balance_sheet: Decimal

    def __post_init__(self) -> None:
        """Raise ValueError for a negative figure."""
        if min(self.headcount, self.turnover, self.balance_sheet) < 0:
            raise ValueError("figures cannot be negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An enterprise that holds, or is held by, the applicant.

    `percent` is the higher of capital and votes. `controls` is true where control rests on
    something else than the percentage (board, contract, agreement of shareholders).
    """

    name: str
    figures: Figures
    percent: Decimal
    controls: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError unless the percentage lies between 0 and 100."""
        if not 0 <= self.percent <= WHOLE:
            raise ValueError("a holding lies between 0 and 100 per cent")

    @property
    def relation(self) -> Relation:
        """Linked above 50 % or by control, partner from 25 %, else autonomous (article 3)."""
        if self.controls or self.percent > LINKED_ABOVE:
            return Relation.LINKED
        return Relation.PARTNER if self.percent >= PARTNER_FROM else Relation.AUTONOMOUS

    @property
    def counted_percent(self) -> Decimal:
        """The share of its figures that is added to the applicant's (article 6)."""
        shares = {Relation.LINKED: WHOLE, Relation.PARTNER: self.percent}
        return shares.get(self.relation, Decimal(0))


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Limits of one class: fewer heads than `headcount`, and one money limit at most reached."""

    size: SizeClass
    headcount: Decimal
    turnover: Decimal
    balance_sheet: Decimal

    def heads_fit(self, figures: Figures) -> bool:
        """Whether the head count is below the limit."""
        return figures.headcount < self.headcount

    def money_fits(self, figures: Figures) -> bool:
        """Whether one of the two money limits is kept."""
        turnover_fits = figures.turnover <= self.turnover
        return turnover_fits or figures.balance_sheet <= self.balance_sheet


@dataclass(frozen=True, slots=True)
class Definition:
    """The limits in force from `first` to `last`, smallest class first."""

    name: str
    first: date
    last: date | None
    ceilings: tuple[Ceiling, ...]


DEFINITIONS = (
    Definition(
        name="2003/361/EC",
        first=date(2005, 1, 1),
        last=None,
        ceilings=(
            Ceiling(SizeClass.MICRO, Decimal(10), Decimal(2_000_000), Decimal(2_000_000)),
            Ceiling(SizeClass.SMALL, Decimal(50), Decimal(10_000_000), Decimal(10_000_000)),
            Ceiling(SizeClass.MEDIUM, Decimal(250), Decimal(50_000_000), Decimal(43_000_000)),
        ),
    ),
)

LINES = {
    SizeClass.MICRO: LineCode.SIZE_MICRO,
    SizeClass.SMALL: LineCode.SIZE_SMALL,
    SizeClass.MEDIUM: LineCode.SIZE_MEDIUM,
    SizeClass.NOT_SME: LineCode.SIZE_NOT_SME,
}


def aggregate(own: Figures, holdings: Sequence[Holding] = ()) -> Figures:
    """The applicant's figures with partners added pro rata and linked enterprises in full."""
    shares = [(holding.figures, holding.counted_percent / WHOLE) for holding in holdings]
    return Figures(
        year=own.year,
        headcount=own.headcount + sum(share * f.headcount for f, share in shares),
        turnover=own.turnover + sum(share * f.turnover for f, share in shares),
        balance_sheet=own.balance_sheet + sum(share * f.balance_sheet for f, share in shares),
    )


def classify(figures: Figures, *, on: date) -> SizeClass:
    """The class of aggregated figures under the definition of the day; raises NoRuleInForce."""
    for ceiling in in_force(DEFINITIONS, on).ceilings:
        if ceiling.heads_fit(figures) and ceiling.money_fits(figures):
            return ceiling.size
    return SizeClass.NOT_SME


def check(own: Figures, holdings: Sequence[Holding] = (), *, on: date) -> Verdict:
    """Whether the applicant is an SME on the day, with the contribution of each holding."""
    total = aggregate(own, holdings)
    try:
        size = classify(total, on=on)
    except NoRuleInForce:
        return Verdict(reasons=(Reason(ReasonCode.NO_SIZE_RULE, {"day": on}),))
    reasons = too_large(total, on=on) if size is SizeClass.NOT_SME else ()
    contributions = tuple(_contribution(holding) for holding in holdings)
    return Verdict(
        reasons=reasons,
        arithmetic=(*contributions, Line(LINES[size], shown(total))),
    )


def too_large(total: Figures, *, on: date) -> tuple[Reason, ...]:
    """The limits that figures pass, each with what it is."""
    largest = in_force(DEFINITIONS, on).ceilings[-1]
    reasons = []
    if not largest.heads_fit(total):
        heads = {"headcount": total.headcount, "headcount_limit": largest.headcount}
        reasons.append(Reason(ReasonCode.HEADCOUNT_TOO_HIGH, heads))
    if not largest.money_fits(total):
        money = {
            "turnover": total.turnover,
            "turnover_limit": largest.turnover,
            "balance_sheet": total.balance_sheet,
            "balance_sheet_limit": largest.balance_sheet,
        }
        reasons.append(Reason(ReasonCode.MONEY_TOO_HIGH, money))
    return tuple(reasons)


def _contribution(holding: Holding) -> Line:
    share = holding.counted_percent / WHOLE
    params: Params = {
        "name": holding.name,
        "percent": holding.counted_percent,
        "headcount": share * holding.figures.headcount,
        "turnover": share * holding.figures.turnover,
        "balance_sheet": share * holding.figures.balance_sheet,
    }
    return Line(LineCode.SIZE_CONTRIBUTION, params)


def shown(figures: Figures) -> Params:
    """Figures as a sentence names them."""
    return {
        "year": figures.year,
        "headcount": figures.headcount,
        "turnover": figures.turnover,
        "balance_sheet": figures.balance_sheet,
    }
