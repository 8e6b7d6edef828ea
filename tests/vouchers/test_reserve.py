"""The reserve list: in order whoever decides, and called when money has come back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import OutgoingMail
from portal.permissions import Actor
from tests.vouchers import factories, lives
from tests.vouchers.test_panel import leave, pot_of
from vouchers.actions import awards, calendar, ledger, vouchers
from vouchers.enums import ReserveOrder, Side
from vouchers.models import Application, Award
from vouchers.rules import reserve
from vouchers.rules.verdict import ReasonCode, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(freeze):
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def listed(world):
    """Two Meet & Greets on the reserve list, in this order."""
    rows = [
        factories.eligible(world, "meet_greet", by=factories.another_sme(world)) for _ in range(2)
    ]
    for row in rows:
        awards.reserve(row, by=Actor.person(world.broker), now=world.now)
        row.refresh_from_db()
    return rows


def sign(world, row, side=Side.HOME):
    row = Application.objects.get(pk=row.pk)
    by = Actor.person(world.broker if side == Side.HOME else world.host_broker)
    return awards.sign(row, side=side, amount=row.amount, by=by, now=world.now)


def call(world):
    calendar.call_reserve(by=Actor.clock(), now=world.now)


def called():
    mails = OutgoingMail.objects.filter(kind="reserve_turn").order_by("pk")
    return [(mail.subject_id, mail.to) for mail in mails]


def test_the_second_is_not_signed_before_the_first(world, listed):
    first, second = listed
    with pytest.raises(Refused) as refused:
        sign(world, second)
    [reason] = refused.value.verdict.reasons
    assert (reason.code, reason.params) == (
        ReasonCode.NOT_FIRST_ON_RESERVE,
        {"first": first.reference},
    )
    assert Award.objects.count() == 0
    assert sign(world, first).application_id == first.pk
    assert sign(world, second).application_id == second.pk


def test_a_list_of_another_region_or_what_waits_for_no_money_is_not_in_the_way(world, listed):
    assert sign(world, factories.eligible(world, "meet_greet", by=factories.another_sme(world)))
    abroad = factories.another_sme(world, region="DE-NDS")
    row = factories.eligible(world, "meet_greet", by=factories.another_sme(world))
    awards.reserve(row, by=Actor.person(world.broker), now=world.now)
    firm = factories.firm_of(abroad)
    Application.objects.filter(pk=row.pk).update(
        home_region=world.regions["DE-NDS"], organisation=firm
    )
    row = Application.objects.get(pk=row.pk)
    by = Actor.person(world.host_broker)
    with pytest.raises(Refused) as refused:
        awards.sign(row, side=Side.HOME, amount=row.amount, by=by, now=world.now)
    codes = {reason.code for reason in refused.value.verdict.reasons}
    assert ReasonCode.NOT_FIRST_ON_RESERVE not in codes


def test_nobody_is_called_while_the_money_is_used_up_and_the_first_once_it_is_back(world, listed):
    factories.reads_at_once(world.broker)
    leave(world, "10")
    call(world)
    assert called() == []

    by = Actor.person(world.manager)
    ledger.allocate(pot_of(world), amount=Decimal(1000), reason="More", by=by, now=world.now)
    call(world)
    call(world)
    assert called() == [(listed[0].pk, [world.broker.email])]
    [mail] = OutgoingMail.objects.filter(kind="reserve_turn")
    assert "Sign or reject by 11 March 2027" in mail.body


def test_money_that_an_award_gives_back_calls_the_first(world):
    factories.reads_at_once(world.broker)
    spender = factories.approved(world, "meet_greet", by=factories.another_sme(world))
    leave(world, "0")
    row = factories.eligible(world, "meet_greet", by=factories.another_sme(world))
    assert sign(world, row) is None
    call(world)
    assert called() == []
    vouchers.cancel(spender, reason="Sold.", by=Actor.person(world.broker), now=world.now)
    call(world)
    assert called() == [(row.pk, [world.broker.email])]
    assert sign(world, row).application_id == row.pk
    call(world)
    assert len(called()) == 1


def test_a_voucher_that_nobody_used_returns_7000_and_calls_the_first(world):
    factories.reads_at_once(world.broker)
    holder = factories.another_sme(world)
    award = lives.accept(factories.approved(world, "collaboration", by=holder), world, by=holder)
    leave(world, "0")
    row = factories.eligible(world, "collaboration", by=factories.another_sme(world))
    assert [sign(world, row), sign(world, row, Side.HOST)] == [None, None]
    over = award.claim_by + timedelta(seconds=1)
    calendar.keep_offers(by=Actor.clock(), now=over)
    assert lives.ledger_of(award)[-1] == ("release", "committed", "7000.00")
    call(world)
    assert called() == [(row.pk, [world.broker.email])]


def test_who_does_not_fit_is_waited_for(world):
    """Strictly by rank: a small voucher does not overtake a large one that waits for its money."""
    large = factories.eligible(world, "collaboration", by=factories.another_sme(world))
    small = factories.eligible(world, "meet_greet", by=factories.another_sme(world))
    for row in (large, small):
        awards.reserve(row, by=Actor.person(world.broker), now=world.now)
    leave(world, "600")
    call(world)
    assert called() == []
    with pytest.raises(Refused):
        sign(world, small)


@pytest.fixture
def uneven(world):
    """A large voucher before a small one, and money for the small one alone."""
    large = factories.eligible(world, "collaboration", by=factories.another_sme(world))
    small = factories.eligible(world, "meet_greet", by=factories.another_sme(world))
    for row in (large, small):
        awards.reserve(row, by=Actor.person(world.broker), now=world.now)
    leave(world, "600")
    world.call.reserve_order = ReserveOrder.FITS
    world.call.save()
    return large, small


def test_where_the_call_says_so_the_first_that_fits_is_called_and_signed(world, uneven):
    factories.reads_at_once(world.broker)
    large, small = uneven
    call(world)
    assert called() == [(small.pk, [world.broker.email])]
    assert sign(world, small).application_id == small.pk
    assert Application.objects.get(pk=large.pk).state == "reserve"


def test_who_fits_and_stands_before_is_not_passed_over(world, uneven):
    _large, small = uneven
    by = Actor.person(world.manager)
    ledger.allocate(pot_of(world), amount=Decimal(9000), reason="More", by=by, now=world.now)
    with pytest.raises(Refused) as refused:
        sign(world, small)
    assert refused.value.verdict.codes == (ReasonCode.NOT_FIRST_ON_RESERVE,)


def end(world, days=0):
    calendar.end_reserves(by=Actor.clock(), now=world.now + timedelta(days=days))


def test_a_list_ends_after_its_last_day_and_says_so_once(world, listed):
    world.call.reserve_until = (world.now + timedelta(days=3)).date()
    world.call.save()
    end(world, 3)
    assert {row.state for row in Application.objects.all()} == {"reserve"}
    end(world, 4)
    end(world, 5)
    rows = Application.objects.order_by("pk")
    assert [(row.state, row.told_at) for row in rows] == [
        ("rejected", world.now + timedelta(days=4))
    ] * 2
    decisions = [row.decisions.get(replaced_at=None) for row in rows]
    assert {(one.reason, one.appeal_by, one.decided_by) for one in decisions} == {
        ("no_money", None, None)
    }
    mails = OutgoingMail.objects.filter(kind="reserve_ended").order_by("pk")
    assert [mail.subject_id for mail in mails] == [row.pk for row in listed]
    assert "It was open until 11 March 2027" in mails[0].body


def test_a_list_without_a_last_day_and_one_whose_letters_are_held_go_on(world, listed):
    end(world, 1000)
    world.call.reserve_until = world.now.date()
    world.call.save()
    Application.objects.update(told_at=None)
    end(world, 1000)
    assert {row.state for row in Application.objects.all()} == {"reserve"}


AMOUNTS = st.lists(st.decimals(1, 100, places=2), min_size=1, max_size=6)


@given(AMOUNTS, st.sampled_from(ReserveOrder), st.decimals(0, 100, places=2))
def test_who_is_called_is_the_one_that_may_be_signed(amounts, order, left):
    """Of those who fit, exactly the one called has nobody before it."""
    names = [str(at) for at in range(len(amounts))]
    free = [
        at
        for at, amount in enumerate(amounts)
        if amount <= left
        and reserve.check_turn(amounts, at, order=order, left=left, names=names).ok
    ]
    called_one = reserve.next_of(amounts, order=order, left=left)
    assert free == ([] if called_one is None else [called_one])
