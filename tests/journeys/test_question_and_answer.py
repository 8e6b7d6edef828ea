"""A broker asks about one answer, the firm changes it, the broker sees what changed; an appeal."""

from portal import clock
from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import applications
from vouchers.enums import RejectReason, TextUse
from vouchers.models import Application, TextBlock


def test_only_what_was_asked_is_answered_and_the_words_are_marked(world, visit, post):
    application = factories.submitted(world, "collaboration")
    asked = application.question_set.questions.filter(kind="long_text").first()
    TextBlock.objects.create(
        programme=world.programme,
        use=TextUse.QUESTION,
        title="Carrier",
        text="Which carrier?\r\nPlease name it.",
    )
    desk = f"/admin/vouchers/application/{application.reference}/change/"

    broker = visit(world.broker.email)
    page = broker.open(desk)
    page.locator("summary", has_text="Ask a question").click()
    form = page.locator("form[action*=send_back]")
    form.get_by_label("Text block").select_option(label="Carrier (English)")
    message = form.get_by_label("Message to the applicant")
    assert message.input_value() == "Which carrier?\nPlease name it."
    form.get_by_label("Message to the applicant").fill("Which carrier did you test?")
    form.locator(f"input[value='{asked.key}']").check()
    form.get_by_role("button").last.click()
    page.wait_for_load_state()
    assert "The promise clock stands" in page.locator("body").inner_text()
    assert any("Answer by" in subject for subject in post.collect().to(world.sme.email))

    sme = visit(world.sme.email)
    page = sme.open(f"/applications/{application.reference}/")
    sme.check_access()
    assert page.get_by_text("Not asked about").count() > 3
    page.get_by_role("link", name=asked.section_title).first.click()
    page.wait_for_load_state()
    old = application.answers.get(question=asked).value
    page.locator(f"[name={asked.key}]").fill(f"{old} The second carrier.")
    page.wait_for_timeout(2500)
    sme.check_access()
    assert "Draft saved at" in page.locator("body").inner_text()
    page.goto(f"{sme.base}/applications/{application.reference}/check/")
    for box in page.locator("form input[type=checkbox]").all():
        box.check()
    sme.press("Send your application")
    page.wait_for_url("**/receipt/")

    page = broker.open(desk)
    broker.check_access()
    changed = page.locator(".v-changed")
    assert changed.locator("dt").all_inner_texts() == [asked.label]
    assert "The second carrier." in changed.locator("ins").inner_text()
    assert changed.locator("del").count() == 0


def test_an_ineligible_firm_appeals_and_somebody_else_reinstates_it(world, visit, post):
    application = factories.submitted(world)
    applications.find_ineligible(
        application,
        reason=RejectReason.OUT_OF_SCOPE,
        message="Not life sciences.",
        by=Actor.person(world.broker),
        now=clock.now(),
    )
    arrived = application.first_submitted_at

    sme = visit(world.sme.email, width=390)
    page = sme.open(f"/applications/{application.reference}/")
    page.get_by_role("link", name="Appeal against the decision").click()
    sme.check_access()
    page.fill("[name=text]", "A peptide is life sciences.")
    sme.press("Send the appeal")
    assert "Waits for an answer" in sme.text()

    manager = visit(world.manager.email)
    page = manager.open("/dashboard/")
    manager.press("Appeals to answer")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Uphold").click()
    page.fill("[name=answer]", "It is within the scope.")
    page.get_by_role("button", name="Uphold the appeal").click()
    page.wait_for_load_state()
    row = Application.objects.get(pk=application.pk)
    assert (row.state, row.first_submitted_at) == ("submitted", arrived)
    assert [s for s in post.collect().to(world.sme.email) if "upheld" in s]
