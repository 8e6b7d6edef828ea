"""A claim in a real browser: VAT, a receipt in pounds, a question on it, its answer, approval."""

from decimal import Decimal

import pytest

from portal.permissions import Actor
from tests.journeys.people import confirm_addresses
from tests.vouchers import factories, lives
from vouchers.actions import claim_drafts, claims
from vouchers.models import Claim, ReceiptNote

pytestmark = [pytest.mark.django_db(transaction=True)]
ABOVE = (
    "Of €625 of eligible costs the voucher pays its whole €500, and the firm bears the remaining"
    " €125."
)
RECEIPT = {
    "paid_on": "8/3/2027",
    "supplier": "National Rail",
    "receipt_number": "NR-7",
    "item": "Train",
    "amount": "500",
    "vat": "100.00",
    "rate": "0.8",
    "rate_on": "8 March 2027",
}


@pytest.fixture
def world(fixed_world) -> factories.World:
    """An open call at a fixed instant."""
    return fixed_world


@pytest.fixture
def claim(world) -> Claim:
    """A Meet & Greet claim with report and account, and nothing else."""
    award, by = lives.accepted(world, "meet_greet", amount=Decimal(500)), Actor.person(world.sme)
    made = claims.start(award, by=by, now=world.now)
    account = {"iban": lives.IBAN, "account_holder": "Voorbeeld Biotech BV"}
    claim_drafts.fill(made, report="We met two groups.", **account, by=by, now=world.now)
    confirm_addresses()
    return made


@pytest.fixture
def invoice(tmp_path) -> str:
    """A file to upload."""
    path = tmp_path / "invoice.pdf"
    path.write_bytes(lives.pdf())
    return str(path)


def whole(visitor) -> str:
    """The page's text with plain spaces."""
    return visitor.page.locator("body").inner_text().replace("\N{NO-BREAK SPACE}", " ")


def say_vat(sme) -> None:
    """Answer the question that is asked once."""
    sme.press("VAT")
    sme.check_access()
    sme.page.get_by_label("No", exact=True).check()
    sme.press("Save and continue")
    assert "This voucher does not pay VAT, even where it cannot be deducted." in whole(sme)


def add_receipt(sme, invoice) -> None:
    """Add a receipt in pounds; the rate is asked for once the currency is another."""
    sme.press("Add a receipt")
    rate = sme.page.locator("[name=rate]")
    assert rate.is_visible() is not sme.scripts
    sme.page.locator("[name=currency]").select_option("GBP")
    assert rate.is_visible()
    sme.check_access()
    for name, value in RECEIPT.items():
        sme.page.locator(f"[name={name}]").fill(value)
    sme.page.locator("[name=kind]").select_option(label="Travel")
    sme.page.locator("[name=rate_source]").select_option("ecb")
    sme.page.set_input_files("[name=receipt]", invoice)
    sme.page.set_input_files("[name=proof_of_payment]", invoice)
    sme.press("Save the receipt")
    for words in ("€625", "500.00 GBP", "1 EUR = 0.8 GBP on 8 March 2027.", ABOVE):
        assert words in whole(sme)
    sme.check_access()


def send(sme) -> None:
    """Declare and send."""
    sme.press("Check your claim and send")
    sme.check_access()
    sme.page.locator("[name=is_true]").check()
    sme.press("Send the claim")


def ask(broker) -> None:
    """Ask about the receipt, and send the claim back with nothing but the question."""
    assert ABOVE in whole(broker)
    broker.press("Ask about this receipt")
    form = broker.page.locator("form[action*='/ask/']")
    form.locator("[name=ask-text]").fill("Which trip was this?\nAnd who travelled?")
    broker.check_access()
    form.get_by_role("button").click()
    broker.page.wait_for_load_state()
    assert "The question is noted." in broker.text()
    broker.page.locator("summary", has_text="Send back").click()
    broker.press("Send back")
    assert "Sent back to the applicant." in broker.text()


def answer(sme, invoice) -> None:
    """Read the question, and answer it with a text and a new file."""
    assert "And who travelled?" in sme.text()
    sme.check_access()
    sme.press("Answer")
    sme.page.locator("[name=text]").fill("To the laboratory in Leeds; A. Voorbeeld.")
    sme.page.set_input_files("[name=receipt]", invoice)
    sme.check_access()
    sme.press("Save the answer")


def approve(broker) -> None:
    """Accept less than was claimed; the page first shows what that pays."""
    assert "To the laboratory in Leeds; A. Voorbeeld." in broker.text()
    broker.check_access()
    form = broker.page.locator("form[action*='/approve/']")
    form.get_by_label("Eligible part of receipt 1").fill("400")
    form.get_by_role("button").click()
    broker.page.wait_for_load_state()
    assert "With these amounts €400 is paid and €100 returns to the pot" in broker.text()
    broker.check_access()
    form.get_by_role("button").click()
    broker.page.wait_for_load_state()
    assert "Approved: €400 to be paid." in broker.text()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_receipt_in_pounds_is_asked_about_and_approved(world, claim, invoice, visit, scripts):
    mine = f"/applications/{claim.award.application.reference}/claim/"
    theirs = f"/admin/vouchers/claim/{claim.pk}/change/"
    sme = visit(world.sme.email, scripts=scripts, width=390)
    sme.open(mine)
    say_vat(sme)
    add_receipt(sme, invoice)
    send(sme)
    broker = visit(world.broker.email, scripts=scripts)
    broker.open(theirs)
    ask(broker)
    sme.open(mine)
    answer(sme, invoice)
    send(sme)
    broker.open("/admin/vouchers/claim/")
    assert "Unread answer" in broker.text()
    broker.check_access()
    broker.open(theirs)
    approve(broker)
    broker.open("/admin/vouchers/claim/")
    assert "Unread answer" not in broker.text()
    assert lives.fresh(claim).approved_amount == Decimal(400)
    assert list(ReceiptNote.objects.values_list("kind", "new_receipt")) == [
        ("question", False),
        ("answer", True),
    ]
