"""Issued documents: registered kinds, frozen facts, rendered once, hashed, verifiable."""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import models, transaction

from portal import pdf
from portal.enums import DocumentState
from portal.models import Document, Programme
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.workflow import action, as_json, digest, record

log = logging.getLogger(__name__)
GIVE_UP_AFTER = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document and the template that prints it."""

    name: str
    template: str


_kinds: dict[str, Kind] = {}


def register(name: str, template: str) -> Kind:
    """Make a kind known; called at the top of each app's documents module."""
    _kinds[name] = Kind(name, template)
    return _kinds[name]


def issue(
    kind: Kind,
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
    """Store a document's frozen content and journal its hash; the file follows from the queue."""
    frozen = as_json(facts)
    document = Document.objects.create(
        kind=kind.name,
        number=number,
        programme=programme,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        language=language,
        title=title,
        facts=frozen,
        content_hash=digest(frozen),
        issued_at=now,
    )
    record(
        document,
        "issue",
        by=by,
        now=now,
        chain=programme.code,
        number=number,
        content_hash=document.content_hash,
    )
    return document


def render(document_id: int, *, now: datetime) -> bool:
    """Make the file of a queued document. Returns whether it is ready now."""
    with transaction.atomic():
        document = (
            Document.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=document_id, state=DocumentState.QUEUED)
            .first()
        )
        if document is None:
            return False
        try:
            content = print_pdf(document)
        except Exception as error:  # noqa: BLE001  one broken letter must not stop the queue
            _failed(document, error)
            return False
        _store(document, content, by=Actor.clock(), now=now)
        return True


def print_pdf(document: Document) -> bytes:
    """Return the document's file; the same facts give the same bytes."""
    return pdf.render(
        _kinds[document.kind].template,
        {
            **document.facts,
            "document": {
                "number": document.number,
                "code": document.code,
                "title": document.title,
                "issued_at": document.issued_at,
            },
            "programme": document.programme,
        },
        language=document.language,
        identifier=document.content_hash,
        attachment=document.facts,
        title=document.title,
    )


@action
def _store(document: Document, content: bytes, *, by: Actor, now: datetime) -> None:
    document.sha256 = hashlib.sha256(content).hexdigest()
    document.state = DocumentState.READY
    document.file.save(f"{document.number}.pdf", ContentFile(content), save=False)
    document.save(update_fields=["sha256", "state", "file"])
    chain = document.programme.code if document.programme else PORTAL_CHAIN
    record(document, "render", by=by, now=now, chain=chain, sha256=document.sha256)


def _failed(document: Document, error: Exception) -> None:
    log.error("document %s could not be made: %s", document.number, error)
    document.attempts += 1
    document.last_error = str(error)[:1000]
    if document.attempts >= GIVE_UP_AFTER:
        document.state = DocumentState.FAILED
    document.save(update_fields=["attempts", "last_error", "state"])


def erase(document: Document, *, by: Actor, now: datetime) -> None:
    """Erase what a document says, inside an action; number and hashes stay, so a copy is proven."""
    storage, name = document.file.storage, document.file.name
    document.file = None
    document.facts, document.title = {}, document.number
    document.state, document.erased_at = DocumentState.ERASED, now
    document.save(update_fields=["file", "facts", "title", "state", "erased_at"])
    if name:
        transaction.on_commit(partial(storage.delete, name))
    chain = document.programme.code if document.programme else PORTAL_CHAIN
    record(document, "erase", by=by, now=now, chain=chain)


def waiting() -> list[int]:
    """Return the ids of documents whose file is still to be made, oldest first."""
    queued = Document.objects.filter(state=DocumentState.QUEUED)
    return list(queued.order_by("pk").values_list("pk", flat=True))
