"""A firm without a partner pastes its need, sees who can help and why, and chooses one."""

import pytest

from brokers.models import Enquiry
from catalogue import actions as catalogue
from catalogue.models import Record
from tests.journeys.partner import confirm_as_partner
from tests.journeys.people import draft_of
from tests.vouchers import factories
from vouchers.models import Application

SME = "sme@voorbeeld.example"
# About 200 words, as somebody would write them into a mail.
NEED = (
    "We are a small firm that develops a medicine against gout. People should swallow it once a"
    " day. In the dish it works at very low doses, and in the plasma of animals we see it, but in"
    " the first volunteers almost nothing of it arrives in the blood. We do not know why. It may"
    " not dissolve in the stomach, it may not pass the wall of the gut, or the liver may destroy"
    " it before it gets further. Each of the three has another remedy: another salt, another"
    " tablet, or another molecule, and we can pay for one of them only. So we look for somebody"
    " who has measured oral bioavailability for other peptides, who tells us which experiments"
    " separate the three causes, and who does the first of them with us. We have 30 grams of the"
    " substance, a method to measure it in plasma and one analyst who could travel for two weeks."
    " Nobody in our region does this for firms as small as ours. Our investors decide in summer"
    " whether they pay for the next trial, and they want to see a number that somebody else has"
    " measured. We would rather stop early than carry on with a hope, and we are glad about any"
    " advice before we apply."
)


@pytest.fixture
def world(world):
    catalogue.add_competence(
        slug="oral-bioavailability",
        name="Oral bioavailability",
        names={},
        group="",
        synonyms={"en": ["arrives in the blood"]},
        by=factories.SET_UP,
        now=world.now,
    )
    Record.objects.update(terms=["oral-bioavailability"])
    return world


def describe(visitor) -> None:
    """Ask without an account, and send the need to the broker."""
    page = visitor.open("/catalogue/")
    page.get_by_role("link", name="Describe your need in plain words").click()
    page.fill("[name=question]", NEED)
    page.select_option("[name=region]", label="East Netherlands")
    visitor.press("Show who can help")
    visitor.check_access()
    titles = page.locator("#suggestions h3").all_inner_texts()
    assert len(titles) == 3
    assert [title for title in titles if "East Netherlands" in title] == []
    assert page.locator("#suggestions .v-why mark").count() >= 3
    assert page.input_value("[name=question]") == NEED
    page.fill("[name=name]", "Anna")
    page.fill("[name=email]", "anna@firm.example")
    visitor.press("Send to my broker")
    assert "days left" in visitor.text()
    visitor.check_access()


def choose_the_second(sme) -> str:
    """Paste the need into a draft, and take the second suggestion."""
    page = sme.page
    sme.open("/applications/new/lsv-1/insight/")
    sme.press("Start the application")
    address = draft_of(page)
    sme.open(f"{address}need/")
    page.fill("[name=need]", NEED)
    page.locator("[name=purpose]").last.check()
    sme.press("Save and continue")
    sme.open(f"{address}hosts/")
    sme.check_access()
    assert page.locator("#suggested .v-task").count() == 3
    second = page.locator("#suggested .v-task").nth(1)
    assert second.locator("mark").count() >= 1
    title = second.locator("strong").inner_text()
    second.get_by_role("button", name="Choose").click()
    page.wait_for_load_state()
    return title


def ask_for_consent(sme, partner, post) -> None:
    """The partner's contact gets one mail, and its price stands on the form; the firm is told."""
    contact = Application.objects.get().hosts.get().record.work_contact
    asked = f"{sme.page.url.partition('/hosts/')[0]}/hosts/"
    sme.press("Ask for consent")
    assert [len(post.collect().to(contact)), len(post.to(SME))] == [1, 1]
    confirm_as_partner(partner, post, address=contact, reads=NEED[:40], price="3,800")
    assert [len(post.collect().to(contact)), len(post.to(SME))] == [2, 2]
    sme.open(asked)
    assert "confirmed €3,800" in sme.text()
    sme.check_access()


@pytest.mark.parametrize("scripts", [False, True])
@pytest.mark.django_db(transaction=True)
def test_a_firm_finds_its_partner_by_its_need(world, visit, post, scripts):
    describe(visit(scripts=scripts))
    need = Enquiry.objects.get()
    assert (need.kind, need.region, need.question) == ("need", world.home, NEED)
    sme = visit(SME, scripts=scripts)
    title = choose_the_second(sme)
    host = Application.objects.get().hosts.get()
    assert (host.record.title, host.region == world.home) == (title, False)
    ask_for_consent(sme, visit(scripts=scripts), post)
    broker = visit(world.broker.email, scripts=scripts)
    page = broker.open(f"/admin/brokers/enquiry/{need.pk}/change/")
    broker.check_access()
    row = page.locator(".v-advice > li", has_text=title)
    row.locator("button[value=pinned]").click()
    page.wait_for_load_state()
    assert "You recommend" in page.content()
    broker.check_access()
