"""What search engines are told."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import clock
from portal.site import sitemaps
from tests.catalogue import factories
from tests.catalogue.factories import NOW, TODAY
from tests.vouchers.factories import make_world

pytestmark = pytest.mark.django_db
LINK = re.compile(r"<loc>http://testserver(.*?)</loc>(?:<lastmod>(.*?)</lastmod>)?")


def links(client, address: str) -> list[tuple[str, str]]:
    with clock.moved_to(NOW):
        answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    return LINK.findall(re.sub(r">\s+<", "><", answer.content.decode()))


def test_index_names_each_section_and_page(client, monkeypatch):
    monkeypatch.setattr(sitemaps.Catalogue, "limit", 2)
    for _ in range(3):
        factories.record()
    assert links(client, "/sitemap.xml") == [
        ("/sitemap-pages.xml", ""),
        ("/sitemap-calls.xml", ""),
        ("/sitemap-brokers.xml", ""),
        ("/sitemap-providers.xml", ""),
        ("/sitemap-catalogue.xml", str(TODAY)),
        ("/sitemap-catalogue.xml?p=2", str(TODAY)),
    ]
    assert [len(links(client, f"/sitemap-catalogue.xml?p={page}")) for page in (1, 2)] == [2, 1]


def test_catalogue_lists_public_records_with_their_day(client):
    day = TODAY - timedelta(days=3)
    shown = factories.record(confirmed_on=day)
    factories.record(is_public=False)
    factories.record(confirmed_on=TODAY - timedelta(days=400))
    assert links(client, "/sitemap-catalogue.xml") == [(f"/catalogue/{shown.slug}/", str(day))]
    provider = f"/catalogue/providers/{shown.provider.slug}/"
    assert links(client, "/sitemap-providers.xml") == [(provider, "")]


def test_pages_and_brokers_are_there(client):
    region = factories.region()
    assert links(client, "/sitemap-brokers.xml") == [(f"/brokers/{region.slug}/", "")]
    pages = [address for address, _day in links(client, "/sitemap-pages.xml")]
    assert [client.get(address).status_code for address in pages] == [200] * len(pages)


def test_calls_lead_to_calls_and_rules(client):
    world = make_world()
    found = [address for address, _day in links(client, "/sitemap-calls.xml")]
    assert found == [
        f"/calls/{world.call.slug}/",
        *(
            f"/calls/{world.call.slug}/{offer.voucher_type.code}/"
            for offer in world.call.offers.order_by("pk")
        ),
    ]
    assert [client.get(address).status_code for address in found] == [200] * len(found)


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-catalogue.xml"])
def test_costs_the_same_however_many(client, address):
    counts, owner = [], factories.provider()
    for more in (3, 20):
        for _ in range(more):
            factories.record(owner)
        with CaptureQueriesContext(connection) as queries:
            links(client, address)
        counts.append(len(queries))
    assert (counts[0] == counts[1], counts[0] < 10) == (True, True)


def test_unknown_section_and_page_are_not_found(client):
    addresses = ("/sitemap-nothing.xml", "/sitemap-pages.xml?p=9", "/sitemap-pages.xml?p=x")
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]


def test_robots_name_the_sitemap_and_what_is_private(client, settings):
    settings.SITE_URL = "https://portal.example"
    answer = client.get("/robots.txt")
    lines = answer.content.decode().splitlines()
    assert (answer["Content-Type"], lines[0], lines[-1]) == (
        "text/plain; charset=utf-8",
        "User-agent: *",
        "Sitemap: https://portal.example/sitemap.xml",
    )
    private = ("admin", "accounts", "applications", "provider", "dashboard")
    assert {f"Disallow: /{name}/" for name in private} <= set(lines)
