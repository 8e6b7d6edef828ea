"""A small voucher asks for little: how often one has to click from the record page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.journeys.conftest import Visitor
from tests.vouchers import factories
from vouchers.enums import ApplicationState
from vouchers.models import Application

SME = "sme@voorbeeld.example"
AT_MOST = 12


@pytest.fixture
def clicks(visit) -> tuple[Visitor, list[str]]:
    """A signed-in SME, and what it has pressed: links, buttons, boxes and choices."""
    sme, pressed = visit(SME), []
    sme.context.expose_binding("pressed", lambda _source, what: pressed.append(what))
    sme.context.add_init_script(
        "addEventListener('pointerdown', event => window.pressed(event.target.innerText), true)"
    )
    return sme, pressed


def save(sme: Visitor) -> None:
    sme.press("Save and continue")


def test_a_meet_and_greet_takes_twelve_clicks_from_the_record_page(world, clicks):
    earlier = factories.complete_draft(world, "insight")
    factories.send(earlier, world)
    sme, pressed = clicks
    page = sme.open(f"/catalogue/{world.records['DE-NDS'].slug}/")
    sme.press("Apply with this facility")
    page.locator("a[href*='/meet_greet/']").first.click()
    sme.press("Start the application")

    assert page.url.endswith("/aid/")
    page.locator("[name=is_export_tied]").last.check()
    # The aid that it named the last time is there.
    assert page.locator("[name=aid-1-amount]").input_value()
    save(sme)
    page.fill("[name=title]", "First talk about plasma stability")
    page.get_by_label("Technology").check()
    save(sme)
    page.fill("[name=purpose]", "They measure what we cannot.")
    page.fill("[name=expected_result]", "Whether a longer study is worth it.")
    later = timezone.now().date() + timedelta(days=60)
    page.fill("[name=travel_from]", f"{later:%d %B %Y}")
    page.fill("[name=travel_until]", f"{later + timedelta(days=1):%d %B %Y}")
    page.fill("[name=travellers]", "1")
    save(sme)
    page.fill("[name=cost-1-item]", "Train and hotel")
    page.select_option("[name=cost-1-kind]", index=1)
    page.fill("[name=cost-1-amount]", "320")
    page.fill("[name=amount]", "320")
    save(sme)
    assert page.url.endswith("/check/"), sme.text()
    page.get_by_label("I declare all of the following").check()
    assert page.locator("main input[type=checkbox]:not(:checked)").count() == 0
    sme.press("Send")

    sent = Application.objects.get(voucher_type__kind="meet_greet")
    assert sent.state == ApplicationState.SUBMITTED
    assert len(pressed) <= AT_MOST, pressed
