"""Payment batches: made of approved claims, frozen, executed, refused by the bank, sent back."""

import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from portal.models import Document, JournalEntry, OutgoingMail, ProgrammeRegion
from portal.permissions import Actor
from tests.vouchers import factories, lives
from tests.vouchers.test_claims_desk import claimed
from tests.vouchers.test_ledger import in_threads
from vouchers.actions import claims, payments, vouchers
from vouchers.actions.payments import NotPayable
from vouchers.enums import BatchState, ClaimState, InstructionState
from vouchers.models import Claim, Instruction, PaymentBatch
from vouchers.rules.verdict import ReasonCode, Refused

pytestmark = pytest.mark.django_db
S = InstructionState
DEBTOR = {
    "debtor_name": "Voorbeeld Oost N.V.",
    "debtor_iban": "NL91ABNA0417164300",
    "debtor_bic": "ABNANL2A",
}


@pytest.fixture
def world(freeze, settings) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return with_account(factories.make_world())


@pytest.fixture
def shared_world(transactional_db) -> factories.World:
    return with_account(factories.make_world())


def with_account(world: factories.World) -> factories.World:
    """Name the account from which the home region pays."""
    ProgrammeRegion.objects.filter(region=world.home).update(**DEBTOR)
    return world


def approved(world, amount=300, **account) -> Claim:
    """An approved claim of another SME: a Meet & Greet of the amount."""
    claim = claimed(world, "meet_greet", by=factories.another_sme(world), amounts=(amount,))
    if account:
        Claim.objects.filter(pk=claim.pk).update(**account)
    claims.approve(claim, eligible={}, by=Actor.person(world.broker), now=world.now)
    return lives.fresh(claim)


def finance(world) -> Actor:
    return Actor.person(type(world.finance).objects.get(pk=world.finance.pk))


def make(world, *rows, by=None, **given) -> PaymentBatch:
    facts = {"execution_date": world.now.date(), "now": world.now, **given}
    pot = world.pots["NL-ENL"]
    return payments.make(pot, chosen=rows, by=by or finance(world), **facts)


def execute(world, batch, *, by=None, days=0) -> list[Instruction]:
    now = world.now + timedelta(days=days)
    return payments.execute(
        PaymentBatch.objects.get(pk=batch.pk),
        executed_on=now.date(),
        payment_reference="BANK-7",
        by=by or finance(world),
        now=now,
    )


def item(claim) -> Instruction:
    return claim.instructions.latest("pk")


def refuse(world, claim, code="AC04", note="Closed in May.") -> None:
    payments.refuse(item(claim), code=code, note=note, by=finance(world), now=world.now)


def letters(claim) -> list[str]:
    rows = OutgoingMail.objects.filter(subject_type="vouchers.claim", subject_id=claim.pk)
    return list(rows.order_by("pk").values_list("kind", flat=True))


def verbs(row) -> list[str]:
    return list(JournalEntry.objects.about(row).order_by("number").values_list("verb", flat=True))


def test_a_batch_freezes_what_is_instructed(world):
    first, second = approved(world, 300), approved(world, 150, account_holder="Groß & Söhne")
    batch = make(world, second, first)
    rows = batch.instructions.order_by("pk")
    assert (batch.number, batch.state, batch.total, batch.count, batch.debtor_iban) == (
        "LSV-NL-ENL-0001",
        BatchState.OPEN,
        Decimal("450.00"),
        2,
        DEBTOR["debtor_iban"],
    )
    assert [(row.claim, row.amount, row.name, row.iban, row.state) for row in rows] == [
        (first, Decimal("300.00"), "Voorbeeld Biotech BV", lives.IBAN, S.OPEN),
        (second, Decimal("150.00"), "Gross + Soehne", lives.IBAN, S.OPEN),
    ]
    assert [row.end_to_end_id for row in rows] == [f"{c.award.number}-P1" for c in (first, second)]
    assert batch.sha256 == hashlib.sha256(batch.instruction.encode()).hexdigest()
    [entry] = JournalEntry.objects.about(batch)
    assert (entry.verb, entry.data["sha256"], entry.data["count"]) == (
        "make_batch",
        batch.sha256,
        2,
    )
    assert verbs(first)[-1] == "instruct"


def test_the_bank_pays_and_every_claim_is_paid_by_the_usual_path(world):
    rows = [approved(world, 300), approved(world, 150)]
    batch = make(world, *rows)
    assert execute(world, batch, days=2) == []
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    for claim in map(lives.fresh, rows):
        assert (claim.state, claim.payment_reference, claim.paid_by) == (
            ClaimState.PAID,
            "BANK-7",
            world.finance,
        )
        assert item(claim).state == S.PAID
        assert [kind for kind, _stage, _amount in lives.ledger_of(claim.award)][-2:] == [
            "pay",
            "release",
        ]
        assert letters(claim)[-1] == "claim_paid"
        assert Document.objects.filter(number=f"{claim.award.number}-P1").count() == 1


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ({"iban": ""}, ReasonCode.ACCOUNT_MISSING),
        ({"iban": "NL92ABNA0417164300"}, ReasonCode.ACCOUNT_WRONG),
        ({"iban": "TR330006100519786457841326"}, ReasonCode.ACCOUNT_OUT_OF_REACH),
        ({"account_holder": "Βιοτεχνολογία"}, ReasonCode.HOLDER_NOT_EXPRESSIBLE),
        ({"account_refused_at": factories.NOW}, ReasonCode.ACCOUNT_REFUSED),
    ],
)
def test_one_account_that_does_not_do_stops_the_whole_batch(world, account, code):
    good, bad = approved(world), approved(world, **account)
    with pytest.raises(NotPayable) as refused:
        make(world, good, bad)
    assert [(claim, verdict.codes) for claim, verdict in refused.value.problems] == [(bad, (code,))]
    assert not PaymentBatch.objects.exists()
    assert verbs(good)[-1] == "approve"


def test_what_the_partner_pays_itself_is_in_no_batch(world):
    claim = approved(world)
    claim.award.payee = "partner"
    claim.award.save()
    with pytest.raises(NotPayable) as refused:
        make(world, claim)
    assert refused.value.problems[0][1].codes == (ReasonCode.PAYMENT_BY_PARTNER,)


def test_a_claim_that_was_paid_meanwhile_stops_the_batch(world):
    good, paid = approved(world), approved(world)
    claims.pay(lives.fresh(paid), payment_reference="X", by=finance(world), now=world.now)
    with pytest.raises(NotPayable) as refused:
        make(world, good, paid)
    assert refused.value.problems[0][1].codes == (ReasonCode.PAYMENT_NOT_DUE,)


@pytest.mark.parametrize("role", ["broker", "host_broker", "manager", "auditor", "sme"])
def test_only_finance_of_the_region_makes_and_settles_a_batch(world, role):
    first, second = approved(world), approved(world)
    batch, by = make(world, first), Actor.person(getattr(world, role))
    with pytest.raises(PermissionDenied):
        make(world, second, by=by)
    with pytest.raises(PermissionDenied):
        execute(world, batch, by=by)
    with pytest.raises(PermissionDenied):
        payments.discard(batch, reason="X", by=by, now=world.now)
    with pytest.raises(PermissionDenied):
        payments.refuse(item(first), code="AC04", note="", by=by, now=world.now)
    assert item(first).state == S.OPEN


def test_who_approved_neither_instructs_nor_settles_a_claim(world):
    mine, other = approved(world), approved(world)
    Claim.objects.filter(pk=other.pk).update(approved_by=world.manager)
    world.broker.region_roles.create(region=world.home, role="finance", starts_at=world.now)
    both = Actor.person(type(world.broker).objects.get(pk=world.broker.pk))
    with pytest.raises(NotPayable) as refused:
        make(world, mine, other, by=both)
    assert [claim for claim, _verdict in refused.value.problems] == [mine]
    batch = make(world, mine, other)
    assert execute(world, batch, by=both) == [item(mine)]
    batch.refresh_from_db()
    assert (batch.state, lives.fresh(other).state) == (BatchState.OPEN, ClaimState.PAID)
    assert execute(world, batch) == []
    assert PaymentBatch.objects.get().state == BatchState.DONE


def test_a_claim_in_a_batch_is_neither_paid_by_hand_nor_revoked(world):
    claim = approved(world)
    batch = make(world, claim)
    with pytest.raises(Refused) as refused:
        claims.pay(lives.fresh(claim), payment_reference="X", by=finance(world), now=world.now)
    [reason] = refused.value.verdict.reasons
    assert (reason.code, reason.params["batch"]) == (ReasonCode.PAYMENT_INSTRUCTED, batch.number)
    by = Actor.person(world.manager)
    with pytest.raises(Refused):
        vouchers.revoke(claim.award, recovered=Decimal(0), reason="X", by=by, now=world.now)
    assert lives.fresh(claim).state == ClaimState.APPROVED


def test_the_days_are_those_of_the_bank(world):
    claim, day = approved(world), world.now.date()
    with pytest.raises(Refused):
        make(world, claim, execution_date=day - timedelta(days=1))
    batch = make(world, claim)
    for wrong in (day - timedelta(days=1), day + timedelta(days=1)):
        with pytest.raises(Refused):
            payments.execute(
                batch, executed_on=wrong, payment_reference="X", by=finance(world), now=world.now
            )
    later = world.now + timedelta(days=5)
    payments.execute(batch, executed_on=day, payment_reference="X", by=finance(world), now=later)
    assert lives.fresh(claim).paid_at.date() == day


def test_what_was_instructed_stays_as_it_is(world):
    claim = approved(world)
    batch = make(world, claim)
    rows = {
        PaymentBatch.objects.filter(pk=batch.pk): [
            {"total": 1},
            {"execution_date": "2030-01-01"},
            {"debtor_iban": ""},
            {"instruction": "<other/>"},
            {"sha256": ""},
        ],
        batch.instructions.all(): [{"amount": 1}, {"iban": "X"}, {"name": "X"}, {"remittance": ""}],
    }
    for found, changes in rows.items():
        for change in changes:
            with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
                found.update(**change)
        with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
            found._raw_delete("default")


def test_the_database_keeps_a_claim_in_one_batch(world):
    claim = approved(world)
    batch = make(world, claim)
    with pytest.raises(IntegrityError, match="a_claim_is_instructed_once"), transaction.atomic():
        Instruction.objects.create(batch=batch, claim=claim, amount=1, end_to_end_id="X")


# --- at once ---


def test_two_batches_of_the_same_claims_at_once_hold_each_once(shared_world):
    world = shared_world
    rows = [approved(world) for _number in range(3)]

    def job(*chosen):
        return lambda: make(world, *(Claim.objects.get(pk=row.pk) for row in chosen))

    results = in_threads([job(*rows), job(*reversed(rows))])
    assert sorted(type(result).__name__ for result in results) == ["NotPayable", "PaymentBatch"]
    assert [row.instructions.count() for row in rows] == [1, 1, 1]


def test_executing_twice_at_once_pays_each_claim_once(shared_world):
    world = shared_world
    rows = [approved(world) for _number in range(2)]
    batch = make(world, *rows)
    in_threads([lambda: execute(world, batch)] * 2)
    assert PaymentBatch.objects.get().state == BatchState.DONE
    for row in rows:
        assert [kind for kind, _s, _a in lives.ledger_of(row.award)].count("pay") == 1


def test_refusing_and_executing_at_once_does_one_of_them(shared_world):
    world = shared_world
    claim = approved(world)
    batch = make(world, claim)
    in_threads([lambda: execute(world, batch), lambda: refuse(world, claim)])
    found = (item(claim).state, lives.fresh(claim).state)
    assert found in {(S.PAID, ClaimState.PAID), (S.REFUSED, ClaimState.APPROVED)}
    assert PaymentBatch.objects.get().state == BatchState.DONE
