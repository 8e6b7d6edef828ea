"""Where an application stands among those that wait for the same money."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, F, OuterRef, Subquery

from vouchers.enums import AppealState, ApplicationState
from vouchers.models import Appeal, Application


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


def place_of(application: Application) -> Place | None:
    """Return the place in the ranking or on the reserve list; None where there is none.

    The ranking is that of region, call and voucher type, by mean score. The reserve list is that
    of region and call: appeals upheld on an empty pot come first, then the scores. What is equal
    goes by the day on which it was complete.
    """
    order = [F("score").desc(nulls_last=True), F("complete_at").asc(nulls_last=True), F("pk").asc()]
    peers = Application.objects.filter(
        call=application.call_id, home_region=application.home_region_id, state=application.state
    )
    if application.state == ApplicationState.RECOMMENDED:
        peers = peers.filter(voucher_type=application.voucher_type_id)
    elif application.state == ApplicationState.RESERVE:
        order.insert(0, F("upheld_at").asc(nulls_last=True))
    else:
        return None
    # A later decision, such as an empty pot at the last signature, owes nothing to the appeal.
    upheld = Appeal.objects.filter(
        application=OuterRef("pk"), state=AppealState.UPHELD, answered_at=OuterRef("decided_at")
    )
    ranked = list(
        peers.annotate(
            score=Avg("assessments__total"), upheld_at=Subquery(upheld.values("answered_at")[:1])
        )
        .order_by(*order)
        .values_list("pk", "score", "upheld_at")
    )
    for rank, (pk, score, upheld_at) in enumerate(ranked, start=1):
        if pk == application.pk:
            return Place(rank, len(ranked), score, upheld_at is not None)
    return None
