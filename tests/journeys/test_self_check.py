"""An SME without an account learns within a minute whether it may apply, and leaves no trace."""

import pytest

from portal import clock
from portal.site.demo import catalogue, programmes
from vouchers.models import Application, RefusedCheck


@pytest.fixture
def demo(transactional_db):
    """The demonstration's regions and open call."""
    now = clock.now()
    programmes.successor(programmes.regions(now=now), now=now)
    from portal.models import Programme

    catalogue.load(Programme.objects.get(code="LSV"), now=now)


def check(visitor, *, staff: str, partner: str) -> str:
    """Answer every question and return the heading of the verdict."""
    page = visitor.open("/check/")
    visitor.check_access()
    page.get_by_label("Insight").check()
    visitor.press("Next question")
    page.select_option("[name=home]", label="Rhineland")
    visitor.press("Next question")
    page.fill("[name=headcount]", staff)
    page.fill("[name=turnover]", "2,000,000")
    page.fill("[name=balance_sheet]", "1,000,000")
    visitor.press("Next question")
    page.get_by_label("No other enterprise").check()
    visitor.press("Next question")
    page.select_option("[name=host]", label=partner)
    visitor.check_access()
    visitor.press("Next question")
    visitor.press("Next question")
    page.fill("[name=earlier_aid]", "0")
    visitor.press("Show the answer")
    visitor.check_access()
    return page.locator("h1").inner_text().strip()


@pytest.mark.parametrize("scripts", [False, True])
def test_a_firm_checks_three_times(demo, visit, scripts):
    visitor = visit(scripts=scripts, width=320)
    assert check(visitor, staff="40", partner="Rhineland") == "No, not like this"
    assert "both in Rhineland" in visitor.text()
    assert check(visitor, staff="40", partner="Wallonia") == "Yes, you may apply"
    assert check(visitor, staff="260", partner="Wallonia") == "No, not like this"
    assert "fewer than 250 staff" in visitor.text()
    counted = RefusedCheck.objects.order_by("rule").values_list("rule", "count", "region__code")
    assert [*counted] == [
        ("headcount_too_high", 1, "DE-RHI"),
        ("same_region", 1, "DE-RHI"),
    ]
    assert not Application.objects.filter(call__code__startswith="LSV").exists()
    assert {cookie["name"] for cookie in visitor.context.cookies()} <= {"csrftoken"}


def test_a_record_brings_its_region_along(demo, visit):
    visitor = visit()
    page = visitor.open("/catalogue/")
    page.locator("article.v-result h3 a").first.click()
    page.get_by_role("link", name="Check whether you may apply").first.click()
    page.wait_for_url("**/check/?record=**")
    assert page.locator("input[type=hidden][name=host]").get_attribute("value")
