"""A firm shares its draft: one person edits a part, one reads, the firm sends, all are told."""

import re

import pytest

from portal.models import JournalEntry, User
from tests.journeys.people import confirm_addresses
from tests.vouchers import factories
from vouchers.models import CoApplicant

MANAGER, VIEWER = "lab@other.example", "viewer@other.example"


@pytest.fixture
def world(world):
    for address in (MANAGER, VIEWER):
        factories.make_person(address)
    confirm_addresses()
    return world


def invite(lead, address: str, part: str = "") -> None:
    """Invite somebody to read, or to edit one part."""
    page = lead.page
    page.get_by_label("E-mail address").fill(address)
    if part:
        page.get_by_label("Read everything, and edit chosen parts").check()
        page.get_by_label(part, exact=True).check()
    lead.press("Send the invitation")
    assert f"We have sent an invitation to {address}." in lead.page.locator("body").inner_text()


def follow(visitor, post, address: str) -> str:
    """Open the link of the letter, sign in there and accept; return the link."""
    body = post.last(address).get_body(("plain",)).get_content()
    link = re.search(r"https?://[^/]+(/applications/invitation/[\w-]+/)", body)
    assert link
    visitor.open(link[1])
    visitor.check_access()
    visitor.press("Sign in")
    visitor.sign_in(address)
    visitor.check_access()
    visitor.press("Take part")
    return link[1]


def edit(manager, draft, question, text: str) -> None:
    """Answer a question from the task list."""
    page = manager.open(f"/applications/{draft.address}/")
    manager.check_access()
    assert "Check your answers and send" not in manager.text()
    page.get_by_role("link", name=question.section_title).first.click()
    page.wait_for_load_state()
    page.locator(f"[name={question.key}]").fill(text)
    manager.press("Save and continue")
    assert draft.answers.get(question=question).value == text


def try_another_part(manager, draft) -> None:
    """Read a part that is not theirs, and send it all the same."""
    page = manager.open(f"/applications/{draft.address}/about/")
    manager.check_access()
    assert "You can read this part, not change it." in manager.text()
    assert page.locator("main input, main textarea, main select").count() == 0
    token = next(c["value"] for c in manager.context.cookies() if c["name"] == "csrftoken")
    sent = page.request.post(
        page.url,
        form={"title": "Taken over", "csrfmiddlewaretoken": token},
        headers={"Referer": page.url},
    )
    assert sent.status == 403


def status_of(visitor, path: str) -> int:
    """Open an address that refuses; the console may say so."""
    answer = visitor.page.goto(f"{visitor.base}{path}")
    visitor.problems.clear()
    return answer.status


def test_each_person_does_what_they_were_given(world, visit, post):
    draft = factories.complete_draft(world)
    question = draft.question_set.questions.filter(kind="long_text").first()
    address = f"/applications/{draft.address}/"
    lead = visit(world.sme.email)
    lead.open(f"{address}people/")
    lead.check_access()
    invite(lead, MANAGER, question.section_title)
    invite(lead, VIEWER)
    lead.check_access()
    post.collect()
    assert (len(post.to(MANAGER)), len(post.to(VIEWER))) == (1, 1)

    manager, viewer = visit(), visit(width=390)
    link = follow(manager, post, MANAGER)
    follow(viewer, post, VIEWER)
    assert status_of(manager, link) == 410
    edit(manager, draft, question, "Written by the laboratory.")
    try_another_part(manager, draft)

    viewer.open(address)
    viewer.check_access()
    assert viewer.page.get_by_text("Read only").count() > 3
    page = lead.open(f"{address}people/")
    page.get_by_role("button", name="Remove viewer").click()
    page.wait_for_load_state()
    assert status_of(viewer, address) == 404

    seats = CoApplicant.objects.order_by("pk")
    verbs = [[*JournalEntry.objects.about(s).values_list("verb", flat=True)] for s in seats]
    assert [sorted(names) for names in verbs] == [
        ["accept_seat", "invite_co_applicant"],
        ["accept_seat", "invite_co_applicant", "remove_co_applicant"],
    ]
    refused = JournalEntry.objects.about(draft).get(verb="refuse_edit")
    assert refused.data == {"section": "about"}


def test_the_firm_sends_and_everybody_is_told(world, visit, post):
    draft = factories.complete_draft(world)
    factories.seated(draft, User.objects.get(email=MANAGER), "about")
    lead = visit(world.sme.email)
    page = lead.open(f"/applications/{draft.address}/check/")
    for box in page.locator("form input[type=checkbox]").all():
        box.check()
    lead.press("Send your application")
    page.wait_for_url("**/receipt/")
    draft.refresh_from_db()
    post.collect()
    for address in (world.sme.email, MANAGER):
        assert len([s for s in post.to(address) if draft.reference in s]) == 1
        enclosed = post.last(address).iter_attachments()
        assert [file.get_content_type() for file in enclosed] == ["application/pdf"]
    assert post.to(VIEWER) == []
