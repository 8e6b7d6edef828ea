"""The broker's list of questions, and the pages to answer or close one."""

import pytest
from django.urls import reverse

from brokers.models import Enquiry
from portal.enums import Role
from tests.brokers.test_actions import ask
from tests.catalogue import factories
from tests.catalogue.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def relaxed(settings, freeze) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    factories.programme()


@pytest.fixture
def enquiry() -> Enquiry:
    """A firm of Denmark asks East Netherlands."""
    return ask(home_region=factories.region("DK-DNK"))


def address(page: str, *args) -> str:
    return reverse(f"admin:brokers_enquiry_{page}", args=args)


PEOPLE = {
    "broker": (lambda: factories.broker("NL-ENL"), 200, 200),
    "home broker": (lambda: factories.broker("DK-DNK"), 200, 403),
    "other broker": (lambda: factories.broker("DE-RHI"), 404, 404),
    "finance": (lambda: factories.broker("NL-ENL", Role.FINANCE), 404, 404),
    "manager": (factories.overseer, 200, 403),
    "auditor": (lambda: factories.overseer(Role.AUDITOR), 200, 403),
    "member": (factories.member, 302, 302),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_who_sees_and_who_answers(client, enquiry, who):
    person, sees, answers = PEOPLE[who]
    client.force_login(person())
    listed = client.get(address("changelist"))
    assert client.get(address("change", enquiry.pk)).status_code == sees
    assert [client.get(address(page, enquiry.pk)).status_code for page in ("answer", "close")] == [
        answers,
        answers,
    ]
    assert [
        client.post(address(page, enquiry.pk), {"text": "x", "reason": "x"}).status_code
        for page in ("answer", "close")
    ] == ([302, 409] if answers == 200 else [answers, answers])
    if listed.status_code == 200:
        rows = [*listed.context["cl"].result_list]
        assert rows == ([enquiry] if sees == 200 else [])


def test_broker_answers(client, enquiry):
    client.force_login(factories.broker("NL-ENL"))
    offered = client.get(address("change", enquiry.pk)).context["links"]
    assert [link["address"] for link in offered] == [
        address("answer", enquiry.pk),
        address("close", enquiry.pk),
    ]
    empty = client.post(address("answer", enquiry.pk), {"text": " "})
    assert "Write an answer" in empty.text
    client.post(address("answer", enquiry.pk), {"text": "Try Wageningen."})
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answer) == ("answered", "Try Wageningen.")
    assert client.get(address("change", enquiry.pk)).context["links"] == []


def test_broker_closes_with_a_reason(client, enquiry):
    client.force_login(factories.broker("NL-ENL"))
    empty = client.post(address("close", enquiry.pk), {"reason": ""})
    assert "Say why it needs no answer" in empty.text
    client.post(address("close", enquiry.pk), {"reason": "Spam"})
    enquiry.refresh_from_db()
    assert enquiry.state == "closed"


@pytest.mark.parametrize(("page", "field"), [("answer", "text"), ("close", "reason")])
def test_who_is_too_late_keeps_what_was_typed(client, enquiry, page, field):
    client.force_login(factories.broker("NL-ENL"))
    client.post(address("answer", enquiry.pk), {"text": "Try Wageningen."})
    late = client.post(address(page, enquiry.pk), {field: "Two hours of work"})
    assert late.status_code == 409
    assert "Somebody else has answered or closed this question meanwhile." in late.text
    assert "Two hours of work" in late.text
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answer) == ("answered", "Try Wageningen.")


def test_new_questions_come_first_the_most_urgent_on_top(client):
    rows = [ask(question=f"Who makes {thing}?") for thing in ("one", "two", "three")]
    Enquiry.objects.filter(pk=rows[0].pk).update(state="answered", answer="x", answered_at=NOW)
    Enquiry.objects.filter(pk=rows[2].pk).update(due_on=NOW.date())
    client.force_login(factories.broker("NL-ENL"))
    listed = client.get(address("changelist")).context["cl"].result_list
    assert [*listed] == [rows[2], rows[1], rows[0]]
