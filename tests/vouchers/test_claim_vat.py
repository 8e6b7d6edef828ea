"""VAT of a claim: asked once, paid where the frozen terms say so and the firm cannot deduct it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from portal.models import Document
from portal.permissions import Actor
from tests.vouchers import factories, lives
from vouchers.actions import claim_drafts, claims
from vouchers.cases.claims import settlement_of
from vouchers.enums import ClaimState
from vouchers.models import Award, CallVoucherType, Claim

pytestmark = pytest.mark.django_db
DEDUCTED = "The firm can deduct VAT, so VAT is no cost and the voucher does not pay it."
NOT_PAID = "This voucher does not pay VAT, even where it cannot be deducted."
PAID = "The firm cannot deduct VAT, so the voucher pays VAT like the rest of the cost."
NOT_SAID = "This voucher pays VAT where the firm cannot deduct it, which the firm still has to say."


@pytest.fixture
def world(freeze, settings) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


def pay_vat(world) -> None:
    """Let the frozen terms of the home region pay VAT; the others' stay as they are."""
    offer = CallVoucherType.objects.get(pk=world.offers["meet_greet"].pk)
    offer.terms = {**offer.terms, "regions": {world.home.code: {"pays_vat": True}}}
    offer.save()


def written(world, deducts_vat: bool | None) -> Claim:
    claim = lives.written(world, "meet_greet", amount=Decimal(500))
    Claim.objects.filter(pk=claim.pk).update(deducts_vat=deducts_vat)
    return lives.fresh(claim)


def address(award: Award, name: str = "claim") -> str:
    return reverse(name, args=[award.application.reference])


@pytest.mark.parametrize(
    ("pays_vat", "deducts_vat", "said"),
    [
        (False, True, ("312.50", DEDUCTED)),
        (False, False, ("312.50", NOT_PAID)),
        (True, True, ("312.50", DEDUCTED)),
        (True, False, ("334.38", PAID)),
        (True, None, ("312.50", NOT_SAID)),
    ],
)
def test_both_sides_read_the_rule_and_its_amounts(client, world, pays_vat, deducts_vat, said):
    eligible, rule = said
    if pays_vat:
        pay_vat(world)
    claim = written(world, deducts_vat)
    client.force_login(world.sme)
    sme = client.get(address(claim.award)).content.decode()
    Claim.objects.update(state=ClaimState.FILED, filed_at=world.now)
    client.force_login(world.broker)
    page = client.get(reverse("admin:vouchers_claim_change", args=[claim.pk]))
    assert (rule in sme, rule in page.content.decode()) == (True, True)
    assert page.context["settlement"].eligible == Decimal(eligible)
    assert f"€{eligible}" in sme


def test_vat_that_is_paid_stands_in_ledger_and_advice(world):
    pay_vat(world)
    claim, sme = written(world, None), Actor.person(world.sme)
    with pytest.raises(claims.ClaimNotComplete) as lacks:
        claims.file(claim, by=sme, now=world.now)
    assert lacks.value.missing == ["vat"]
    claim_drafts.say_vat(claim, deducts_vat=False, by=sme, now=world.now)
    claims.file(lives.fresh(claim), by=sme, now=world.now)
    promised = settlement_of(claim.award, lives.fresh(claim))
    claims.approve(lives.fresh(claim), eligible={}, by=Actor.person(world.broker), now=world.now)
    by = Actor.person(world.finance)
    claims.pay(lives.fresh(claim), payment_reference="1", by=by, now=world.now)
    assert (promised.pays, promised.returns) == (Decimal("334.38"), Decimal("165.62"))
    assert lives.ledger_of(claim.award)[2:] == [
        ("pay", "", "334.38"),
        ("release", "committed", "165.62"),
    ]
    facts = Document.objects.get(kind="payment_advice").facts
    [line] = facts["claim_lines"]
    said = (line["claimed"], line["accepted"], line["decision"], facts["vat_rule"] + ".")
    assert said == ("334.38", "334.38", "Accepted", PAID)


def test_the_broker_may_accept_vat_only_where_it_is_paid(client, world):
    claim = written(world, deducts_vat=True)
    claims.file(claim, by=Actor.person(world.sme), now=world.now)
    client.force_login(world.broker)
    page = reverse("admin:vouchers_claim_approve", args=[claim.pk])
    line = f"approve-line_{claim.lines.get().pk}"
    refused = client.post(page, {line: "312.51"})
    assert "Enter up to €312.50" in refused.content.decode()
    assert client.post(page, {line: "312.50"}).status_code == 302


def test_it_is_asked_once_and_may_be_changed_until_it_is_sent(client, world):
    award = lives.accepted(world, "meet_greet", amount=Decimal(500))
    client.force_login(world.sme)
    page = address(award, "claim_vat")
    unsaid = client.post(page, {})
    assert "Say whether your firm can deduct VAT" in unsaid.content.decode()
    partly = client.post(page, {"deducts_vat": "partly"})
    said = [client.post(page, {"deducts_vat": word}).status_code for word in ("yes", "no")]
    claim = Claim.objects.get()
    assert (unsaid.status_code, partly.status_code, said) == (422, 422, [302, 302])
    assert claim.deducts_vat is False
    Claim.objects.update(state=ClaimState.FILED, filed_at=world.now)
    assert client.get(page).status_code == 302
    assert client.post(page, {"deducts_vat": "yes"}).status_code == 409


def test_a_lump_sum_does_not_ask(client, world):
    claim = lives.written(world)
    client.force_login(world.sme)
    page = client.get(address(claim.award)).content.decode()
    assert (NOT_PAID in page, address(claim.award, "claim_vat") in page) == (False, False)
    assert client.get(address(claim.award, "claim_vat")).status_code == 404
