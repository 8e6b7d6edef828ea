"""A receipt or its file that stands in another claim too is shown to who checks the claim."""

from decimal import Decimal

import pytest

from portal.permissions import Actor
from tests.vouchers import factories
from tests.vouchers.test_claims_desk import accepted, address
from vouchers.actions import claim_drafts, claims
from vouchers.actions.drafts import Checked
from vouchers.cases.receipts import used_again
from vouchers.models import Claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(freeze, settings):
    freeze(factories.NOW)
    settings.MFA_RELAXED_FOR_DEMO = True
    return factories.make_world()


def claim_with(world, *receipts, by=None, is_filed=True) -> Claim:
    """A claim with these receipts: supplier, number and a word for the file's content."""
    person = by or factories.another_sme(world)
    award, actor = accepted(world, by=person), Actor.person(person)
    claim = claims.start(award, by=actor, now=world.now)
    account = {"iban": "NL91ABNA0417164300", "account_holder": "Voorbeeld BV"}
    claim_drafts.fill(claim, report="Done.", **account, by=actor, now=world.now)
    for supplier, number, content in receipts:
        claim_drafts.add_line(
            claim,
            line=claim_drafts.LineFields(
                kind=award.application.voucher_type.cost_kinds.get(code="travel"),
                paid_on=world.now.date(),
                supplier=supplier,
                receipt_number=number,
                item="Train",
                amount=Decimal(100),
                vat=Decimal(0),
            ),
            receipt=pdf(content),
            proof_of_payment=pdf(f"proof of {content}"),
            by=actor,
            now=world.now,
        )
    if is_filed:
        claims.file(claim, by=actor, now=world.now)
    claim.refresh_from_db()
    return claim


def pdf(content: str) -> Checked:
    body = f"%PDF-1.7 {content}".encode()
    return Checked("receipt.pdf", "application/pdf", body, content.rjust(64, "0")[-64:])


def again(claim, user):
    """What is told of each line: the other claim, or a word for one of another region."""
    found = used_again(claim, seen_by=user)
    return {
        line.position: [
            (str(one.claim) if one.claim else "elsewhere", "file" if one.is_file else "receipt")
            for one in found.get(line.pk, [])
        ]
        for line in claim.lines.all()
    }


def test_the_same_number_of_the_same_supplier_is_found_however_it_is_written(world):
    first = claim_with(world, ("Voorbeeld Trains", "R-1", "a"))
    second = claim_with(world, ("voorbeeld  TRAINS ", "r-1", "b"), ("Voorbeeld Trains", "R-2", "c"))
    assert again(second, world.broker) == {1: [(str(first), "receipt")], 2: []}
    assert again(first, world.broker) == {1: [(str(second), "receipt")]}


def test_the_same_number_of_another_supplier_is_another_receipt(world):
    claim_with(world, ("Voorbeeld Trains", "R-1", "a"))
    second = claim_with(world, ("Voorbeeld Hotel", "R-1", "b"))
    assert again(second, world.broker) == {1: []}


def test_the_same_file_is_found_under_another_number_as_receipt_or_proof(world):
    first = claim_with(world, ("Voorbeeld Trains", "R-1", "a"))
    second = claim_with(world, ("Voorbeeld Hotel", "H-1", "a"), ("Hotel", "H-2", "proof of a"))
    found = [(str(first), "file")]
    assert again(second, world.broker) == {1: found, 2: found}


def test_a_claim_that_was_never_filed_says_nothing(world):
    claim_with(world, ("Voorbeeld Trains", "R-1", "a"), is_filed=False)
    second = claim_with(world, ("Voorbeeld Trains", "R-1", "a"))
    assert again(second, world.broker) == {1: []}


def test_of_another_region_one_learns_only_that_it_is_there(world, client):
    first = claim_with(world, ("Voorbeeld Trains", "R-1", "a"))
    Claim.objects.filter(pk=first.pk).update(number=7)
    first.award.application.home_region = world.regions["DE-NDS"]
    first.award.application.save()
    second = claim_with(world, ("Voorbeeld Trains", "R-1", "b"))

    assert again(second, world.broker) == {1: [("elsewhere", "receipt")]}
    client.force_login(world.broker)
    page = client.get(address(second)).content.decode()
    assert "The same receipt is in a claim of another region" in page
    assert first.award.number not in page
    client.force_login(world.manager)
    assert (
        f"The same receipt is in {first.award.number} / 7"
        in client.get(address(second)).content.decode()
    )
