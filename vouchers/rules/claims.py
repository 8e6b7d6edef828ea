"""What a claim is worth: VAT, the voucher's share, what the firm bears and what returns."""

from dataclasses import dataclass
from decimal import Decimal

from portal.money import ZERO, cents
from vouchers.rules import limits
from vouchers.rules.limits import AmountRule
from vouchers.rules.verdict import Reason, ReasonCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Vat:
    """What the terms and the firm say of VAT; `is_deducted` is None until the firm says it.

    VAT that the firm can deduct is no cost of the firm, whatever the terms.
    """

    is_paid_by_terms: bool
    is_deducted: bool | None

    @property
    def is_eligible(self) -> bool:
        """Whether VAT counts as cost."""
        return self.is_paid_by_terms and self.is_deducted is False

    @property
    def reason(self) -> Reason:
        """The rule, for both sides to read."""
        if self.is_deducted:
            return Reason(ReasonCode.VAT_DEDUCTED)
        if not self.is_paid_by_terms:
            return Reason(ReasonCode.VAT_NOT_PAID)
        if self.is_deducted is None:
            return Reason(ReasonCode.VAT_NOT_SAID)
        return Reason(ReasonCode.VAT_PAID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One receipt in EUR; `accepted` is what the broker found eligible of it, if it did."""

    net: Decimal
    vat: Decimal
    is_paid_kind: bool
    accepted: Decimal | None = None

    def most(self, vat: Vat) -> Decimal:
        """The most that can be eligible of it in EUR."""
        if not self.is_paid_kind:
            return ZERO
        return self.net + self.vat if vat.is_eligible else self.net

    def eligible(self, vat: Vat) -> Decimal:
        """What is eligible of it in EUR: what the broker accepted, else all that can be."""
        most = self.most(vat)
        return most if self.accepted is None else max(ZERO, min(self.accepted, most))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Who bears what of a claim, in EUR; `rate` is the voucher's share of eligible cost."""

    award: Decimal
    eligible: Decimal
    rate: Decimal
    pays: Decimal
    is_lump_sum: bool

    @property
    def percent(self) -> Decimal:
        """The voucher's share of eligible cost, of 100."""
        return self.rate * 100

    @property
    def returns(self) -> Decimal:
        """What goes back to the region's pot."""
        return self.award - self.pays

    @property
    def you_pay(self) -> Decimal:
        """Eligible cost that the firm bears."""
        return max(ZERO, self.eligible - self.pays)

    @property
    def above(self) -> Reason | None:
        """Say what is paid where the claim comes to more than the award."""
        if self.is_lump_sum or cents(self.eligible * self.rate) <= self.award:
            return None
        params = {"eligible": self.eligible, "award": self.award, "rest": self.you_pay}
        return Reason(ReasonCode.CLAIM_ABOVE_AWARD, params)


def settle(rule: AmountRule, *, award: Decimal, eligible: Decimal) -> Settlement:
    """Return what is paid for evidenced cost in EUR: the share up to the award, or the lump sum.

    Raises ValueError if cost is negative.
    """
    return Settlement(
        award=award,
        eligible=eligible,
        rate=rule.rate,
        pays=limits.payment(rule, award=award, eligible=eligible),
        is_lump_sum=rule.is_lump_sum,
    )
