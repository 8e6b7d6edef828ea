"""What the cost table adds up to, and who pays."""

from dataclasses import dataclass
from decimal import Decimal

from vouchers.models import Application
from vouchers.rules import limits


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of the cost table in EUR; `eligible` is without VAT, which no voucher bears."""

    eligible: Decimal
    vat: Decimal
    pays: Decimal
    cap: Decimal

    @property
    def gross(self) -> Decimal:
        """What the work costs with VAT."""
        return self.eligible + self.vat

    @property
    def own_share(self) -> Decimal:
        """What the voucher does not bear of the eligible costs."""
        return max(Decimal(0), self.eligible - self.pays)

    @property
    def you_pay(self) -> Decimal:
        """The own share and the VAT."""
        return self.own_share + self.vat


def totals_of(application: Application) -> Totals:
    """Return what the stored costs add up to, and who pays."""
    lines = list(application.cost_lines.all())
    eligible = sum((line.amount for line in lines), Decimal(0))
    vat = sum((line.vat for line in lines), Decimal(0))
    terms = application.terms
    award = application.amount or terms.amount
    pays = limits.payment(terms.amount_rule, award=award, eligible=eligible)
    return Totals(eligible, vat, pays, terms.amount)
