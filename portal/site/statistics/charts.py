"""The figures as rows, bars and cells: every number that is drawn stands in a table too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.enums import VoucherKind
from portal.models import Region
from portal.templatetags.portal_ui import VOUCHER_CLASSES, money, percent
from vouchers.statistics.figures import Cell, Figures, PotLine

HEATS = 6
BARS = 8
WIDTHS = (5, 7, 10, 14, 21, 30, 60, 90)
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000)
CHART_TOP, CHART_BASE = 40, 170
HUES = {"is-mg": "mg", "is-in": "in", "is-co": "co"}


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the large numbers at the top."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the way from submitted to paid."""

    label: str
    number: int
    whole: int
    share: str
    hue: str


@dataclass(frozen=True, slots=True)
class Slice:
    """A voucher type's part of all awards; `start` is where its bar begins, in percent."""

    name: str
    hue: str
    awards: int
    value: Decimal
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class CallRow:
    """The awards of a call by voucher type, and together."""

    name: str
    counts: Sequence[int]
    total: Cell


@dataclass(frozen=True, slots=True)
class Heat:
    """A cell of the matrix; `level` 0 to 5, or nothing where no award is."""

    cell: Cell
    level: str
    is_self: bool


@dataclass(frozen=True, slots=True)
class HeatRow:
    """The awards of a home region by host region."""

    region: Region
    short: str
    heats: Sequence[Heat]
    total: Cell


@dataclass(frozen=True, slots=True)
class Matrix:
    """Home regions as rows, host regions as columns."""

    hosts: Sequence[tuple[str, str]]
    rows: Sequence[HeatRow]
    totals: Sequence[Cell]
    total: Cell
    key: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the histogram in the units of its drawing."""

    label: str
    number: int
    x: str
    middle: str
    width: str
    y: float
    height: float
    text_y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the histogram's scale."""

    number: int
    y: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Applications by days to decision."""

    columns: Sequence[Column]
    scale: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Purse:
    """A region's whole pot with the widths of its parts."""

    region: Region
    short: str
    line: PotLine
    to_pay: Decimal
    paid_width: str
    to_pay_width: str
    used_width: str


def short_code(region: Region) -> str:
    """Return the last part of a region's code, like ENL."""
    return region.code.rpartition("-")[2]


def share(part: int | Decimal, whole: int | Decimal) -> str:
    """Return a share in whole percent, or a dash where there is no whole."""
    return f"{round(100 * Decimal(part) / Decimal(whole))}%" if whole else "–"  # noqa: RUF001  an en dash


def key_figures(figures: Figures) -> list[KeyFigure]:
    """Return the four large numbers."""
    total, days = figures.total, figures.days
    submitted = figures.applications["submitted"]
    budget = figures.pot_total.allocated
    kinds = ", ".join(
        _("%(number)s %(name)s") % {"number": piece.awards, "name": piece.name}
        for piece in slices(figures)
    )
    return [
        KeyFigure(_("Vouchers awarded"), str(total.awards), kinds),
        KeyFigure(
            _("Value awarded"),
            money(total.value),
            _("%(share)s of the %(budget)s budget")
            % {"share": share(total.value, budget), "budget": money(budget)},
        ),
        KeyFigure(
            _("Awarded of submitted"),
            share(total.awards, submitted),
            _("%(awards)s of %(submitted)s applications")
            % {"awards": total.awards, "submitted": submitted},
        ),
        KeyFigure(
            _("Median time to decision"),
            _("%(days)s days") % {"days": days.median} if days.n else "–",  # noqa: RUF001
            _("Nine of ten within %(days)s days") % {"days": days.p90} if days.n else "",
        ),
    ]


def funnel(figures: Figures) -> list[Step]:
    """Return the steps from submitted to paid, each with its share of the one before."""
    reached = figures.applications
    numbers = [
        (_("Submitted"), reached["submitted"], "h3"),
        (_("Eligible"), reached["eligible"], "h3"),
        (_("Awarded"), figures.total.awards, "co"),
        (_("Accepted"), figures.accepted, "co"),
        (_("Completed"), figures.endings["completed"], "co"),
        (pgettext("award", "Paid"), figures.paid, "co"),
    ]
    whole = numbers[0][1]
    before = [0, *(number for _label, number, _hue in numbers)]
    return [
        Step(label, number, whole, share(number, earlier), hue)
        for (label, number, hue), earlier in zip(numbers, before, strict=False)
    ]


def other_outcomes(figures: Figures) -> list[tuple[str, int]]:
    """Return what else became of applications and awards, and which came after the closing."""
    reached = figures.applications
    return [
        (_("Ineligible"), reached["ineligible"]),
        (_("Rejected"), reached["rejected"]),
        (_("On the reserve list"), reached["reserve"]),
        (_("Withdrawn"), reached["withdrawn"]),
        (_("Declined by the SME"), figures.endings["declined"]),
        (_("Lapsed"), figures.endings["lapsed"]),
        (_("Cancelled"), figures.endings["cancelled"]),
        (_("Begun and not sent in time"), figures.unsent),
        (_("Sent within the grace period"), figures.late["within_grace"]),
        (_("Sent late, by an extension"), figures.late["by_extension"]),
    ]


def slices(figures: Figures) -> list[Slice]:
    """Return each voucher type's part of the awards."""
    by_type = figures.by("voucher_type")
    whole, begun, found = figures.total.awards, 0, []
    for kind in figures.voucher_types:
        cell = by_type.get((kind.code,), Cell())
        known = kind.kind in VoucherKind.values
        css = VOUCHER_CLASSES.get(VoucherKind(kind.kind), "") if known else ""
        found.append(
            Slice(
                kind.name,
                HUES.get(css, "h3"),
                cell.awards,
                cell.value,
                percent(begun, whole),
                percent(cell.awards, whole),
            )
        )
        begun += cell.awards
    return found


def calls(figures: Figures) -> list[CallRow]:
    """Return the awards of each call."""
    found, totals = figures.by("call", "voucher_type"), figures.by("call")
    return [
        CallRow(
            call.name,
            [found.get((call.code, kind.code), Cell()).awards for kind in figures.voucher_types],
            totals.get((call.code,), Cell()),
        )
        for call in figures.calls
    ]


def matrix(figures: Figures) -> Matrix:
    """Return who works with whom, warmer where there is more."""
    cells, by_home, by_host = figures.by("home", "host"), figures.by("home"), figures.by("host")
    most = max((cell.awards for cell in cells.values()), default=0)
    rows = [
        HeatRow(
            home,
            short_code(home),
            [
                _heat(cells.get((home.code, host.code), Cell()), most, is_self=home == host)
                for host in figures.regions
            ],
            by_home.get((home.code,), Cell()),
        )
        for home in figures.homes
    ]
    return Matrix(
        hosts=[(short_code(region), region.name) for region in figures.regions],
        rows=rows,
        totals=[by_host.get((region.code,), Cell()) for region in figures.regions],
        total=figures.total,
        key=list(_key(most)),
    )


def _heat(cell: Cell, most: int, *, is_self: bool) -> Heat:
    level = f"q{_level(cell.awards, most)}" if cell.awards else ""
    return Heat(cell, level, is_self and not cell.awards)


def _level(number: int, most: int) -> int:
    return min(HEATS - 1, number - 1) if most <= HEATS else (number * HEATS - 1) // most


def _key(most: int) -> Iterator[tuple[str, str]]:
    """Yield each level with the numbers that it stands for."""
    numbers: dict[int, list[int]] = {}
    for number in range(1, most + 1):
        numbers.setdefault(_level(number, most), []).append(number)
    for level, found in sorted(numbers.items()):
        one = found[0] == found[-1]
        yield f"s-h{level}", str(found[0]) if one else f"{found[0]}–{found[-1]}"  # noqa: RUF001


def histogram(figures: Figures) -> Histogram:
    """Return the days to decision in eight columns; the last one is open."""
    days = figures.days
    width = next((w for w in WIDTHS if (days.p90 or 0) <= w * (BARS - 1)), WIDTHS[-1])
    numbers = [0] * BARS
    for taken, count in days.taken:
        numbers[min(BARS - 1, max(0, taken - 1) // width)] += count
    top = max(numbers)
    step = next((s for s in STEPS if top <= s * 4), top)
    columns = [_column(i, width, number, step * 4) for i, number in enumerate(numbers)]
    return Histogram(columns, [Line(step * n, _height_at(step * n, step * 4)) for n in range(4)])


def _column(position: int, width: int, number: int, top: int) -> Column:
    first = position * width + 1 if position else 0
    is_last = position == BARS - 1
    y = _height_at(number, top)
    return Column(
        label=f"{first}+" if is_last else f"{first}–{(position + 1) * width}",  # noqa: RUF001
        number=number,
        x=f"{7 + 11.6 * position:.1f}%",
        middle=f"{12.2 + 11.6 * position:.1f}%",
        width="10.4%",
        y=y,
        height=round(CHART_BASE - y, 1),
        text_y=round(y - 6, 1),
    )


def _height_at(number: int, top: int) -> float:
    return round(CHART_BASE - (CHART_BASE - CHART_TOP) * number / top, 1)


def purses(figures: Figures) -> list[Purse]:
    """Return each region's pot: paid, still to pay, left."""
    found = []
    for line in figures.pots:
        balance = line.balance
        to_pay = balance.reserved + balance.committed
        found.append(
            Purse(
                line.region,
                short_code(line.region),
                line,
                to_pay,
                percent(balance.paid, balance.allocated),
                percent(to_pay, balance.allocated),
                percent(balance.used, balance.allocated),
            )
        )
    return found
