"""The page of a record: every fact, the rules and where it differs, and nothing private."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from catalogue.enums import RecordKind
from catalogue.models import SINKS_AFTER, Expert, Photo, Record
from portal.models import Upload
from tests.catalogue import factories
from tests.catalogue.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
RICH = {
    "summary": "Scans samples.",
    "description": "First paragraph.\n\nSecond paragraph.",
    "techniques": ["micro-CT", "9.4 T MRI"],
    "sub_domains": ["biomedical_imaging", "animal_facilities"],
    "esfri_domains": ["health_and_food"],
    "access_types": ["physical", "mail_in"],
    "access_modes": ["paid"],
    "order_type": "order_required",
    "life_cycle": "being_upgraded",
    "voucher_kinds": ["insight"],
    "certificates": ["GLP", "ISO 17025"],
    "languages": ["de", "fr"],
    "text_language": "en",
    "trl_from": 3,
    "trl_to": 6,
    "manufacturer": "Muster Instrumente",
    "model_name": "Voxel 100",
    "first_answer_days": 3,
    "lead_time_days": 14,
    "price_kind": "per_hour",
    "sme_discount": 20,
    "minimum_order": "Two hours",
    "sample_conditions": "Dry, in tubes",
    "biosafety_level": 2,
    "admits": "smes",
    "data_clause": "shared",
    "confidentiality": "own_nda",
    "insurance": "Up to €50,000",
    "transport_limits": "Not on Fridays",
    "needs_ethics_approval": True,
    "own_rule": "Bring shoes",
    "department": "Radiology",
    "site": "Campus West",
    "building": "House 7",
    "location_url": "https://lab.example/place/",
    "service_level": "Repeated when it fails",
    "website": "https://lab.example/scanner/",
}
PRIVATE = {
    "external_id": "INTERNAL-77",
    "contact_name": "Petra Privat",
    "contact_email": "petra@lab.example",
    "contact_phone": "+49 000 111",
    "second_contact_name": "Second Person",
    "second_contact_email": "second@lab.example",
    "second_contact_phone": "+49 000 222",
    "second_contact_url": "https://lab.example/second/",
}


@pytest.fixture(autouse=True)
def clock(freeze) -> None:
    freeze(NOW)


@pytest.fixture
def rules():
    return factories.rules()


def page(client, record: Record):
    response = client.get(f"/catalogue/{record.slug}/")
    assert response.status_code == 200
    return response


def rows(response) -> dict[str, str]:
    """Every term of the page with its words; a term that comes twice says the same twice."""
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", response.text, re.DOTALL)
    return {tidy(term): tidy(words) for term, words in found}


def tidy(html: str) -> str:
    return " ".join(strip_tags(html).split())


def main(response) -> str:
    return tidy(response.text.partition("<main")[2].partition("</main>")[0])


def rich(owner, **fields) -> Record:
    said = {**RICH, **PRIVATE, **fields}
    terms = (factories.term("imaging", "Imaging"),)
    return factories.record(owner, title="Scanner", competences=terms, **said)


def owner_of(rules, **columns):
    owner = factories.provider(accepts=rules, name="Musterlab")
    for name, value in columns.items():
        setattr(owner, name, value)
    owner.save()
    return owner


def test_every_fact_is_on_the_page(client, rules):
    facility = factories.record(title="Hall")
    record = rich(owner_of(rules))
    record.facilities.add(facility)
    assert rows(page(client, record)) == {
        "Competences": "Imaging",
        "Techniques": "micro-CT, 9.4 T MRI",
        "Life-science fields": "Biomedical imaging; Animal facilities",
        "Fields of research": "Health and food",
        "Technology readiness": "TRL 3 to 6",
        "Manufacturer": "Muster Instrumente",
        "Model": "Voxel 100",
        "Certificates": "GLP, ISO 17025",
        "Service level": "Repeated when it fails",
        "Life cycle": "Being upgraded",
        "Belongs to": "Hall",
        "Access": "On site, Send samples",
        "Terms": "Paid",
        "How to order": "An order is needed",
        "Price": "Per hour, prices are without VAT",
        "Discount for SMEs": "20% off the list price",
        "Smallest order": "Two hours",
        "First answer": "Within 3 days",
        "Samples": "Dry, in tubes",
        "Biosafety level of samples": "At most level 2",
        "Department": "Radiology",
        "Site": "Campus West",
        "Building": "House 7",
        "How to get there": "Page about the place",
        "Who may use it": "SMEs only",
        "Results": "Shared between firm and provider",
        "Confidentiality": "The provider&#x27;s own agreement is signed first",
        "Insurance": "Up to €50,000",
        "Limits of transport or export": "Not on Fridays",
        "Ethics": "An ethics approval is needed",
        "Own rule": "Bring shoes",
    }


def test_the_head_names_provider_languages_and_days(client, rules):
    owner = owner_of(rules, legal_status="foundation", ror="05gq02987")
    record = rich(owner)
    Record.objects.filter(pk=record.pk).update(vouchers_before=3)
    response = page(client, record)
    facts = response.text.partition('<ul class="v-facts')[2].partition("</ul>")[0]
    assert [tidy(f"<li{fact}") for fact in facts.split("<li")[1:]] == [
        "Musterlab (Public organisation, Foundation)",
        "ROR 05gq02987",
        "German, French",
        "First answer in 3 days",
        "First access in 14 days",
        "3 vouchers before",
        "Confirmed on 8 March 2027",
    ]
    assert [
        f'href="{link}"' in response.text
        for link in ("https://ror.org/05gq02987", f"/catalogue/providers/{owner.slug}/")
    ] == [True, True]


def test_a_bare_record_says_only_what_there_is_to_say(client, rules):
    record = factories.record(owner_of(rules))
    response = page(client, record)
    assert rows(response) == {
        "How to order": "An order is needed",
        "Price": "On request, prices are without VAT",
    }
    unsaid = (
        "What it offers",
        "Where it is",
        "What differs here",
        "Vouchers accepted",
        "vouchers before",
    )
    assert [words for words in unsaid if words in main(response)] == []


def test_nothing_private_is_on_the_page(client, rules):
    response = page(client, rich(owner_of(rules)))
    assert [name for name, words in PRIVATE.items() if words in response.text] == []
    assert "office" in response.text


def test_description_keeps_paragraphs_and_html_is_text(client, rules):
    names = ("summary", "minimum_order", "own_rule", "department", "model_name")
    hostile = dict.fromkeys(names, "<b>x</b>")
    record = rich(owner_of(rules), **hostile, description="One.\n\n<script>alert(1)</script>")
    text = page(client, record).text
    assert "<p>One.</p>\n\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" in text
    assert ("<b>x</b>" in text, text.count("&lt;b&gt;x&lt;/b&gt;")) == (False, 6)


@pytest.mark.parametrize(("age", "is_stale"), [(SINKS_AFTER, True), (timedelta(days=269), False)])
def test_a_record_that_nobody_confirmed_for_nine_months_says_so(client, age, is_stale):
    confirmed = TODAY - age
    text = main(page(client, factories.record(confirmed_on=confirmed)))
    assert ("Nobody has confirmed this record since" in text) is is_stale
    assert f"Confirmed on {confirmed.day} {confirmed:%B %Y}" in text


def test_rules_say_version_and_day(client, rules):
    text = main(page(client, factories.record(owner_of(factories.rules("One.\nTwo.")))))
    assert "Version 2 of the common rules of Test programme, accepted on 8 March 2027." in text


def test_who_has_not_accepted_the_rules_in_force_takes_no_vouchers(client, rules):
    never = factories.record(factories.provider(name="Never"), voucher_kinds=["insight"])
    before = factories.record(owner_of(rules), voucher_kinds=["insight"])
    factories.rules("Newer.")
    notices = (
        "Never has not accepted the common access rules yet.",
        "Newer rules than version 1 are in force.",
    )
    for record, notice in zip((never, before), notices, strict=True):
        response = page(client, record)
        assert notice in main(response)
        assert "?record=" not in response.text.replace("/brokers/rhineland/?record=", "")
        assert "Vouchers accepted" not in response.text


def expert(agreed_at=NOW, **fields) -> Record:
    record = factories.record(title="Expert in scanners", kind=RecordKind.EXPERT)
    said = {
        "name": "Erika Beispiel",
        "email": "erika@people.example",
        "orcid": "0000-0002-1825-0097",
        "availability": "Tuesdays only",
        **fields,
    }
    Expert.objects.create(record=record, agreed_at=agreed_at, **said)
    return record


def test_an_expert_who_agrees_is_named(client):
    response = page(client, expert())
    found = rows(response)
    assert {term: found.get(term) for term in ("Name", "ORCID", "Available for visits")} == {
        "Name": "Erika Beispiel",
        "ORCID": "0000-0002-1825-0097",
        "Available for visits": "Tuesdays only",
    }
    assert 'href="https://orcid.org/0000-0002-1825-0097"' in response.text
    assert "erika@" not in response.text
    shown = page(client, expert(shows_contact=True))
    assert rows(shown)["E-mail address"] == "erika@people.example"


def test_an_expert_who_does_not_agree_is_not_there(client):
    text = page(client, expert(agreed_at=None, shows_contact=True)).text
    words = ("Erika", "erika@", "0000-0002", "Tuesdays", "The expert")
    assert [one for one in words if one in text] == []


def photo(record: Record, alt: str, place: int | None) -> Photo:
    upload = Upload(name="a.png", content_type="image/png", size=1, sha256="0" * 64)
    upload.uploaded_at = NOW
    upload.file.save("a.png", ContentFile(b"x"), save=False)
    upload.save()
    return Photo.objects.create(record=record, upload=upload, alt=alt, place=place)


def test_photos_are_shown_in_their_order_and_take_their_room(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    record = factories.record()
    second, first = photo(record, "The magnet", 2), photo(record, "The <hall>", 1)
    photo(record, "Not published", None)
    found = re.findall(r"<img[^>]*/catalogue/photos/[^>]*>", page(client, record).text)
    told = [dict(re.findall(r'(src|alt|width|height)="([^"]*)"', one)) for one in found]
    box = {"width": "960", "height": "640"}
    assert told == [
        {"src": f"/catalogue/photos/{first.pk}/", "alt": "The &lt;hall&gt;", **box},
        {"src": f"/catalogue/photos/{second.pk}/", "alt": "The magnet", **box},
    ]


def test_few_and_many_pieces_of_equipment_take_the_same_queries(client, rules):
    owner = owner_of(rules)
    facility = factories.record(owner)

    def add(count: int) -> None:
        for _number in range(count):
            factories.record(owner, kind=RecordKind.EQUIPMENT, facilities=(facility,))

    def look() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            response = page(client, facility)
        return len(captured), len(response.context["parts"])

    add(3)
    few, shown = look()
    add(27)
    assert (shown, look()) == (3, (few, 30))
