"""What the bank refuses or sends back: the claim waits again, and the applicant is asked."""

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.models import Document, OutgoingMail
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories, lives
from tests.vouchers.test_payment_batches import (
    approved,
    execute,
    finance,
    item,
    letters,
    make,
    refuse,
    verbs,
    with_account,
)
from vouchers.actions import accounts, claims, payments, vouchers
from vouchers.actions.accounts import AccountStands
from vouchers.actions.payments import NotPayable
from vouchers.enums import BatchState, ClaimState
from vouchers.enums import InstructionState as S
from vouchers.models import Application, Claim, PaymentBatch, balance_of
from vouchers.rules.verdict import Refused
from vouchers.statistics import lives as lines
from vouchers.statistics.figures import count
from vouchers.statistics.scope import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(freeze, settings) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return with_account(factories.make_world())


def bounce(world, claim, code="AC04", note="Closed in May.") -> None:
    payments.bounce(lives.fresh(claim), code=code, note=note, by=finance(world), now=world.now)


def correct(world, claim, iban="DE89370400440532013000") -> None:
    sme = claim.award.application.organisation.memberships.get().user
    accounts.correct(
        lives.fresh(claim),
        account_holder="Müller GmbH",
        iban=iban,
        by=Actor.person(sme),
        now=world.now,
    )


def test_a_payment_refused_before_booking_leaves_the_batch_and_the_account_is_asked_for(world):
    refused, good = approved(world), approved(world)
    batch = make(world, refused, good)
    before = lives.ledger_of(refused.award)
    refuse(world, refused)
    claim = lives.fresh(refused)
    assert (claim.state, claim.account_refusal, claim.account_note) == (
        ClaimState.APPROVED,
        "AC04",
        "Closed in May.",
    )
    assert (item(refused).state, lives.ledger_of(refused.award)) == (S.REFUSED, before)
    assert letters(refused)[-1] == "payment_refused"
    assert verbs(refused)[-1] == "ask_account"
    with pytest.raises(NotPayable):
        make(world, claim)
    execute(world, batch)
    assert [lives.fresh(c).state for c in (refused, good)] == [ClaimState.APPROVED, ClaimState.PAID]
    assert PaymentBatch.objects.get(pk=batch.pk).state == BatchState.DONE


def test_a_corrected_account_is_paid_by_the_next_batch(world):
    claim = approved(world)
    make(world, claim)
    refuse(world, claim)
    with pytest.raises(Refused):
        claims.pay(lives.fresh(claim), payment_reference="X", by=finance(world), now=world.now)
    correct(world, claim)
    with pytest.raises(AccountStands):
        correct(world, claim)
    assert lives.fresh(claim).account_corrected_at == world.now
    batch = make(world, lives.fresh(claim))
    again = batch.instructions.get()
    assert (again.name, again.iban, again.end_to_end_id) == (
        "Mueller GmbH",
        "DE89370400440532013000",
        f"{claim.award.number}-P1-2",
    )
    execute(world, batch)
    assert lives.fresh(claim).state == ClaimState.PAID


def test_what_is_our_fault_asks_the_applicant_nothing(world):
    claim = approved(world)
    make(world, claim)
    refuse(world, claim, code="AM04", note="")
    assert (lives.fresh(claim).account_refused_at, letters(claim)) == (None, [])
    assert make(world, lives.fresh(claim)).count == 1


def test_a_payment_that_came_back_is_undone_whole(world):
    claim, pot = approved(world, 300), world.pots["NL-ENL"]
    before = balance_of(pot)
    execute(world, make(world, claim))
    paid = balance_of(pot)
    bounce(world, claim)
    row = lives.fresh(claim)
    assert (row.state, row.paid_at, row.paid_by, row.payment_reference, row.account_refusal) == (
        ClaimState.APPROVED,
        None,
        None,
        "",
        "AC04",
    )
    assert item(claim).state == S.REFUSED
    assert lives.ledger_of(claim.award)[2:] == [
        ("pay", "", "300.00"),
        ("release", "committed", "120.00"),
        ("bounce", "", "300.00"),
    ]
    after = balance_of(pot)
    assert (before.paid, paid.paid, after.paid) == (0, 300, 0)
    assert (after.committed, after.free) == (300, paid.free)
    assert letters(claim)[-1] == "payment_refused"
    assert verbs(claim)[-2:] == ["bounce", "ask_account"]


def test_what_came_back_is_paid_again_with_an_advice_of_its_own(world):
    claim = approved(world, 300)
    execute(world, make(world, claim))
    bounce(world, claim)
    correct(world, claim)
    execute(world, make(world, lives.fresh(claim)), days=1)
    rows = Document.objects.filter(kind="payment_advice", subject_id=claim.pk).order_by("pk")
    number = claim.award.number
    assert [row.number for row in rows] == [f"{number}-P1", f"{number}-P1-2"]
    last = OutgoingMail.objects.filter(kind="claim_paid", subject_id=claim.pk).latest("pk")
    assert [document.number for document in last.documents.all()] == [f"{number}-P1-2"]
    assert balance_of(world.pots["NL-ENL"]).paid == 300


def test_a_payment_by_hand_comes_back_too(world):
    claim = approved(world)
    claims.pay(lives.fresh(claim), payment_reference="X", by=finance(world), now=world.now)
    bounce(world, claim, code="AM05", note="")
    row = lives.fresh(claim)
    assert (row.state, row.account_refused_at) == (ClaimState.APPROVED, None)
    assert letters(claim)[-1] == "payment_refused"


def test_what_was_revoked_does_not_bounce(world):
    claim = approved(world)
    claims.pay(lives.fresh(claim), payment_reference="X", by=finance(world), now=world.now)
    vouchers.revoke(
        claim.award, recovered=Decimal(0), reason="X", by=Actor.person(world.manager), now=world.now
    )
    with pytest.raises(IllegalMove):
        bounce(world, claim)
    assert lives.fresh(claim).state == ClaimState.PAID


def test_a_discarded_batch_sets_its_claims_free(world):
    rows = [approved(world), approved(world)]
    batch = make(world, *rows)
    payments.discard(batch, reason="Wrong day.", by=finance(world), now=world.now)
    assert [item(claim).state for claim in rows] == [S.DISCARDED] * 2
    assert make(world, *map(lives.fresh, rows)).number == "LSV-NL-ENL-0002"


def test_a_batch_of_which_something_is_paid_is_not_discarded(world):
    mine, other = approved(world), approved(world)
    Claim.objects.filter(pk=mine.pk).update(approved_by=world.finance)
    world.broker.region_roles.create(region=world.home, role="finance", starts_at=world.now)
    both = Actor.person(type(world.broker).objects.get(pk=world.broker.pk))
    Claim.objects.filter(pk=other.pk).update(approved_by=world.manager)
    batch = make(world, mine, other, by=both)
    execute(world, batch)
    with pytest.raises(IllegalMove):
        payments.discard(batch, reason="X", by=finance(world), now=world.now)
    assert item(mine).state == S.OPEN


def test_a_payment_that_came_back_counts_nowhere_as_paid(world):
    claim, other = approved(world, 300), approved(world, 150)
    execute(world, make(world, claim, other))
    seen = [counted(world)]
    bounce(world, claim)
    seen.append(counted(world))
    correct(world, claim)
    execute(world, make(world, lives.fresh(claim)), days=1)
    seen.append(counted(world, days=1))
    day = world.now.date()
    assert seen == [
        (2, "450.00", [("150.00", day), ("300.00", day)]),
        (1, "150.00", [("150.00", day), (None, None)]),
        (2, "450.00", [("150.00", day), ("300.00", day + timedelta(days=1))]),
    ]


def counted(world, days=0):
    """Awards paid, euros paid, and what the export says of each."""
    as_of = world.now.date() + timedelta(days=days)
    figures = count(Scope(programme=world.programme, as_of=as_of))
    rows = lines.rows(Application.objects.exclude(award=None))
    told = [(row["paid_amount"], row["paid_on"]) for row in rows]
    texts = [(f"{amount:.2f}" if amount else None, on) for amount, on in told]
    return figures.paid, f"{figures.money.paid:.2f}", sorted(texts, key=str)
