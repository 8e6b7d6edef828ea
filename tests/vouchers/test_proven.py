"""Records carry how many vouchers they were host of; a search may put the proven first."""

import pytest

from catalogue.models import Record
from portal.permissions import Actor
from tests.vouchers import factories, lives
from vouchers.actions import proven, vouchers
from vouchers.models import Host

pytestmark = pytest.mark.django_db


def count(world) -> int:
    return proven.count_vouchers(by=Actor.clock(), now=world.now)


def test_accepted_vouchers_count_and_ended_ones_do_not(freeze):
    freeze(factories.NOW)
    world = factories.make_world()
    offered = lives.offered(world)
    record = Record.objects.get(hostings__application=offered.application)
    assert (count(world), Record.objects.get(pk=record.pk).vouchers_before) == (0, 0)
    award = lives.accept(offered, world)
    assert (count(world), count(world)) == (1, 0)
    assert Record.objects.get(pk=record.pk).vouchers_before == 1
    vouchers.cancel(award, reason="Closed", by=Actor.person(world.broker), now=world.now)
    assert (count(world), Record.objects.get(pk=record.pk).vouchers_before) == (1, 0)
    assert Host.objects.filter(record=record).count() == 1
