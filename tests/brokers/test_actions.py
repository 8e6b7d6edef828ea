"""Asking, answering and closing: rows, letters and journal."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from brokers import actions
from brokers.enums import EnquiryState
from brokers.models import Enquiry
from portal.models import JournalEntry, OutgoingMail
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.catalogue import factories
from tests.catalogue.factories import NOW

pytestmark = pytest.mark.django_db

VISITOR = Actor(user=None, label="visitor")


JOURNALLED = {"kind": "question", "region": "NL-ENL", "about": None, "due_on": "2027-03-15"}


def ask(**changes) -> Enquiry:
    said = {
        "region": factories.region("NL-ENL"),
        "name": "Anna",
        "email": "anna@firm.example",
        "organisation": "Firm",
        "question": "Who can test this?",
        "language": "en",
        "by": VISITOR,
        "now": NOW,
    }
    return actions.ask(**{**said, **changes})


def letters() -> list[tuple[str, list[str], str, str]]:
    rows = OutgoingMail.objects.order_by("pk")
    return [(row.kind, row.to, row.reply_to, row.subject) for row in rows]


def journal(enquiry) -> list[tuple]:
    return [
        (entry.chain, entry.verb, entry.before, entry.after, entry.data)
        for entry in JournalEntry.objects.about(enquiry)
    ]


def test_question_goes_to_the_region_and_is_due_in_five_working_days():
    enquiry = ask()
    assert (enquiry.region.code, enquiry.state, enquiry.due_on) == (
        "NL-ENL",
        EnquiryState.NEW,
        date(2027, 3, 15),
    )
    assert letters() == [
        (
            "enquiry_received",
            ["anna@firm.example"],
            "east-netherlands@brokers.example",
            "Your question to the Access Broker of East Netherlands",
        ),
        (
            "enquiry_for_team",
            ["east-netherlands@brokers.example"],
            "anna@firm.example",
            "Answer by 15 March 2027: a question from Anna",
        ),
    ]


def test_journal_keeps_the_person_apart():
    enquiry = ask()
    entry = JournalEntry.objects.about(enquiry).get()
    assert journal(enquiry) == [("portal", "ask", "", "new", JOURNALLED)]
    assert {k: v for k, v in entry.personal.items() if k != "salt"} == {
        "name": "Anna",
        "email": "anna@firm.example",
        "organisation": "Firm",
    }


def test_question_about_a_record_goes_to_the_region_of_the_record():
    record = factories.record(factories.provider("DE-RHI"))
    home = factories.region("NL-ENL")
    enquiry = ask(about=record, home_region=home)
    assert (enquiry.region.code, enquiry.home_region, enquiry.record) == ("DE-RHI", home, record)
    assert letters()[1][1] == ["rhineland@brokers.example"]


def test_the_day_is_counted_in_the_calendar_of_the_region():
    late = datetime(2027, 3, 7, 23, 30, tzinfo=UTC)
    assert ask(now=late).due_on == date(2027, 3, 15)


def test_a_region_without_team_address_still_takes_questions():
    region = factories.region("NL-ENL")
    region.team_email = ""
    region.save()
    ask(region=region)
    assert [letter[0] for letter in letters()] == ["enquiry_received"]


def test_what_a_stranger_writes_never_becomes_a_button():
    ask(question="Click here: https://evil.example\n\nANSWER NOW\n\nBank  12345")
    for mail in OutgoingMail.objects.all():
        assert 'href="https://evil.example"' not in mail.html
        assert "  Click here: https://evil.example\n\n  ANSWER NOW\n\n  Bank  12345" in mail.body


def test_answer_is_mailed_to_who_asked():
    enquiry = ask()
    broker = factories.broker("NL-ENL")
    actions.answer(enquiry, text="Try Wageningen.", by=Actor.person(broker), now=NOW)
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answer, enquiry.answered_by, enquiry.answered_at) == (
        EnquiryState.ANSWERED,
        "Try Wageningen.",
        broker,
        NOW,
    )
    assert letters()[2:] == [
        (
            "enquiry_answered",
            ["anna@firm.example"],
            "east-netherlands@brokers.example",
            "Answer of the Access Broker of East Netherlands",
        )
    ]
    assert "Try Wageningen." in OutgoingMail.objects.get(kind="enquiry_answered").body
    assert journal(enquiry)[1:] == [("portal", "answer", "new", "answered", {})]


def test_nobody_else_answers_and_nothing_is_left_behind():
    enquiry = ask(home_region=factories.region("DK-DNK"))
    with pytest.raises(PermissionDenied):
        actions.answer(enquiry, text="Mine.", by=Actor.person(factories.broker("DK-DNK")), now=NOW)
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answer, len(letters())) == (EnquiryState.NEW, "", 2)
    assert [line[1] for line in journal(enquiry)] == ["ask", "refused"]


def test_a_question_is_answered_once():
    enquiry = ask()
    by = Actor.person(factories.broker("NL-ENL"))
    actions.answer(enquiry, text="First.", by=by, now=NOW)
    with pytest.raises(IllegalMove):
        actions.answer(enquiry, text="Second.", by=by, now=NOW)
    enquiry.refresh_from_db()
    assert (enquiry.answer, len(letters())) == ("First.", 3)


def test_closing_without_an_answer_mails_nobody():
    enquiry = ask()
    by = Actor.person(factories.broker("NL-ENL"))
    actions.close_without_answer(enquiry, reason="Spam", by=by, now=NOW)
    assert journal(enquiry)[1:] == [("portal", "close", "new", "closed", {"reason": "Spam"})]
    assert len(letters()) == 2


def test_a_second_click_asks_nothing_again():
    first = ask()
    assert ask(now=NOW + timedelta(minutes=9)) == first
    assert len(letters()) == 2
    others = [
        ask(question="Who can make this?"),
        ask(email="bert@firm.example"),
        ask(region=factories.region("DE-RHI")),
        ask(now=NOW + timedelta(minutes=11)),
    ]
    assert Enquiry.objects.count() == len({first, *others}) == 5
