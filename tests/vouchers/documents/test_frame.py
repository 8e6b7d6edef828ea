"""What every letter shares."""

import base64
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from vouchers.documents.frame import Cost, cost_totals, frame_of


def test_a_frame_names_funders_issuer_and_where_to_verify(programme, regions, settings):
    settings.SITE_URL, settings.MFA_RELAXED_FOR_DEMO = "https://vouchers.example.org", False

    assert frame_of(programme, regions.home) == {
        "programme": "Life Sciences Vouchers",
        "issuer": "Access Broker, East Netherlands",
        "funders": "The regions and the European Union",
        "funding_statement": "Co-funded by the European Union",
        "funding_number": "LSV-1",
        "emblem": "",
        "time_zone": "Europe/Brussels",
        "verify_url": "https://vouchers.example.org/verify/",
        "is_demo": False,
    }


def test_a_frame_holds_the_emblem_itself(programme, regions):
    programme.emblem.save("stars.svg", ContentFile(b"<svg/>"))

    emblem = frame_of(programme, regions.home)["emblem"]

    kind, _, payload = emblem.partition(";base64,")
    assert (kind, base64.b64decode(payload)) == ("data:image/svg+xml", b"<svg/>")


def cost(amount: str, vat: str = "0.00") -> Cost:
    return Cost(description="Work", kind="Service", amount=Decimal(amount), vat=Decimal(vat))


TOTALS = [
    (
        [cost("5600.00"), cost("2600.00")],
        "7000.00",
        [
            ("Eligible costs without VAT", "8200.00"),
            ("The voucher pays", "7000.00"),
            ("You pay", "1200.00"),
        ],
    ),
    (
        [cost("400.00")],
        "400.00",
        [("Eligible costs without VAT", "400.00"), ("The voucher pays", "400.00")],
    ),
    (
        [cost("5600.00", "1176.00"), cost("2600.00", "546.00")],
        "7000.00",
        [
            ("Eligible costs without VAT", "8200.00"),
            ("The voucher pays", "7000.00"),
            ("Your own share", "1200.00"),
            ("VAT, which you pay too", "1722.00"),
            ("You pay", "2922.00"),
        ],
    ),
    (
        [cost("3000.00", "630.00")],
        "4000.00",
        [
            ("Eligible costs without VAT", "3000.00"),
            ("The voucher pays", "4000.00"),
            ("Your own share", "0.00"),
            ("VAT, which you pay too", "630.00"),
            ("You pay", "630.00"),
        ],
    ),
]


@pytest.mark.parametrize(("costs", "amount", "lines"), TOTALS)
def test_totals_name_own_share_and_vat_only_where_there_are_any(costs, amount, lines):
    found = cost_totals(costs, Decimal(amount))
    assert [(line["label"], str(line["amount"])) for line in found] == lines
