"""What every letter shares."""

import base64
from decimal import Decimal

from django.core.files.base import ContentFile

from vouchers.documents.frame import cost_totals, frame_of


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


def test_totals_name_an_own_part_only_where_there_is_one():
    with_own = cost_totals([Decimal("5600.00"), Decimal("2600.00")], Decimal("7000.00"))
    without = cost_totals([Decimal("400.00")], Decimal("400.00"))

    assert [
        [(line["label"], str(line["amount"])) for line in lines] for lines in (with_own, without)
    ] == [
        [
            ("Eligible costs without VAT", "8200.00"),
            ("You pay", "1200.00"),
            ("The voucher pays", "7000.00"),
        ],
        [("Eligible costs without VAT", "400.00"), ("The voucher pays", "400.00")],
    ]
