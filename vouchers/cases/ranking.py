"""Where an application stands among those that wait for the same money."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Avg, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from vouchers.enums import AppealState, ApplicationState
from vouchers.models import Appeal, Application, Assessment

RANKED = (ApplicationState.RECOMMENDED, ApplicationState.RESERVE)


@dataclass(frozen=True, slots=True)
class Place:
    """A place from 1, of how many; the mean score of 100, and whether an appeal put it first."""

    rank: int
    of: int
    score: Decimal | None
    is_first_by_appeal: bool


def is_assessed(application: Application) -> bool:
    """Whether every assessor has scored it, and there are as many as its type wants."""
    totals = list(application.assessments.values_list("total", flat=True))
    return None not in totals and len(totals) >= max(application.terms.assessors, 1)


def with_places(rows: QuerySet[Application]) -> QuerySet[Any]:
    """Note on each row who waits beside it, in order, within the statement that reads the rows.

    The ranking is that of region, call and voucher type, by mean score. The reserve list is that
    of region and call: appeals upheld on an empty pot come first, then the scores. What is equal
    goes by the day on which it was complete.
    """
    upheld = Appeal.objects.filter(application=OuterRef("pk"), state=AppealState.UPHELD)
    # A later decision, such as an empty pot at the last signature, owes nothing to the appeal;
    # who is back in the ranking has none, and so no place before the others.
    first = upheld.filter(answered_at=OuterRef("decided_at")).values("answered_at")[:1]
    mean = (
        Assessment.objects.filter(application=OuterRef("pk"))
        .order_by()
        .values("application")
        .annotate(mean=Avg("total"))
        .values("mean")
    )
    peers = Application.objects.filter(
        Q(state=ApplicationState.RESERVE) | Q(voucher_type=OuterRef("voucher_type")),
        call=OuterRef("call"),
        home_region=OuterRef("home_region"),
        state=OuterRef("state"),
        state__in=RANKED,
    )
    ordered = peers.annotate(score=Subquery(mean), upheld_at=Subquery(first)).order_by(
        F("upheld_at").asc(nulls_last=True),
        F("score").desc(nulls_last=True),
        F("complete_at").asc(nulls_last=True),
        "pk",
    )
    shown = JSONObject(
        id="pk", number="reference", amount="amount", score="score", upheld_at="upheld_at"
    )
    return rows.annotate(peers=ArraySubquery(ordered.values(json=shown)), is_upheld=Exists(upheld))


def place_in(row: Any) -> Place | None:
    """Return the place of a row that comes from `with_places`; None where there is none."""
    for rank, peer in enumerate(row.peers, start=1):
        if peer["id"] == row.pk:
            score = None if peer["score"] is None else Decimal(str(peer["score"]))
            return Place(rank, len(row.peers), score, peer["upheld_at"] is not None)
    return None
