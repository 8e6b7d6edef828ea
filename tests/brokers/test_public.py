"""Find a broker and ask, without an account."""

from datetime import date

import pytest

from brokers.models import Enquiry
from portal.models import JournalEntry, OutgoingMail
from tests.catalogue import factories
from tests.catalogue.factories import NOW

pytestmark = pytest.mark.django_db

PAGE = "/brokers/rhineland/"
SAID = {
    "name": "Anna",
    "email": "anna@firm.example",
    "organisation": "",
    "question": "Who can test this?",
}


@pytest.fixture(autouse=True)
def clock(freeze) -> None:
    freeze(NOW)
    factories.programme()


def stored() -> list[tuple]:
    return [*Enquiry.objects.values_list("region__code", "home_region__code", "record__slug")]


def test_list_shows_every_region(client):
    text = client.get("/brokers/").text
    assert [f"/brokers/{slug}/" in text for slug in ("rhineland", "denmark")] == [True, True]


def test_page_shows_contact_programmes_and_records(client):
    factories.record(factories.provider("DE-RHI"))
    factories.record(factories.provider("DK-DNK"))
    response = client.get(PAGE)
    assert [
        text in response.text
        for text in ("rhineland@brokers.example", "Broker of Rhineland", "Test programme")
    ] == [True] * 3
    assert response.context["records"] == 1


def test_unknown_regions_do_not_exist(client):
    assert client.get("/brokers/atlantis/").status_code == 404


def test_question_gets_a_day(client):
    response = client.post(PAGE, SAID, follow=True)
    assert (response.status_code, stored()) == (200, [("DE-RHI", None, None)])
    assert response.redirect_chain[0][0].startswith("/brokers/rhineland/asked/")
    assert "The Access Broker of Rhineland answers by 15 March 2027." in response.text
    assert Enquiry.objects.get().due_on == date(2027, 3, 15)
    assert OutgoingMail.objects.count() == 2
    assert JournalEntry.objects.get(verb="ask").by_label == "visitor"


def test_question_about_a_record_goes_to_its_region(client):
    record = factories.record(factories.provider("DK-DNK"))
    member = factories.member(code="NL-ENL")
    client.force_login(member)
    address = f"{PAGE}?record={record.slug}"
    assert "It goes to the broker of Denmark." in client.get(address).text
    response = client.post(address, SAID)
    assert stored() == [("DK-DNK", "NL-ENL", record.slug)]
    assert response["Location"].startswith("/brokers/denmark/asked/")
    assert JournalEntry.objects.get(verb="ask").by == member


@pytest.mark.parametrize("slug", ["nothing", "draft", "%00"])
def test_question_about_a_record_that_is_gone_can_still_be_asked(client, slug):
    if slug == "draft":
        slug = factories.record(is_public=False).slug
    address = f"{PAGE}?record={slug}"
    assert "is not in the catalogue any more" in client.get(address).text
    client.post(address, SAID)
    assert stored() == [("DE-RHI", None, None)]


def test_members_need_not_type_who_they_are(client):
    member = factories.member()
    client.force_login(member)
    assert client.get(PAGE).context["form"].initial == {
        "name": "Member",
        "email": member.email,
        "organisation": "Voorbeeld BV",
    }


def test_errors_say_what_to_do_and_lose_nothing(client):
    said = {"email": "anna", "question": "x" * 4001, "organisation": "Firm"}
    response = client.post(PAGE, said)
    assert response.context["form"].errors == {
        "name": ["Enter your name"],
        "email": ["Enter an e-mail address like name@example.org"],
        "question": ["Shorten this to 4000 characters: it has 4001"],
    }
    assert ("x" * 4001 in response.text, 'value="Firm"' in response.text) == (True, True)
    assert stored() == []


def test_one_network_asks_five_times_an_hour(client):
    words = [{**SAID, "question": f"Who can test {number}?"} for number in range(5)]
    statuses = [client.post(PAGE, said).status_code for said in words]
    sixth = client.post(PAGE, SAID)
    assert [*statuses, sixth.status_code] == [302] * 5 + [429]
    assert "Who can test this?" in sixth.text
    assert "Ask later, or write to rhineland@brokers.example" in sixth.text
    assert client.post(PAGE, SAID, REMOTE_ADDR="192.0.2.7").status_code == 302
    assert Enquiry.objects.count() == 6


def test_faulty_forms_do_not_count_as_questions(client):
    for _number in range(6):
        client.post(PAGE, {**SAID, "email": ""})
    assert client.post(PAGE, SAID).status_code == 302


@pytest.mark.parametrize("token", ["1", "1:abc:def"])
def test_receipts_cannot_be_guessed(client, token):
    assert client.get(f"/brokers/rhineland/asked/{token}/").status_code == 404
