"""What the cost table adds up to, and who pays."""

from dataclasses import dataclass
from decimal import Decimal

from vouchers.models import Application
from vouchers.rules import limits


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of the cost table in EUR."""

    eligible: Decimal
    pays: Decimal
    cap: Decimal

    @property
    def you_pay(self) -> Decimal:
        """What the voucher does not bear."""
        return max(Decimal(0), self.eligible - self.pays)


def totals_of(application: Application) -> Totals:
    """Return what the stored costs add up to, and who pays."""
    eligible = sum((line.amount for line in application.cost_lines.all()), Decimal(0))
    terms = application.terms
    award = application.amount or terms.amount
    pays = limits.payment(terms.amount_rule, award=award, eligible=eligible)
    return Totals(eligible, pays, terms.amount)
