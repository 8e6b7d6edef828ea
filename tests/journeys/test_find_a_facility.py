"""A Danish SME without an account finds a facility abroad, with scripts and without."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from catalogue.models import Record
from portal import clock
from portal.models import Programme
from portal.site.demo import catalogue, programmes

WORDS = "mass spectrometry"


@pytest.fixture
def demo(transactional_db):
    """The demonstration's regions, open call and catalogue, one record of it too old."""
    now = clock.now()
    programmes.successor(programmes.regions(now=now), now=now)
    catalogue.load(Programme.objects.get(code="LSV"), now=now)
    old = Record.objects.filter(slug="triple-quad-koeln")
    assert old.update(confirmed_on=(now - timedelta(days=366)).date()) == 1


def results(page) -> list[str]:
    return page.locator("article.v-result h3").all_inner_texts()


def count(page, facet: str) -> int:
    """The number that stands beside a value of a facet."""
    return int(re.search(r"\d+", page.locator(f"div:has(> #{facet})").inner_text())[0])


def narrow(visitor, facet: str) -> None:
    """Tick a value of a facet: with scripts the page follows, without them a button sends it."""
    page = visitor.page
    if visitor.scripts:
        with page.expect_response(lambda answer: "/catalogue/?" in answer.url):
            page.locator(f"#{facet}").check()
        expect(page.locator(f"#{facet}")).to_be_checked()
    else:
        page.locator(f"#{facet}").check()
        page.get_by_role("button", name="Apply filters").click()


@pytest.mark.parametrize("scripts", [False, True])
def test_a_visitor_finds_a_facility(demo, visit, scripts):
    visitor = visit(scripts=scripts)
    page = visitor.open("/catalogue/")
    page.fill("#q", WORDS)
    page.select_option("#home", label="Denmark")
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url("**q=mass**")
    for facet in ("country-DE", "voucher-insight"):
        promised = count(page, facet)
        narrow(visitor, facet)
        page.wait_for_url(f"**{facet.replace('-', '=')}**")
        assert len(results(page)) == promised > 0
    page.select_option("#sort", label="Nearest to you")
    page.get_by_role("button", name="Sort", exact=True).click()
    page.wait_for_url("**sort=distance**")
    found = results(page)
    assert "Triple quadrupole LC-MS/MS" not in found
    regions = page.locator("article.v-result > div > span").all_inner_texts()
    order = [next(n for n in ("Saxony", "Rhineland", "Stuttgart") if n in text) for text in regions]
    assert order == sorted(order, key=["Saxony", "Rhineland", "Stuttgart"].index)
    elsewhere = visit(scripts=scripts)
    again = elsewhere.open(page.url)
    assert results(again) == found
    assert again.locator("#country-DE").is_checked()
    assert again.locator("#home").input_value() == "DK-DNK"
    visitor.check_access()
    see_the_record(visitor, found[0])
    # The switches of language and display guard their forms; nobody is followed.
    assert {cookie["name"] for cookie in visitor.context.cookies()} <= {"csrftoken"}


def see_the_record(visitor, title: str) -> None:
    """The record says how to get in touch, on what rules, and when it was confirmed."""
    page = visitor.page
    page.get_by_role("link", name=title, exact=True).click()
    page.wait_for_load_state()
    text = visitor.text()
    for words in ("Confirmed on", "Access rules", "Apply with this", "broker"):
        assert words in text, words
    visitor.check_access()
