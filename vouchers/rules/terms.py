"""What a call promises for a voucher type: read from its frozen copy, never from the type."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from vouchers.enums import AidBasis, AmountKind, CrossingRule, Payee, Selection
from vouchers.rules.limits import AmountRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one voucher type in one call and region; amounts in EUR."""

    amount_kind: AmountKind
    amount: Decimal
    funding_rate: Decimal
    validity_months: int
    claim_days: int
    extension_months: int
    crossing_rule: CrossingRule
    needs_consent: bool
    needs_host_signature: bool
    needs_agreement: bool
    agreement_days: int
    selection: Selection
    assessors: int
    threshold: int
    max_per_call: int
    max_per_programme: int | None
    max_hosts: int
    aid_basis: AidBasis
    payee: Payee
    pays_vat: bool

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Terms":
        """Read terms as JSON keeps them: words and decimals as text."""
        return cls(
            **{
                field.name: _READERS.get(field.name, _as_it_is)(stored[field.name])
                for field in fields(cls)
            }
        )

    @property
    def is_lump_sum(self) -> bool:
        """Whether award and payment are exactly the amount."""
        return self.amount_kind == AmountKind.LUMP_SUM

    @property
    def is_three_party(self) -> bool:
        """Whether firm, provider and partner organisation sign one agreement."""
        return self.needs_agreement and self.max_hosts == 1

    @property
    def amount_rule(self) -> AmountRule:
        """How much a voucher may be worth."""
        return AmountRule(kind=self.amount_kind, amount=self.amount, rate=self.funding_rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """A criterion that assessors score, as a call has announced it; weight in percent."""

    code: str
    name: str
    weight: int


# What a region may have agreed otherwise than the voucher type says.
REGIONAL = ("needs_host_signature", "needs_agreement", "aid_basis", "payee", "pays_vat")
NAMES = tuple(field.name for field in fields(Terms))


def _as_it_is(value: Any) -> Any:
    return value


_READERS: Mapping[str, Any] = {
    "amount_kind": AmountKind,
    "amount": Decimal,
    "funding_rate": Decimal,
    "crossing_rule": CrossingRule,
    "selection": Selection,
    "aid_basis": AidBasis,
    "payee": Payee,
}
