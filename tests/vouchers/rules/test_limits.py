"""Amounts, counts and payments."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.enums import AmountKind
from vouchers.rules import limits
from vouchers.rules.limits import AmountRule, Held, Limits
from vouchers.rules.verdict import Line, LineCode, Reason, ReasonCode, Verdict

MEET_GREET = AmountRule(kind=AmountKind.CAPPED, amount=Decimal("500.00"))
HALF = AmountRule(kind=AmountKind.CAPPED, amount=Decimal("5000.00"), rate=Decimal("0.5"))
INSIGHT = AmountRule(kind=AmountKind.LUMP_SUM, amount=Decimal("4000.00"))
COLLABORATION = AmountRule(kind=AmountKind.LUMP_SUM, amount=Decimal("7000.00"))
EUROS = st.decimals(min_value=0, max_value=20_000, places=2)


@pytest.mark.parametrize(
    ("rule", "requested", "expected"),
    [
        (MEET_GREET, "500.00", ()),
        (MEET_GREET, "0.01", ()),
        (MEET_GREET, "500.01", (ReasonCode.AMOUNT_ABOVE_CAP,)),
        (MEET_GREET, "0", (ReasonCode.AMOUNT_NOT_POSITIVE,)),
        (MEET_GREET, "-1", (ReasonCode.AMOUNT_NOT_POSITIVE,)),
        (MEET_GREET, "1000.50", (ReasonCode.AMOUNT_ABOVE_CAP,)),
        (MEET_GREET, "499.999", (ReasonCode.AMOUNT_NOT_WHOLE_CENTS,)),
        (
            MEET_GREET,
            "500.001",
            (ReasonCode.AMOUNT_NOT_WHOLE_CENTS, ReasonCode.AMOUNT_ABOVE_CAP),
        ),
        (INSIGHT, "4000.00", ()),
        (INSIGHT, "3999.99", (ReasonCode.AMOUNT_NOT_LUMP_SUM,)),
        (INSIGHT, "7000.00", (ReasonCode.AMOUNT_NOT_LUMP_SUM,)),
        (COLLABORATION, "7000.00", ()),
        (COLLABORATION, "0", (ReasonCode.AMOUNT_NOT_LUMP_SUM,)),
    ],
)
def test_amount_obeys_the_voucher_type(rule, requested, expected):
    assert limits.check_amount(rule, Decimal(requested)).codes == expected


def test_amount_shows_what_was_asked_and_what_is_possible():
    requested, cap = Decimal("500.01"), Decimal("500.00")
    assert limits.check_amount(MEET_GREET, requested) == Verdict(
        reasons=(Reason(ReasonCode.AMOUNT_ABOVE_CAP, {"requested": requested, "cap": cap}),),
        arithmetic=(Line(LineCode.AMOUNT, {"requested": requested, "limit": cap}),),
    )


def test_price_below_the_lump_sum_is_a_note_and_no_refusal():
    price = Decimal("3800.00")
    params = {"price": price, "lump_sum": Decimal("4000.00")}
    assert limits.check_price(INSIGHT, price) == Verdict(
        notes=(Reason(ReasonCode.PRICE_BELOW_LUMP_SUM, params),)
    )
    assert limits.check_price(INSIGHT, Decimal("4000.00")) == Verdict()
    assert limits.check_price(MEET_GREET, Decimal("1.00")) == Verdict()


def test_default_limits_are_two_one_one():
    assert {kind: limit.per_call for kind, limit in limits.DEFAULT_LIMITS.items()} == {
        "meet_greet": 2,
        "insight": 1,
        "collaboration": 1,
    }


@pytest.mark.parametrize(
    ("per_call", "in_call", "open_awards", "expected"),
    [
        (2, 0, 0, ()),
        (2, 1, 0, ()),
        (2, 1, 1, (ReasonCode.OPEN_AWARD_EXISTS,)),
        (2, 2, 0, (ReasonCode.CALL_LIMIT_REACHED,)),
        (1, 0, 1, (ReasonCode.OPEN_AWARD_EXISTS,)),
        (1, 1, 1, (ReasonCode.CALL_LIMIT_REACHED, ReasonCode.OPEN_AWARD_EXISTS)),
    ],
)
def test_count_is_limited_per_call_and_to_one_open_award(per_call, in_call, open_awards, expected):
    verdict = limits.check_count(
        Limits(per_call=per_call), Held(in_call=in_call, open_awards=open_awards)
    )
    assert verdict.codes == expected
    assert verdict.arithmetic == (
        Line(LineCode.HELD_IN_CALL, {"held": in_call, "limit": per_call}),
    )


@pytest.mark.parametrize(
    ("rule", "award", "eligible", "expected"),
    [
        (MEET_GREET, "450.00", "312.40", "312.40"),
        (MEET_GREET, "450.00", "612.40", "450.00"),
        (MEET_GREET, "450.00", "0", "0"),
        (HALF, "5000.00", "7000.01", "3500.01"),
        (HALF, "5000.00", "12000.00", "5000.00"),
        (INSIGHT, "4000.00", "3800.00", "4000.00"),
        (COLLABORATION, "7000.00", "9000.00", "7000.00"),
    ],
)
def test_payment_is_the_evidenced_share_or_the_lump_sum(rule, award, eligible, expected):
    paid = limits.payment(rule, award=Decimal(award), eligible=Decimal(eligible))
    assert paid == Decimal(expected)


def test_payment_refuses_negative_cost():
    with pytest.raises(ValueError, match="negative"):
        limits.payment(MEET_GREET, award=Decimal(500), eligible=Decimal("-0.01"))


@given(award=EUROS, eligible=EUROS, rule=st.sampled_from([MEET_GREET, HALF]))
def test_payment_of_cost_never_passes_award_or_cost_and_is_whole_cents(award, eligible, rule):
    paid = limits.payment(rule, award=award, eligible=eligible)
    assert 0 <= paid <= min(award, eligible)
    assert paid == paid.quantize(Decimal("0.01"))


@given(EUROS)
def test_lump_sum_allows_one_amount_only(requested):
    assert limits.check_amount(INSIGHT, requested).ok is (requested == INSIGHT.amount)
