"""Find records by words and facets, with counts that equal the results."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Lower

from catalogue.enums import Sort
from catalogue.models import SINKS_AFTER, AccessRules, Record, RecordQuerySet
from portal.models import Organisation, Region, User

PAGE_SIZE = 20
# Ranking cost grows with the matches; beyond these the freshest come first.
RANKED = 1000
# At PostgreSQL's own 0.6 two swapped letters in a short word are not forgiven.
SPELLING = 0.5
SPELLED_WORDS = 8
OWN = "own"
# A word or a phrase in quotes, with a minus before it where it must not be found.
_ITEM = re.compile(r'(?<!\S)(-)?(?:"([^"]+)"?|([^\s"]+))')


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow: the lookup on records, and in SQL the values of the rows found."""

    lookup: str
    source: F | None
    value: str
    rows: str = "found"


_TERMS = (
    "found JOIN catalogue_record_competences AS link ON link.record_id = found.id"
    " JOIN catalogue_competence AS term ON term.id = link.competence_id"
)
FACETS: Mapping[str, Facet] = {
    "kind": Facet("kind__in", F("kind"), "kind_of"),
    "region": Facet("region__code__in", F("region__code"), "region_of"),
    "country": Facet("region__country__in", F("region__country"), "country_of"),
    "competence": Facet("", None, "term.slug", _TERMS),
    "voucher": Facet("voucher_kinds__overlap", None, "value", "found, unnest(voucher_of) AS value"),
    "access": Facet(
        "access_types__overlap", F("access_types"), "value", "found, unnest(access_of) AS value"
    ),
    "certificate": Facet(
        "certificates__overlap",
        F("certificates"),
        "value",
        "found, unnest(certificate_of) AS value",
    ),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is asked: words, chosen values by facet, the own region to leave out, order, page."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: Region | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1


@dataclass(slots=True)
class Counts:
    """Results in all, without any filter, without one that is used, and by facet and value."""

    total: int = 0
    unfiltered: int = 0
    without: dict[str, int] = field(default_factory=dict)
    by_value: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results; `spelled` says that only similar words were found."""

    counts: Counts
    records: Sequence[Record]
    page: int
    spelled: bool

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.counts.total // PAGE_SIZE))


def own_region(user: object) -> Region | None:
    """Return the region of the visitor's organisations, where there is exactly one."""
    if not isinstance(user, User):
        return None
    homes = Organisation.objects.of(user).exclude(region=None)
    regions = list(Region.objects.filter(pk__in=homes.values("region"))[:2])
    return regions[0] if len(regions) == 1 else None


def find(criteria: Criteria, *, now: datetime) -> Found:
    """Return the page that is asked for, or the last one where there are fewer."""
    matching = _by_words(criteria.words, now)
    counts = _count(matching, criteria, now)
    if counts.unfiltered or not criteria.words:
        return _found(matching, counts, criteria, now, spelled=False)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(SPELLING)]
        )
        matching = _by_spelling(criteria.words, now)
        counts = _count(matching, criteria, now)
        return _found(matching, counts, criteria, now, spelled=True)


def count_without_words(criteria: Criteria, *, now: datetime) -> int:
    """Return how many results the filters alone give."""
    matching = Record.objects.public(now)
    return matching.filter(*_conditions(criteria, now).values()).count()


class WordsQuery(SearchQuery):
    """A query over four languages: every item, in the shape any language gives it; no excluded."""

    def __init__(
        self, items: Sequence[str], markers: Sequence[str] = (), excluded: Sequence[str] = ()
    ) -> None:
        """Take what must be found, for each item its competences as lexemes, and what must not."""
        texts = ArrayField(models.TextField())
        some = [*items], [*markers] or [""] * len(items), [*excluded]
        self.function, self.config, self.invert = "catalogue_query", None, False
        models.Func.__init__(self, *(Value(one, output_field=texts) for one in some))


def _query(words: str) -> WordsQuery:
    asked: list[str] = []
    excluded: list[str] = []
    for sign, phrase, word in _ITEM.findall(words):
        text = f'"{phrase}' if phrase else word
        (excluded if sign else asked).append(text)
    return WordsQuery(asked, excluded=excluded)


def _by_words(words: str, now: datetime) -> RecordQuerySet:
    public = Record.objects.public(now)
    return public.filter(search=_query(words)) if words else public


def _by_spelling(words: str, now: datetime) -> RecordQuerySet:
    """Return records that have every word, or one spelled like it in title or keywords."""
    asked = re.findall(r"(?<![-\w])\w{3,}", words)[:SPELLED_WORDS]
    if not asked:
        return Record.objects.none()
    each = [
        Q(search=_query(word))
        | Q(title__trigram_word_similar=word)
        | Q(keywords__trigram_word_similar=word)
        for word in asked
    ]
    return Record.objects.public(now).filter(*each)


def _conditions(criteria: Criteria, now: datetime) -> dict[str, Q]:
    """Return one condition for each facet in use."""
    conditions = {
        name: _condition(name, values, now) for name, values in criteria.chosen.items() if values
    }
    if criteria.left_out:
        conditions[OWN] = ~Q(region=criteria.left_out)
    return conditions


def _condition(name: str, values: Sequence[str], now: datetime) -> Q:
    if name == "competence":
        # Through a join, a record with two of the terms would be found twice.
        links = Record.competences.through.objects.filter(competence__slug__in=values)
        return Q(pk__in=links.values("record_id"))
    chosen = Q(**{FACETS[name].lookup: [*values]})
    # A voucher can be used only where the provider has accepted the rules in force.
    return chosen & _offered(now) if name == "voucher" else chosen


def _offered(now: datetime) -> Q:
    current = AccessRules.objects.current(now).values("pk")
    return Q(provider__accepted_rules__isnull=False, provider__accepted_rules__in=current)


def _count(matching: RecordQuerySet, criteria: Criteria, now: datetime) -> Counts:
    """Count everything in one statement that looks for the words once."""
    conditions = _conditions(criteria, now)
    vouchers = Case(
        When(_offered(now), then=F("voucher_kinds")),
        default=Value([], output_field=Record._meta.get_field("voucher_kinds")),
    )
    columns: dict[str, Any] = {
        f"{name}_of": facet.source for name, facet in FACETS.items() if facet.source
    }
    fits = {
        f"fits_{name}": ExpressionWrapper(condition, output_field=models.BooleanField())
        for name, condition in conditions.items()
    }
    found = matching.order_by().values("id", **columns, voucher_of=vouchers, **fits)
    try:
        base, params = found.query.sql_with_params()
    except EmptyResultSet:
        return Counts()
    parts = [
        _select("", "NULL", "found"),
        _select("", "''", "found" + _where(conditions)),
        *(_select(n, "NULL", "found" + _where(conditions, without=n)) for n in conditions),
    ]
    for name, facet in FACETS.items():
        rows = facet.rows + _where(conditions, without=name)
        parts.append(_select(name, f"{facet.value}::text", rows, "GROUP BY 2"))
    statement = f"WITH found AS MATERIALIZED ({base}) {' UNION ALL '.join(parts)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return _tally(cursor.fetchall())


def _select(facet: str, value: str, rows: str, group: str = "") -> str:
    # Only our own names are put together here; what people typed travels as parameters.
    return f"SELECT '{facet}', {value}, count(*) FROM {rows} {group}"  # noqa: S608


def _where(conditions: Mapping[str, Q], *, without: str = "") -> str:
    tests = [f"fits_{name}" for name in conditions if name != without]
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def _tally(rows: Sequence[tuple[str, str | None, int]]) -> Counts:
    counts = Counts()
    for facet, value, number in rows:
        if facet and value is not None:
            counts.by_value[facet, value] = number
        elif facet:
            counts.without[facet] = number
        elif value is None:
            counts.unfiltered = number
        else:
            counts.total = number
    return counts


def _found(
    matching: RecordQuerySet, counts: Counts, criteria: Criteria, now: datetime, *, spelled: bool
) -> Found:
    found = Found(counts, [], 1, spelled)
    page = min(max(1, criteria.page), found.pages)
    if not counts.total:
        return found
    start = (page - 1) * PAGE_SIZE
    rows = matching.filter(*_conditions(criteria, now).values())
    rows = _ordered(rows, criteria, now, start=start, spelled=spelled)[start : start + PAGE_SIZE]
    shown = (
        rows.annotate(is_offered=ExpressionWrapper(_offered(now), models.BooleanField()))
        .select_related("region", "provider__organisation")
        .prefetch_related("competences")
        .defer("description", "keywords", "search")
    )
    return Found(counts, list(shown), page, spelled)


def _ordered(
    rows: RecordQuerySet, criteria: Criteria, now: datetime, *, start: int, spelled: bool
) -> RecordQuerySet:
    stale = ExpressionWrapper(
        Q(confirmed_on__lte=(now - SINKS_AFTER).date()), output_field=models.BooleanField()
    )
    fresh = [stale.asc(), F("confirmed_on").desc(), F("title").asc(), F("pk").asc()]
    if criteria.sort == Sort.NAME:
        return rows.order_by(Lower("title"), "pk")
    if criteria.sort == Sort.WAIT:
        return rows.order_by(F("lead_time_days").asc(nulls_last=True), *fresh)
    if criteria.sort == Sort.FRESHNESS or not criteria.words or start >= RANKED:
        return rows.order_by(*fresh)
    best = Record.objects.filter(pk__in=rows.order_by(*fresh).values("pk")[:RANKED])
    likeness = (
        TrigramWordSimilarity(criteria.words, "title")
        if spelled
        else SearchRank(F("search"), _query(criteria.words))
    )
    return best.order_by(stale.asc(), likeness.desc(), *fresh[1:])
