"""Pages beside the desk in a real browser, with and without scripts: firms of one undertaking, the
aid register, payments; and the milestone table of the form."""

import pytest

from tests.journeys.people import confirm_addresses
from tests.vouchers import factories
from tests.vouchers.test_aid_register import accepted
from tests.vouchers.test_payments import paid
from vouchers.models import Application, Question, RegisterEntry

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(fixed_world) -> factories.World:
    """An open call at a fixed instant."""
    return fixed_world


@pytest.mark.parametrize("scripts", [True, False])
def test_a_broker_joins_two_firms_and_takes_one_out(world, visit, scripts):
    row = factories.submitted(world)
    sister = factories.another_sme(world)
    firm = factories.firm_of(sister)
    confirm_addresses()
    broker = visit(world.broker.email, scripts=scripts)
    page = broker.open(f"/admin/vouchers/application/{row.reference}/change/")
    page.get_by_role("link", name="Firms of one undertaking").click()
    broker.check_access()
    page.locator("[name=number]").fill(firm.name)
    page.get_by_role("button", name="They are one undertaking").click()
    page.wait_for_load_state()
    assert "Say what makes the two one undertaking" in broker.text()
    broker.check_access()
    page.locator("[name=reason]").fill("Share register of 3 May.")
    broker.press("They are one undertaking")
    assert f"{firm.name} is now of the same undertaking." in broker.text()
    broker.check_access()
    page.locator("tr", has_text=firm.name).get_by_role("link", name="Take out").click()
    broker.check_access()
    page.locator("[name=reason]").fill("Sold.")
    broker.press("Take it out")
    assert f"{firm.name} is an undertaking of its own." in broker.text()
    assert Application.objects.get(pk=row.pk).undertaking.members.count() == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_a_broker_notes_what_stands_in_the_register(world, visit, scripts):
    award = accepted(world)
    confirm_addresses()
    broker = visit(world.broker.email, scripts=scripts)
    page = broker.open("/admin/vouchers/award/register/")
    broker.check_access()
    page.get_by_label(f"{award.number} is entered").check()
    page.get_by_label(f"Number of {award.number} in the register").fill("EU-1")
    broker.press("Note as entered")
    assert "1 grant is noted as entered." in broker.text()
    assert "Nothing to enter" in broker.text()
    broker.check_access()
    assert RegisterEntry.objects.get().number == "EU-1"


@pytest.mark.parametrize("scripts", [True, False])
def test_an_auditor_draws_a_sample_and_draws_it_again(world, visit, scripts):
    for _number in range(3):
        paid(world)
    confirm_addresses()
    auditor = visit(world.auditor.email, scripts=scripts)
    page = auditor.open("/admin/vouchers/claim/payments/")
    auditor.check_access()
    page.locator("[name=sample]").fill("1")
    auditor.press("Show payments")
    assert "1 of 3 payments" in auditor.text()
    auditor.check_access()
    drawn = page.locator("tbody th").inner_text()
    auditor.press("Show payments")
    assert page.locator("tbody th").inner_text() == drawn


@pytest.mark.parametrize("scripts", [True, False])
def test_an_sme_fills_in_the_milestones(world, visit, scripts):
    draft = factories.draft(world, "collaboration")
    Question.objects.filter(question_set=draft.question_set, section="plan").exclude(
        kind="milestones"
    ).update(is_required=False)
    confirm_addresses()
    sme = visit(world.sme.email, scripts=scripts, width=390)
    page = sme.open(f"/applications/{draft.address}/plan/")
    sme.check_access()
    page.get_by_label("Milestone 1: what is reached").fill("Wear test is done")
    page.get_by_label("Milestone 1: by which day").fill("1 July 2027")
    sme.press("Save and continue")
    answer = draft.answers.get(question__key="milestones")
    assert answer.value == "2027-07-01\tWear test is done"
    assert answer.saved_by == world.sme
