"""A manager gives a region money; its pot begins with it, and the ledger says why."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from portal.models import ProgrammeRegion, Region
from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import setup
from vouchers.actions.setup import TakesNoPart
from vouchers.models import LedgerEntry, Pot, balance_of


@pytest.fixture
def world(db, freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def test_a_manager_gives_a_region_money_at_the_desk(world, settings):
    settings.MFA_RELAXED_FOR_DEMO = True
    pot = world.pots["NL-ENL"]
    client = Client()
    client.force_login(world.manager)
    address = "/admin/vouchers/pot/allocate/"
    sent = {
        "programme": world.programme.pk,
        "region": pot.region.pk,
        "amount": "1234.50",
        "reason": "Second tranche",
    }
    before = balance_of(pot).allocated
    answer = client.post(address, sent, follow=True)
    assert "€1,234.50 more" in answer.content.decode()
    assert balance_of(pot).allocated == before + Decimal("1234.50")
    line = LedgerEntry.objects.latest("pk")
    assert (line.reason, line.by) == ("Second tranche", world.manager)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"amount": "0"}, "The amount must be more than 0."),
        ({"reason": ""}, "Say where the money comes from"),
        ({"region": "other"}, "Choose a region that takes part in the programme"),
    ],
)
def test_wrong_money_says_why_and_writes_no_line(world, settings, changed, sentence):
    settings.MFA_RELAXED_FOR_DEMO = True
    other = Region.objects.create(
        code="IE-SOU", name="Munster", slug="munster", country="IE", time_zone="Europe/Dublin"
    )
    client = Client()
    client.force_login(world.manager)
    sent = {
        "programme": world.programme.pk,
        "region": world.home.pk,
        "amount": "10",
        "reason": "Grant",
        **{name: other.pk if value == "other" else value for name, value in changed.items()},
    }
    lines = LedgerEntry.objects.count()
    answer = client.post("/admin/vouchers/pot/allocate/", sent)
    assert sentence in answer.content.decode()
    assert LedgerEntry.objects.count() == lines


def test_a_region_outside_the_programme_gets_no_pot(world):
    other = Region.objects.create(
        code="IE-SOU", name="Munster", slug="munster", country="IE", time_zone="Europe/Dublin"
    )
    by, give = Actor.person(world.manager), setup.add_budget
    with pytest.raises(TakesNoPart):
        give(world.programme, region=other, amount=Decimal(1), reason="x", by=by, now=world.now)
    assert not Pot.objects.filter(region=other).exists()
    ProgrammeRegion.objects.create(
        programme=world.programme,
        region=other,
        starts_on=world.now.date(),
        ends_on=world.now.date(),
    )
    give(world.programme, region=other, amount=Decimal(7), reason="x", by=by, now=world.now)
    assert balance_of(Pot.objects.get(region=other)).allocated == 7


def test_only_managers_of_the_programme_give_money(world):
    for person in (world.broker, world.finance, world.auditor, world.sme):
        with pytest.raises(PermissionDenied):
            setup.add_budget(
                world.programme,
                region=world.home,
                amount=Decimal(1),
                reason="x",
                by=Actor.person(person),
                now=world.now,
            )
