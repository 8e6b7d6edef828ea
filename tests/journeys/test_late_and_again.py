"""One late applicant gets more time; another withdraws, changes its text and sends it again."""

from datetime import timedelta

import pytest

from portal import clock
from portal.models import DigestLine, JournalEntry
from tests.journeys.people import confirm_addresses
from tests.vouchers import factories
from vouchers.enums import ApplicationState
from vouchers.models import Application, Extension, Submission

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def world(transactional_db, settings, tmp_path, freeze) -> factories.World:
    """A call in its last days, on a clock that the test moves."""
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    freeze(factories.NOW)
    made = factories.make_world()
    confirm_addresses()
    return made


def send(sme, draft) -> None:
    """Declare and press Send; what is refused shows on the page."""
    page = sme.open(f"/applications/{draft.address}/check/")
    page.get_by_label("I declare all of the following").check()
    page.locator("main").get_by_role("button", name="Send").click()
    page.wait_for_load_state()


def statistics(visitor) -> str:
    """What the manager reads about the programme, all of it."""
    visitor.open("/statistics/?programme=LSV")
    return " ".join(visitor.page.locator("main").text_content().split())


def test_one_late_applicant_is_let_in_and_nobody_else(world, visit, freeze, post):
    late = factories.complete_draft(world, "meet_greet")
    rival = factories.another_sme(world)
    other = factories.complete_draft(world, "meet_greet", by=rival)
    confirm_addresses()
    closed = world.call.closes_at + HOUR
    until = closed.replace(minute=0, second=0) + timedelta(days=1)
    freeze(closed)

    broker = visit(world.broker.email)
    page = broker.open("/admin/vouchers/extension/give/")
    page.locator("[name=application]").select_option(str(late.pk))
    local = until.astimezone(world.call.zone)
    page.locator("[name=until]").fill(f"{local:%Y-%m-%dT%H:%M}")
    page.locator("[name=reason]").fill("hospital")
    broker.press("Give more time")
    told = [m for m in post.collect().letters if world.sme.email in str(m["To"])]
    _saved, letter = sorted(told, key=lambda m: "until" in str(m["Subject"]))
    body = letter.get_body(("plain",)).get_content()
    assert f"{local.day} {local:%B %Y}, {local:%H:%M} Brussels time" in body
    assert "hospital" not in body

    freeze(until - MINUTE)
    sme = visit(world.sme.email)
    send(sme, late)
    assert sme.page.url.endswith("/receipt/"), sme.text()
    # The link is worth nothing to another firm, and its own draft stays closed.
    second = visit(rival.email)
    stolen = second.page.goto(f"{second.base}/applications/{late.address}/")
    assert stolen.status == 404
    second.open(f"/applications/{other.address}/check/")
    assert second.page.get_by_role("button", name="Send").count() == 0
    second.problems.clear()

    sent = Application.objects.get(pk=late.pk)
    assert (sent.state, sent.is_by_extension) == (ApplicationState.SUBMITTED, True)
    come_back_too_late(sme, sent, freeze, until)
    ticket = Extension.objects.get()
    assert (ticket.given_by, ticket.reason, ticket.used_at) == (
        world.broker,
        "hospital",
        until - MINUTE,
    )
    assert [line.verb for line in JournalEntry.objects.about(ticket)] == ["extend", "take_effect"]
    assert "Sent late, by an extension 1" in statistics(visit(world.manager.email))


def come_back_too_late(sme, sent, freeze, until) -> None:
    """Who withdraws after the extension has ended stays out."""
    sme.open(f"/applications/{sent.address}/withdraw/")
    sme.press("Withdraw")
    freeze(until + MINUTE)
    page = sme.open(f"/applications/{sent.address}/reopen/")
    page.locator("main").get_by_role("button", name="Edit again").click()
    page.wait_for_load_state()
    assert "closed" in sme.text()
    sme.problems.clear()
    assert Application.objects.get(pk=sent.pk).state == ApplicationState.WITHDRAWN


def test_an_application_is_withdrawn_changed_and_sent_again(world, visit, freeze, post):
    draft = factories.complete_draft(world, "meet_greet")
    confirm_addresses()
    sme, broker = visit(world.sme.email), visit(world.broker.email)
    send(sme, draft)
    sent = Application.objects.get(pk=draft.pk)
    address = f"/applications/{sent.address}/"
    post.collect()

    def is_in_the_queue() -> bool:
        broker.open("/admin/vouchers/application/")
        return sent.reference in broker.page.locator("body").inner_text()

    def lines_for_the_region() -> int:
        post.collect()
        return DigestLine.objects.filter(user=world.broker).count()

    assert is_in_the_queue()
    before = lines_for_the_region()
    freeze(clock.now() + HOUR)
    sme.open(f"{address}withdraw/")
    sme.press("Withdraw")
    assert not is_in_the_queue()
    sme.open(f"{address}reopen/")
    sme.press("Edit again")
    page = sme.open(f"{address}about/")
    for title in ("A second title", "A third title"):
        page.fill("[name=title]", title)
        page.wait_for_timeout(1800)
    assert not is_in_the_queue()
    # One line of the withdrawal; none of what was typed.
    assert lines_for_the_region() == before + 1
    send(sme, sent)
    assert is_in_the_queue()
    first, second = Submission.objects.order_by("number")
    assert first.content_hash != second.content_hash
    assert second.content["title"] == "A third title"
    assert Application.objects.get(pk=sent.pk).reference == sent.reference

    freeze(clock.now() + 24 * HOUR)
    sme.open(f"{address}withdraw/")
    sme.press("Withdraw")
    assert not is_in_the_queue()
    states = [e.after for e in JournalEntry.objects.about(sent) if e.after]
    assert states == ["draft", "submitted", "withdrawn", "draft", "submitted", "withdrawn"]
    figures = statistics(visit(world.manager.email))
    assert "Withdrawn 1" in figures
    sme.open(address)
    assert sme.page.get_by_role("link", name="Delete this draft").count() == 0


def test_what_nobody_has_received_is_thrown_away(world, visit):
    begun, sme = factories.draft(world, "insight"), visit(world.sme.email)
    sme.open(f"/applications/{begun.address}/")
    sme.press("Delete this draft")
    sme.check_access()
    sme.press("Delete this draft")
    assert "Your draft is deleted" in sme.page.locator("body").inner_text()
    assert begun.address not in sme.page.content()
