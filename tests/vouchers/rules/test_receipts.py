"""Which receipts a claim may hold."""

from datetime import date

import pytest

from vouchers.rules import receipts
from vouchers.rules.receipts import Receipt
from vouchers.rules.verdict import Reason, ReasonCode, Verdict

STARTS, ENDS = date(2027, 3, 8), date(2027, 7, 8)


def check_day(day, *, today=date(2027, 9, 1)):
    return receipts.check_day(day, starts_on=STARTS, ends_on=ENDS, today=today)


@pytest.mark.parametrize("day", [STARTS, date(2027, 5, 1), ENDS])
def test_a_receipt_within_the_award_counts(day):
    assert check_day(day) == Verdict()


@pytest.mark.parametrize("day", [date(2027, 3, 7), date(2027, 7, 9)])
def test_a_receipt_outside_the_award_names_the_days(day):
    assert check_day(day).reasons == (
        Reason(ReasonCode.RECEIPT_OUTSIDE_PERIOD, {"starts_on": STARTS, "ends_on": ENDS}),
    )


def test_a_receipt_to_come_is_refused():
    verdict = check_day(date(2027, 5, 2), today=date(2027, 5, 1))
    assert verdict.reasons == (Reason(ReasonCode.RECEIPT_IN_FUTURE),)


def test_an_award_without_days_asks_only_for_the_past():
    day, today = date(2020, 1, 1), date(2027, 1, 1)
    assert receipts.check_day(day, starts_on=None, ends_on=None, today=today).ok


def test_the_same_receipt_is_known_whatever_its_capitals_and_spaces():
    others = [Receipt("Deutsche Bahn", "A 1"), Receipt("Hotel Linde", "17")]
    assert receipts.check_once(Receipt(" deutsche  bahn", "a 1 "), others).codes == (
        ReasonCode.RECEIPT_TWICE,
    )


@pytest.mark.parametrize("receipt", [Receipt("Hotel Linde", "18"), Receipt("Hotel Eiche", "17")])
def test_another_number_or_another_supplier_is_another_receipt(receipt):
    assert receipts.check_once(receipt, [Receipt("Hotel Linde", "17")]).ok
