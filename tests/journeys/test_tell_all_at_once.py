"""Decide now, tell all at once: twelve decisions, one wrong letter, one release at a set time."""

from collections import Counter
from datetime import timedelta

import pytest

from portal.models import OutgoingMail
from tests.journeys.people import confirm_addresses
from tests.vouchers import factories
from vouchers.enums import ApplicationState as S
from vouchers.models import Application
from vouchers.tasks import release_letters

pytestmark = [pytest.mark.django_db(transaction=True)]
DESK = "/admin/vouchers/application/"
LETTERS = f"{DESK}letters/"
TOLD = ("voucher_awarded", "on_reserve", "rejected")


@pytest.fixture
def world(fixed_world) -> factories.World:
    """Twelve eligible applications of a voucher type that tells its decisions together."""
    offer = fixed_world.offers["meet_greet"]
    offer.holds_letters = True
    offer.save()
    for _number in range(12):
        sme = factories.another_sme(fixed_world)
        factories.eligible(fixed_world, "meet_greet", by=sme)
    confirm_addresses()
    return fixed_world


def mark(broker, number: int, verb: str, **answers: str) -> None:
    """Tick the first so many of the queue, and do one thing with them after a preview."""
    page = broker.open(DESK)
    for place in range(number):
        page.locator("[name=pick]").nth(place).check()
    page.get_by_label("With the ticked ones").select_option(label=verb)
    broker.press("Preview")
    for label, text in answers.items():
        field = page.get_by_label(label)
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(label=text)
        else:
            field.fill(text)
    broker.press(f"{verb}: {number} applications")
    assert f"Done: {number} applications" in broker.text()


def write(broker, application: Application, words: str) -> None:
    """Give the held letter words of its own."""
    page = broker.open(f"{DESK}{application.reference}/letter/")
    page.get_by_label("Your words in the letter").fill(words)
    broker.press("Save the letter")


def told() -> Counter[str]:
    kinds = OutgoingMail.objects.filter(kind__in=TOLD).values_list("kind", flat=True)
    return Counter(kinds)


def states() -> Counter[str]:
    return Counter(Application.objects.values_list("state", flat=True))


def decide(broker) -> None:
    """Seven are awarded, three rejected, two wait."""
    mark(broker, 7, "Approve or confirm")
    mark(
        broker,
        3,
        "Reject",
        **{"Reason": "Other applications were stronger", "Message to the applicant": "Not now."},
    )
    mark(broker, 2, "Put on the reserve list")
    assert states() == {S.APPROVED: 7, S.REJECTED: 3, S.RESERVE: 2}


def test_twelve_are_decided_and_told_together(world, visit, freeze, post):
    broker, manager = visit(world.broker.email), visit(world.manager.email)
    decide(broker)
    awarded = Application.objects.filter(state=S.APPROVED).earliest("pk")
    sme = visit(awarded.started_by.email)
    sme.open(f"/applications/{awarded.reference}/")
    assert "award" not in sme.text().lower()

    write(broker, awarded, "We award you €7,500 with pleasure.")
    manager.open(LETTERS)
    manager.check_access()
    assert "1 letter differs from the record, so nobody is told." in manager.text()
    assert awarded.reference in manager.page.get_by_role("alert").inner_text()
    assert manager.page.get_by_role("button", name="Tell").count() == 0

    write(broker, awarded, "We award you {amount} with pleasure.")
    reversed_one = Application.objects.filter(state=S.REJECTED).earliest("pk")
    page = broker.open(f"{DESK}{reversed_one.reference}/change/")
    page.locator("summary", has_text="Move to the reserve list").click()
    broker.press("Move to the reserve list")
    assert states() == {S.APPROVED: 7, S.REJECTED: 2, S.RESERVE: 3}

    page = manager.open(LETTERS)
    at = world.now + timedelta(days=1)
    page.get_by_label("Release at").fill(at.astimezone(world.call.zone).strftime("%Y-%m-%dT%H:%M"))
    manager.press("Set the time")
    release_letters()
    assert told() == {}
    freeze(at)
    for _turn in range(2):
        release_letters()
    assert told() == {"voucher_awarded": 7, "on_reserve": 3, "rejected": 2}
    manager.open(LETTERS)
    assert "Nobody waits to be told." in manager.text()

    post.collect()
    letter = post.last(awarded.started_by.email).get_body(("plain",)).get_content()
    amount = f"{awarded.amount:,.2f}".removesuffix(".00")
    assert f"We award you €{amount} with pleasure." in " ".join(letter.split())
    assert sum(bool(post.to(row.started_by.email)) for row in Application.objects.all()) == 12
    assert post.to(reversed_one.started_by.email)[-1].startswith("On the reserve list")
    sme.open(f"/applications/{awarded.reference}/")
    assert "award" in sme.text().lower()
