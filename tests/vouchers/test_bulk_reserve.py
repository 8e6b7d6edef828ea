"""Many from a reserve list at once: each has its turn when those before it have left the list."""

import pytest

from portal.permissions import Actor
from tests.vouchers import factories
from tests.vouchers.test_bulk import do, preview, result, states, words
from tests.vouchers.test_panel import leave
from vouchers.actions import awards
from vouchers.enums import ApplicationState as S
from vouchers.enums import ReserveOrder
from vouchers.models import Application

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def listed(world) -> list[Application]:
    """Three Meet & Greets on the reserve list, in the order in which they were complete."""
    rows = []
    for minute in range(3):
        row = factories.eligible(world, "meet_greet", by=factories.another_sme(world))
        awards.reserve(row, by=Actor.person(world.broker), now=world.now)
        Application.objects.filter(pk=row.pk).update(complete_at=world.now.replace(minute=minute))
        rows.append(row)
    return rows


def test_the_second_has_its_turn_once_the_first_is_signed(client, world, listed):
    first, second, third = listed
    page = preview(client, world.broker, "sign", [third, second, first])
    assert [*words(page)] == [row.reference for row in listed]
    assert set(words(page).values()) == {"Voucher of €420"}
    done, left = result(do(client, page, "sign"))
    assert (len(done), left, states(listed)) == (3, {}, [S.APPROVED] * 3)


def test_without_the_first_nobody_has_a_turn(client, world, listed):
    first, second, third = listed
    page = preview(client, world.broker, "sign", [second, third])
    assert page.context["totals"].done == 0
    assert all(first.reference in said for said in words(page).values())


def test_money_that_ends_in_the_middle_leaves_the_rest_where_it_is(client, world, listed):
    leave(world, "500")
    page = preview(client, world.broker, "sign", listed)
    first, second, third = words(page).values()
    assert first == "Voucher of €420"
    assert second.startswith("The region's pot has €80 left, so this does not fit")
    assert third != "Voucher of €420"
    do(client, page, "sign")
    assert states(listed) == [S.APPROVED, S.RESERVE, S.RESERVE]


def test_where_the_first_that_fits_comes_next_the_forecast_knows_it_too(client, world, listed):
    world.call.reserve_order = ReserveOrder.FITS
    world.call.save()
    Application.objects.filter(pk=listed[0].pk).update(amount=500)
    leave(world, "450")
    page = preview(client, world.broker, "sign", listed[1:])
    assert next(iter(words(page).values())) == "Voucher of €420"
    do(client, page, "sign")
    assert states(listed) == [S.RESERVE, S.APPROVED, S.RESERVE]
