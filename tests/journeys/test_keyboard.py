"""Checking and sending with the keyboard alone; pressed twice, it is sent once."""

import io

import pytest
from pypdf import PdfReader

from portal.models import User
from portal.workflow import digest
from tests.journeys.people import confirm_addresses
from tests.vouchers import factories
from vouchers.models import Application, Submission

CO_APPLICANT = "lab@other.example"
MOST_TABS = 120


@pytest.fixture
def world(world):
    factories.make_person(CO_APPLICANT)
    confirm_addresses()
    return world


def tab_to(page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _turn in range(MOST_TABS):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def press_enter(page) -> None:
    """Follow what has the focus."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fix_the_listed_error(page) -> None:
    """From the list of what is missing to its field, and back to the check."""
    assert page.evaluate("document.activeElement.matches('.v-errsum')")
    tab_to(page, ".v-errsum a")
    press_enter(page)
    tab_to(page, "[name=title]")
    page.keyboard.type("A title at last")
    tab_to(page, "form[data-autosave] .v-formbar button")
    press_enter(page)


def declare_and_send_twice(page) -> None:
    """Tick the box for all with Space, take one back and give it again, press Enter twice."""
    boxes = page.locator("main input[type=checkbox]")
    ticked = page.locator("main input[type=checkbox]:checked")
    names = [boxes.nth(number).get_attribute("id") for number in range(boxes.count())]
    for name, expected in (
        (names[0], len(names)),
        (names[1], len(names) - 2),
        (names[1], len(names)),
    ):
        tab_to(page, f"#{name}")
        page.keyboard.press("Space")
        assert ticked.count() == expected
    tab_to(page, "main form .v-formbar button")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/")


def test_check_mend_and_send_without_a_mouse(world, visit, post):
    draft = factories.complete_draft(world)
    factories.seated(draft, User.objects.get(email=CO_APPLICANT))
    Application.objects.filter(pk=draft.pk).update(title="")
    sme = visit(world.sme.email)
    page = sme.open(f"/applications/{draft.address}/check/")
    fix_the_listed_error(page)
    if not page.url.endswith("/check/"):
        page = sme.open(f"/applications/{draft.address}/check/")
    declare_and_send_twice(page)
    sme.check_access()

    sent = Submission.objects.get()
    assert digest(sent.content) == sent.content_hash
    receipt = sme.text()
    assert sent.application.reference in receipt
    assert sent.content_hash in receipt
    assert "time" in page.locator("time").first.inner_text()
    post.collect()
    for address in (world.sme.email, CO_APPLICANT):
        assert len([s for s in post.to(address) if sent.application.reference in s]) == 1
    [copy] = list(post.last(CO_APPLICANT).iter_attachments())
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(copy.get_content())).pages)
    assert sent.content_hash in "".join(text.split())

    found = Application.objects.filter(pk=sent.application_id)
    for person, sees in ((world.broker, True), (world.other_broker, False)):
        assert (found.for_desk(User.objects.get(pk=person.pk)).exists()) == sees
