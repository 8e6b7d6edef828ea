"""What becomes of a voucher, by the real actions: accepted, claimed, approved, paid."""

import io
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pikepdf

from portal import uploads
from portal.models import User
from portal.permissions import Actor
from tests.vouchers import factories
from tests.vouchers.factories import World
from vouchers.actions import applications, awards, claim_drafts, claims, vouchers
from vouchers.actions.claim_drafts import LineFields
from vouchers.enums import Side
from vouchers.models import Award, Claim, ClaimLine, LedgerEntry

IBAN = "NL91ABNA0417164300"


@cache
def pdf() -> bytes:
    """A PDF of one empty page."""
    document = pikepdf.new()
    document.add_blank_page()
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def checked(name: str = "receipt.pdf") -> uploads.Checked:
    """A file that was looked at."""
    return uploads.Checked(name, "application/pdf", pdf(), "0" * 64)


def offered(world: World, kind: str = "insight", *, amount: Decimal | None = None) -> Award:
    """An award that waits for the SME; a Meet & Greet over the amount given."""
    if amount is None:
        return factories.approved(world, kind)
    application = factories.complete_draft(world, kind, amount=amount)
    factories.send(application, world)
    broker = Actor.person(world.broker)
    applications.find_eligible(application, by=broker, now=world.now)
    awards.sign(application, side=Side.HOME, amount=amount, by=broker, now=world.now)
    return Award.objects.get(application=application)


def accept(award: Award, world: World, *, by: User | None = None) -> Award:
    """Accept the offer as the SME."""
    vouchers.accept(
        award,
        signatory_name="A. Voorbeeld",
        signatory_role="Managing director",
        by=Actor.person(by or world.sme),
        now=world.now,
    )
    return Award.objects.get(pk=award.pk)


def accepted(world: World, kind: str = "insight", *, amount: Decimal | None = None) -> Award:
    """An award that the SME has accepted."""
    return accept(offered(world, kind, amount=amount), world)


def line(award: Award, **given: object) -> LineFields:
    """What a receipt says: a train ticket of €312.50 on the day of the acceptance."""
    kind = award.application.voucher_type.cost_kinds.get(code="travel")
    facts: dict[str, object] = {
        "kind": kind,
        "paid_on": award.starts_on or date(2027, 3, 8),
        "supplier": "Deutsche Bahn",
        "receipt_number": "A-1",
        "item": "Train",
        "amount": Decimal("312.50"),
        "vat": Decimal("21.88"),
    }
    return LineFields(**{**facts, **given})  # type: ignore[arg-type]


def add_line(claim: Claim, world: World, **given: object) -> ClaimLine:
    """Add a receipt with both files."""
    return claim_drafts.add_line(
        claim,
        line=line(claim.award, **given),
        receipt=checked(),
        proof_of_payment=checked("bank.pdf"),
        by=Actor.person(world.sme),
        now=world.now,
    )


def written(world: World, kind: str = "insight", *, amount: Decimal | None = None) -> Claim:
    """A claim that lacks nothing and is not sent; with one receipt where the cost is paid."""
    award, by = accepted(world, kind, amount=amount), Actor.person(world.sme)
    claim = claims.start(award, by=by, now=world.now)
    claim_drafts.fill(
        claim,
        report="We met two groups and agreed on a measurement.",
        iban=IBAN,
        account_holder="Voorbeeld Biotech BV",
        by=by,
        now=world.now,
    )
    if not award.application.terms.is_lump_sum:
        claim_drafts.say_vat(claim, deducts_vat=True, by=by, now=world.now)
        add_line(claim, world)
    return fresh(claim)


def filed(world: World, kind: str = "insight", *, amount: Decimal | None = None) -> Claim:
    """A claim that was sent."""
    claim = written(world, kind, amount=amount)
    claims.file(claim, by=Actor.person(world.sme), now=world.now)
    return fresh(claim)


def returned(world: World, kind: str = "insight") -> Claim:
    """A claim that the broker sent back."""
    claim = filed(world, kind)
    by = Actor.person(world.broker)
    claims.send_back(claim, message="Please say whom you met.", by=by, now=world.now)
    return fresh(claim)


def approved(world: World, kind: str = "insight", *, amount: Decimal | None = None) -> Claim:
    """A claim that the broker approved."""
    claim = filed(world, kind, amount=amount)
    claims.approve(claim, eligible={}, by=Actor.person(world.broker), now=world.now)
    return fresh(claim)


def paid(world: World, kind: str = "insight", *, amount: Decimal | None = None) -> Claim:
    """A claim that finance paid."""
    claim = approved(world, kind, amount=amount)
    by = Actor.person(world.finance)
    claims.pay(claim, payment_reference="2027-0001", by=by, now=world.now)
    return fresh(claim)


def fresh(claim: Claim) -> Claim:
    """The claim as it is stored."""
    return Claim.objects.get(pk=claim.pk)


def ledger_of(award: Award) -> list[tuple[str, str, str]]:
    """The award's ledger lines: kind, stage, amount in EUR."""
    rows = LedgerEntry.objects.filter(award=award).values_list("kind", "stage", "amount")
    return [(kind, stage, f"{amount:.2f}") for kind, stage, amount in rows]


def later(world: World, **delta: float) -> World:
    """Let time pass in the world; tests that read pages freeze the clock too."""
    world.now += timedelta(**delta)
    return world
