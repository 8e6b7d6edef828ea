"""Changing an announced call: a reason, a second manager, a mail to all drafts."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from portal.models import JournalEntry, OutgoingMail
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories
from vouchers.actions import call_changes, calls, setup
from vouchers.models import CallChange, CallVoucherType

pytestmark = pytest.mark.django_db
REASON = "The portal was down for a day."


@pytest.fixture
def world(settings, freeze) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def first(world) -> Actor:
    return Actor.person(world.manager)


@pytest.fixture
def second(world) -> Actor:
    return Actor.person(factories.another_manager(world))


def ask(world, by, **changes) -> CallChange:
    return call_changes.ask(world.call, changes=changes, reason=REASON, by=by, now=world.now)


def test_a_later_end_counts_once_a_second_manager_agrees(world, first, second):
    factories.reads_at_once(second.user)
    draft = factories.draft(world)
    later = world.call.closes_at + timedelta(days=2)
    change = ask(world, first, closes_at=later)
    world.call.refresh_from_db()
    assert (change.state, world.call.closes_at < later) == ("waiting", True)
    to = OutgoingMail.objects.filter(kind="call_change_asked").values_list("to", flat=True)
    assert list(to) == [[second.user.email]]

    call_changes.agree(change, by=second, now=world.now)
    world.call.refresh_from_db()
    draft.refresh_from_db()
    assert (world.call.closes_at, draft.window.closes_at) == (later, later)
    told = OutgoingMail.objects.get(kind="call_changed")
    assert (told.to, REASON in told.body) == ([world.sme.email], True)
    edits = JournalEntry.objects.about(world.call).filter(verb="edit")
    assert [entry.data["new"] for entry in edits] == [{"closes_at": f"{later:%Y-%m-%dT%H:%M:%SZ}"}]


def test_nobody_agrees_to_the_own_wish(world, first):
    change = ask(world, first, text="New words")
    with pytest.raises(PermissionDenied):
        call_changes.agree(change, by=first, now=world.now)
    call_changes.refuse(change, by=first, now=world.now)
    world.call.refresh_from_db()
    assert (CallChange.objects.get().state, world.call.text) == ("refused", "")
    with pytest.raises(IllegalMove):
        call_changes.agree(change, by=Actor.person(factories.another_manager(world)), now=world.now)


def test_texts_of_an_open_call_do_not_change_by_one_manager_alone(world, first):
    with pytest.raises(setup.TermsAnnounced):
        setup.edit(world.call, {"text": "New words"}, by=first, now=world.now)


def test_what_cannot_be_asked(world, first, second):
    earlier = world.call.closes_at - timedelta(hours=1)
    with pytest.raises(call_changes.NotLater):
        ask(world, first, closes_at=earlier)
    with pytest.raises(call_changes.NothingChanged):
        ask(world, first, closes_at=world.call.closes_at, grace_seconds=90)
    with pytest.raises(PermissionDenied):
        ask(world, Actor.person(world.broker), text="New words")
    ask(world, first, decisions_by=date(2027, 6, 1))
    with pytest.raises(call_changes.ChangeWaits):
        ask(world, second, text="New words")
    copy = calls.copy_call(
        world.call,
        code="LSV-2",
        name="Second",
        opens_at=world.call.opens_at,
        closes_at=world.call.closes_at,
        by=first,
        now=world.now,
    )
    with pytest.raises(call_changes.StillDraft):
        call_changes.ask(copy, changes={"text": "x"}, reason=REASON, by=first, now=world.now)


def test_an_end_that_has_passed_meanwhile_is_not_agreed_to(world, first, second):
    change = ask(world, first, closes_at=world.call.closes_at + timedelta(hours=1))
    late = world.call.closes_at + timedelta(hours=2)
    with pytest.raises(call_changes.NotLater):
        call_changes.agree(change, by=second, now=late)


def test_at_the_desk_one_asks_and_another_agrees(client, world):
    client.force_login(world.manager)
    page = f"/admin/vouchers/call/{world.call.pk}/ask/"
    same = {"name": world.call.name, "text": "", "closes_at": "2027-03-20T17:00:00"}
    assert "Nothing is different" in client.post(page, {**same, "reason": REASON}).content.decode()
    early = {**same, "closes_at": "2027-03-19T17:00:00", "reason": REASON}
    assert "can only close later" in client.post(page, early).content.decode()
    bare = client.post(page, {**same, "closes_at": "2027-03-22T17:00:00"}).content.decode()
    assert ("Enter the reason of the change" in bare, "2027-03-22T17:00" in bare) == (True, True)
    late = {**same, "closes_at": "2027-03-22T17:00:00", "reason": REASON}
    assert client.post(page, late).status_code == 302
    change = CallChange.objects.get()
    row = f"/admin/vouchers/callchange/{change.pk}/"
    mine = client.get(f"{row}change/").content.decode()
    assert ("22 March 2027, 17:00 Brussels time" in mine, ">Agree<" in mine) == (True, False)
    assert client.post(f"{row}verb/agree/").status_code == 403

    client.force_login(factories.another_manager(world))
    assert ">Agree<" in client.get(f"{row}change/").content.decode()
    client.post(f"{row}verb/agree/")
    change.refresh_from_db()
    world.call.refresh_from_db()
    assert (change.state, world.call.closes_at.isoformat()) == (
        "made",
        "2027-03-22T16:00:00+00:00",
    )


def test_a_broker_finds_no_changes(client, world, first):
    change = ask(world, first, text="New words")
    client.force_login(world.broker)
    answers = [
        client.get(f"/admin/vouchers/callchange/{change.pk}/change/").status_code,
        client.post(f"/admin/vouchers/callchange/{change.pk}/verb/agree/").status_code,
        client.get(f"/admin/vouchers/call/{world.call.pk}/ask/").status_code,
    ]
    assert answers == [403, 403, 403]


def test_the_preview_shows_a_draft_to_its_manager_only(client, world, first):
    copy = calls.copy_call(
        world.call,
        code="LSV-2",
        name="Second call",
        opens_at=world.call.opens_at + timedelta(days=100),
        closes_at=world.call.closes_at + timedelta(days=100),
        by=first,
        now=world.now,
    )
    client.force_login(world.manager)
    text = client.get(f"/admin/vouchers/call/{copy.pk}/preview/").content.decode()
    words = ["Second call", "Lump sum of €4,000", "See the form", "The partner is in another"]
    assert [word for word in words if word not in text] == []
    client.force_login(world.broker)
    assert client.get(f"/admin/vouchers/call/{copy.pk}/preview/").status_code == 404


def test_a_copied_call_moves_the_instants_of_its_types(world, first):
    offer = world.offers["insight"]
    CallVoucherType.objects.filter(pk=offer.pk).update(
        closes_at=world.call.closes_at - timedelta(days=3)
    )
    copy = calls.copy_call(
        world.call,
        code="LSV-2",
        name="Second",
        opens_at=world.call.opens_at + timedelta(days=100),
        closes_at=world.call.closes_at + timedelta(days=120),
        by=first,
        now=world.now,
    )
    row = copy.offers.get(voucher_type=offer.voucher_type)
    assert (row.opens_at, copy.closes_at - row.closes_at) == (None, timedelta(days=3))
