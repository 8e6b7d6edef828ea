"""Every reason and every line has a whole sentence that names its values."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from vouchers import reasons
from vouchers.rules.verdict import Line, LineCode, Reason, ReasonCode

CLOSED_AT = datetime(2014, 5, 4, 23, 59, 59, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_every_code_has_a_sentence():
    assert (set(reasons.REASONS), set(reasons.LINES)) == (set(ReasonCode), set(LineCode))


@pytest.mark.parametrize("text", [*reasons.REASONS.values(), *reasons.LINES.values()])
def test_a_sentence_has_no_full_stop(text):
    assert not str(text).endswith(".")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (
            Reason(
                ReasonCode.HEADCOUNT_TOO_HIGH,
                {"headcount": Decimal("260.50"), "headcount_limit": Decimal(250)},
            ),
            (
                "An SME has fewer than 250 staff, and this firm has 260.5 "
                "with its partner and linked enterprises"
            ),
        ),
        (
            Reason(
                ReasonCode.AID_CEILING_CROSSED_FOR_NOW,
                {
                    "amount": Decimal(4000),
                    "limit": Decimal("300000.00"),
                    "left": Decimal("3000.00"),
                    "used": Decimal(297_000),
                    "until": date(2028, 1, 11),
                },
            ),
            (
                "€4,000 would cross the de minimis ceiling of €300,000: €3,000 left until "
                "11 January 2028"
            ),
        ),
        (
            Reason(
                ReasonCode.AMOUNT_ABOVE_CAP,
                {"requested": Decimal("500.01"), "cap": Decimal("500.00")},
            ),
            "Enter an amount up to €500: this voucher cannot pay €500.01",
        ),
        (
            Reason(ReasonCode.CALL_CLOSED, {"closed_at": CLOSED_AT}),
            "This call closed on 4 May 2014, 23:59:59 Brussels time",
        ),
        (
            Reason(ReasonCode.SAME_PERSON),
            "You have signed for the other region, so a colleague signs for this one",
        ),
    ],
)
def test_sentence_names_its_values(reason, expected):
    assert reasons.sentence(reason) == expected


def test_arithmetic_names_its_values():
    params = {
        "name": "Medex",
        "percent": Decimal("30.00"),
        "headcount": Decimal(100),
        "turnover": Decimal(6_000_000),
        "balance_sheet": Decimal("4500000.50"),
    }
    assert reasons.arithmetic(Line(LineCode.SIZE_CONTRIBUTION, params)) == (
        "Medex counts with 30%: 100 staff, turnover €6,000,000, balance sheet €4,500,000.50"
    )
