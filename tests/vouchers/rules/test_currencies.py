"""Receipts in other currencies, turned into euros in the European Central Bank's manner."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.enums import RateSource
from vouchers.rules.currencies import Rate, check_rate, euros
from vouchers.rules.verdict import Reason, ReasonCode, Verdict

PAID = date(2027, 3, 8)
TODAY = date(2027, 5, 1)


def rate(per_euro="0.8642", on=PAID, source=RateSource.ECB) -> Rate:
    return Rate(per_euro=Decimal(per_euro), on=on, source=source)


def check(given: Rate, amount="100.00") -> Verdict:
    return check_rate(given, amount=Decimal(amount), paid_on=PAID, today=TODAY)


@pytest.mark.parametrize(
    ("amount", "per_euro", "expected"),
    [
        ("864.20", "0.8642", "1000.00"),
        ("0.01", "2", "0.01"),  # half a cent goes up
        ("0.03", "2", "0.02"),
        ("1000", "11.1725", "89.51"),
        ("250000", "402.33", "621.38"),
    ],
)
def test_one_euro_is_so_many_units(amount, per_euro, expected):
    assert euros(Decimal(amount), rate(per_euro)) == Decimal(expected)


@given(
    st.decimals(min_value=0, max_value=9_999_999, places=2),
    st.decimals(min_value=Decimal("0.0001"), max_value=2000, places=6),
)
def test_the_euros_are_the_nearest_cent_and_half_a_cent_goes_up(amount, per_euro):
    worth = euros(amount, rate(str(per_euro)))
    off = Fraction(amount) / Fraction(per_euro) - Fraction(worth)
    assert worth == worth.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert Fraction(-1, 200) <= off < Fraction(1, 200)


def test_a_rate_of_the_receipts_day_is_fine():
    assert check(rate()) == Verdict()


def test_a_rate_to_come_is_refused():
    assert check(rate(on=TODAY + timedelta(days=1))).codes == (ReasonCode.RATE_IN_FUTURE,)
    assert check(rate(on=TODAY, source=RateSource.BANK)).ok


@pytest.mark.parametrize(
    ("days", "is_odd"), [(-32, True), (-31, False), (0, False), (31, False), (32, True)]
)
def test_a_rate_more_than_31_days_away_is_odd_and_not_refused(days, is_odd):
    on = PAID + timedelta(days=days)
    verdict = check(rate(on=on, source=RateSource.BANK))
    params = {"rate_on": on, "paid_on": PAID, "days": "31"}
    notes = (Reason(ReasonCode.RATE_FAR_FROM_RECEIPT, params),) if is_odd else ()
    assert verdict == Verdict(notes=notes)


@pytest.mark.parametrize(
    ("source", "codes"), [(RateSource.ECB, [ReasonCode.RATE_ON_WEEKEND]), (RateSource.BANK, [])]
)
def test_the_central_bank_has_no_rate_of_a_sunday(source, codes):
    verdict = check(rate(on=date(2027, 3, 7), source=source))
    assert ([note.code for note in verdict.notes], verdict.ok) == (codes, True)


@pytest.mark.parametrize(
    ("amount", "per_euro", "ok"),
    [
        ("0.01", "2", True),
        ("0.01", "2.000001", False),
        ("999999999.99", "1", True),
        ("999999999.99", "0.5", False),
    ],
)
def test_a_rate_makes_neither_nothing_nor_a_fortune_of_a_receipt(amount, per_euro, ok):
    assert check(rate(per_euro), amount).ok is ok
