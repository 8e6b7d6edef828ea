"""The SME class of a firm with everybody around it, over the years that count.

Recommendation 2003/361/EC, Annex: whose figures are added (article 6), over two periods (article
4(2)), from approved accounts or an estimate in good faith (article 4(3)).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from vouchers.rules.ownership import Around, Group, Party, around
from vouchers.rules.periods import NoRuleInForce
from vouchers.rules.sme import (
    LINES,
    PARTNER_FROM,
    WHOLE,
    Figures,
    Relation,
    SizeClass,
    classify,
    shown,
    too_large,
)
from vouchers.rules.verdict import Line, LineCode, Params, Reason, ReasonCode, Verdict

SMALLEST_FIRST = tuple(SizeClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one party adds to the firm in one year; `percent` of its own figures."""

    key: str
    name: str
    relation: Relation
    percent: Decimal
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The class of a firm with its arithmetic; contributions are those of the newest year.

    `missing` names those whose figures nobody has entered, so that the class is not yet sure.
    `by_figures` is what the figures alone make of it; a firm in public hands is no SME (art. 3(4)).
    """

    size: SizeClass
    by_figures: SizeClass
    year: int
    total: Figures
    contributions: tuple[Contribution, ...]
    years: tuple[tuple[int, SizeClass], ...]
    totals: tuple[Figures, ...]
    around: Around
    missing: tuple[str, ...] = ()
    is_kept: bool = False


def size_of(group: Group, *, on: date, taken_over: bool = False) -> Size:
    """The class of the firm on the day.

    `taken_over`: a larger group has bought the firm, so the newest year decides alone. Raises
    NoRuleInForce, and ValueError for a firm without figures.
    """
    firm, around_it = group.parties[group.firm], around(group, on=on)
    years = sorted({one.year for one in firm.figures})
    if not years:
        raise ValueError("a firm without figures has no class")
    totals = {year: _total(group, around_it, year) for year in years}
    classes = [(year, classify(totals[year], on=on)) for year in years]
    newest = years[-1]
    settled = classes[-1][1] if taken_over else settled_class(classes)
    is_public = around_it.public_percent >= PARTNER_FROM
    return Size(
        size=SizeClass.NOT_SME if is_public else settled,
        by_figures=settled,
        year=newest,
        total=totals[newest],
        contributions=tuple(_contributions(group, around_it, newest)),
        years=tuple(classes),
        totals=tuple(totals.values()),
        around=around_it,
        missing=tuple(_missing(group, around_it, newest)),
        is_kept=settled != classes[-1][1],
    )


def settled_class(years: Sequence[tuple[int, SizeClass]]) -> SizeClass:
    """The class that holds after these years, oldest first (article 4(2)).

    It is lost or gained only where two years in a row lie beyond the same limit; years with a gap
    between them are not in a row.
    """
    current = SMALLEST_FIRST.index(years[0][1])
    for (year, earlier), (next_year, later) in pairwise(years):
        before, now = SMALLEST_FIRST.index(earlier), SMALLEST_FIRST.index(later)
        if next_year != year + 1:
            continue
        if min(before, now) > current:
            current = min(before, now)
        elif max(before, now) < current:
            current = max(before, now)
    return SMALLEST_FIRST[current]


def check_group(
    group: Group, *, on: date, taken_over: bool = False, is_estimate: bool = False
) -> Verdict:
    """Whether the firm is an SME on the day, with what each enterprise adds."""
    if not group.parties[group.firm].figures:
        return Verdict(reasons=(Reason(ReasonCode.NO_FIGURES),))
    try:
        size = size_of(group, on=on, taken_over=taken_over)
    except NoRuleInForce:
        return Verdict(reasons=(Reason(ReasonCode.NO_SIZE_RULE, {"day": on}),))
    return Verdict(
        reasons=(*_too_large(size, on=on), *_public(size), *_unknown(size)),
        arithmetic=_arithmetic(size),
        notes=tuple(_notes(group, size, is_estimate=is_estimate)),
    )


def awu(
    *, full_time: int, part_time: Iterable[tuple[int, Decimal]] = (), owners: int = 0
) -> Decimal:
    """Annual work units: full-timers and working owners whole, others by their share of a year.

    `part_time` holds heads with their share; apprentices and parental leave are left out
    (article 5). Raises ValueError for a share outside 0 to 1.
    """
    units = Decimal(full_time + owners)
    for heads, share in part_time:
        if not 0 <= share <= 1:
            raise ValueError("a share of a year lies between 0 and 1")
        units += heads * share
    return units


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How much of a currency one euro bought on a day, and who says so."""

    currency: str
    per_euro: Decimal
    on: date
    source: str


def in_euros(amount: Decimal, rate: Rate) -> Decimal:
    """An amount of another currency in EUR, to the cent. Raises ValueError for a rate of 0."""
    if rate.per_euro <= 0:
        raise ValueError("a rate is more than 0")
    return (amount / rate.per_euro).quantize(Decimal("0.01"))


def _counted(group: Group, around_it: Around) -> Iterator[tuple[Party, Relation, Decimal]]:
    """Each party that adds figures, with its relation and share in percent."""
    for key in around_it.linked:
        yield group.parties[key], Relation.LINKED, WHOLE
    for partner in around_it.partners:
        for key in (partner.key, *partner.linked):
            yield group.parties[key], Relation.PARTNER, partner.percent


def _contributions(group: Group, around_it: Around, year: int) -> Iterator[Contribution]:
    for party, relation, percent in _counted(group, around_it):
        figures = party.figures_of(year)
        if figures is not None:
            yield Contribution(
                key=party.key,
                name=party.name,
                relation=relation,
                percent=percent,
                figures=_share(figures, percent / WHOLE),
            )


def _share(figures: Figures, share: Decimal) -> Figures:
    return Figures(
        year=figures.year,
        headcount=share * figures.headcount,
        turnover=share * figures.turnover,
        balance_sheet=share * figures.balance_sheet,
    )


def _total(group: Group, around_it: Around, year: int) -> Figures:
    own = group.parties[group.firm].figures_of(year)
    added = [one.figures for one in _contributions(group, around_it, year)]
    figures = [*([own] if own else []), *added]
    return Figures(
        year=year,
        headcount=sum((one.headcount for one in figures), Decimal(0)),
        turnover=sum((one.turnover for one in figures), Decimal(0)),
        balance_sheet=sum((one.balance_sheet for one in figures), Decimal(0)),
    )


def _missing(group: Group, around_it: Around, year: int) -> Iterator[str]:
    for party, _relation, _percent in _counted(group, around_it):
        if party.figures_of(year) is None:
            yield party.name


def _too_large(size: Size, *, on: date) -> tuple[Reason, ...]:
    if size.by_figures is not SizeClass.NOT_SME:
        return ()
    # A class that is kept rests on an earlier year: the newest one that passes a limit tells why.
    passed = (too_large(total, on=on) for total in reversed(size.totals))
    return next((reasons for reasons in passed if reasons), ())


def _public(size: Size) -> tuple[Reason, ...]:
    if size.around.public_percent < PARTNER_FROM:
        return ()
    params: Params = {"percent": size.around.public_percent, "percent_limit": PARTNER_FROM}
    return (Reason(ReasonCode.PUBLIC_CONTROL, params),)


def _unknown(size: Size) -> tuple[Reason, ...]:
    """A firm must not be small because the figures of its parent were left out."""
    return tuple(Reason(ReasonCode.FIGURES_MISSING, {"name": name}) for name in size.missing)


def _arithmetic(size: Size) -> tuple[Line, ...]:
    added = (
        Line(
            LineCode.SIZE_CONTRIBUTION,
            {"name": one.name, "percent": one.percent, **_money_of(one.figures)},
        )
        for one in size.contributions
    )
    total = Line(LineCode.SIZE_OF_YEAR, shown(size.total))
    return (*added, total, Line(LINES[size.size], shown(size.total)))


def _money_of(figures: Figures) -> Params:
    return {name: value for name, value in shown(figures).items() if name != "year"}


def _notes(group: Group, size: Size, *, is_estimate: bool) -> Iterator[Reason]:
    for key in size.around.exempt:
        yield Reason(ReasonCode.INVESTOR_EXEMPT, {"name": group.parties[key].name})
    if size.is_kept:
        yield Reason(ReasonCode.CLASS_KEPT)
    if is_estimate:
        yield Reason(ReasonCode.CLASS_BY_ESTIMATE)
