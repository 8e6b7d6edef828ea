"""What a voucher may be worth, and what its partners ask for."""

from decimal import Decimal

from django.db.models import QuerySet

from vouchers.enums import AmountKind
from vouchers.models import Application, Host, VoucherType
from vouchers.rules import limits
from vouchers.rules.limits import AmountRule
from vouchers.rules.verdict import Verdict


def amount_rule(voucher_type: VoucherType) -> AmountRule:
    """Return how much a voucher of the type may be worth."""
    return AmountRule(
        kind=AmountKind(voucher_type.amount_kind),
        amount=voucher_type.amount,
        rate=voucher_type.funding_rate,
    )


def hosts_with_consents() -> QuerySet[Host]:
    """Return partners with what their contacts were asked and answered."""
    return Host.objects.select_related("region", "record").prefetch_related("consents")


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
    return limits.check_price(amount_rule(application.voucher_type), price)
