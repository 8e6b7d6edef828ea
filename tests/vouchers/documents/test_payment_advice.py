"""The facts of a payment advice."""

from datetime import date
from decimal import Decimal

import pytest

from vouchers import documents
from vouchers.documents.payment_advice import masked


def test_an_advice_says_what_was_accepted_paid_and_returned(claim):
    said = documents.payment_advice_facts(claim, language="en")

    shown = {
        "claim_number",
        "award_number",
        "award_amount",
        "amount_paid",
        "payee_name",
        "payee_account",
        "paid_on",
        "payment_reference",
        "claim_lines",
        "totals",
        "returned",
    }
    assert {key: said[key] for key in said if key in shown} == {
        "claim_number": "LSV-1-0022-A / 1",
        "award_number": "LSV-1-0022-A",
        "award_amount": Decimal("7000.00"),
        "amount_paid": Decimal("6512.40"),
        "payee_name": "Voorbeeld Implants BV",
        "payee_account": "NL…4300",
        "paid_on": date(2028, 1, 19),
        "payment_reference": "LSV 0022 C1",
        "claim_lines": [
            {
                "receipt": "F-118",
                "date": date(2027, 11, 20),
                "supplier": "Laboratoire Exemple",
                "decision": "€1,000 not eligible",
                "original": "",
                "claimed": Decimal("7500.00"),
                "accepted": Decimal("6500.00"),
            },
            {
                "receipt": "H-77",
                "date": date(2027, 11, 20),
                "supplier": "Laboratoire Exemple",
                "decision": "Accepted",
                "original": "",
                "claimed": Decimal("12.40"),
                "accepted": Decimal("12.40"),
            },
        ],
        "totals": [
            {"label": "Eligible costs", "amount": Decimal("6512.40")},
            {"label": "Paid", "amount": Decimal("6512.40")},
        ],
        "returned": Decimal("487.60"),
    }


@pytest.mark.parametrize(
    ("iban", "shown"),
    [("NL00 VOOR 0000 0043 00", "NL…4300"), ("BE00000000001234", "BE…1234"), ("", "")],
)
def test_an_account_is_recognised_but_not_told(iban, shown):
    assert masked(iban) == shown
