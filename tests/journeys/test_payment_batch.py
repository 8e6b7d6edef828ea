"""From approved claims to a paid batch in a real browser, and a refused account put right."""

import pytest

from tests.journeys.people import confirm_addresses
from tests.vouchers import lives
from tests.vouchers.test_payment_batches import approved, with_account
from vouchers.enums import ClaimState
from vouchers.models import Claim, PaymentBatch

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False])
def test_finance_pays_what_was_approved_and_the_firm_corrects_its_account(world, visit, scripts):
    with_account(world)
    good, closed, wrong = approved(world), approved(world, 150), approved(world, iban="NL00X")
    confirm_addresses()
    finance = visit(world.finance.email, scripts=scripts)
    page = finance.open("/admin/vouchers/paymentbatch/new/")
    assert "The digits of the account do not fit together" in finance.text()
    assert page.get_by_label(f"Pay {wrong}").count() == 0
    finance.check_access()
    page.get_by_label(f"Pay {good}").uncheck()
    page.get_by_label(f"Pay {closed}").uncheck()
    page.get_by_role("button", name="Make a batch").click()
    page.wait_for_load_state()
    assert "Tick at least one claim" in finance.text()
    finance.check_access()
    page.get_by_label(f"Pay {good}").check()
    page.get_by_label(f"Pay {closed}").check()
    finance.press("Make a batch")
    batch = PaymentBatch.objects.get()
    finance.check_access()
    with page.expect_download() as download:
        page.get_by_role("link", name="SEPA file (pain.001)").click()
    assert download.value.suggested_filename == f"{batch.number}.xml"

    line = page.locator("tr", has_text=f"{closed.award.number}-P1")
    line.get_by_role("link", name="The bank refused it").click()
    finance.check_access()
    page.locator("[name=code]").select_option("AC04")
    page.locator("[name=note]").fill("Closed in May.")
    finance.press("Take it out of the batch")
    assert "The claim is approved and not paid." in finance.text()
    page.locator("[name=execute-payment_reference]").fill("BANK 7")
    finance.press("The bank has executed it")
    assert "1 payment is booked." in finance.text()
    finance.check_access()
    assert [lives.fresh(row).state for row in (good, closed)] == [
        ClaimState.PAID,
        ClaimState.APPROVED,
    ]

    correct_account(visit, closed, scripts)


def correct_account(visit, closed, scripts) -> None:
    """Be the firm, on a phone: read what the bank says, and name another account."""
    firm = closed.award.application.organisation.memberships.get().user
    sme = visit(firm.email, scripts=scripts, width=390)
    sme.open(f"/applications/{closed.award.application.address}/claim/")
    assert "The bank says: AC04: the account is closed." in sme.text()
    sme.check_access()
    sme.press("Correct the account")
    sme.check_access()
    sme.page.locator("[name=iban]").fill("DE89 3704 0044 0532 0130 00")
    sme.press("Save and continue")
    assert "We pay to the account that you named now." in sme.text()
    assert Claim.objects.get(pk=closed.pk).iban == "DE89370400440532013000"
