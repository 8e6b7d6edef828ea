"""Who came late, and who began and never sent: counted as of a day, with nothing about whom."""

from datetime import timedelta

import pytest

from portal.permissions import Actor
from tests.vouchers import factories
from tests.vouchers.factories import NOW
from vouchers.actions import discarding, drafts, erasure, extensions
from vouchers.statistics.figures import count
from vouchers.statistics.scope import Scope

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def world(freeze):
    freeze(NOW)
    return factories.make_world()


def figures(world, at, **scope):
    return count(Scope(programme=world.programme, as_of=at.date(), **scope))


def send(draft, by, at):
    declared = drafts.DECLARATIONS
    drafts.send(draft, declarations=declared, by=Actor.person(by), now=at)


def test_what_is_begun_counts_as_unsent_from_the_day_its_call_has_closed(world):
    people = [world.sme, *(factories.another_sme(world) for _ in range(3))]
    sent, _unsent, discarded, erased = (
        factories.complete_draft(world, "meet_greet", by=person) for person in people
    )
    factories.send(sent, world)
    closes = world.call.closes_at
    discarding.discard(discarded, by=Actor.person(people[2]), now=NOW)
    erasure.erase_file(erased, why="retention", by=Actor.clock(), now=closes + 300 * DAY)

    assert figures(world, closes - DAY).unsent == 0
    assert figures(world, closes).unsent == 3
    assert figures(world, closes + 400 * DAY, region=world.home).unsent == 3
    assert figures(world, closes, region=world.host).unsent == 0
    insight, trip = world.voucher_type("insight"), world.voucher_type("meet_greet")
    assert figures(world, closes, voucher_type=insight).unsent == 0
    assert figures(world, closes, voucher_type=trip).unsent == 3


def test_an_extension_is_unsent_only_after_its_own_end_and_late_when_used(world):
    rival = factories.another_sme(world)
    used = factories.complete_draft(world, "meet_greet")
    idle = factories.complete_draft(world, "meet_greet", by=rival)
    closed = world.call.closes_at + timedelta(hours=1)
    until = closed + 2 * DAY
    broker = Actor.person(world.broker)
    for draft in (used, idle):
        extensions.give(draft, until=until, reason="hospital", by=broker, now=closed)
    send(used, world.sme, closed + DAY)

    assert figures(world, closed).unsent == 0
    assert figures(world, closed).late == {"within_grace": 0, "by_extension": 0}
    after = figures(world, until + DAY)
    assert (after.unsent, after.late) == (1, {"within_grace": 0, "by_extension": 1})


def test_within_grace_is_counted_apart(world):
    draft = factories.complete_draft(world, "meet_greet")
    at = world.call.closes_at + 31 * SECOND
    send(draft, world.sme, at)
    assert figures(world, at).late == {"within_grace": 1, "by_extension": 0}
