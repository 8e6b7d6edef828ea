"""The public page of a provider."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from catalogue import actions
from tests.catalogue import factories
from tests.catalogue.factories import IMPORTER, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(freeze) -> None:
    freeze(NOW)


@pytest.fixture
def rules():
    return factories.rules()


def page(client, provider, query=""):
    response = client.get(reverse("catalogue_provider", args=[provider.slug]) + query)
    assert response.status_code == 200
    return response


def tidy(html: str) -> str:
    return " ".join(strip_tags(html).split())


def titles(response) -> list[str]:
    return [record.title for record in response.context["page"]]


def test_it_says_who_they_are_and_which_rules_they_accepted(client, rules):
    provider = factories.provider(accepts=rules, name="Musterlab <b>")
    provider.summary, provider.ror = "A <i>laboratory</i>", "05gq02987"
    provider.legal_status, provider.structure = "foundation", "distributed"
    provider.life_cycle, provider.esfri_domains = "operational", ["energy", "environment"]
    provider.save()
    organisation = provider.organisation
    organisation.city, organisation.website = "Köln", "https://musterlab.example/"
    organisation.register_number, organisation.vat_number = "HRB 12", "DE00"
    organisation.address = "Secret street 1"
    organisation.save()
    text = page(client, provider).text
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", text, re.DOTALL)
    assert {tidy(term): tidy(words) for term, words in found} == {
        "Kind": "Public organisation",
        "Legal status": "Foundation",
        "Structure": "Several sites",
        "Life cycle": "Operational",
        "Fields of research": "Energy; Environment",
        "City": "Köln",
        "ROR identifier": "05gq02987",
        "Website": "https://musterlab.example/",
    }
    main = tidy(text.partition("<main")[2])
    assert [
        words in main
        for words in (
            "Public organisation in Rhineland, Germany",
            "Version 1 of the common rules of Test programme, accepted on 8 March 2027.",
            "Rule two.",
        )
    ] == [True] * 3
    assert ("<i>laboratory" in text, "Musterlab <b>" in text) == (False, False)
    assert [w for w in ("HRB 12", "DE00", "Secret street") if w in text] == []


def test_it_shows_its_own_public_records_only(client, rules):
    provider = factories.provider(accepts=rules)
    terms = (factories.term("imaging"),)
    factories.record(provider, title="Hall", voucher_kinds=["insight"], competences=terms)
    factories.record(provider, title="Annex")
    factories.record(provider, title="Draft", is_public=False)
    factories.record(provider, title="Old", confirmed_on=NOW.date().replace(year=2026))
    hidden = factories.record(provider, title="Hidden")
    actions.hide(hidden, reason="Closed", by=IMPORTER, now=NOW)
    factories.record(title="Another's")
    for visitor in (None, factories.member(), factories.broker()):
        if visitor:
            client.force_login(visitor)
        response = page(client, provider)
        assert titles(response) == ["Annex", "Hall"]
        assert ("Insight" in response.text, "Imaging" in response.text) == (True, True)


def test_without_records_it_leads_on(client, rules):
    provider = factories.provider(accepts=rules)
    text = page(client, provider).text
    assert "This provider has no record in the catalogue at the moment." in text
    assert reverse("broker_page", args=[provider.region.slug]) in text


def test_vouchers_are_not_offered_without_the_rules(client):
    provider = factories.provider()
    factories.record(provider, title="Hall", voucher_kinds=["insight"])
    text = page(client, provider).text
    assert "Insight" not in text
    assert "Vouchers cannot be used here until it does." in text


def test_nobody_reads_of_a_provider_before_it_agrees(client):
    factories.programme()
    provider = factories.provider()
    factories.record(provider, is_public=False)
    visitors = {
        "visitor": None,
        "another member": factories.member(),
        "another broker": factories.broker("DK-DNK"),
        "member": factories.member(provider.organisation),
        "broker": factories.broker(),
    }
    found = {}
    for name, person in visitors.items():
        client.logout()
        if person:
            client.force_login(person)
        address = reverse("catalogue_provider", args=[provider.slug])
        found[name] = client.get(address).status_code
    assert found == {
        "visitor": 404,
        "another member": 404,
        "another broker": 404,
        "member": 200,
        "broker": 200,
    }


def test_what_is_not_there_is_not_found(client):
    assert client.get("/catalogue/providers/nobody/").status_code == 404


def test_a_record_may_be_called_providers(client):
    record = factories.record(title="Hall")
    record.slug = "providers"
    record.save(update_fields=["slug"])
    assert "Hall" in client.get("/catalogue/providers/").text


def test_few_and_many_records_take_the_same_queries_and_pages_are_links(client, rules):
    provider = factories.provider(accepts=rules)
    terms = (factories.term("imaging"), factories.term("genomics"))

    def add(count: int) -> None:
        for _number in range(count):
            factories.record(provider, competences=terms)

    def look() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, provider)
        return len(captured)

    add(3)
    few = look()
    add(27)
    assert look() == few
    second = page(client, provider, "?page=2")
    assert (len(titles(second)), 'href="?page=1"' in second.text) == (10, True)
    assert titles(page(client, provider, "?page=many")) == titles(page(client, provider))
