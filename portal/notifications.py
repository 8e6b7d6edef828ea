"""A notification: one class per audience and event, two templates, one letter per reader."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from portal.enums import Locale, MailTime, Role, StaffMail
from portal.models import Document, Programme, ProgrammeRole, Region, User

LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets a letter, and in which language."""

    email: str
    language: str = Locale.EN
    name: str = ""
    user_id: int | None = None
    kind: str = ""
    time: MailTime = MailTime.AT_ONCE

    @classmethod
    def of(cls, user: User) -> "Reader":
        """Address a person."""
        return cls(email=user.email, language=user.language, name=user.name)

    @classmethod
    def on_duty(cls, user: User, kind: StaffMail) -> "Reader":
        """Address a member of staff, who has chosen when to read about this kind of thing."""
        time = user.mail_time(kind)
        return cls(user.email, user.language, user.name, user_id=user.pk, kind=kind, time=time)


def team(
    region: Region | None,
    kind: StaffMail,
    *,
    people: Sequence[User] | None = None,
    now: datetime,
) -> list[Reader]:
    """Return the region's access brokers; its team address where there is none at the instant.

    `people` are the brokers, for who knows them.
    """
    if region is None:
        return []
    if people is None:
        people = list(User.objects.get_queryset().brokers_of(region, now=now).order_by("pk"))
    found = [Reader.on_duty(user, kind) for user in people]
    if found or not region.team_email:
        return found
    return [Reader(email=region.team_email, language=region.language, name=region.name)]


def managers(programme: Programme, kind: StaffMail, *, now: datetime) -> list[Reader]:
    """Return who manages the programme at the instant, with when they read about such things."""
    held = ProgrammeRole.objects.current(now).filter(programme=programme, role=Role.MANAGER)
    people = User.objects.filter(pk__in=held.values("user"), is_active=True)
    return [Reader.on_duty(user, kind) for user in people.order_by("pk")]


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered letter to one reader."""

    once_key: str
    kind: str
    to: str
    language: str
    subject: str
    body: str
    html: str
    reply_to: str
    about: models.Model
    programme: Programme | None
    documents: Sequence[Document] = ()
    digest_of: int | None = None
    staff_kind: str = ""

    @property
    def link(self) -> str:
        """Where the letter leads first."""
        return next((block.url for block in blocks(self.body) if block.kind == "button"), "")


@dataclass(frozen=True)
class Notification:
    """Base: `template` names two text templates, `<template>.subject.txt` and `.body.txt`.

    `stays` says that the digest of staff names the thing itself as long as it waits.
    """

    template: ClassVar[str]
    stays: ClassVar[bool] = False

    about: models.Model
    once: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def readers(self) -> list[Reader]:
        """Return who gets the letter."""
        raise NotImplementedError

    def programme(self) -> Programme | None:
        """Return the programme whose funding statement the letter prints."""
        return None

    def reply_to(self) -> str:
        """Return the address that answers go to."""
        return ""

    def documents(self) -> list[Document]:
        """Return the documents that go with the letter."""
        return []

    def context(self) -> dict[str, Any]:
        """Return what the templates need beside `it`."""
        return {}

    def letters(self) -> list[Letter]:
        """Render one letter per reader, each in the reader's language."""
        return [self._letter(reader) for reader in self.readers() if self._is_written(reader)]

    def _is_written(self, reader: Reader) -> bool:
        return reader.time == MailTime.AT_ONCE or (
            reader.time == MailTime.DIGEST and not self.stays
        )

    def _letter(self, reader: Reader) -> Letter:
        programme = self.programme()
        with translation.override(reader.language):
            context = {
                "it": self.about,
                "reader": reader,
                "programme": programme,
                "site_url": settings.SITE_URL,
                **self.context(),
                **self.extra,
            }
            subject = " ".join(render_to_string(f"{self.template}.subject.txt", context).split())
            body = _tidy(render_to_string(f"{self.template}.body.txt", context))
            text = render_to_string("portal/email/frame.txt", {**context, "body": body})
            html = html_twin(subject, body, programme, reader.language)
        kind = self.template.rsplit("/", 1)[-1]
        return Letter(
            once_key=_once_key(kind, self.about.pk, self.once, reader.email),
            kind=kind,
            to=reader.email,
            language=reader.language,
            subject=subject,
            body=_tidy(text),
            html=html,
            reply_to=self.reply_to(),
            about=self.about,
            programme=programme,
            documents=self.documents(),
            digest_of=reader.user_id if reader.time == MailTime.DIGEST else None,
            staff_kind=reader.kind,
        )


def _once_key(*parts: object) -> str:
    """Return what makes a letter the only one; a long key keeps its start and gets a digest."""
    key = ":".join(map(str, parts))
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: LONGEST_KEY - len(digest) - 1]}:{digest}"


def _tidy(text: str) -> str:
    """Drop the blank lines that template tags leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, a button, a deadline, or a list of facts or links of a letter."""

    kind: str
    text: str = ""
    url: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def template(self) -> str:
        """The template that draws the block."""
        return f"portal/email/block_{self.kind}.html"


_BUTTON = re.compile(r"^(?P<label>[^\n:]{3,80}): (?P<url>https?://\S+)$")
_LINK = re.compile(r"^- (?P<label>\S.*): (?P<url>https?://\S+)$")
_FACT = re.compile(r"^(?P<name>\S.*?) {2,}(?P<value>\S.*)$")


def blocks(body: str) -> list[Block]:
    """Read a letter's plain text as blocks: the HTML twin says the same, once written."""
    return [_block(part) for part in re.split(r"\n\s*\n", body.strip()) if part.strip()]


def _block(part: str) -> Block:
    lines = [line.strip() for line in part.splitlines()]
    # What a stranger wrote is quoted before anything else, so it can never become a button.
    if part.startswith("  "):
        return Block("quote", " ".join(lines))
    if leads := _lead(lines):
        return leads
    facts = [_FACT.match(line) for line in lines]
    if all(facts):
        return Block("facts", facts=tuple((f["name"], f["value"]) for f in facts if f))
    if lines[0].startswith("** ") and lines[0].endswith(" **"):
        return Block("due", " ".join([f"{lines[0][3:-3]}.", *lines[1:]]))
    if len(lines) == 1 and part.startswith("# "):
        return Block("head", part[2:].strip())
    return Block("text", " ".join(lines))


def _lead(lines: Sequence[str]) -> Block | None:
    """Read a list of links or a button; each leads to pages of ours.

    What a stranger wrote into a line of ours must not lead anywhere else.
    """
    links = [_LINK.match(line) for line in lines]
    if all(link and _is_ours(link["url"]) for link in links):
        return Block("links", facts=tuple((f["label"], f["url"]) for f in links if f))
    button = _BUTTON.match(" ".join(lines))
    if button and _is_ours(button["url"]):
        return Block("button", button["label"], button["url"])
    return None


def _is_ours(url: str) -> bool:
    return url.startswith(f"{settings.SITE_URL}/")


def html_twin(subject: str, body: str, programme: Programme | None, language: str) -> str:
    """Render the letter's HTML twin from its plain text, whose first line is the heading."""
    heading, *rest = blocks(body) or [Block("text", subject)]
    return render_to_string(
        "portal/email/frame.html",
        {
            "subject": subject,
            "heading": heading.text,
            "preview": next((block.text for block in rest if block.text), ""),
            "blocks": rest,
            "programme": programme,
            "language": language,
            "site_url": settings.SITE_URL,
            "style": _style(),
        },
    )


@cache
def _style() -> SafeString:
    """Return the style sheet that stands in the letter's head: mail readers load no other."""
    return SafeString((settings.BASE_DIR / "static/css/email.css").read_text())
