"""A cost is paid once: a firm hears of its own other claims, the desk of those of all firms."""

from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

import pytest

from portal.permissions import Actor
from portal.uploads import Checked
from tests.vouchers import factories, lives
from tests.vouchers.test_claims import address, file, receipt, words
from tests.vouchers.test_receipts_again import again
from vouchers.actions import claim_drafts, claims
from vouchers.enums import AwardState, ClaimState
from vouchers.models import Award, Claim, ClaimLine
from vouchers.rules.verdict import ReasonCode, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(freeze, settings) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


def first_and_second(world) -> tuple[Claim, Claim]:
    """Two claims of one firm: a Meet & Greet with a receipt, and an empty one of an Insight."""
    first = lives.written(world, "meet_greet", amount=Decimal(500))
    return first, lives.written(world, "insight")


def pdf(word: str) -> Checked:
    return Checked("r.pdf", "application/pdf", f"%PDF {word}".encode(), word.rjust(64, "0"))


def add(claim: Claim, world, receipt: str = "new", proof: str = "new", **given) -> ClaimLine:
    return claim_drafts.add_line(
        claim,
        line=lives.line(claim.award, **given),
        receipt=pdf(receipt),
        proof_of_payment=pdf(proof),
        by=Actor.person(world.sme),
        now=world.now,
    )


def test_the_form_says_where_the_receipt_is(client, world):
    first, second = first_and_second(world)
    client.force_login(world.sme)
    answer = client.post(
        address(second.award, "claim_receipt_new"),
        receipt(second.award, supplier="DEUTSCHE  BAHN", receipt_number="a-1"),
    )
    sentence = (
        f"Receipt a-1 of DEUTSCHE BAHN is in your claim {first} already, and a cost is paid once"
    )
    assert (answer.status_code, words(answer).count(sentence)) == (422, 2)
    assert not second.lines.exists()


def test_the_form_says_where_the_file_is(client, world):
    first, second = first_and_second(world)
    stored = first.lines.get().receipt
    client.force_login(world.sme)
    stored.sha256 = sha256(lives.pdf()).hexdigest()
    stored.save()
    answer = client.post(
        address(second.award, "claim_receipt_new"),
        receipt(second.award, receipt_number="B-2", receipt=file()),
    )
    sentence = f"This file is in your claim {first} already, and a cost is paid once"
    assert (answer.status_code, words(answer).count(sentence)) == (422, 2)


def test_the_action_refuses_both_and_a_bank_statement_may_prove_two(world):
    first, second = first_and_second(world)
    claim_drafts.remove_line(first.lines.get(), by=Actor.person(world.sme), now=world.now)
    add(first, world, "invoice", "statement", receipt_number="A-1")
    with pytest.raises(Refused) as same:
        add(second, world, receipt_number="A-1")
    with pytest.raises(Refused) as file_again:
        add(second, world, "invoice", receipt_number="A-2")
    assert (same.value.verdict.codes, file_again.value.verdict.codes) == (
        (ReasonCode.RECEIPT_CLAIMED,),
        (ReasonCode.RECEIPT_FILE_CLAIMED,),
    )
    kept = add(second, world, "another", "statement", receipt_number="A-2")
    with pytest.raises(Refused):
        claim_drafts.edit_line(
            kept,
            line=lives.line(second.award, receipt_number="A-1"),
            receipt=None,
            proof_of_payment=None,
            by=Actor.person(world.sme),
            now=world.now,
        )


def test_of_another_firm_nothing_is_said_and_the_desk_sees_it(client, world):
    first = lives.filed(world, "meet_greet", amount=Decimal(500))
    other = factories.another_sme(world)
    award = lives.accept(factories.approved(world, "insight", by=other), world, by=other)
    client.force_login(other)
    sent = receipt(award, receipt=file(), proof_of_payment=file())
    answer = client.post(address(award, "claim_receipt_new"), sent)
    assert answer.status_code == 302
    claim, by = award.claims.get(), Actor.person(other)
    assert first.award.number not in words(client.get(address(award)))
    account = {"iban": lives.IBAN, "account_holder": "Other"}
    claim_drafts.fill(claim, report="Done.", **account, by=by, now=world.now)
    claims.file(claim, by=by, now=world.now)
    assert again(claim, world.broker) == {1: [(str(first), "receipt")]}


@pytest.mark.parametrize("why", ["the award has ended", "nothing of it was accepted"])
def test_what_cannot_be_paid_any_more_may_be_claimed_again(world, why):
    first, second = first_and_second(world)
    if why == "the award has ended":
        Award.objects.filter(pk=first.award_id).update(state=AwardState.CANCELLED)
    else:
        Claim.objects.filter(pk=first.pk).update(state=ClaimState.PAID)
        first.lines.update(eligible_amount=0)
    assert add(second, world, receipt_number="A-1").pk


def test_a_receipt_from_before_and_after_the_voucher_names_the_days(client, world, freeze):
    award = lives.accepted(world, "meet_greet", amount=Decimal(500))
    freeze(world.now + timedelta(days=140))
    client.force_login(world.sme)
    sentence = (
        "Enter a receipt dated from 8 March 2027 to 8 July 2027: the voucher pays no other cost"
    )
    found = [
        words(client.post(address(award, "claim_receipt_new"), receipt(award, paid_on=day))).count(
            sentence
        )
        for day in ("7/3/2027", "9/7/2027", "8/7/2027")
    ]
    assert (found, ClaimLine.objects.count()) == ([2, 2, 0], 1)
