"""The outbox: rows now, the wire later; a letter cut off on the wire is never blindly resent."""

import logging
import smtplib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives, mailers
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from portal.enums import DocumentState, MailState, TaskKind
from portal.models import DigestLine, Document, OutgoingMail, Region, StaffTask

log = logging.getLogger(__name__)
GIVE_UP_AFTER = 8
WIPED_SUBJECT = "…"
WIPED = "The text of this account mail was wiped after it was sent."


def due(now: datetime) -> QuerySet[OutgoingMail]:
    """Return the letters whose turn has come and whose documents exist, oldest first."""
    missing = Document.objects.filter(mails=OuterRef("pk")).exclude(state=DocumentState.READY)
    return OutgoingMail.objects.filter(
        ~Exists(missing), state=MailState.QUEUED, next_attempt_at__lte=now
    ).order_by("pk")


def cut_off(now: datetime) -> QuerySet[OutgoingMail]:
    """Return letters that have been on the wire for ten minutes: an operator must look."""
    return OutgoingMail.objects.filter(
        state=MailState.SENDING, next_attempt_at__lte=now - timedelta(minutes=10)
    )


def stuck(now: datetime) -> QuerySet[OutgoingMail]:
    """Return the letters that wait for a person: given up, refused, uncertain, or just cut off."""
    over = [MailState.GIVEN_UP, MailState.BOUNCED, MailState.UNCERTAIN]
    return OutgoingMail.objects.filter(state__in=over) | cut_off(now)


def ask_about_cut_off(*, now: datetime) -> int:
    """Ask a person about each letter that was cut off on the wire; returns how many are new.

    The worker died between handing it over and the server's answer, so it may have arrived: it is
    uncertain from now on, and only a person who has looked sends it again.
    """
    with transaction.atomic():
        mails = list(cut_off(now).select_for_update(skip_locked=True, of=("self",)))
        for mail in mails:
            mail.state = MailState.UNCERTAIN
            mail.save(update_fields=["state"])
            _open_task(mail, TaskKind.UNCERTAIN, _key_of(mail), said=mail.subject, now=now)
    return len(mails)


def _key_of(mail: OutgoingMail) -> str:
    """Name a letter by its number and its readers; each has a task of its own."""
    return f"{mail.pk}: {', '.join(mail.to)}"[:254]


def requeue(mail_id: int, *, now: datetime) -> OutgoingMail | None:
    """Let a stuck letter wait for the wire again, with all its attempts; None if it is not stuck.

    Called inside an action, by a person who knows that it did not arrive.
    """
    mail = stuck(now).select_for_update(of=("self",)).filter(pk=mail_id).first()
    if mail is None:
        return None
    mail.state, mail.attempts, mail.next_attempt_at = MailState.QUEUED, 0, now
    mail.save(update_fields=["state", "attempts", "next_attempt_at"])
    return mail


def forget(subjects: Iterable[models.Model]) -> None:
    """Erase to whom letters about these rows went and what they said; called inside an action.

    One that still waits is written to nobody.
    """
    for subject in subjects:
        about = {"subject_type": subject._meta.label_lower, "subject_id": subject.pk}
        wipe(OutgoingMail.objects.filter(**about))
        DigestLine.objects.filter(**about).delete()


def wipe(mails: QuerySet[OutgoingMail]) -> None:
    """Erase to whom these letters went and what they said; called inside an action."""
    OutgoingMail.documents.through.objects.filter(outgoingmail__in=mails).delete()
    mails.update(
        once_key=Concat(Value("forgotten:"), Cast("pk", models.CharField())),
        to=[],
        subject=WIPED_SUBJECT,
        body=WIPED,
        html="",
    )


def deliver(mail_id: int, *, now: datetime) -> None:
    """Send one letter whose turn has come; one that another worker holds is left alone."""
    mail = _claim(mail_id, now)
    if mail is None:
        return
    try:
        mailers["smtp"].send_messages([_message(mail)])
    except (OSError, smtplib.SMTPException) as error:
        _failed(mail, error, now)
    else:
        _sent(mail, now)


def _claim(mail_id: int, now: datetime) -> OutgoingMail | None:
    """Commit SENDING before the wire, so that a crash leaves a trace and not a second letter."""
    with transaction.atomic():
        mail = due(now).select_for_update(skip_locked=True, of=("self",)).filter(pk=mail_id).first()
        if mail is None:
            return None
        mail.state, mail.next_attempt_at = MailState.SENDING, now
        mail.attempts += 1
        mail.save(update_fields=["state", "attempts", "next_attempt_at"])
        return mail


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        mail.subject,
        mail.body,
        mail.sender,
        list(mail.to),
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for document in mail.documents.all():
        with document.file.open("rb") as file:
            message.attach(f"{document.number}.pdf", file.read(), "application/pdf")
    return message


def _sent(mail: OutgoingMail, now: datetime) -> None:
    mail.state, mail.sent_at, mail.last_error = MailState.SENT, now, ""
    if mail.is_private:
        mail.body, mail.html = WIPED, ""
    mail.save(update_fields=["state", "sent_at", "last_error", "body", "html"])


def _failed(mail: OutgoingMail, error: Exception, now: datetime) -> None:
    log.warning("mail %s not sent: %s", mail.pk, error)
    final = _is_permanent(error) or mail.attempts >= GIVE_UP_AFTER
    mail.state = MailState.GIVEN_UP if final else MailState.QUEUED
    mail.next_attempt_at = now + timedelta(minutes=2**mail.attempts)
    if _is_permanent(error) and mail.to:
        bounced(mail, mail.to[0], said=str(error), now=now)
        return
    mail.last_error = str(error)[:1000]
    mail.save(update_fields=["state", "next_attempt_at", "last_error"])


def bounced(mail: OutgoingMail, address: str, *, said: str, now: datetime) -> StaffTask:
    """Note that a letter did not arrive, and ask the region once at a time to find the address.

    Whether the server refused it at once or reported it later makes no difference.
    """
    mail.state, mail.last_error = MailState.BOUNCED, said[:1000]
    mail.save(update_fields=["state", "last_error"])
    return _open_task(mail, TaskKind.BOUNCE, address.lower(), said=said[:1000], now=now)


def _open_task(
    mail: OutgoingMail, kind: TaskKind, key: str, *, said: str, now: datetime
) -> StaffTask:
    """Open a task about a letter for the region that wrote it; a repeat is counted."""
    region = Region.objects.exclude(team_email="").filter(team_email=mail.reply_to).first()
    task, is_new = StaffTask.objects.get_or_create(
        kind=kind,
        key=key,
        done_at=None,
        defaults={
            "region": region,
            "programme": mail.programme,
            "mail": mail,
            "said": said,
            "opened_at": now,
        },
    )
    if not is_new:
        StaffTask.objects.filter(pk=task.pk).update(times=F("times") + 1)
    return task


def _is_permanent(error: Exception) -> bool:
    """Whether the server said a final no (RFC 5321: replies that start with 5)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and 500 <= error.smtp_code < 600
