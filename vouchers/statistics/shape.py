"""The figures as others rely on them: the JSON shape, and one line per figure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from vouchers.statistics.figures import Cell, Figures


def as_json(figures: Figures) -> dict[str, Any]:
    """Return the figures in the published shape; amounts are text with two decimals."""
    scope = figures.scope
    chosen: dict[str, Any] = {
        "programme": scope.programme.code,
        "calls": [call.code for call in figures.calls],
        "region": scope.region.code if scope.region else None,
    }
    if scope.voucher_type:
        chosen["voucher_type"] = scope.voucher_type.code
    return {
        "as_of": scope.as_of.isoformat(),
        "scope": chosen,
        "applications": dict(figures.applications),
        "awards": _awards(figures),
        "money": _money(figures),
        "matrix": [
            {"home": home, "host": host, "awards": cell.awards, "value": _euros(cell.value)}
            for home, host, cell in matrix(figures)
        ],
        "days_to_decision": {
            "n": figures.days.n,
            "median": figures.days.median,
            "p90": figures.days.p90,
            "max": figures.days.longest,
        },
        "smes": {
            "legal_entities": figures.firms.legal_entities,
            "single_undertakings": figures.firms.single_undertakings,
            "repeat": figures.firms.repeat,
        },
        "jobs": {
            "expected": figures.jobs.expected,
            "realised": figures.jobs.realised,
            "answered": figures.jobs.answered,
            "asked": figures.jobs.asked,
        },
    }


def _awards(figures: Figures) -> dict[str, Any]:
    return {
        "total": figures.total.awards,
        "by_type": _counts(figures, "voucher_type", sorted(t.code for t in figures.voucher_types)),
        "by_home_region": _counts(figures, "home", sorted(r.code for r in figures.homes)),
        "by_host_region": _counts(figures, "host", sorted(r.code for r in figures.regions)),
        "accepted": figures.accepted,
        "completed": figures.endings["completed"],
        "paid": figures.paid,
        "lapsed": figures.endings["lapsed"],
        "cancelled": figures.endings["cancelled"],
    }


def _counts(figures: Figures, name: str, codes: list[str]) -> dict[str, int]:
    found = {code: cell.awards for (code,), cell in figures.by(name).items()}
    return {code: found.get(code, 0) for code in [*codes, *sorted(found.keys() - set(codes))]}


def _money(figures: Figures) -> dict[str, str]:
    money, pots = figures.money, figures.pot_total
    return {
        "currency": "EUR",
        "allocated": _euros(pots.allocated),
        "reserved": _euros(money.reserved),
        "committed": _euros(money.committed),
        "paid": _euros(money.paid),
        "released": _euros(money.released),
        "free": _euros(pots.free),
        "awarded_value": _euros(figures.total.value),
    }


def matrix(figures: Figures) -> Iterator[tuple[str, str, Cell]]:
    """Yield every pair of home and host region, those without an award too."""
    found = figures.by("home", "host")
    homes = sorted({r.code for r in figures.homes} | {home for home, _host in found})
    hosts = sorted({r.code for r in figures.regions} | {host for _home, host in found})
    for home in homes:
        for host in hosts:
            yield home, host, found.get((home, host), Cell())


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f}"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of export.csv; a value in EUR is a Decimal."""

    figure: str
    programme: str
    call: str
    region: str
    voucher_type: str
    value: Decimal | float | None
    unit: str
    as_of: date


PARTS = {
    "awards.by_type": "voucher_type",
    "awards.by_home_region": "region",
}


def lines(figures: Figures) -> Iterator[Line]:
    """Yield one line per figure; a figure of a part names its call, region or voucher type."""
    scope, shape = figures.scope, as_json(figures)
    line = partial(
        Line,
        programme=scope.programme.code,
        call=";".join(shape["scope"]["calls"]),
        region=shape["scope"]["region"] or "",
        voucher_type=scope.voucher_type.code if scope.voucher_type else "",
        as_of=scope.as_of,
    )
    for group in ("applications", "awards", "money", "days_to_decision", "smes", "jobs"):
        for name, value in _flat(shape[group], group):
            amount = Decimal(value) if group == "money" else value
            yield line(figure=name, value=amount, unit=_unit(name), **_part_of(name))
    yield from _parts(figures, line)


def _flat(values: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}.{key}")
        elif key != "currency":
            yield f"{prefix}.{key}", value


def _part_of(name: str) -> dict[str, Any]:
    """Return the columns that a figure of a part fills: its region or voucher type."""
    group, _dot, code = name.rpartition(".")
    return {PARTS[group]: code} if group in PARTS else {}


def _unit(name: str) -> str:
    group, _dot, rest = name.partition(".")
    return (
        "count" if rest == "n" else {"money": "EUR", "days_to_decision": "days"}.get(group, "count")
    )


def _parts(figures: Figures, line: Callable[..., Line]) -> Iterator[Line]:
    for home, host, cell in matrix(figures):
        name = f"matrix.{home}.{host}"
        yield line(figure=f"{name}.awards", region=home, value=cell.awards, unit="count")
        yield line(figure=f"{name}.value", region=home, value=cell.value, unit="EUR")
    for (call, kind), cell in sorted(figures.by("call", "voucher_type").items()):
        part = partial(line, call=call, voucher_type=kind)
        yield part(figure="awards.by_call", value=cell.awards, unit="count")
        yield part(figure="awards.value_by_call", value=cell.value, unit="EUR")
    for pot in figures.pots:
        for name in ("allocated", "reserved", "committed", "paid", "released", "free"):
            # A pot is whole: it knows neither call nor voucher type.
            whole = partial(line, call="", voucher_type="", region=pot.region.code)
            yield whole(figure=f"pot.{name}", value=getattr(pot.balance, name), unit="EUR")
