"""The ledger: append-only, once per award, and never more than there is, in real threads too."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction

from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories, lives
from vouchers.actions import awards, claims, ledger, vouchers
from vouchers.actions.ledger import PotExhausted
from vouchers.cases.ranking import place_in, with_places
from vouchers.enums import ApplicationState, AwardState, EntryKind, Side
from vouchers.models import Application, Award, Balance, LedgerEntry, balance_of

SET_UP = factories.SET_UP


def in_threads(jobs: list[Callable[[], object]]) -> list[object]:
    """Run all jobs at the same moment, each with its own connection; return results or errors."""
    ready = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        ready.wait(timeout=30)
        try:
            return job()
        except Exception as error:  # noqa: BLE001
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [*pool.map(run, jobs)]


@pytest.fixture
def world(db) -> factories.World:
    return factories.make_world()


@pytest.fixture
def shared_world(transactional_db) -> factories.World:
    """A world that other connections see."""
    return factories.make_world()


@pytest.fixture
def line(world) -> LedgerEntry:
    return lives.offered(world).entries.get()


@pytest.mark.parametrize(
    "change",
    [
        lambda line: LedgerEntry.objects.filter(pk=line.pk).update(amount=1),
        lambda line: LedgerEntry.objects.filter(pk=line.pk).delete(),
        lambda line: line.delete(),
        lambda line: line.save(),
        lambda line: LedgerEntry.objects.bulk_update([line], ["reason"]),
        lambda line: LedgerEntry.objects.all()._raw_delete("default"),
    ],
)
def test_the_database_refuses_to_change_a_line(line, change):
    before = LedgerEntry.objects.filter(pk=line.pk).values().get()
    with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"), transaction.atomic():
        change(line)
    assert LedgerEntry.objects.filter(pk=line.pk).values().get() == before


@pytest.mark.parametrize("kind", [EntryKind.RESERVE, EntryKind.COMMIT])
def test_an_award_is_reserved_and_committed_once(world, kind):
    award = lives.accepted(world)
    with pytest.raises(IntegrityError, match=r"an_award_is_(reserved|committed)_once"):
        LedgerEntry.objects.create(
            pot=award.pot, award=award, kind=kind, amount=1, at=world.now, by=None
        )


def test_a_life_moves_money_from_one_place_to_the_next(world):
    pot = world.pots["NL-ENL"]
    claim = lives.filed(world, "meet_greet", amount=Decimal(500))
    seen = [balance_of(pot)]
    claims.approve(claim, eligible={}, by=Actor.person(world.broker), now=world.now)
    claims.pay(claim, payment_reference="2027-1", by=Actor.person(world.finance), now=world.now)
    seen.append(balance_of(pot))
    assert seen == [
        Balance(allocated=Decimal(100_000), committed=Decimal(500)),
        Balance(allocated=Decimal(100_000), paid=Decimal("312.50"), released=Decimal("187.50")),
    ]
    assert seen[-1].free == Decimal("99687.50")


def test_what_was_not_committed_cannot_be_paid(world):
    award = lives.offered(world)
    with pytest.raises(PotExhausted):
        ledger.pay(award, amount=Decimal(1), by=SET_UP, now=world.now)


def test_more_than_was_paid_cannot_come_back(world):
    award = lives.paid(world).award
    with pytest.raises(PotExhausted):
        ledger.recover(award, amount=Decimal("4000.01"), reason="", by=SET_UP, now=world.now)


def test_a_pot_gives_away_what_is_free_and_no_more(world):
    lives.offered(world)
    pot, other = world.pots["NL-ENL"], world.pots["BE-WAL"]

    def move(amount: Decimal) -> None:
        ledger.move_money(
            pot, to=other, amount=amount, reason="Need", document=None, by=SET_UP, now=world.now
        )

    with pytest.raises(PotExhausted):
        move(Decimal("96000.01"))
    move(Decimal(96_000))
    assert (balance_of(pot).free, balance_of(other).allocated) == (0, Decimal(196_000))


def leave(world: factories.World, amount: Decimal) -> None:
    """Move money away until the home pot has so much left, in EUR."""
    pot = world.pots["NL-ENL"]
    ledger.move_money(
        pot,
        to=world.pots["BE-WAL"],
        amount=balance_of(pot).free - amount,
        reason="Need",
        document=None,
        by=SET_UP,
        now=world.now,
    )


def test_twenty_approvals_at_once_of_money_for_fourteen_give_fourteen(shared_world):
    world = shared_world
    waiting = []
    for _number in range(20):
        application = factories.eligible(world, by=factories.another_sme(world))
        awards.sign(
            application,
            side=Side.HOME,
            amount=application.amount,
            by=Actor.person(world.broker),
            now=world.now,
        )
        waiting.append(application.pk)
    leave(world, Decimal(14 * 4000))

    def job(pk: int) -> Callable[[], object]:
        return lambda: awards.sign(
            Application.objects.get(pk=pk),
            side=Side.HOST,
            amount=Decimal(4000),
            by=Actor.person(world.host_broker),
            now=world.now,
        )

    results = in_threads([job(pk) for pk in waiting])

    balance = balance_of(world.pots["NL-ENL"])
    states = [Application.objects.get(pk=pk).state for pk in waiting]
    assert {
        "results": sorted(type(result).__name__ for result in results),
        "states": (
            states.count(ApplicationState.APPROVED),
            states.count(ApplicationState.RESERVE),
        ),
        "balance": (balance.reserved, balance.free),
    } == {
        "results": ["Award"] * 14 + ["NoneType"] * 6,
        "states": (14, 6),
        "balance": (Decimal(14 * 4000), 0),
    }
    listed = with_places(Application.objects.filter(state=ApplicationState.RESERVE))
    ranks = {row.pk: place_in(row).rank for row in listed}
    assert ranks == {pk: rank for rank, pk in enumerate(sorted(ranks), start=1)}
    lines = LedgerEntry.objects.filter(kind=EntryKind.RESERVE)
    assert (
        sorted(lines.values_list("amount", "award__application__state"))
        == [(Decimal(4000), ApplicationState.APPROVED)] * 14
    )
    assert sorted(Award.objects.values_list("number", flat=True)) == [
        f"LSV-1-INS-{number:03}" for number in range(1, 15)
    ]


def test_two_acceptances_at_once_commit_once(shared_world):
    world = shared_world
    award = lives.offered(world)

    def job() -> None:
        lives.accept(Award.objects.get(pk=award.pk), world)

    results = in_threads([job, job])

    assert sorted(type(result).__name__ for result in results) == ["IllegalMove", "NoneType"]
    assert lives.ledger_of(award) == [("reserve", "", "4000.00"), ("commit", "", "4000.00")]


def test_paying_and_revoking_at_once_book_the_money_once(shared_world):
    world = shared_world
    claim = lives.approved(world)
    award = claim.award

    def pay() -> None:
        by = Actor.person(world.finance)
        claims.pay(lives.fresh(claim), payment_reference="2027-1", by=by, now=world.now)

    def revoke() -> None:
        vouchers.revoke(
            Award.objects.get(pk=award.pk),
            recovered=Decimal(0),
            reason="Untrue",
            by=Actor.person(world.manager),
            now=world.now,
        )

    results = in_threads([pay, revoke])

    balance = award.entries.all().balance()
    award.refresh_from_db()
    assert award.state == AwardState.REVOKED
    assert (balance.committed, balance.paid + balance.released) == (0, Decimal(4000))
    assert {type(result) for result in results} <= {type(None), IllegalMove}
