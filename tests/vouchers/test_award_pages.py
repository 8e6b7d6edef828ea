"""The voucher's page: who sees it, accepting, declining, the letter, and what is left to do."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from portal import clock, documents
from portal.permissions import Actor
from tests.vouchers import factories, lives
from tests.vouchers.test_award_life import declare
from vouchers.actions import awards, setup, vouchers
from vouchers.enums import AwardState, Side
from vouchers.models import Award, CallVoucherType

pytestmark = pytest.mark.django_db
A = AwardState
ANSWER = {"signatory_name": "A. Voorbeeld", "signatory_role": "Director", "may_sign": "on"}


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def address(award: Award, name: str = "award") -> str:
    return reverse(name, args=[award.application.reference])


def opened(client: Client, award: Award, name: str = "award") -> str:
    answer = client.get(address(award, name))
    assert answer.status_code == 200
    return words(answer)


def words(answer) -> str:
    text = " ".join(answer.content.decode().split())
    return text.replace("> ", ">").replace(" <", "<")


@pytest.fixture
def holder(client, world) -> Client:
    client.force_login(world.sme)
    return client


def test_an_offer_shows_value_instant_and_terms(holder, world):
    award = lives.offered(world)
    text = opened(holder, award)
    for shown in (
        "€4,000",
        "LSV-1-INS-001",
        "Answer by Monday 22 March 2027, 17:00 Amsterdam time",
        "<b>14</b><span>days left",
        "I may sign for Voorbeeld Biotech BV and accept these terms",
        "Keep all documents for ten years",
        "Regulation (EU) 2023/2831",
        "The PDF is being made",
    ):
        assert shown in text


def test_the_letter_comes_when_it_is_made(holder, world):
    award = lives.offered(world)
    letter = address(award, "award_letter")
    before = holder.get(letter).status_code
    documents.render(award.letter_id, now=world.now)
    after = holder.get(letter)
    assert (before, after.status_code, after["Content-Type"], after["Content-Disposition"]) == (
        404,
        200,
        "application/pdf",
        'attachment; filename="LSV-1-INS-001-L.pdf"',
    )
    assert b"".join(after.streaming_content).startswith(b"%PDF-")
    assert letter in opened(holder, award)


def test_accepting_through_the_page(holder, world):
    award = lives.offered(world)
    answer = holder.post(address(award), ANSWER)
    assert (answer.status_code, answer["Location"]) == (302, address(award))
    text = opened(holder, award)
    for shown in (
        "You have accepted the voucher",
        "Work starts not before</dt><dd>8 March 2027",
        "Friday 7 January 2028, 17:00 Amsterdam time",
        "Signed by A. Voorbeeld, Director",
        "Committed, because you accepted",
        "A short report",
        "The account (IBAN)",
    ):
        assert shown in text
    assert lives.ledger_of(award) == [("reserve", "", "4000.00"), ("commit", "", "4000.00")]


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ("signatory_name", "Enter the name of the person who signs"),
        ("signatory_role", "Enter the role of the person who signs"),
        ("may_sign", "Tick that you may sign for Voorbeeld Biotech BV, or ask somebody who may"),
    ],
)
def test_what_is_left_out_is_asked_for_and_the_rest_stays(holder, world, left_out, sentence):
    award = lives.offered(world)
    given = {name: value for name, value in ANSWER.items() if name != left_out}
    answer = holder.post(address(award), given)
    text = words(answer)
    assert (answer.status_code, text.count(sentence)) == (422, 2)
    assert f'<a href="#id_{left_out}">' in text
    for name, value in given.items():
        assert value == "on" or f'name="{name}" value="{value}"' in text


def test_a_late_answer_is_a_sentence_and_nothing_is_lost(holder, world, freeze):
    award = lives.offered(world)
    freeze(award.answer_by + timedelta(seconds=1))
    sentence = "The time to accept ended on 22 March 2027, 17:00 Amsterdam time"
    answer = holder.post(address(award), ANSWER)
    assert answer.status_code == 409
    assert sentence in words(answer)
    assert 'value="A. Voorbeeld"' in words(answer)
    assert sentence in opened(holder, award)
    assert Award.objects.get().state == A.OFFERED


def test_the_ceiling_is_a_sentence_beside_the_form(holder, world):
    award = lives.offered(world)
    declare(world, Decimal(297_000))
    answer = holder.post(address(award), ANSWER)
    assert answer.status_code == 409
    assert (
        "€4,000 would cross the de minimis ceiling of €300,000: €3,000 left until 5 May 2029"
    ) in words(answer)
    assert 'value="A. Voorbeeld"' in words(answer)
    assert "Accept €4,000" in words(answer)


def test_accepting_twice_says_that_it_is_done(holder, world):
    award = lives.accepted(world)
    answer = holder.post(address(award), ANSWER)
    assert (answer.status_code, len(lives.ledger_of(award))) == (409, 2)
    assert "the state is now “Accepted”" in words(answer)


def test_declining_asks_why(holder, world):
    award = lives.offered(world)
    page = address(award, "award_decline")
    empty = holder.post(page, {"reason": ""})
    assert (empty.status_code, words(empty).count("Say in a few words why you decline")) == (422, 2)
    holder.post(page, {"reason": "Our partner has moved"})
    text = opened(holder, award)
    for shown in ("The SME declined", "Our partner has moved", "Returned to the region"):
        assert shown in text
    assert (holder.get(page).status_code, holder.post(page, {"reason": "x"}).status_code) == (
        302,
        409,
    )


def test_an_ended_voucher_says_why(holder, world):
    award = lives.accepted(world)
    vouchers.cancel(
        award, reason="The laboratory burnt", by=Actor.person(world.broker), now=clock.now()
    )
    text = opened(holder, award)
    assert "Cancelled by the region" in text
    assert "The laboratory burnt" in text
    assert "Go to your claim" not in text


def test_a_held_award_does_not_exist_for_its_holder(holder, world):
    application = factories.eligible(world)
    offer = CallVoucherType.objects.get(pk=application.offer_id)
    by = Actor.person(world.manager)
    setup.edit(offer, {"holds_letters": True}, by=by, now=world.now)
    application.refresh_from_db()
    for side, user in ((Side.HOME, world.broker), (Side.HOST, world.host_broker)):
        awards.sign(
            application,
            side=side,
            amount=application.amount,
            by=Actor.person(user),
            now=world.now,
        )
    award = Award.objects.get()
    codes = {n: holder.get(address(award, n)).status_code for n in ("award", "claim")}
    assert codes == {"award": 404, "claim": 404}


def test_only_its_holder_uses_the_pages(client, world):
    award = lives.offered(world)
    pages = ("award", "award_decline", "claim")
    expected = {
        world.sme: (200, 200, 302),
        world.broker: (403, 403, 403),
        world.host_broker: (403, 403, 403),
        world.finance: (403, 403, 403),
        world.manager: (403, 403, 403),
        world.auditor: (403, 403, 403),
        world.other_broker: (404, 404, 404),
        factories.another_sme(world): (404, 404, 404),
    }
    codes = {}
    for user in expected:
        client.force_login(user)
        codes[user] = tuple(client.get(address(award, page)).status_code for page in pages)
    assert codes == expected


def test_the_letter_with_its_aid_history_is_not_for_the_host(client, world):
    award = lives.offered(world)
    documents.render(award.letter_id, now=world.now)
    expected = {
        "sme": 200,
        "broker": 200,
        "finance": 200,
        "manager": 200,
        "auditor": 200,
        "host_broker": 403,
        "other_broker": 404,
    }
    codes = {}
    for role in expected:
        client.force_login(getattr(world, role))
        answer = client.get(address(award, "award_letter"))
        # A file that is not read to its end stays open.
        b"".join(getattr(answer, "streaming_content", ()))
        codes[role] = answer.status_code
    assert codes == expected


def test_a_stranger_signs_in_first_and_the_answer_waits(client, world):
    award = lives.offered(world)
    asked = client.post(address(award), ANSWER)
    assert asked["Location"].startswith("/accounts/login/")
    client.force_login(world.sme)
    assert 'value="Director"' in words(client.get(address(award)))
