"""Django's default mailer: writes rows, so that account mails take the same road."""

from collections.abc import Sequence
from functools import partial

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from portal import clock
from portal.models import OutgoingMail
from portal.queue import message_id
from portal.tasks import deliver_mail


class OutboxBackend(BaseEmailBackend):
    """Store each message as an OutgoingMail whose text is wiped after sending."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the rows and return how many."""
        for message in email_messages:
            _store(message)
        return len(email_messages)


def _store(message: EmailMessage) -> None:
    now, identity = clock.now(), message_id()
    html = ""
    if isinstance(message, EmailMultiAlternatives):
        html = next(
            (str(content) for content, kind in message.alternatives if kind == "text/html"), ""
        )
    mail = OutgoingMail.objects.create(
        once_key=f"account:{identity}",
        kind="account",
        message_id=identity,
        sender=message.from_email,
        reply_to=", ".join(message.reply_to),
        to=[*message.to],
        subject=str(message.subject),
        body=str(message.body),
        html=html,
        is_private=True,
        next_attempt_at=now,
        created_at=now,
    )
    transaction.on_commit(partial(deliver_mail.delay, mail.pk), robust=True)
