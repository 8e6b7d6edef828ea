"""The broker's daily work in a real browser: many at once, few clicks, no mouse, saved views."""

import pytest

from tests.journeys.people import confirm_addresses
from tests.journeys.test_keyboard import press_enter, tab_to
from tests.vouchers import factories
from vouchers.enums import ApplicationState as S
from vouchers.models import Application, SavedView

pytestmark = [pytest.mark.django_db(transaction=True)]
QUEUE = "/admin/vouchers/application/"
AT_MOST = 4


@pytest.fixture
def world(transactional_db, settings, tmp_path, freeze) -> factories.World:
    """An open call at a fixed instant, with three applications on the broker's list."""
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    freeze(factories.NOW)
    made = factories.make_world()
    for _number in range(3):
        factories.submitted(made, by=factories.another_sme(made))
    confirm_addresses()
    return made


def states() -> list[str]:
    rows = Application.objects.exclude(reference=None).order_by("reference")
    return list(rows.values_list("state", flat=True))


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (False, 390)])
def test_a_broker_decides_many_after_a_preview(world, visit, scripts, width):
    broker = visit(world.broker.email, scripts=scripts, width=width)
    page = broker.open(QUEUE)
    broker.check_access()
    if scripts:
        page.get_by_label("All on this page").check()
        assert page.locator("[name=pick]:checked").count() == 3
        page.locator("[name=pick]").last.uncheck()
    else:
        assert not page.get_by_label("All on this page").is_visible()
        for number in (0, 1):
            page.locator("[name=pick]").nth(number).check()
    page.get_by_label("With the ticked ones").select_option(label="Reject")
    broker.press("Preview")
    assert "This will happen to 2 applications. Nothing has happened yet." in broker.text()
    broker.check_access()
    assert states() == [S.SUBMITTED] * 3

    page.get_by_role("button", name="Reject: 2 applications").click()
    page.wait_for_load_state()
    assert "Choose a reason" in page.locator(".v-errsum").inner_text()
    broker.check_access()
    page.get_by_label("Reason").select_option(index=1)
    page.get_by_label("Message to the applicant").fill("Other applications were stronger.")
    broker.press("Reject: 2 applications")

    assert "Done: 2 applications" in broker.text()
    broker.check_access()
    assert states() == [S.REJECTED, S.REJECTED, S.SUBMITTED]
    broker.press("Back to the queue")
    assert page.locator("tbody tr").count() == 1


def test_from_the_queue_to_a_decision_and_on_in_few_clicks(world, visit):
    broker, pressed = visit(world.broker.email), []
    broker.context.expose_binding("pressed", lambda _source, what: pressed.append(what))
    broker.context.add_init_script(
        "addEventListener('pointerdown', event => window.pressed(event.target.innerText), true)"
    )
    page = broker.open(QUEUE)
    page.locator("tbody th a").first.click()
    page.get_by_role("button", name="Eligible", exact=True).click()
    page.wait_for_load_state()
    page.get_by_role("button", name="Approve €4,000").click()
    page.wait_for_load_state()
    assert len(pressed) == 3 <= AT_MOST
    broker.check_access()
    broker.press("Next in the queue")
    assert page.url.endswith("LSV-1-0002/change/")
    assert states() == [S.ELIGIBLE, S.SUBMITTED, S.SUBMITTED]


def test_the_whole_way_without_a_mouse(world, visit):
    broker = visit(world.broker.email)
    page = broker.open(QUEUE)
    for place in (1, 2):
        tab_to(page, f"tbody tr:nth-child({place}) [name=pick]")
        page.keyboard.press("Space")
    tab_to(page, "#many-verb")
    page.keyboard.press("f")
    assert page.locator("#many-verb").input_value() == "find_eligible"
    tab_to(page, ".v-many button")
    press_enter(page)
    tab_to(page, ".v-decide form button")
    press_enter(page)
    assert states() == [S.ELIGIBLE, S.ELIGIBLE, S.SUBMITTED]
    tab_to(page, "main .v-button")
    press_enter(page)

    tab_to(page, "tbody tr:nth-child(1) th a")
    press_enter(page)
    tab_to(page, ".v-verb.is-primary button")
    press_enter(page)
    assert "goes to Lower Saxony to confirm" in broker.text()
    tab_to(page, "main a.v-button[href*='/next/']")
    press_enter(page)
    assert page.url.endswith("LSV-1-0002/change/")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_view_is_saved_renamed_shared_and_deleted(world, visit, scripts):
    manager = visit(world.manager.email, scripts=scripts)
    page = manager.open(f"{QUEUE}?voucher=insight")
    page.get_by_text("Save this view").click()
    page.get_by_label("Name of the view").fill("Insight")
    manager.press("Save")
    assert "The view is saved." in manager.text()
    manager.check_access()
    manager.press("Rename, share or delete views")
    manager.check_access()
    page.get_by_label("Name of the view").fill("All Insight")
    manager.press("Rename")
    page.get_by_label("Shared with").select_option(label="East Netherlands")
    manager.press("Share")
    assert "Shared with the staff of East Netherlands" in manager.text()
    manager.check_access()
    broker = visit(world.broker.email, scripts=scripts)
    broker.open(QUEUE)
    broker.press("All Insight")
    assert broker.page.url.endswith("voucher=insight")
    manager.press("Delete")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_absence_a_note_and_an_assignment(world, visit, scripts):
    deputy = factories.another_broker(world, "NL-ENL")
    confirm_addresses()
    row = Application.objects.get(reference="LSV-1-0001")
    broker = visit(world.broker.email, scripts=scripts, width=390)
    page = broker.open(f"{QUEUE}{row}/change/")
    broker.press("Assign to me")
    page.get_by_text("Write a note").click()
    page.get_by_label("New note").fill("Telephoned: they move in summer.")
    broker.press("Keep the note")
    assert "Telephoned: they move in summer." in broker.text()
    broker.check_access()
    page = broker.open("/admin/vouchers/absence/enter/")
    broker.check_access()
    page.get_by_label("First day").fill("2027-03-08")
    page.get_by_label("Last day").fill("2027-03-12")
    page.get_by_label("Who stands in").select_option(label=str(deputy))
    broker.press("Enter")
    colleague = visit(deputy.email, scripts=scripts)
    colleague.open(f"{QUEUE}?assigned=mine")
    assert "You stand in for Broker in East Netherlands until 12 March 2027" in colleague.text()
    assert "away until 12 March 2027, Second stands in" in colleague.text()
    colleague.check_access()
    assert Application.objects.get(pk=row.pk).assignment.person == world.broker
