"""Thousands of random acts upon money: whatever is done, by whom and in which order, it adds up.

`MONEY_ROUNDS` sets how many lives are played, of up to 100 acts each; 22 where it is not set.
"""

import os
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Value
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal.actions import setup
from portal.models import Document, JournalEntry
from portal.money import ZERO
from portal.permissions import Actor
from portal.workflow import REFUSED, IllegalMove
from tests.vouchers import factories
from tests.vouchers.pots import NAMES, expected, holder, wishes_for_money, write_claim
from vouchers.actions import awards, claims, ledger, letters, vouchers
from vouchers.actions.claims import ClaimNotComplete
from vouchers.actions.ledger import PotExhausted
from vouchers.actions.signing import AmountChanged, HomeSignsFirst
from vouchers.cases.reserve import turn_of
from vouchers.cases.room import room_in
from vouchers.enums import ApplicationState, AwardState, ClaimState, EndReason, RejectReason, Side
from vouchers.models import Application, Award, Claim, LedgerEntry, Pot, balance_of, balances
from vouchers.rules.verdict import Refused
from vouchers.statistics.figures import count
from vouchers.statistics.scope import Scope
from vouchers.statistics.shape import as_json

ROUNDS = int(os.environ.get("MONEY_ROUNDS", "22"))
ACTS = 100
SAID_NO = (
    *(AmountChanged, ClaimNotComplete, HomeSignsFirst, IllegalMove, PotExhausted, Refused),
    PermissionDenied,
)
MONEY = st.integers(1, 600_000).map(lambda cents: Decimal(cents) / 100)
WHICH = st.integers(0, 50)
MODELS = (Application, Award, Claim)
played = Counter[str]()
A, C = ApplicationState, ClaimState
UNSIGNED = [A.ELIGIBLE, A.RESERVE]


def among(model, *states: str):
    """Offer a rule only while a row is in one of the states."""
    wanted = {(model.__name__, str(state)) for state in states}
    return precondition(lambda self: bool(wanted & self.there))


class Money(RuleBasedStateMachine):
    """Pots of a programme, thirteen applications for the money of one, and all verbs."""

    world: factories.World

    def __init__(self) -> None:
        """Begin as the world was set up; the end of a life rolls everything back to it."""
        super().__init__()
        self.kept = transaction.atomic()
        self.kept.__enter__()
        self.greatest = Decimal(1)
        self.seen = self.looked = self.changed = self.released = 0
        self.note_what_is_there()

    def teardown(self) -> None:
        """Look at every screen once more, then undo the life."""
        try:
            self.look_at_every_screen()
        finally:
            transaction.set_rollback(True)
            self.kept.__exit__(None, None, None)

    def act(self, name: str, verb: Callable[..., object], *args, by: Actor, **given) -> bool:
        """Use a verb; where it says no, nothing may be left of it. Returns whether it was done."""
        before, there = self.written(), self.there
        try:
            verb(*args, **given, by=by, now=self.world.now)
        except SAID_NO as refused:
            played[f"{name}: {type(refused).__name__}"] += 1
            self.note_what_is_there()
            assert (before, there) == (self.written(), self.there)
            return False
        played[name] += 1
        self.note_what_is_there()
        return True

    def written(self) -> tuple[int, int]:
        """How many lines ledger and journal have; that something was refused is in the journal."""
        entries = JournalEntry.objects.exclude(verb=REFUSED)
        return LedgerEntry.objects.count(), entries.count()

    def note_what_is_there(self) -> None:
        """Note which states there are, so that a rule is tried only where it has a row."""
        found = (m.objects.order_by().values_list(Value(m.__name__), "state") for m in MODELS)
        self.there = set(next(found).union(*found).order_by())

    def pick(self, rows, which: int):
        """Return one of the rows, as it is stored."""
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        return rows.model.objects.get(pk=keys[which % len(keys)])

    def pot(self, code: str = "NL-ENL") -> Pot:
        return Pot.objects.select_related("programme").get(region=self.world.regions[code])

    # What managers do.

    @rule(amount=MONEY)
    def allocate(self, amount):
        by = Actor.person(self.world.manager)
        assert self.act("allocate", ledger.allocate, self.pot(), amount=amount, reason="", by=by)

    @rule(amount=MONEY, there=st.booleans())
    def move(self, amount, there):
        ours, theirs = self.pot(), self.pot("BE-WAL")
        source, target = (ours, theirs) if there else (theirs, ours)
        fits = amount <= balance_of(source).free
        done = self.act(
            "move",
            ledger.move_money,
            source,
            to=target,
            amount=amount,
            reason="Need",
            document=self.paper(),
            by=Actor.person(self.world.manager),
        )
        assert done == fits

    def paper(self) -> Document:
        return Document.objects.get(number="BOARD-1")

    @precondition(lambda self: self.seen != self.changed)
    @rule(percent=st.sampled_from([100, 100, 110, 150]))
    def change_the_factor(self, percent):
        factor = Decimal(percent) / 100
        by = Actor.person(self.world.manager)
        change = {"over_commit_factor": factor}
        assert self.act("factor", setup.edit_programme, self.world.programme, change, by=by)
        self.greatest, self.changed = max(self.greatest, factor), self.seen

    @precondition(lambda self: self.seen > self.released + 5)
    @rule()
    def release_letters(self):
        self.released = self.seen
        offer, by = self.world.offers["insight"], Actor.person(self.world.manager)
        assert self.act("release letters", letters.release, offer, by=by)

    # What brokers decide.

    @among(Application, *UNSIGNED)
    @rule(which=WHICH, less=st.sampled_from(["0", "0", "0.01", "100"]))
    def sign(self, which, less):
        row = self.pick(Application.objects.filter(state__in=UNSIGNED), which)
        was, turn, pot = row.state, self.turn(row), self.pot()
        room = room_in(pot, row.call).left
        amount = row.amount if row.terms.is_lump_sum else max(row.amount - Decimal(less), ZERO)
        signed = row.signatures.filter(voided_at=None, side=Side.HOME).exists()
        is_last = signed or not row.needs_host_signature
        side = Side.HOST if signed else Side.HOME
        by = Actor.person(self.world.host_broker if signed else self.world.broker)
        done = self.act(f"sign {side}", awards.sign, row, side=side, amount=amount, by=by)
        if done and was == A.RESERVE:
            assert turn
        if done and is_last:
            assert Award.objects.filter(application=row).exists() == (amount <= room)

    def turn(self, row: Application) -> bool:
        """Whether nobody stands before it: the list goes by the day on which it was complete."""
        waiting = Application.objects.filter(state=A.RESERVE)
        turn = not waiting.filter(complete_at__lt=row.complete_at).exists()
        if row.state == A.RESERVE:
            assert turn_of(row).ok == turn
        return turn

    @among(Application, A.ELIGIBLE)
    @rule(which=WHICH)
    def put_on_the_list(self, which):
        row = self.pick(Application.objects.filter(state=A.ELIGIBLE), which)
        assert self.act("reserve", awards.reserve, row, by=Actor.person(self.world.broker))

    @among(Application, *UNSIGNED)
    @rule(which=WHICH)
    def reject(self, which):
        row = self.pick(Application.objects.filter(state__in=UNSIGNED), which)
        given = {"reason": RejectReason.QUALITY, "message": "No."}
        assert self.act("reject", awards.reject, row, **given, by=Actor.person(self.world.broker))

    @among(Application, A.REJECTED)
    @rule(which=WHICH)
    def reverse(self, which):
        row = self.pick(Application.objects.filter(state=A.REJECTED), which)
        is_told = row.told_at is not None
        done = self.act("reverse", awards.reverse, row, by=Actor.person(self.world.broker))
        assert done != is_told

    # What becomes of an award.

    def award(self, which, *states: AwardState) -> Award:
        return self.pick(Award.objects.filter(state__in=states or list(AwardState)), which)

    @among(Award, AwardState.OFFERED)
    @rule(which=WHICH)
    def accept(self, which):
        award = self.award(which, AwardState.OFFERED)
        said = {"signatory_name": "A", "signatory_role": "B"}
        self.act("accept", vouchers.accept, award, **said, by=holder(award))

    @among(Award, AwardState.OFFERED)
    @rule(which=WHICH)
    def decline(self, which):
        award = self.award(which, AwardState.OFFERED)
        self.act("decline", vouchers.decline, award, reason="", by=holder(award))

    @rule(which=WHICH, reason=st.sampled_from([EndReason.NO_ANSWER, EndReason.NOT_USED]))
    def lapse(self, which, reason):
        award = self.award(which)
        self.act("lapse", vouchers.lapse, award, reason=reason, by=Actor.clock())

    @rule(which=WHICH)
    def cancel(self, which):
        award, by = self.award(which), Actor.person(self.world.broker)
        self.act("cancel", vouchers.cancel, award, reason="", by=by)

    @rule(which=WHICH, amount=MONEY, is_all=st.booleans())
    def revoke(self, which, amount, is_all):
        award, by = self.award(which), Actor.person(self.world.manager)
        back = award.entries.all().balance().paid if is_all else amount
        self.act("revoke", vouchers.revoke, award, recovered=back, reason="Untrue", by=by)

    @among(Claim, C.PAID)
    @rule(which=WHICH, amount=MONEY)
    def recover(self, which, amount):
        award, by = self.award(which), Actor.person(self.world.manager)
        paid = award.entries.all().balance().paid
        done = self.act("recover", ledger.recover, award, amount=amount, reason="", by=by)
        assert done == (amount <= paid)

    # What is claimed and paid.

    @among(Award, AwardState.ACCEPTED)
    @rule(which=WHICH, amount=MONEY)
    def claim(self, which, amount):
        """File a claim, of a capped voucher often over more than was awarded."""
        award = self.award(which, AwardState.ACCEPTED)
        if not award.claims.exists():
            by = holder(award)
            claim = write_claim(award, amount % 700 + 1, by=by, now=self.world.now)
            assert self.act("claim", claims.file, claim, by=by)

    @among(Claim, C.FILED)
    @rule(which=WHICH, percent=st.sampled_from([100, 100, 60, 1, 0]))
    def approve_claim(self, which, percent):
        claim = self.pick(Claim.objects.filter(state=C.FILED), which)
        part, by = Decimal(percent) / 100, Actor.person(self.world.broker)
        eligible = {
            line.pk: (line.amount * part).quantize(Decimal("0.01")) for line in claim.lines.all()
        }
        self.act("approve claim", claims.approve, claim, eligible=eligible, by=by)

    @among(Claim, C.APPROVED)
    @rule(which=WHICH)
    def pay(self, which):
        claim = self.pick(Claim.objects.filter(state=C.APPROVED), which)
        by = Actor.person(self.world.finance)
        self.act("pay", claims.pay, claim, payment_reference="P", by=by)

    # What always holds.

    @invariant()
    def it_adds_up(self):
        rows = LedgerEntry.objects.order_by("pk")
        lines = list(rows.values("pk", "pot", "award", "kind", "stage", "amount", "to_pot"))
        if len(lines) == self.seen:
            return
        self.seen = len(lines)
        told, wanted = self.told(), expected(lines)
        assert told == wanted
        per_award = expected([line for line in lines if line["award"]], "award")
        for name in ("reserved", "committed", "paid"):
            assert sum(one[name] for one in per_award.values()) == sum(
                pot[name] for pot in wanted.values()
            )
        for pot in wanted.values():
            used = pot["reserved"] + pot["committed"] + pot["paid"]
            # Who lowers the factor takes no promise back: it binds the awards to come.
            assert used <= pot["allocated"] * self.greatest
            assert pot["paid"] <= pot["allocated"]
            assert min(pot["reserved"], pot["committed"], pot["paid"]) >= ZERO
        self.each_award_holds_what_its_state_says(per_award)

    def each_award_holds_what_its_state_says(self, per_award):
        for award in Award.objects.prefetch_related("claims"):
            own = per_award[award.pk]
            held = {name: own[name] for name in ("reserved", "committed") if own[name]}
            open_claim = any(claim.state != C.PAID for claim in award.claims.all())
            match award.state:
                case AwardState.OFFERED:
                    assert (held, own["paid"]) == ({"reserved": award.amount}, ZERO)
                case AwardState.ACCEPTED:
                    assert (held, own["paid"]) == ({"committed": award.amount}, ZERO)
                case AwardState.COMPLETED if open_claim:
                    assert (held, own["paid"]) == ({"committed": award.amount}, ZERO)
                case _:
                    assert held == {}
                    assert own["paid"] <= award.amount

    def told(self) -> dict[int, dict[str, Decimal]]:
        found = balances(Pot.objects.all())
        return {pot: {name: getattr(one, name) for name in NAMES} for pot, one in found.items()}

    @precondition(lambda self: self.seen != self.looked)
    @rule()
    def look_at_every_screen(self):
        """Desk, ledger page, band and statistics say what the lines say, to the cent."""
        self.looked = self.seen
        lines = LedgerEntry.objects.values("pot", "award", "kind", "stage", "amount", "to_pot")
        wanted = expected(list(lines.order_by("pk")))
        client = Client()
        client.force_login(self.world.manager)
        listed = {row.pot.pk: row.balance for row in client.get(LIST).context["rows"]}
        assert {
            pot: {name: getattr(one, name) for name in NAMES} for pot, one in listed.items()
        } == wanted
        pot = self.pot()
        own = client.get(f"{LIST}{pot.pk}/change/").context["balance"]
        assert {name: getattr(own, name) for name in NAMES} == wanted[pot.pk]
        self.statistics_agree(wanted)
        room = room_in(pot, self.world.call)
        used = sum(wanted[pot.pk][name] for name in ("reserved", "committed", "paid"))
        factor = pot.programme.over_commit_factor
        assert room.left == wanted[pot.pk]["allocated"] * factor - used
        played["look"] += 1

    def statistics_agree(self, wanted):
        figures = count(Scope(programme=self.world.programme, as_of=self.world.now.date()))
        sums = {name: sum(pot[name] for pot in wanted.values()) for name in NAMES}
        assert {line.region.code: line.balance.free for line in figures.pots} == {
            pot.region.code: wanted[pot.pk]["free"] for pot in Pot.objects.select_related("region")
        }
        money = as_json(figures)["money"]
        assert {name: Decimal(money[name]) for name in NAMES} == sums
        assert Decimal(money["awarded_value"]) == sum(
            Award.objects.values_list("amount", flat=True)
        )
        assert figures.total.awards == Award.objects.count()


LIST = "/admin/vouchers/pot/"


@pytest.fixture
def world(db, freeze, settings, tmp_path) -> factories.World:
    """Four awards and nine wishes more; who was made first was complete last."""
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    freeze(factories.NOW)
    made = factories.make_world()
    wishes_for_money(made)
    return made


def test_money_adds_up_whatever_is_done(world):
    Money.world = world
    played.clear()
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=ROUNDS,
            stateful_step_count=ACTS,
            deadline=None,
            # A life on a database shrinks for minutes; its own steps are printed at once.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    done = {name.partition(":")[0] for name in played}
    assert sum(played.values()) > 60 * ROUNDS, played
    assert done >= {
        *("allocate", "move", "factor", "release letters", "sign home", "sign host", "reserve"),
        *("reject", "reverse", "accept", "decline", "lapse", "cancel", "revoke", "recover"),
        *("claim", "approve claim", "pay", "look"),
    }
