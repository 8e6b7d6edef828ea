"""One voucher from the catalogue to the paid claim, as the people live it."""

import io
import re
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from django.core.management import call_command
from django.utils import timezone
from pypdf import PdfReader

from tests.journeys.partner import confirm_as_partner
from tests.journeys.people import draft_of
from vouchers.models import Application, balance_of

SME = "sme@voorbeeld.example"
PARTNER = "lab@lower-saxony.example"
NEED = "We do not know how long our peptide survives in human plasma."


@pytest.fixture
def quote(tmp_path):
    path = tmp_path / "receipt.pdf"
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(path)
    return path


def pdf_text(letter):
    parts = [p for p in letter.iter_attachments() if p.get_content_type() == "application/pdf"]
    assert len(parts) == 1
    pages = PdfReader(io.BytesIO(parts[0].get_content())).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def apply_for_insight(sme, visit, post):
    """From the catalogue to the receipt."""
    page = sme.open("/catalogue/?q=peptides+plasma")
    sme.check_access()
    page.get_by_role("link", name="Mass spectrometry Lower Saxony").click()
    sme.check_access()
    sme.press("Apply with this facility")
    sme.sign_in(SME)
    page.locator("a[href*='/insight/']").first.click()
    sme.press("Start the application")
    address = draft_of(page)
    sme.check_access()
    fill_in(sme, address)
    sme.open(f"{address}hosts/")
    sme.check_access()
    sme.press("Ask for consent")
    confirm_as_partner(visit(), post, address=PARTNER, reads=NEED, price="6,800")
    assert [len(post.collect().to(PARTNER)), len(post.to(SME))] == [2, 2]
    sme.open(f"{address}hosts/")
    assert "confirmed €6,800" in sme.text()
    sme.open(f"{address}check/")
    sme.check_access()
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    sme.press("Send")
    sme.check_access()
    return Application.objects.get()


def fill_in(sme, address):
    page = sme.page
    sme.open(f"{address}organisation/")
    page.select_option("[name=year]", index=1)
    page.fill("[name=headcount]", "14")
    page.fill("[name=turnover]", "1,900,000")
    page.fill("[name=balance_sheet]", "2,400,000")
    page.get_by_label("Life sciences").check()
    sme.press("Save and continue")
    sme.open(f"{address}aid/")
    page.locator("[name=is_export_tied]").last.check()
    page.check("[name=none]")
    sme.press("Save and continue")
    sme.open(f"{address}about/")
    sme.check_access()
    page.fill("[name=title]", "Plasma stability of our lead peptide")
    page.get_by_label("Technology").check()
    sme.press("Save and continue")
    sme.open(f"{address}need/")
    page.fill("[name=need]", NEED)
    page.locator("[name=purpose]").last.check()
    sme.press("Save and continue")
    sme.open(f"{address}plan/")
    page.fill("[name=plan]", "They measure the half-life in plasma of ten donors.")
    later = timezone.now().date() + timedelta(days=60)
    page.fill("[name=starts_on]", f"{later:%d %B %Y}")
    page.fill("[name=ends_on]", f"{later + timedelta(days=90):%d %B %Y}")
    sme.press("Save and continue")
    sme.open(f"{address}results/")
    page.fill("[name=result]", "We choose between two follow-up molecules.")
    sme.press("Save and continue")
    sme.open(f"{address}costs/")
    page.fill("[name=cost-1-item]", "Method and samples")
    page.select_option("[name=cost-1-kind]", index=1)
    page.fill("[name=cost-1-amount]", "4,200")
    sme.press("Save and continue")


def claim(sme, application, quote):
    page = sme.page
    sme.open(f"/applications/{application.reference}/claim/")
    if page.get_by_role("button", name="Start").count():
        sme.press("Start")
    sme.open(f"/applications/{application.reference}/claim/report/")
    page.fill("[name=report]", "Ten donors measured; the peptide lives for four hours. " * 3)
    sme.press("Save")
    sme.open(f"/applications/{application.reference}/claim/account/")
    page.fill("[name=account_holder]", "Voorbeeld Biotech BV")
    page.fill("[name=iban]", "NL91 ABNA 0417 1643 00")
    sme.press("Save")
    sme.open(f"/applications/{application.reference}/claim/receipts/new/")
    # The voucher counts days where the firm is: there it may be tomorrow already.
    today = timezone.localdate(timezone=ZoneInfo(application.home_region.time_zone))
    page.fill("[name=paid_on]", f"{today:%d %B %Y}")
    page.fill("[name=supplier]", "Musterlab Lower Saxony")
    page.fill("[name=receipt_number]", "2027-118")
    page.fill("[name=item]", "Method and samples")
    page.select_option("[name=kind]", index=1)
    page.fill("[name=amount]", "4200")
    page.fill("[name=vat]", "0")
    page.set_input_files("[name=receipt]", quote)
    page.set_input_files("[name=proof_of_payment]", quote)
    sme.press("Save")
    sme.open(f"/applications/{application.reference}/claim/check/")
    sme.check_access()
    page.check("[name=is_true]")
    sme.press("Send")


@pytest.mark.django_db(transaction=True)
def test_an_sme_gets_its_voucher_paid(world, visit, post, quote):
    sme, home = visit(), visit(world.broker.email)
    application = apply_for_insight(sme, visit, post)
    check_receipt(sme, application, post)
    decide_at_home(home, post)
    sme.open("/applications/LSV-1-0001/")
    assert "voucher" not in sme.page.locator("main .v-tag").all_inner_texts()
    confirm_as_host(visit(world.host_broker.email))
    read_letter(post)
    accept(sme)
    award = Application.objects.get().award
    assert award.state == "accepted"
    assert balance_of(award.pot).committed == Decimal(4000)
    claim(sme, application, quote)
    approve_and_pay(home, visit(world.finance.email))
    balance = balance_of(award.pot)
    assert (balance.reserved, balance.committed, balance.paid) == (0, 0, Decimal(4000))
    assert post.collect().to(SME)[-1].startswith("Paid: voucher LSV-1-INS-001")
    assert "€4,000" in pdf_text(post.last(SME))
    look_at_figures(visit(world.manager.email))
    call_command("check_integrity")


def check_receipt(sme, application, post):
    assert application.reference == "LSV-1-0001"
    assert application.submissions.get().content_hash in sme.page.content()
    assert post.collect().to(SME) == [
        "First call: your draft is saved (Insight)",
        "Musterlab Lower Saxony confirms: €6,800",
        "Received: your application LSV-1-0001",
    ]
    assert "€6,800" in pdf_text(post.last(SME))
    assert NEED in pdf_text(post.last(SME))


def decide_at_home(home, post):
    home.open("/admin/vouchers/application/")
    home.check_access()
    home.press("Voorbeeld Biotech BV")
    assert NEED in home.text()
    home.check_access()
    home.press("Eligible")
    home.press("Approve")
    assert post.collect().to("broker@nds.example") != []


def confirm_as_host(host):
    host.open("/admin/vouchers/application/?tab=to-sign")
    host.press("Voorbeeld Biotech BV")
    assert NEED in host.text()
    assert "€6,800" in host.text()
    assert "1,900,000" not in host.text()
    host.press("Confirm")
    assert Application.objects.get().state == "approved"


def read_letter(post):
    letter = post.collect().last(SME)
    assert letter["Reply-To"] == "team@nl-enl.example"
    text = pdf_text(letter)
    assert "€4,000" in text
    assert "LSV-1-INS-001" in text
    plain = letter.get_body(("plain",)).get_content()
    assert re.search(r"https?://\S+/applications/LSV-1-0001/award/", plain)


def accept(sme):
    sme.open("/applications/LSV-1-0001/award/")
    sme.check_access()
    sme.page.fill("[name=signatory_name]", "A. Voorbeeld")
    sme.page.fill("[name=signatory_role]", "Director")
    sme.page.check("[name=may_sign]")
    sme.press("Accept")


def approve_and_pay(home, finance):
    home.open("/admin/vouchers/claim/")
    home.press("Voorbeeld Biotech BV")
    home.check_access()
    home.press("Approve")
    finance.open("/admin/vouchers/claim/")
    finance.press("Voorbeeld Biotech BV")
    finance.page.fill("[name$=payment_reference]", "LSV 1 2027-03")
    finance.press("Mark as paid")


def look_at_figures(manager):
    manager.open("/statistics/?programme=LSV")
    manager.check_access()
    assert "€4,000" in manager.text()
