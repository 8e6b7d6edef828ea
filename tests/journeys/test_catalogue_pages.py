"""The catalogue's public pages in a browser: wide, narrow, light, dark, and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from django.urls import reverse

from catalogue.enums import RecordKind
from catalogue.models import Expert
from catalogue.views.region_map import points
from portal.models import Region
from tests.catalogue import factories
from tests.catalogue.factories import NOW
from tests.catalogue.test_record_page import rich

SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")]
PLACES = {"DE-RHI": (50.94, 6.96), "DK-DNK": (55.68, 12.57), "NL-ENL": (51.99, 5.9)}


@pytest.fixture
def addresses(transactional_db, freeze) -> dict[str, str]:
    freeze(NOW)
    owner = factories.provider(accepts=factories.rules(), name="Musterlab")
    owner.summary, owner.ror, owner.legal_status = "A laboratory", "05gq02987", "foundation"
    owner.esfri_domains = ["health_and_food"]
    owner.save()
    facility = rich(owner)
    factories.record(owner, title="Magnet", kind=RecordKind.EQUIPMENT, facilities=(facility,))
    expert = factories.record(title="Expert in scanners", kind=RecordKind.EXPERT)
    Expert.objects.create(
        record=expert, name="Erika Beispiel", orcid="0000-0002-1825-0097", agreed_at=NOW
    )
    return {
        "Scanner": reverse("catalogue_record", args=[facility.slug]),
        "Expert in scanners": reverse("catalogue_record", args=[expert.slug]),
        "Musterlab": reverse("catalogue_provider", args=[owner.slug]),
    }


def is_too_wide(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def faults(page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_record_and_provider_pages_are_whole(browser, live_server, addresses, width, scheme):
    screen = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    seen = {}
    for scripts in (False, True):
        with browser.new_context(**screen, java_script_enabled=scripts) as context:
            page = context.new_page()
            for title, address in addresses.items():
                page.goto(f"{live_server.url}{address}")
                wrong = faults(page) if scripts else []
                seen[title, scripts] = (page.locator("h1").inner_text(), is_too_wide(page), wrong)
    assert seen == {
        (title, scripts): (title, False, []) for title in addresses for scripts in (False, True)
    }


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_map_of_regions_is_whole(browser, live_server, addresses, width, scheme):
    for code, place in PLACES.items():
        region = factories.region(code)
        region.latitude, region.longitude = place
        region.save()
    made = points(
        Region.objects.all(),
        counts={"DE-RHI": 12, "NL-ENL": 1},
        addresses={"DE-RHI": "?region=DE-RHI", "NL-ENL": "?region=NL-ENL"},
        own=factories.region("DK-DNK"),
        chosen=["NL-ENL"],
    )
    html = render_to_string("catalogue/public/map.html", {"points": made})
    screen = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with browser.new_context(**screen) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}{addresses['Musterlab']}")
        page.evaluate(
            "html => document.querySelector('.v-two').outerHTML = html", f"<h1>Regions</h1>{html}"
        )
        assert (faults(page), is_too_wide(page)) == ([], False)
        link = page.get_by_role("link", name="Rhineland, 12 results, show only these")
        link.focus()
        ring = link.evaluate("node => getComputedStyle(node).outlineStyle")
        link.press("Enter")
        page.wait_for_url("**/?region=DE-RHI")
        assert ring == "solid"
