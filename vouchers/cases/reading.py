"""What is read together with an application."""

from django.db.models import Prefetch, prefetch_related_objects

from vouchers.cases.amounts import hosts_with_consents
from vouchers.models import Application, CostLine

# What law, letters and journal ask of an application: read with its row, in one statement.
AROUND = (
    "call__programme",
    "offer",
    "voucher_type",
    "organisation",
    "home_region",
    "host_region",
    "started_by",
)


def load_parts(application: Application, *more: str) -> None:
    """Read partners, costs, figures and `more` once, for all who ask the instance next."""
    prefetch_related_objects(
        [application],
        Prefetch("hosts", hosts_with_consents()),
        Prefetch("cost_lines", CostLine.objects.select_related("kind")),
        "organisation__figures",
        *more,
    )
