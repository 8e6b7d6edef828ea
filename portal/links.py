"""Single-use, expiring links in mails: a link opens a page, only its button uses the token."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from portal.enums import LinkPurpose
from portal.models import MailLink
from portal.permissions import Actor


class LinkNotValid(Exception):
    """The link is unknown, used or expired."""


def make(
    purpose: LinkPurpose,
    *,
    email: str,
    data: dict[str, Any],
    lifetime: timedelta,
    by: Actor,
    now: datetime,
) -> str:
    """Store a link and return its token, which goes into the mail and nowhere else."""
    token = secrets.token_urlsafe(32)
    MailLink.objects.create(
        purpose=purpose,
        token_hash=_hash(token),
        email=email,
        data=data,
        made_by=by.user,
        made_at=now,
        expires_at=now + lifetime,
    )
    return token


def find(purpose: LinkPurpose, token: str, *, now: datetime) -> MailLink:
    """Return the link behind the token, in real time. Raises LinkNotValid."""
    link = MailLink.objects.filter(purpose=purpose, token_hash=_hash(token)).first()
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise LinkNotValid(purpose)
    return link


def use(purpose: LinkPurpose, token: str, *, now: datetime) -> MailLink:
    """Mark the link used and return it, inside an action. Raises LinkNotValid."""
    link = find(purpose, token, now=now)
    marked = MailLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now)
    if not marked:
        raise LinkNotValid(purpose)
    return link


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
