"""A question that hangs on an answer comes and goes with it, and is there without scripts."""

import pytest

from tests.journeys.people import confirm_addresses
from tests.vouchers import factories
from vouchers.models import Question

pytestmark = [pytest.mark.django_db(transaction=True)]
SME = "sme@voorbeeld.example"


@pytest.fixture
def address(world) -> str:
    draft = factories.draft(world)
    asked = {"question_set": draft.question_set, "section": "ethics", "section_title": "Ethics"}
    Question.objects.create(
        **asked, key="animals", kind="yes_no", label="Are animals involved?", order=80
    )
    Question.objects.create(
        **asked,
        key="permit",
        kind="short_text",
        label="Who permits it?",
        shown_if_key="animals",
        shown_if_value="yes",
        order=81,
    )
    confirm_addresses()
    return f"/applications/{draft.address}/ethics/"


@pytest.mark.parametrize("scripts", [True, False])
def test_it_comes_with_its_answer_and_what_was_typed_stays(visit, address, scripts):
    sme = visit(SME, scripts=scripts)
    page = sme.open(address)
    permit = page.locator("[name=permit]")
    assert permit.is_visible() is not scripts
    assert "Only if you answered “Yes” to “Are animals involved?”." in page.content()

    page.locator("[name=animals][value=yes]").check()
    assert permit.is_visible()
    permit.fill("The committee in Enschede")
    page.locator("[name=animals][value=no]").check()
    assert permit.is_visible() is not scripts
    page.locator("[name=animals][value=yes]").check()
    assert permit.input_value() == "The committee in Enschede"
    sme.check_access()
