"""How much a voucher may be worth, how many one undertaking may hold, and what is paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from portal.enums import VoucherKind
from portal.money import CENT, cents
from vouchers.enums import AmountKind
from vouchers.rules.verdict import Line, LineCode, Reason, ReasonCode, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountRule:
    """Amount of a voucher type in EUR: a cap for actual cost, or the lump sum itself.

    `rate` is the share of eligible cost that the voucher bears, 1 = all of it.
    """

    kind: AmountKind
    amount: Decimal
    rate: Decimal = Decimal(1)

    @property
    def is_lump_sum(self) -> bool:
        """Whether award and payment are exactly the amount."""
        return self.kind == AmountKind.LUMP_SUM


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many vouchers of one type a single undertaking may hold."""

    per_call: int
    open_awards: int = 1
    per_lifetime: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the single undertaking has of this type already, the case itself left out.

    `in_call` counts live applications and awards of the call, `open_awards` awards of any call
    that are offered, accepted or being claimed, `in_lifetime` those of the programme ever granted.
    """

    in_call: int
    open_awards: int
    in_lifetime: int = 0
    same_partner_and_topic: bool = False


DEFAULT_LIMITS: Mapping[str, Limits] = MappingProxyType(
    {
        VoucherKind.MEET_GREET: Limits(per_call=2),
        VoucherKind.INSIGHT: Limits(per_call=1),
        VoucherKind.COLLABORATION: Limits(per_call=1),
    }
)


def check_amount(rule: AmountRule, requested: Decimal) -> Verdict:
    """Whether the requested amount in EUR obeys the voucher type."""
    if rule.kind == AmountKind.LUMP_SUM:
        reasons = _not_the_lump_sum(rule, requested)
    else:
        reasons = _not_within_cap(rule, requested)
    line = Line(LineCode.AMOUNT, {"requested": requested, "limit": rule.amount})
    return Verdict(reasons=reasons, arithmetic=(line,))


def check_price(rule: AmountRule, confirmed: Decimal) -> Verdict:
    """A note where the provider's price in EUR is below the lump sum; home answers it."""
    if rule.kind == AmountKind.LUMP_SUM and confirmed < rule.amount:
        params = {"price": confirmed, "lump_sum": rule.amount}
        return Verdict(notes=(Reason(ReasonCode.PRICE_BELOW_LUMP_SUM, params),))
    return Verdict()


def check_count(limits: Limits, held: Held) -> Verdict:
    """Whether the single undertaking may have one more voucher of the type."""
    reasons = []
    if held.in_call >= limits.per_call:
        params = {"held": held.in_call, "limit": limits.per_call}
        reasons.append(Reason(ReasonCode.CALL_LIMIT_REACHED, params))
    if held.open_awards >= limits.open_awards:
        params = {"held": held.open_awards, "limit": limits.open_awards}
        reasons.append(Reason(ReasonCode.OPEN_AWARD_EXISTS, params))
    lines = [Line(LineCode.HELD_IN_CALL, {"held": held.in_call, "limit": limits.per_call})]
    if limits.per_lifetime is not None:
        params = {"held": held.in_lifetime, "limit": limits.per_lifetime}
        lines.append(Line(LineCode.HELD_IN_LIFETIME, params))
        if held.in_lifetime >= limits.per_lifetime:
            reasons.append(Reason(ReasonCode.LIFETIME_LIMIT_REACHED, params))
    if held.same_partner_and_topic:
        reasons.append(Reason(ReasonCode.SAME_PARTNER_AND_TOPIC))
    return Verdict(reasons=tuple(reasons), arithmetic=tuple(lines))


def payment(rule: AmountRule, *, award: Decimal, eligible: Decimal) -> Decimal:
    """What is paid in EUR for evidenced eligible cost; raises ValueError if cost is negative."""
    if eligible < 0:
        raise ValueError("eligible cost cannot be negative")
    if rule.kind == AmountKind.LUMP_SUM:
        return award
    return min(award, cents(eligible * rule.rate))


def _not_the_lump_sum(rule: AmountRule, requested: Decimal) -> tuple[Reason, ...]:
    if requested == rule.amount:
        return ()
    params = {"requested": requested, "lump_sum": rule.amount}
    return (Reason(ReasonCode.AMOUNT_NOT_LUMP_SUM, params),)


def _not_within_cap(rule: AmountRule, requested: Decimal) -> tuple[Reason, ...]:
    findings = {
        ReasonCode.AMOUNT_NOT_POSITIVE: requested <= 0,
        ReasonCode.AMOUNT_NOT_WHOLE_CENTS: requested % CENT != 0,
        ReasonCode.AMOUNT_ABOVE_CAP: requested > rule.amount,
    }
    params = {"requested": requested, "cap": rule.amount}
    return tuple(Reason(code, params) for code, found in findings.items() if found)
