"""Single-use, expiring links in mails: a link opens a page, only its button uses the token."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from portal.enums import LinkFate, LinkPurpose
from portal.models import MailLink
from portal.permissions import Actor


class LinkNotValid(Exception):
    """The link is unknown, used, replaced or expired: `fate` says which, `link` is its row."""

    def __init__(self, fate: LinkFate, link: MailLink | None = None) -> None:
        super().__init__(fate)
        self.fate = fate
        self.link = link


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
    if link is None:
        raise LinkNotValid(LinkFate.UNKNOWN)
    if link.used_at is not None:
        raise LinkNotValid(LinkFate.USED, link)
    if link.replaced_at is not None:
        raise LinkNotValid(LinkFate.REPLACED, link)
    if link.expires_at <= now:
        raise LinkNotValid(LinkFate.EXPIRED, link)
    return link


def use(purpose: LinkPurpose, token: str, *, now: datetime) -> MailLink:
    """Mark the link used and return it, inside an action. Raises LinkNotValid."""
    link = find(purpose, token, now=now)
    waiting = MailLink.objects.filter(pk=link.pk, used_at=None, replaced_at=None)
    if not waiting.update(used_at=now):
        raise LinkNotValid(LinkFate.USED, link)
    return link


def waits(link: MailLink) -> bool:
    """Whether nobody has used or replaced the link since it was read.

    Two clicks at once: ask inside an action that has locked what the link is about.
    """
    return MailLink.objects.filter(pk=link.pk, used_at=None, replaced_at=None).exists()


def replace(purpose: LinkPurpose, *, data: dict[str, Any], now: datetime) -> None:
    """End the links of the purpose that hold these data and wait: a newer one takes their place."""
    waiting = MailLink.objects.filter(purpose=purpose, used_at=None, replaced_at=None)
    waiting.filter(data__contains=data).update(replaced_at=now)


def forget(*, data: dict[str, Any]) -> list[MailLink]:
    """Erase the addresses of the links that hold these data; they stay, and say what became."""
    rows = MailLink.objects.filter(data__contains=data)
    rows.update(email="")
    return [*rows]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
