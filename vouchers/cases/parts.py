"""What the law asks of an application beside its row: partners, prices, costs."""

from decimal import Decimal

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from vouchers.models import (
    Application,
    CostLine,
    Host,
)
from vouchers.rules import limits
from vouchers.rules.verdict import Verdict

# What law, letters and journal ask of an application: read with its row, in one statement.
AROUND = (
    "call__programme",
    "offer",
    "voucher_type",
    "organisation__profile",
    "home_region",
    "host_region",
    "started_by",
)


def hosts_with_consents() -> QuerySet[Host]:
    """Return partners with what their contacts were asked and answered."""
    return Host.objects.select_related("region", "record__provider").prefetch_related("consents")


def confirmed_price(application: Application) -> Decimal | None:
    """Return what the partners confirmed together, in EUR without VAT; None without consents."""
    given = [host.confirmed for host in application.hosts.all()]
    prices = [consent.price for consent in given if consent and consent.price is not None]
    return sum(prices, Decimal(0)) if prices else None


def price_verdict(application: Application) -> Verdict:
    """Return the law's note where the confirmed price is below the lump sum."""
    price = confirmed_price(application)
    if price is None:
        return Verdict()
    return limits.check_price(application.terms.amount_rule, price)


def load_parts(application: Application, *more: str) -> None:
    """Read partners, costs, figures and `more` once, for all who ask the instance next."""
    prefetch_related_objects(
        [application],
        Prefetch("hosts", hosts_with_consents()),
        Prefetch("cost_lines", CostLine.objects.select_related("kind")),
        "organisation__figures",
        *more,
    )
