"""A letter leaves once, waits for its document, and what goes wrong is seen by a person."""

import email
import socket
from datetime import timedelta
from email import policy

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.mail import send_mail

from portal import outbox
from portal.actions.mails import NotStuck, retry_mail
from portal.enums import DocumentState, MailState, TaskKind
from portal.models import Document, JournalEntry, OutgoingMail, StaffTask
from portal.permissions import Actor
from portal.tasks import deliver_mail, sweep_outbox
from tests.portal.dying_mailer import PowerCut

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_mail(programme, now):
    """Store a letter whose turn has come."""

    def make(**fields):
        number = OutgoingMail.objects.count() + 1
        return OutgoingMail.objects.create(
            **{
                "once_key": f"letter:{number}",
                "kind": "letter",
                "programme": programme,
                "message_id": f"<letter-{number}@portal.test>",
                "sender": "Portal <portal@portal.test>",
                "reply_to": "team@region.test",
                "to": ["ann@people.test"],
                "subject": "Your voucher: €4,000",
                "body": "It is yours.\n",
                "html": "<p>It is yours.</p>",
                "next_attempt_at": now,
                "created_at": now,
                **fields,
            }
        )

    return make


def parsed(content):
    return email.message_from_bytes(content, policy=policy.default)


def state_of(mail):
    mail.refresh_from_db()
    return mail.state, mail.attempts


def test_a_letter_is_sent_once(smtp_sink, make_mail, now):
    mail = make_mail()

    outbox.deliver(mail.pk, now=now)
    outbox.deliver(mail.pk, now=now)

    assert state_of(mail) == (MailState.SENT, 1)
    assert mail.sent_at == now
    assert mail.body == "It is yours.\n"
    [content] = smtp_sink.messages
    letter = parsed(content)
    names = ("From", "To", "Reply-To", "Subject", "Message-ID", "Auto-Submitted")
    assert {name: letter[name] for name in names} == {
        "From": "Portal <portal@portal.test>",
        "To": "ann@people.test",
        "Reply-To": "team@region.test",
        "Subject": "Your voucher: €4,000",
        "Message-ID": "<letter-1@portal.test>",
        "Auto-Submitted": "auto-generated",
    }
    assert letter.get_body(("plain",)).get_content() == "It is yours.\r\n"
    assert letter.get_body(("html",)).get_content() == "<p>It is yours.</p>\r\n"


def test_a_permanent_no_has_bounced_at_once(smtp_sink, make_mail, now):
    smtp_sink.answer = "550 no such person"
    mail = make_mail()

    outbox.deliver(mail.pk, now=now)

    assert state_of(mail) == (MailState.BOUNCED, 1)
    assert "550" in mail.last_error
    assert smtp_sink.messages == []


def test_a_passing_no_is_tried_again_later_and_later(smtp_sink, make_mail, now):
    smtp_sink.answer = "451 come back"
    mail = make_mail()
    waits = []

    for _ in range(3):
        at = now if not waits else mail.next_attempt_at
        outbox.deliver(mail.pk, now=at)
        mail.refresh_from_db()
        waits.append(mail.next_attempt_at - at)

    assert state_of(mail) == (MailState.QUEUED, 3)
    assert waits == [timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=8)]


def test_before_its_turn_a_letter_waits(smtp_sink, make_mail, now):
    mail = make_mail(next_attempt_at=now + timedelta(seconds=1))
    outbox.deliver(mail.pk, now=now)
    assert state_of(mail) == (MailState.QUEUED, 0)


def test_a_closed_port_is_a_passing_no(settings, real_outbox, make_mail, now):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    backend = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = {
        **settings.MAILERS,
        "smtp": {"BACKEND": backend, "OPTIONS": {"host": "127.0.0.1", "port": port}},
    }
    mail = make_mail()

    outbox.deliver(mail.pk, now=now)

    assert state_of(mail) == (MailState.QUEUED, 1)
    assert "refused" in mail.last_error


def test_the_last_attempt_gives_up(smtp_sink, make_mail, now):
    smtp_sink.answer = "451 come back"
    mail = make_mail(attempts=outbox.GIVE_UP_AFTER - 1)
    outbox.deliver(mail.pk, now=now)
    assert state_of(mail) == (MailState.GIVEN_UP, outbox.GIVE_UP_AFTER)


def test_a_letter_cut_off_on_the_wire_is_never_sent_again_by_itself(
    smtp_sink, make_mail, freeze, now
):
    mail = make_mail(state=MailState.SENDING, attempts=1)
    assert list(outbox.cut_off(now)) == []
    assert list(outbox.cut_off(now + timedelta(minutes=10))) == [mail]
    for hours in (0, 1, 100):
        freeze(now + timedelta(hours=hours))
        sweep_outbox()
        deliver_mail(mail.pk)
        assert state_of(mail) == (MailState.UNCERTAIN if hours else MailState.SENDING, 1)
    assert smtp_sink.messages == []
    assert [(task.kind, task.mail, task.times) for task in StaffTask.objects.all()] == [
        (TaskKind.UNCERTAIN, mail, 1)
    ]


def test_sending_is_committed_before_the_wire(settings, real_outbox, make_mail, now):
    """The backend dies on the wire: what is left says that the letter may be out."""

    mail = make_mail()
    settings.MAILERS = {
        **settings.MAILERS,
        "smtp": {"BACKEND": "tests.portal.dying_mailer.DyingBackend"},
    }
    with pytest.raises(PowerCut):
        outbox.deliver(mail.pk, now=now)

    assert state_of(mail) == (MailState.SENDING, 1)


def test_the_text_of_an_account_mail_is_wiped(smtp_sink, make_mail, now):
    mail = make_mail(is_private=True, body="Secret: https://portal.test/reset/abc\n")

    outbox.deliver(mail.pk, now=now)

    mail.refresh_from_db()
    assert (mail.state, mail.body, mail.html) == (MailState.SENT, outbox.WIPED, "")
    assert b"reset/abc" in smtp_sink.messages[0]


def test_a_letter_waits_for_its_document_and_takes_it_along(smtp_sink, make_mail, programme, now):
    document = Document.objects.create(
        kind="letter",
        number="LSV-1",
        programme=programme,
        subject_type="portal.programme",
        subject_id=programme.pk,
        title="A letter",
        facts={},
        content_hash="0" * 64,
        issued_at=now,
    )
    mail = make_mail()
    mail.documents.add(document)

    outbox.deliver(mail.pk, now=now)
    assert state_of(mail) == (MailState.QUEUED, 0)

    document.file.save("LSV-1.pdf", ContentFile(b"%PDF-1.7 ready"), save=False)
    document.state, document.sha256 = DocumentState.READY, "1" * 64
    document.save()
    outbox.deliver(mail.pk, now=now)

    assert state_of(mail) == (MailState.SENT, 1)
    [attached] = parsed(smtp_sink.messages[0]).iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("LSV-1.pdf", b"%PDF-1.7 ready")


def test_the_sweeper_sends_what_the_doorbell_missed(smtp_sink, make_mail, freeze, now):
    mails = [make_mail(), make_mail(), make_mail(next_attempt_at=now + timedelta(hours=1))]
    freeze(now)

    sweep_outbox()
    sweep_outbox()

    assert [state_of(mail)[0] for mail in mails] == ["sent", "sent", "queued"]
    assert len(smtp_sink.messages) == 2


def test_djangos_own_mail_becomes_a_private_row(real_outbox):
    send_mail("Hello", "Text", None, ["ann@people.test"], html_message="<p>Text</p>")

    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.is_private, mail.to, mail.body, mail.html, mail.state) == (
        "account",
        True,
        ["ann@people.test"],
        "Text",
        "<p>Text</p>",
        MailState.QUEUED,
    )


@pytest.mark.parametrize("state", [MailState.GIVEN_UP, MailState.SENDING])
def test_a_person_sends_a_stuck_letter_again(smtp_sink, make_mail, manager, now, state):
    mail = make_mail(state=state, attempts=8)
    later = now + timedelta(minutes=10)

    retry_mail(mail, by=Actor.person(manager), now=later)
    outbox.deliver(mail.pk, now=later)

    assert state_of(mail) == (MailState.SENT, 1)
    assert parsed(smtp_sink.messages[0])["Message-ID"] == mail.message_id
    entry = JournalEntry.objects.about(mail).get()
    assert (entry.verb, entry.chain, entry.by) == ("send_again", "LSV", manager)


@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.SENT, MailState.SENDING])
def test_a_letter_that_is_not_stuck_is_left_alone(make_mail, manager, now, state):
    mail = make_mail(state=state)
    with pytest.raises(NotStuck):
        retry_mail(mail, by=Actor.person(manager), now=now)
    assert state_of(mail)[0] == state


def test_only_a_manager_of_the_programme_sends_again(make_mail, auditor, now):
    mail = make_mail(state=MailState.GIVEN_UP)
    with pytest.raises(PermissionDenied):
        retry_mail(mail, by=Actor.person(auditor), now=now)
