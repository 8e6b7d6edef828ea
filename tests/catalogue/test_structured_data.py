"""What search engines read of a record's page: its public facts, and nothing that runs."""

import json
import re

import pytest

from catalogue.enums import RecordKind
from catalogue.models import Expert, Record
from portal import clock
from tests.catalogue import factories
from tests.catalogue.factories import NOW

pytestmark = pytest.mark.django_db
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def graph(client, record: Record) -> list[dict]:
    """Return the things that the page describes."""
    with clock.moved_to(NOW):
        page = client.get(f"/catalogue/{record.slug}/").content.decode()
    found = BLOCK.findall(page)
    assert len(found) == 1
    data = json.loads(found[0])
    assert data["@context"] == "https://schema.org"
    return data["@graph"]


def test_facility_is_a_place_of_its_provider(client, settings):
    settings.SITE_URL = "https://portal.example"
    owner = factories.provider(name="Uni")
    owner.ror, owner.organisation.city = "05gq02987", "Köln"
    owner.save()
    owner.organisation.save()
    record = factories.record(
        owner,
        title="Hall",
        summary="A hall",
        competences=(factories.term("imaging"),),
        techniques=["Cryo-EM"],
        website="https://uni.example/hall",
        contact_name="Dr Secret",
        contact_email="secret@uni.example",
        contact_phone="+49 999",
    )
    page = f"https://portal.example/catalogue/{record.slug}/"
    address = {
        "@type": "PostalAddress",
        "addressLocality": "Köln",
        "addressRegion": "Rhineland",
        "addressCountry": "DE",
    }
    assert graph(client, record) == [
        {
            "@type": "Place",
            "address": address,
            "keywords": ["Imaging", "Cryo-EM"],
            "@id": f"{page}#record",
            "name": "Hall",
            "description": "A hall",
            "url": page,
        },
        {
            "@type": "ResearchOrganization",
            "@id": f"{page}#provider",
            "name": "Uni",
            "identifier": "https://ror.org/05gq02987",
            "sameAs": "https://ror.org/05gq02987",
            "url": "https://uni.example/hall",
            "email": owner.organisation.email,
            "address": address,
            "location": {"@id": f"{page}#record"},
        },
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": place,
                    "name": name,
                    "item": f"https://portal.example{path}",
                }
                for place, name, path in (
                    (1, "Home", "/"),
                    (2, "Find a facility", "/catalogue/"),
                    (3, "Hall", f"/catalogue/{record.slug}/"),
                )
            ],
        },
    ]


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (RecordKind.EQUIPMENT, "Product"),
        (RecordKind.SERVICE, "Service"),
        (RecordKind.EXPERT, "Service"),
    ],
)
def test_each_kind_has_its_shape(client, kind, shape):
    assert graph(client, factories.record(kind=kind))[0]["@type"] == shape


def test_product_names_maker_and_model(client):
    record = factories.record(kind=RecordKind.EQUIPMENT, manufacturer="Maker", model_name="X 1")
    thing = graph(client, record)[0]
    assert (thing["manufacturer"], thing["model"]) == (
        {"@type": "Organization", "name": "Maker"},
        "X 1",
    )


def test_expert_is_a_person_only_by_consent(client):
    record = factories.record(kind=RecordKind.EXPERT, title="Proteomics")
    person = Expert.objects.create(
        record=record, name="Dr Name", email="dr@uni.example", orcid="0000-0002-1825-0097"
    )
    assert ("Dr Name" in str(graph(client, record)), "dr@" in str(graph(client, record))) == (
        False,
        False,
    )
    person.agreed_at = NOW
    person.save()
    thing, provider, _way = graph(client, record)
    assert (thing["@type"], thing["name"], thing["jobTitle"], thing["sameAs"]) == (
        "Person",
        "Dr Name",
        "Proteomics",
        "https://orcid.org/0000-0002-1825-0097",
    )
    assert "email" not in thing
    person.shows_contact = True
    person.save()
    thing, provider, _way = graph(client, record)
    assert (thing["email"], provider["email"]) == (
        "dr@uni.example",
        record.provider.organisation.email,
    )


def test_text_cannot_break_out(client):
    text = "</script><script>alert(1)</script><!-- & \u2028"
    record = factories.record(title="</ScRiPt>", description=text)
    thing = graph(client, record)[0]
    assert (thing["name"], thing["description"]) == ("</ScRiPt>", text)
