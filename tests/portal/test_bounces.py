"""A letter that does not arrive becomes one task for the region."""

import io
import smtplib
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal import outbox
from portal.actions import leaving, staff_tasks
from portal.enums import MailState
from portal.models import JournalEntry, OutgoingMail, StaffTask
from portal.permissions import Actor
from tests.vouchers import factories
from tests.vouchers.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


@pytest.fixture
def letter(world) -> OutgoingMail:
    """The receipt of an application, on its way to the SME."""
    factories.submitted(world)
    return OutgoingMail.objects.get(kind="receipt")


def report(mail, *, action="failed", status="5.1.1", wrapped="message/rfc822") -> bytes:
    """A delivery report as a mail server writes it."""
    recipient = mail.to[0]
    enclosed = f"Message-ID: {mail.message_id}\nSubject: Receipt\nTo: {recipient}\n\nText\n"
    return f"""From: MAILER-DAEMON@mx.example
To: portal@vouchers.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 No such user

--b
Content-Type: {wrapped}

{enclosed}
--b--
""".encode()


def receive(content: bytes) -> str:
    out = StringIO()
    call_command("receive_bounce", stdin=io.BytesIO(content), stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("wrapped", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_opens_a_task_of_the_home_region(world, letter, wrapped):
    assert "did not arrive" in receive(report(letter, wrapped=wrapped))
    task = StaffTask.objects.get()
    assert (task.key, task.region, task.mail, task.said, task.times) == (
        world.sme.email,
        world.home,
        letter,
        "smtp; 550 No such user",
        1,
    )
    letter.refresh_from_db()
    assert letter.state == MailState.BOUNCED


def test_three_bounces_are_one_task(letter):
    for _time in range(3):
        receive(report(letter))
    assert [task.times for task in StaffTask.objects.all()] == [3]


def test_after_it_is_done_another_bounce_opens_another(world, letter):
    receive(report(letter))
    by = Actor.person(world.broker)
    staff_tasks.finish(StaffTask.objects.get(), note="Telephoned.", by=by, now=NOW)
    receive(report(letter))
    assert StaffTask.objects.filter(done_at=None).count() == 1
    assert StaffTask.objects.count() == 2


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.1"), ("failed", "4.2.2"), ("delivered", "2.0.0")]
)
def test_what_is_no_final_failure_opens_nothing(letter, action, status):
    assert "Nothing to do" in receive(report(letter, action=action, status=status))
    assert not StaffTask.objects.exists()


@pytest.mark.parametrize(
    "content", [b"", b"Subject: Hello\n\nHow are you?", b"\xff\xfe\x00", b"--b\n--b--"]
)
def test_what_is_no_report_is_said(letter, content):
    with pytest.raises(CommandError, match="no delivery report"):
        receive(content)


def test_a_report_about_another_letter_is_said(letter):
    content = report(letter).replace(letter.message_id.encode(), b"<elsewhere@mx.example>")
    with pytest.raises(CommandError, match="no letter of this portal"):
        receive(content)


def test_a_final_refusal_by_the_server_opens_the_same_task(letter, monkeypatch):
    refused = smtplib.SMTPRecipientsRefused({letter.to[0]: (550, b"No such user")})

    class Refusing:
        def send_messages(self, _messages):
            raise refused

    OutgoingMail.documents.through.objects.all().delete()
    monkeypatch.setattr(outbox, "mailers", {"smtp": Refusing()})
    outbox.deliver(letter.pk, now=NOW + timedelta(minutes=1))
    letter.refresh_from_db()
    assert letter.state == MailState.BOUNCED
    assert StaffTask.objects.get().key == letter.to[0]


def test_the_desk_tells_whom_it_concerns(client, world, letter):
    receive(report(letter))
    task = StaffTask.objects.get()
    finish = reverse("admin:portal_stafftask_finish", args=[task.pk])
    client.force_login(world.other_broker)
    assert client.get(finish).status_code == 404
    client.force_login(world.auditor)
    assert client.get(finish).status_code == 403
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_application_change", args=["LSV-1-0001"])
    assert "did not arrive" in client.get(desk).content.decode()
    duties = {d.title: d.count for d in client.get("/dashboard/").context["duties"]}
    assert duties["Tasks"] == 1
    assert "Say what you did" in client.post(finish, {"note": ""}).content.decode()
    client.post(finish, {"note": "Telephoned."})
    task.refresh_from_db()
    assert (task.note, task.done_by, task.done_at) == ("Telephoned.", world.broker, NOW)
    page = client.post(finish, {"note": "Again."}, follow=True).content.decode()
    assert "A colleague has closed it already." in page
    assert JournalEntry.objects.about(task).get().personal["note"] == "Telephoned."


def test_a_corrected_letter_can_be_sent_again(letter):
    receive(report(letter))
    assert outbox.requeue(letter.pk, now=NOW) is not None


def test_a_person_who_leaves_leaves_no_address_in_tasks(world, letter):
    receive(report(letter))
    leaving.erase_account(world.sme, by=Actor.person(world.sme), now=NOW)
    assert world.sme.email not in StaffTask.objects.get().key
