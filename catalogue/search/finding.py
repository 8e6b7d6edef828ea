"""One page of the records that are asked for, in the order that is asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.postgres.search import SearchRank, TrigramWordSimilarity
from django.db import connection, models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Lower

from catalogue.enums import Sort
from catalogue.models import SINKS_AFTER, AccessRules, Record, RecordQuerySet
from catalogue.rules.distance import Place, kilometres
from catalogue.search.counting import Counts, count
from catalogue.search.criteria import Criteria, offered
from catalogue.search.words import by_spelling, query_of
from portal.models import Region

PAGE_SIZE = 20
# Ranking cost grows with the matches; beyond these the freshest come first.
RANKED = 1000
# At PostgreSQL's own 0.6 two swapped letters in a short word are not forgiven.
SPELLING = 0.5
# The rows that are counted must fit, or the database writes them to disk first.
MEMORY = "64MB"


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results; `spelled` says that only similar words were found."""

    counts: Counts
    records: Sequence[Record]
    page: int
    spelled: bool = False

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.counts.total // PAGE_SIZE))


def find(criteria: Criteria, *, now: datetime, regions: Iterable[Region] | None = None) -> Found:
    """Return the page that is asked for, or the last one where there are fewer.

    `regions` are all of them, where the caller has them already.
    """
    places = list(Region.objects.all() if regions is None else regions)
    rules = list(AccessRules.objects.current(now).values_list("pk", flat=True))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('work_mem', %s, true),"
            " set_config('pg_trgm.word_similarity_threshold', %s, true)",
            [MEMORY, str(SPELLING)],
        )
        public = Record.objects.public(now)
        asked = _Asked(criteria, places, rules, now)
        if not criteria.words:
            return asked.page(public, count(public, criteria, places, rules))
        query = query_of(criteria.words)
        matching = public.filter(search=query)
        counts = count(matching, criteria, places, rules)
        if counts.unfiltered:
            rank = SearchRank(F("search"), query)
            return asked.page(matching, counts, likeness=rank)
        spelled = by_spelling(criteria.words)
        matching = public.filter(spelled) if spelled else public.none()
        likeness = TrigramWordSimilarity(criteria.words, "title")
        found = asked.page(matching, count(matching, criteria, places, rules), likeness=likeness)
        return replace(found, spelled=True)


def count_without_words(criteria: Criteria, *, now: datetime) -> int:
    """Return how many results the filters alone give."""
    rules = list(AccessRules.objects.current(now).values_list("pk", flat=True))
    return Record.objects.public(now).filter(*criteria.conditions(rules).values()).count()


@dataclass(frozen=True, slots=True)
class _Asked:
    criteria: Criteria
    regions: Sequence[Region]
    rules: Sequence[int]
    now: datetime

    def page(
        self,
        matching: RecordQuerySet,
        counts: Counts,
        *,
        likeness: SearchRank | TrigramWordSimilarity | None = None,
    ) -> Found:
        """Return the page asked for of the records that match; `likeness` ranks them by words."""
        found = Found(counts, [], 1)
        number = min(max(1, self.criteria.page), found.pages)
        if not counts.total:
            return found
        start = (number - 1) * PAGE_SIZE
        rows = matching.filter(*self.criteria.conditions(self.rules).values())
        rows = self._ordered(rows, likeness if start < RANKED else None)
        shown = (
            rows[start : start + PAGE_SIZE]
            .annotate(is_offered=_whether(offered(self.rules)))
            .select_related("region", "provider__organisation")
            .defer("description", "keywords", "search")
        )
        return Found(counts, list(shown), number)

    def _ordered(
        self, rows: RecordQuerySet, likeness: SearchRank | TrigramWordSimilarity | None
    ) -> RecordQuerySet:
        stale = _whether(Q(confirmed_on__lte=(self.now - SINKS_AFTER).date())).asc()
        # The freshest first puts the stale ones last by itself.
        fresh = [F("confirmed_on").desc(), F("title").asc(), F("pk").asc()]
        sort, origin = self.criteria.sort, self.criteria.origin
        if sort == Sort.NAME:
            return rows.order_by(Lower("title"), "pk")
        if sort == Sort.WAIT:
            return rows.order_by(F("lead_time_days").asc(nulls_last=True), *fresh)
        if sort == Sort.PROVEN:
            return rows.order_by(stale, F("vouchers_before").desc(), *fresh)
        if sort == Sort.DISTANCE and origin and origin.latitude:
            return rows.order_by(self._distance(origin).asc(nulls_last=True), *fresh)
        if sort == Sort.FRESHNESS or likeness is None:
            return rows.order_by(*fresh)
        best = Record.objects.filter(pk__in=rows.order_by(*fresh).values("pk")[:RANKED])
        return best.order_by(stale, likeness.desc(), *fresh)

    def _distance(self, origin: Region) -> Case:
        """Return the kilometres from the visitor's region to a record's, unknown ones last."""
        known = [region for region in self.regions if region.latitude and region.longitude]
        here = _place(origin)
        steps = [
            When(region=region.pk, then=Value(kilometres(here, _place(region)))) for region in known
        ]
        return Case(*steps, output_field=models.FloatField())


def _whether(condition: Q) -> Case:
    """Return true or false: what is unknown is false."""
    yes = models.BooleanField()
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=yes)


def _place(region: Region) -> Place:
    return float(region.latitude or 0), float(region.longitude or 0)
