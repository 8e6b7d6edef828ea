"""What a claim is worth: VAT, the voucher's share, what the firm bears and what returns."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.enums import AmountKind
from vouchers.rules.claims import Cost, Vat, settle
from vouchers.rules.limits import AmountRule
from vouchers.rules.verdict import Reason, ReasonCode

EUROS = st.decimals(min_value=0, max_value=20_000, places=2)
RATES = st.decimals(min_value=Decimal("0.001"), max_value=1, places=3)
SAID = st.sampled_from([True, False, None])
VATS = st.builds(Vat, is_paid_by_terms=st.booleans(), is_deducted=SAID)
COSTS = st.builds(
    Cost, net=EUROS, vat=EUROS, is_paid_kind=st.booleans(), accepted=st.none() | EUROS
)


@pytest.mark.parametrize(
    ("is_paid_by_terms", "is_deducted", "is_eligible", "code"),
    [
        (False, None, False, ReasonCode.VAT_NOT_PAID),
        (False, False, False, ReasonCode.VAT_NOT_PAID),
        (False, True, False, ReasonCode.VAT_DEDUCTED),
        (True, None, False, ReasonCode.VAT_NOT_SAID),
        (True, False, True, ReasonCode.VAT_PAID),
        (True, True, False, ReasonCode.VAT_DEDUCTED),
    ],
)
def test_vat_is_a_cost_where_the_terms_pay_it_and_the_firm_cannot_deduct_it(
    is_paid_by_terms, is_deducted, is_eligible, code
):
    vat = Vat(is_paid_by_terms=is_paid_by_terms, is_deducted=is_deducted)
    assert (vat.is_eligible, vat.reason) == (is_eligible, Reason(code))


@given(COSTS, VATS)
def test_no_more_is_eligible_than_the_receipt_says_and_never_deducted_vat(cost, vat):
    eligible = cost.eligible(vat)
    assert 0 <= eligible <= cost.most(vat) <= cost.net + cost.vat
    assert cost.is_paid_kind or eligible == 0
    if vat.is_deducted is not False or not vat.is_paid_by_terms:
        assert eligible <= cost.net


@given(rate=RATES, award=EUROS, eligible=EUROS)
def test_every_cent_is_borne_by_somebody_and_the_award_is_used_up(rate, award, eligible):
    rule = AmountRule(kind=AmountKind.CAPPED, amount=award, rate=rate)
    settled = settle(rule, award=award, eligible=eligible)
    assert settled.pays + settled.returns == award
    assert settled.pays + settled.you_pay == eligible
    assert min(settled.pays, settled.returns, settled.you_pay) >= 0
    if settled.above:
        assert (settled.pays, settled.returns) == (award, 0)
        assert settled.above.params == {
            "eligible": eligible,
            "award": award,
            "rest": eligible - award,
        }


@pytest.mark.parametrize(
    ("eligible", "rest"), [("499.99", None), ("500.00", None), ("500.01", "0.01")]
)
def test_a_claim_above_the_award_says_who_bears_the_rest(eligible, rest):
    rule = AmountRule(kind=AmountKind.CAPPED, amount=Decimal(500))
    above = settle(rule, award=Decimal(500), eligible=Decimal(eligible)).above
    assert (above.params["rest"] if above else None) == (Decimal(rest) if rest else None)


def test_a_lump_sum_bears_no_receipts():
    rule = AmountRule(kind=AmountKind.LUMP_SUM, amount=Decimal(4000))
    settled = settle(rule, award=Decimal(4000), eligible=Decimal(9000))
    assert (settled.pays, settled.returns, settled.above) == (4000, 0, None)
