"""Writing an application: text outlives a closed browser, and amounts obey the instrument."""

from decimal import Decimal

import pytest

from portal.models import OutgoingMail
from tests.journeys.people import draft_of
from tests.vouchers import factories
from vouchers.models import Application

SME = "sme@voorbeeld.example"
# 300 words.
TEXT = " ".join(["We do not know how long our peptide survives in human plasma."] * 25)
KEY = "need"


def test_text_outlives_the_browser_the_language_and_the_device(world, visit):
    sme = visit(SME)
    page = sme.open("/catalogue/?q=peptides+plasma")
    page.get_by_role("link", name="Mass spectrometry Lower Saxony").click()
    sme.press("Apply with this facility")
    page.locator("a[href*='/insight/']").first.click()
    sme.press("Start the application")
    address = draft_of(page).removeprefix(sme.base)
    draft = Application.objects.get()
    assert draft.voucher_type.kind == "insight"
    assert draft.hosts.get().record.title == "Mass spectrometry Lower Saxony"

    sme.open(f"{address}{KEY}/")
    page.locator(f"[name={KEY}]").press_sequentially(TEXT, delay=0, timeout=60_000)
    page.wait_for_timeout(3000)
    assert "Draft saved at" in page.locator("[data-saved]").inner_text()
    page.get_by_role("button", name="Deutsch").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.locator(f"[name={KEY}]").input_value() == TEXT
    sme.context.close()

    phone = visit(SME, width=390)
    page = phone.open(f"{address}{KEY}/")
    phone.check_access()
    assert page.locator(f"[name={KEY}]").input_value() == TEXT
    assert [mail.kind for mail in OutgoingMail.objects.all()] == ["draft_started"]


def test_two_browsers_on_one_field_lose_nothing(world, visit):
    draft = factories.draft(world)
    address = f"/applications/{draft.address}/{KEY}/"
    first, second = visit(SME), visit(SME)
    for one in (first, second):
        one.open(address)
    first.page.fill(f"[name={KEY}]", "What the first has written.")
    first.page.wait_for_timeout(3000)
    second.page.fill(f"[name={KEY}]", "What the second has written.")
    second.page.wait_for_timeout(3000)
    assert "Somebody else has changed this page" in second.page.locator("body").inner_text()
    second.page.get_by_role("button", name="Save and continue").click()
    second.page.wait_for_load_state()
    text = second.page.locator("main").inner_text()
    assert "Somebody else has changed the same answers." in text
    assert "What the first has written." in text
    assert second.page.locator(f"[name={KEY}]").input_value() == "What the second has written."
    assert draft.answers.get(question__key=KEY).value == "What the first has written."
    second.problems.clear()


def try_amount(sme, draft: Application, amount: str) -> list[str]:
    """Ask for an amount on the page; return what is said against it."""
    page = sme.open(f"/applications/{draft.address}/costs/")
    page.locator("[name=amount]").fill(amount)
    page.locator("form[data-autosave] button.btn-primary").click()
    page.wait_for_load_state()
    # The console says that the page came with 422.
    sme.problems.clear()
    return page.locator(".v-errsum li").all_inner_texts()


def post_amount(sme, draft: Application, amount: str) -> str:
    """Send the amount without the page; return what comes back."""
    page = sme.open(f"/applications/{draft.address}/costs/")
    sent = page.locator("form[data-autosave]").evaluate(
        "form => Object.fromEntries([...new FormData(form)].map(([k, v]) => [k, String(v)]))"
    )
    answer = page.request.post(
        page.url, form={**sent, "amount": amount}, headers={"Referer": page.url}
    )
    return answer.text()


def stored(draft: Application) -> Decimal | None:
    return Application.objects.get(pk=draft.pk).amount


def test_a_meet_and_greet_pays_up_to_500(world, visit):
    draft = factories.complete_draft(world, "meet_greet")
    sme = visit(SME)
    assert try_amount(sme, draft, "500.00") == []
    assert stored(draft) == Decimal("500.00")
    refused = try_amount(sme, draft, "500.01")
    assert len(refused) == 1
    assert "500" in refused[0]
    # What is refused is kept as it was typed, and asks for nothing.
    assert sme.page.locator("[name=amount]").input_value() == "500.01"
    assert stored(draft) is None
    assert refused[0] in post_amount(sme, draft, "500.01")
    assert len(try_amount(sme, draft, "0")) == 1
    assert stored(draft) is None


def test_numbers_are_read_in_the_language_of_the_page(world, visit):
    draft = factories.complete_draft(world, "meet_greet")
    sme = visit(SME)
    sme.open("/")
    sme.page.get_by_role("button", name="Deutsch").click()
    sme.page.wait_for_load_state()
    refused = try_amount(sme, draft, "1.000,50")
    assert len(refused) == 1
    assert "500" in refused[0]
    assert try_amount(sme, draft, "400,50") == []
    assert stored(draft) == Decimal("400.50")
    page = sme.open(f"/applications/{draft.address}/costs/")
    assert page.locator("[name=amount]").input_value() == "400,50"


@pytest.mark.parametrize(("kind", "amount"), [("insight", 4000), ("collaboration", 7000)])
def test_a_lump_sum_is_said_and_cannot_be_edited(world, visit, kind, amount):
    draft = factories.complete_draft(world, kind)
    sme = visit(SME)
    page = sme.open(f"/applications/{draft.address}/costs/")
    assert page.locator("[name=amount]:not([type=hidden]):not([disabled])").count() == 0
    assert f"€{amount:,}" in sme.text()
    assert stored(draft) == amount
