"""VAT in the cost table: never paid by the voucher, always counted in what the firm pays."""

from decimal import Decimal

import pytest
from django.urls import reverse

from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import applications
from vouchers.models import Application
from vouchers.views.totals import totals_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings, freeze) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


def save(client, application: Application, *lines: tuple[str, str, str], amount: str = ""):
    kind = str(application.voucher_type.cost_kinds.filter(is_eligible=True).first().pk)
    data: dict[str, object] = {"cost-row": [str(n) for n in range(1, len(lines) + 1)]}
    for number, (item, net, vat) in enumerate(lines, start=1):
        data |= {
            f"cost-{number}-item": item,
            f"cost-{number}-kind": kind,
            f"cost-{number}-amount": net,
            f"cost-{number}-vat": vat,
        }
    if amount:
        data["amount"] = amount
    address = reverse("application_section", args=[application.address, "costs"])
    return client.post(address, data)


@pytest.mark.parametrize(
    ("lines", "totals"),
    [
        # net, VAT, gross, voucher, own share, to pay: a lump sum of 4,000 EUR
        ([("Test", "5,000", "1,050")], ["5000", "1050", "6050", "4000", "1000", "2050"]),
        ([("Test", "3,000", "630")], ["3000", "630", "3630", "4000", "0", "630"]),
        (
            [("A", "2,000", ""), ("B", "2,500.50", "0.01")],
            ["4500.50", "0.01", "4500.51", "4000", "500.50", "500.51"],
        ),
    ],
)
def test_the_table_says_who_pays_what(client, world, lines, totals):
    client.force_login(world.sme)
    application = factories.draft(world)
    assert save(client, application, *lines).status_code == 302
    application.refresh_from_db()
    found = totals_of(application)
    said = [found.eligible, found.vat, found.gross, found.pays, found.own_share, found.you_pay]
    assert said == [Decimal(amount) for amount in totals]


@pytest.mark.parametrize(
    ("vat", "words"),
    [("-1", "VAT must be 0 or more"), ("19 %", "VAT must be a number"), ("0.001", "two decimal")],
)
def test_bad_vat_gets_a_sentence_and_stays(client, world, vat, words):
    client.force_login(world.sme)
    application = factories.draft(world)
    answer = save(client, application, ("Test", "100", vat))
    page = answer.content.decode()
    assert (answer.status_code, words in page, f'value="{vat}"' in page) == (422, True, True)


def test_desk_copy_and_answers_say_the_same(client, world):
    client.force_login(world.sme)
    application = factories.complete_draft(world)
    save(client, application, ("Test of samples", "5,000", "1,050"))
    application.refresh_from_db()
    by = Actor.person(world.sme)
    told = client.get(reverse("application_check", args=[application.address])).content.decode()
    assert [w for w in ("€5,000 and €1,050 VAT", "€2,050") if w not in told] == []
    submission = applications.submit(application, by=by, now=world.now)
    submission.refresh_from_db()
    assert submission.content["costs"][0]["vat"] == "1050.00"
    totals = {line["label"]: line["amount"] for line in submission.document.facts["cost_totals"]}
    assert totals == {
        "Eligible costs without VAT": "5000.00",
        "The voucher pays": "4000.00",
        "Your own share": "1000.00",
        "VAT, which you pay too": "1050.00",
        "You pay": "2050.00",
    }
    client.force_login(world.broker)
    application.refresh_from_db()
    address = reverse("admin:vouchers_application_change", args=[application.reference])
    desk = client.get(address).content.decode()
    assert [w for w in ("Test of samples", "€1,050") if w not in desk] == []
