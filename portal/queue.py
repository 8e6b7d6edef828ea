"""Write the row now, ring the doorbell on commit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import make_msgid, parseaddr
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models, transaction

from portal import documents
from portal.models import DigestLine, Document, OutgoingMail, Programme
from portal.notifications import Letter, Notification
from portal.permissions import Actor
from portal.tasks import deliver_mail, render_document

LONGEST_SUBJECT = 300


def notify(*notifications: Notification, now: datetime) -> None:
    """Queue one letter per reader of each, each once per key.

    What staff read in their digest waits there as a line instead.
    """
    told = (replace(one, extra={"now": now, **one.extra}) for one in notifications)
    letters = [letter for one in told for letter in one.letters()]
    enqueue(*(letter for letter in letters if letter.digest_of is None), now=now)
    DigestLine.objects.bulk_create(
        (
            _line(letter, user_id, now=now)
            for letter in letters
            if (user_id := letter.digest_of) is not None
        ),
        ignore_conflicts=True,
    )


def _line(letter: Letter, user_id: int, *, now: datetime) -> DigestLine:
    return DigestLine(
        once_key=letter.once_key,
        user_id=user_id,
        kind=letter.staff_kind,
        subject_type=letter.about._meta.label_lower,
        subject_id=letter.about.pk,
        text=letter.subject[:LONGEST_SUBJECT],
        url=letter.link or f"{settings.SITE_URL}/dashboard/",
        created_at=now,
    )


def enqueue(*letters: Letter, now: datetime, is_private: bool = False) -> None:
    """Store the rows; a key that exists is left alone."""
    mails = [_mail(letter, now=now, is_private=is_private) for letter in letters]
    OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True)
    # A Message-ID is new with each row, so it finds those that were not there before.
    stored = OutgoingMail.objects.filter(message_id__in=[mail.message_id for mail in mails])
    new = {mail.message_id: mail for mail in stored.only("pk", "message_id").order_by("pk")}
    enclosed = OutgoingMail.documents.through
    enclosed._base_manager.bulk_create(
        enclosed(outgoingmail_id=new[mail.message_id].pk, document_id=document.pk)
        for mail, letter in zip(mails, letters, strict=True)
        for document in letter.documents
        if mail.message_id in new
    )
    for mail in new.values():
        ring(mail)


def _mail(letter: Letter, *, now: datetime, is_private: bool) -> OutgoingMail:
    return OutgoingMail(
        once_key=letter.once_key,
        programme=letter.programme,
        kind=letter.kind,
        subject_type=letter.about._meta.label_lower,
        subject_id=letter.about.pk,
        message_id=message_id(),
        sender=settings.DEFAULT_FROM_EMAIL,
        reply_to=letter.reply_to,
        to=[letter.to],
        language=letter.language,
        subject=letter.subject,
        body=letter.body,
        html=letter.html,
        is_private=is_private,
        next_attempt_at=now,
        created_at=now,
    )


def ring(mail: OutgoingMail) -> None:
    """Hurry a letter once its transaction is committed."""
    transaction.on_commit(partial(deliver_mail.delay, mail.pk), robust=True)


def message_id() -> str:
    """Return a new Message-ID; it stays with the row, so that a repeat can be recognised."""
    return make_msgid(
        domain=parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    )


def issue_document(
    kind: documents.Kind,
    subject: models.Model,
    *,
    number: str,
    title: str,
    facts: Mapping[str, Any],
    language: str,
    programme: Programme,
    by: Actor,
    now: datetime,
) -> Document:
    """Issue a document and have its file made after the commit."""
    document = documents.issue(
        kind,
        subject,
        number=number,
        title=title,
        facts=facts,
        language=language,
        programme=programme,
        by=by,
        now=now,
    )
    transaction.on_commit(partial(render_document.delay, document.pk), robust=True)
    return document
