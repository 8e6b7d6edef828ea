"""The chain holds under threads, and what was rolled back was never written."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.db.transaction import TransactionManagementError, atomic
from django.test.utils import CaptureQueriesContext

from portal.actions import organisations
from portal.actions.tables import MEMBERSHIP
from portal.enums import MembershipState
from portal.models import JournalEntry, Membership, Organisation
from portal.permissions import Actor
from portal.workflow import (
    IllegalMove,
    Transition,
    action,
    available,
    digest,
    entry_hash,
    hold,
    lock,
    move,
    record,
)


@pytest.fixture
def requested(organisation, make_person, now):
    """Make a request to join, by a new person each time."""

    def make(name="asker", into=None):
        by = Actor.person(make_person(name))
        return organisations.ask_to_join(into or organisation, by=by, now=now)

    return make


def in_parallel(tasks):
    """Run each task in a thread of its own, all at once; return what they gave or raised."""
    start = Barrier(len(tasks))

    def run(task):
        try:
            start.wait()
            return task()
        except (IllegalMove, DatabaseError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def chain_is_whole(chain):
    entries = list(JournalEntry.objects.filter(chain=chain).order_by("number"))
    hashes = [entry.hash for entry in entries]
    return (
        [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        and [entry.previous_hash for entry in entries] == ["", *hashes[:-1]]
        and [entry_hash(entry) for entry in entries] == hashes
    )


@pytest.mark.django_db(transaction=True)
def test_parallel_moves_make_one_chain(requested, broker, now):
    rows = [requested(f"asker{n}") for n in range(8)]
    by = Actor.person(broker)

    outcome = in_parallel(
        [lambda row=row: organisations.admit(row, by=by, now=now) for row in rows]
    )

    assert outcome == [None] * 8
    assert JournalEntry.objects.filter(verb="admit").count() == 8
    assert chain_is_whole("portal")


@pytest.mark.django_db(transaction=True)
def test_of_parallel_moves_of_one_row_one_wins(requested, broker, now):
    row, by = requested(), Actor.person(broker)

    outcome = in_parallel(
        [
            lambda: organisations.admit(Membership.objects.get(pk=row.pk), by=by, now=now)
            for _ in range(8)
        ]
    )

    assert outcome.count(None) == 1
    assert sum(isinstance(one, IllegalMove) for one in outcome) == 7
    assert JournalEntry.objects.filter(verb="admit").count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_actions_over_two_rows_each_do_not_deadlock(requested, broker, now):
    rows = [requested(f"asker{n}") for n in range(8)]
    by = Actor.person(broker)

    @action
    def admit_both(first, second):
        organisations.admit(first, by=by, now=now)
        organisations.admit(second, by=by, now=now)

    outcome = in_parallel(
        [lambda pair=pair: admit_both(*pair) for pair in zip(rows[::2], rows[1::2], strict=True)]
    )

    assert outcome == [None] * 4
    assert chain_is_whole("portal")


@pytest.mark.django_db
def test_an_inner_action_that_is_rolled_back_leaves_no_line(requested, broker, now):
    row, by = requested(), Actor.person(broker)

    class Stop(Exception):
        pass

    @action
    def fails():
        move(row, MEMBERSHIP.admit, by=by, now=now)
        raise Stop

    @action
    def goes_on():
        with pytest.raises(Stop), atomic():
            fails()
        record(row, "noted", by=by, now=now, chain="portal")

    goes_on()

    verbs = JournalEntry.objects.about(row).values_list("verb", flat=True)
    assert list(verbs) == ["ask", "noted"]
    assert Membership.objects.get(pk=row.pk).state == MembershipState.REQUESTED


@pytest.mark.django_db
def test_an_inner_action_that_fails_dooms_the_outer_one(requested, broker, now):
    row, by = requested(), Actor.person(broker)

    @action
    def fails():
        move(row, MEMBERSHIP.admit, by=by, now=now)
        raise ValueError("stop")

    @action
    def goes_on():
        with pytest.raises(ValueError, match="stop"):
            fails()
        record(row, "noted", by=by, now=now, chain="portal")

    with pytest.raises(TransactionManagementError):
        goes_on()

    assert list(JournalEntry.objects.about(row).values_list("verb", flat=True)) == ["ask"]
    assert Membership.objects.get(pk=row.pk).state == MembershipState.REQUESTED


@pytest.mark.django_db
def test_a_row_locked_by_the_action_is_read_once(requested, broker, now):
    row, by = requested(), Actor.person(broker)

    @action
    def admits():
        locked = lock(row)
        with CaptureQueriesContext(connection) as asked:
            again = lock(locked)
            move(locked, MEMBERSHIP.admit, by=by, now=now)
        return again is locked, [q["sql"] for q in asked if "FOR NO KEY UPDATE" in q["sql"]]

    assert admits() == (True, [])
    assert Membership.objects.get(pk=row.pk).state == MembershipState.ACTIVE


@pytest.mark.django_db
def test_a_row_that_the_action_created_is_not_read(organisation, make_person, broker, now):
    @action
    def creates_and_admits():
        person = make_person("new")
        row = Membership.objects.create(user=person, organisation=organisation, asked_at=now)
        with CaptureQueriesContext(connection) as asked:
            move(hold(row), MEMBERSHIP.admit, by=Actor.person(broker), now=now)
        return row, [q["sql"] for q in asked if "FOR NO KEY UPDATE" in q["sql"]]

    row, locks = creates_and_admits()

    assert (Membership.objects.get(pk=row.pk).state, locks) == (MembershipState.ACTIVE, [])


@pytest.mark.django_db
def test_a_row_that_another_instance_moved_is_read_again(requested, broker, now):
    row, by = requested(), Actor.person(broker)

    @action
    def admits_twice():
        locked = lock(row)
        move(row, MEMBERSHIP.admit, by=by, now=now)
        move(locked, MEMBERSHIP.admit, by=by, now=now)

    with pytest.raises(IllegalMove):
        admits_twice()


@pytest.mark.django_db
def test_a_row_locked_in_what_was_rolled_back_is_read_again(requested, broker, now):
    row, by = requested(), Actor.person(broker)

    @action
    def fails(locked):
        move(locked, MEMBERSHIP.admit, by=by, now=now)
        raise ValueError("stop")

    @action
    def tries_again():
        locked = lock(row)
        with pytest.raises(ValueError, match="stop"), atomic():
            fails(locked)
        move(locked, MEMBERSHIP.admit, by=by, now=now)

    tries_again()

    assert list(JournalEntry.objects.about(row).values_list("verb", flat=True)) == ["ask", "admit"]


@pytest.mark.django_db
def test_a_row_is_locked_inside_an_action_only(requested):
    with pytest.raises(RuntimeError, match="written by an action"):
        lock(requested())


@pytest.mark.django_db
def test_an_action_that_fails_leaves_neither_state_nor_line(requested, broker, now):
    row, by = requested(), Actor.person(broker)

    @action
    def fails():
        move(row, MEMBERSHIP.admit, by=by, now=now)
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fails()

    assert Membership.objects.get(pk=row.pk).state == MembershipState.REQUESTED
    assert list(JournalEntry.objects.about(row).values_list("verb", flat=True)) == ["ask"]


@pytest.mark.django_db
def test_a_move_outside_an_action_is_an_error(requested, broker, now):
    with pytest.raises(RuntimeError, match="written by an action"):
        move(requested(), MEMBERSHIP.admit, by=Actor.person(broker), now=now)


@pytest.mark.django_db
def test_permission_is_asked_before_the_state(requested, broker, member, now):
    row = requested()
    organisations.admit(row, by=Actor.person(broker), now=now)

    with pytest.raises(PermissionDenied):
        organisations.admit(row, by=Actor.person(member), now=now)
    with pytest.raises(IllegalMove) as raised:
        organisations.admit(row, by=Actor.person(broker), now=now)
    assert raised.value.obj.state == MembershipState.ACTIVE
    assert raised.value.transition == MEMBERSHIP.admit


@pytest.mark.django_db
def test_an_importer_uses_historic_arrows_only(requested, now):
    row, importer = requested(), Actor.importer("history")
    told = Transition(
        "told",
        "Told",
        MEMBERSHIP.admit.sources,
        MEMBERSHIP.admit.target,
        lambda by, row: False,
        historic=True,
    )

    with pytest.raises(PermissionDenied):
        organisations.admit(row, by=importer, now=now)
    action(move)(row, told, by=importer, now=now)

    assert Membership.objects.get(pk=row.pk).state == MembershipState.ACTIVE


@pytest.mark.django_db
def test_the_page_is_offered_what_the_actor_may_do_now(requested, broker, member, now):
    row = requested()

    assert [t.name for t in available(MEMBERSHIP, row, Actor.person(broker))] == [
        "admit",
        "refuse",
    ]
    assert [t.name for t in available(MEMBERSHIP, row, Actor.person(row.user))] == ["take_back"]
    assert available(MEMBERSHIP, row, Actor.person(member)) == []
    organisations.admit(row, by=Actor.person(broker), now=now)
    assert [t.name for t in available(MEMBERSHIP, row, Actor.person(broker))] == ["end"]


@pytest.mark.django_db
def test_rows_of_two_chains_are_sealed_in_both(organisation, broker, now):
    by = Actor.person(broker)

    @action
    def both():
        record(organisation, "one", by=by, now=now, chain="A")
        record(organisation, "two", by=by, now=now, chain="B")
        record(organisation, "three", by=by, now=now, chain="A")

    both()

    assert [(e.chain, e.number, e.verb) for e in JournalEntry.objects.filter(chain__in="AB")] == [
        ("A", 1, "one"),
        ("A", 2, "three"),
        ("B", 1, "two"),
    ]
    assert chain_is_whole("A")
    assert chain_is_whole("B")


def test_a_digest_does_not_depend_on_the_order_of_keys():
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})


@pytest.mark.django_db
def test_every_arrow_from_every_state(make_person, broker, region, now):
    """The matrix: an arrow moves from its sources and is refused from everywhere else."""
    actors = {"take_back": None, "leave": None}
    for n, state in enumerate(MembershipState.values):
        for transition in MEMBERSHIP:
            organisation = Organisation.objects.create(
                name=f"{transition.name} {state}", country="NL", region=region
            )
            person = make_person(f"p{n}{transition.name}")
            row = Membership.objects.create(
                user=person, organisation=organisation, state=state, asked_at=now
            )
            by = Actor.person(person if transition.name in actors else broker)
            verb = organisations.MEMBERSHIP_VERBS[transition.name]
            if state in transition.sources:
                verb(row, by=by, now=now)
                row.refresh_from_db()
                assert row.state == transition.target
            else:
                with pytest.raises(IllegalMove):
                    verb(row, by=by, now=now)
