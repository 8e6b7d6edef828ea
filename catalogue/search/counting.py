"""Counts of every facet's values, in one statement that looks for the words once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Case, F, Q, Value, When

from catalogue.models import RecordQuerySet
from catalogue.search.criteria import FACETS, Criteria, offered
from portal.models import Region

_LISTS = ArrayField(models.TextField())


@dataclass(slots=True)
class Counts:
    """Results in all, without any filter, without one that is used, and by facet and value."""

    total: int = 0
    unfiltered: int = 0
    without: dict[str, int] = field(default_factory=dict)
    by_value: dict[tuple[str, str], int] = field(default_factory=dict)


def count(
    matching: RecordQuerySet, criteria: Criteria, regions: Iterable[Region], rules: Sequence[int]
) -> Counts:
    """Count the results by facet and value; a facet in use counts as if it were not.

    Each row found carries as bits which conditions it misses: a facet's own bit alone is no harm
    to its counts.
    """
    conditions = criteria.conditions(rules)
    bits = {name: 1 << place for place, name in enumerate(conditions)}
    found = matching.order_by().values(
        *(facet.column for name, facet in FACETS.items() if name not in {"voucher", "trl"}),
        "trl_from",
        "trl_to",
        vouchers=Case(
            When(offered(rules), then=F("voucher_kinds")), default=Value([], output_field=_LISTS)
        ),
        misses=_misses(conditions, bits),
    )
    try:
        base, params = found.query.sql_with_params()
    except EmptyResultSet:
        return Counts()
    parts = ["SELECT '', NULL, misses, count(*) FROM found GROUP BY misses"]
    parts += [_part(name, bits.get(name, 0)) for name in FACETS if name != "country"]
    if _counts_countries_apart(bits):
        parts.append(_part("country", bits.get("country", 0)))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH found AS MATERIALIZED ({base}) {' UNION ALL '.join(parts)}", params)
        return _tally(cursor.fetchall(), bits, {region.pk: region for region in regions})


def _misses(conditions: Mapping[str, Q], bits: Mapping[str, int]) -> Any:
    number = models.SmallIntegerField()
    total: Any = Value(0, output_field=number)
    for name, condition in conditions.items():
        total += Case(When(condition, then=Value(0)), default=Value(bits[name]))
    return total


def _counts_countries_apart(bits: Mapping[str, int]) -> bool:
    """Whether a country's count is not the sum of its regions' counts."""
    return not bits.keys().isdisjoint({"country", "region"})


def _part(name: str, own_bit: int) -> str:
    # Only our own names are put together here; what people typed travels as parameters.
    facet = FACETS[name]
    value = "value" if facet.is_list else f"{facet.column}::text"
    rows = f"found, unnest({facet.column}) AS value" if facet.is_list else "found"
    where = f"misses IN (0, {own_bit})"
    return f"SELECT '{name}', {value}, 0, count(*) FROM {rows} WHERE {where} GROUP BY 2"  # noqa: S608


def _tally(
    rows: Iterable[tuple[str, str | None, int, int]],
    bits: Mapping[str, int],
    regions: Mapping[int, Region],
) -> Counts:
    counts = Counts(without=dict.fromkeys(bits, 0))
    for facet, value, misses, number in rows:
        if not facet:
            counts.unfiltered += number
            counts.total += number if misses == 0 else 0
            for name, bit in bits.items():
                counts.without[name] += number if misses in (0, bit) else 0
        elif facet in {"region", "country"}:
            _add_place(counts, facet, regions[int(value or 0)], number, bits)
        elif facet == "trl":
            _add_levels(counts, value or "", number)
        elif value is not None:
            counts.by_value[facet, value] = number
    return counts


def _add_levels(counts: Counts, span: str, number: int) -> None:
    """Count records that serve levels from one to another under each of them."""
    first, _dash, last = span.partition("-")
    if first and last:
        for level in range(int(first), int(last) + 1):
            key = ("trl", str(level))
            counts.by_value[key] = counts.by_value.get(key, 0) + number


def _add_place(
    counts: Counts, facet: str, region: Region, number: int, bits: Mapping[str, int]
) -> None:
    """Count a region, and its country with it unless countries are counted apart."""
    if facet == "region":
        counts.by_value["region", region.code] = number
    if facet == "country" or not _counts_countries_apart(bits):
        key = ("country", region.country)
        counts.by_value[key] = counts.by_value.get(key, 0) + number
