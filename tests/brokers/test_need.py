"""A need in plain words: suggestions with reasons, and the way to the own region's broker."""

import re
from datetime import date

import pytest
from django.utils.html import escape

from brokers.models import Enquiry
from portal.models import JournalEntry, OutgoingMail
from tests.catalogue import factories
from tests.catalogue.factories import NOW
from tests.rigs import noticed_writes
from tests.vouchers.test_budgets import statements

pytestmark = pytest.mark.django_db

NEED = "Our peptide breaks down in blood and we cannot say why."
WHO = {"name": "Anna", "email": "anna@firm.example", "organisation": "Firm"}


@pytest.fixture(autouse=True)
def clock(freeze) -> None:
    freeze(NOW)


@pytest.fixture
def records() -> dict[str, object]:
    """Three records that fit, one of each region, all with accepted rules."""
    rules = factories.rules()
    term = factories.term("stability", "Plasma stability", synonyms={"en": ["breaks down"]})
    return {
        code: factories.record(
            factories.provider(code, accepts=rules),
            title=f"Stability {code}",
            competences=(term,),
            summary="Peptides in blood",
            voucher_kinds=["insight"],
        )
        for code in ("DE-RHI", "DK-DNK", "NL-ENL")
    }


def show(client, text: str = NEED, code: str = "", **said):
    region = factories.region(code).pk if code else ""
    return client.post("/need/", {"question": text, "region": region, "show": "1", **said})


def send(client, text: str = NEED, code: str = "NL-ENL", **said):
    region = factories.region(code).pk if code else ""
    return client.post(
        "/need/", {"question": text, "region": region, **WHO, "send": "1", **said}, follow=True
    )


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def titles(response) -> list[str]:
    return [one.record.title for one in response.context["suggestions"]]


def test_suggestions_name_words_competences_route_and_vouchers(client, records):
    response = show(client, code="NL-ENL")
    assert sorted(titles(response)) == ["Stability DE-RHI", "Stability DK-DNK"]
    text = plain(response.text)
    words = response.context["suggestions"][0].words
    assert {"peptide", "blood"} <= set(words)
    assert [
        part in text
        for part in (
            f"You wrote: {', '.join(words)}",
            "Competences: Plasma stability",
            "East NetherlandstoRhineland",
            "Insight",
            "Ask about this record: Stability DE-RHI",
        )
    ] == [True] * 5
    assert "<mark" in response.text
    slug = records["DE-RHI"].slug
    assert f"/brokers/rhineland/?record={slug}#ask" in response.text


def test_without_a_region_every_region_may_help(client, records):
    assert len(titles(show(client))) == 3


def test_a_person_with_one_region_finds_it_chosen(client, records):
    client.force_login(factories.member(code="DK-DNK"))
    form = client.get("/need/").context["form"]
    assert (form.initial["region"].code, form.initial["name"]) == ("DK-DNK", "Member")


def test_asking_for_suggestions_writes_nothing(client, records):
    with noticed_writes() as writes:
        show(client, code="NL-ENL")
    assert (writes, Enquiry.objects.count(), OutgoingMail.objects.count()) == ([], 0, 0)


def test_half_typed_names_do_not_hinder_and_are_kept(client, records):
    response = show(client, email="ann", name="Anna")
    assert response.context["form"].errors == {}
    assert 'value="ann"' in response.text


def test_no_text_is_one_clear_sentence(client):
    response = show(client, " ")
    assert response.context["form"].errors == {"question": ["Describe what you need"]}
    assert "Nothing in the catalogue" not in response.text


def test_nothing_matched_leads_to_the_broker(client, records):
    response = show(client, "zzz qqq")
    assert "Your broker knows more than the catalogue" in response.text
    assert "Send to my broker" in response.text


@pytest.mark.parametrize(
    "text",
    ["&& || !!", "'; --", "\N{ARABIC LETTER MEEM}" * 30, "\N{TEST TUBE}", "a\0b", "(" * 500, "a:*"],
)
def test_any_text_is_taken(client, records, text):
    shown = show(client, text, code="NL-ENL")
    assert (shown.status_code, shown.context["form"].errors, titles(shown)) == (200, {}, [])
    assert escape(text.replace("\0", "")) in shown.text
    assert send(client, text).status_code == 200
    assert Enquiry.objects.get().question == text.replace("\0", "")


def test_text_that_is_too_long_is_kept_and_said(client, records):
    for answer in (show(client, "x" * 10_000), send(client, "x" * 10_000)):
        assert answer.context["form"].errors == {
            "question": ["Shorten this to 5000 characters: it has 10000"]
        }
        assert "x" * 10_000 in answer.text
    assert Enquiry.objects.count() == 0


def test_line_breaks_count_as_one_character(client, records):
    assert show(client, "x\r\n" * 2500).context["form"].errors == {}


@pytest.mark.parametrize("region", ["x", "0", "99999999999999999999", "\0", "-1"])
def test_a_region_that_is_none_is_no_error_of_the_server(client, records, region):
    said = {"question": NEED, "region": region}
    assert client.post("/need/", {**said, "show": "1"}).status_code == 200
    sent = client.post("/need/", {**said, **WHO, "send": "1"})
    assert [*sent.context["form"].errors] == ["region"]


def test_sending_needs_region_and_address_and_keeps_the_suggestions(client, records):
    response = send(client, code="", email="anna")
    assert response.context["form"].errors == {
        "region": ["Choose the region of your firm: its broker gets your need"],
        "email": ["Enter an e-mail address like name@example.org"],
    }
    assert (NEED in response.text, len(titles(response))) == (True, 3)
    assert Enquiry.objects.count() == 0


def test_a_need_goes_to_the_broker_of_home_with_a_day(client, records):
    response = send(client)
    row = Enquiry.objects.get()
    assert (row.kind, row.region.code, row.home_region.code, row.record, row.due_on) == (
        "need",
        "NL-ENL",
        "NL-ENL",
        None,
        date(2027, 3, 15),
    )
    assert response.redirect_chain[0][0].startswith("/brokers/east-netherlands/asked/")
    text = plain(response.text)
    assert "The Access Broker of East Netherlands answers by 15 March 2027. 7 days left" in text
    assert [(mail.kind, mail.subject) for mail in OutgoingMail.objects.order_by("pk")] == [
        ("enquiry_received", "Your need is with the Access Broker of East Netherlands"),
        ("enquiry_for_team", "Answer by 15 March 2027: a need of Anna"),
    ]
    assert JournalEntry.objects.get(verb="ask").data["kind"] == "need"


def test_the_receipt_leads_back_to_the_page(client, records):
    send(client)
    body = OutgoingMail.objects.get(kind="enquiry_received").body
    address = re.search(r"See how far it is: \S+?(/brokers/\S+)", body)[1]
    assert "Your need is on its way" in client.get(address).text


def test_what_is_typed_stays_text(client, records):
    evil = "<script>alert(1)</script> peptide breaks down"
    assert "<script>alert" not in show(client, evil).text
    assert "<script>alert" not in send(client, evil, name="<b>Anna</b>").text


def test_too_many_tries_lose_nothing(client, records, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "need": "1/h/ip"}
    assert show(client).status_code == 200
    limited = show(client)
    assert (limited.status_code, NEED in limited.text, titles(limited)) == (429, True, [])
    assert "Many needs came from your network in the last hour" in limited.text
    assert "Nothing in the catalogue" not in limited.text
    assert send(client).redirect_chain != []


def test_a_name_takes_one_line_in_a_letter(client, records):
    send(client, name="Anna\n\nSign in here: https://evil.example/x", organisation="A\r\nB")
    enquiry = Enquiry.objects.get()
    assert (enquiry.name, enquiry.organisation) == (
        "Anna Sign in here: https://evil.example/x",
        "A B",
    )


def test_looking_for_help_is_limited_whatever_is_sent(client, records, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "need": "2/h/ip"}
    found = [len(send(client, name="").context["suggestions"]) for _number in range(3)]
    assert (found[0] > 0, found[1] > 0, found[2]) == (True, True, 0)
    assert show(client).status_code == 429


def test_one_network_sends_five_times_an_hour(client, records):
    statuses = [send(client).status_code for _number in range(6)]
    # The same words are one need, however often they are sent.
    assert (statuses, Enquiry.objects.count()) == ([200] * 5 + [429], 1)


def test_suggestions_cost_the_same_for_few_and_many_records(client, records):
    def cost() -> int:
        with statements() as said:
            show(client, code="NL-ENL")
        return len(said)

    cost()
    few = cost()
    rules, term = records["DE-RHI"].provider.accepted_rules, records["DE-RHI"].competences.get()
    for number in range(6):
        factories.record(
            factories.provider("DE-RHI", accepts=rules),
            title=f"More {number}",
            competences=(term,),
        )
    assert cost() == few


def test_a_need_goes_along_to_the_question_about_a_record(client, records):
    page = show(client, code="NL-ENL")
    record = page.context["suggestions"][0].record
    address = f"/brokers/{record.region.slug}/?record={record.slug}"
    assert f'formaction="{address}#ask"' in page.text
    home = factories.region("NL-ENL")
    brought = client.post(
        address, {"question": NEED, "region": home.pk, "name": "", "email": "", "bring": "1"}
    )
    form = brought.context["form"]
    assert (brought.status_code, form.is_bound, form.initial["question"]) == (200, False, NEED)
    assert (form.initial["home_region"], Enquiry.objects.count()) == (home, 0)
    assert f'<a href="/catalogue/{record.slug}/">' in brought.text
