"""Changes of records: written by the provider, looked at and decided by the region's broker."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import resolve, reverse
from django.utils.text import slugify

from catalogue.actions.records import (
    columns_of,
    journal_change,
    keep_version,
    named,
    put_in_force,
    require_consent,
    set_confirmed,
)
from catalogue.actions.require import require
from catalogue.enums import RecordKind, RecordState, RevisionState
from catalogue.models import Competence, Photo, Provider, Record, RecordFields, Revision
from catalogue.notifications.revisions import RevisionPublished, RevisionReturned, RevisionSubmitted
from catalogue.permissions import may_edit, may_keep, may_write
from catalogue.rules.completeness import missing_in
from catalogue.snapshots import content_of, photos_of
from catalogue.workflow import RECORD, REVISION
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import IllegalMove, action, as_json, hold, lock, move, record

LONGEST_SLUG = 80


class RevisionNotComplete(Exception):
    """The change leaves fields empty that a public record needs; `missing` names them."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class ChangedMeanwhile(Exception):
    """The change was sent again after the broker opened it."""


class NumberTaken(Exception):
    """Another record of the provider has the number that the change gives."""


@action
def start_record(
    provider: Provider, *, kind: RecordKind, title: str, by: Actor, now: datetime
) -> Record:
    """Begin a record that nobody sees yet, and its first change. Raises PermissionDenied."""
    require(may_keep(by, provider))
    # Two clicks at once must not take the same address.
    Provider.objects.select_for_update(of=("self",), no_key=True).get(pk=provider.pk)
    fields = RecordFields(title=title, summary="")
    row = Record.objects.create(
        provider=provider,
        region=provider.region,
        slug=_free_slug(title),
        kind=kind,
        **columns_of(provider, fields, []),
    )
    record(row, "start_record", by=by, now=now, chain=PORTAL_CHAIN, after=row.state, **named(row))
    _start(row, by=by, now=now)
    return row


@action
def write_revision(
    row: Record, *, changes: Mapping[str, Any], by: Actor, now: datetime
) -> Revision:
    """Keep what was written; the first word starts a change from what is in force.

    Raises PermissionDenied, and IllegalMove while the change waits for the broker.
    """
    revision = open_revision(row, by=by, now=now)
    content = {**revision.content, **as_json(changes)}
    changed = sorted(name for name in changes if revision.content.get(name) != content[name])
    if changed:
        revision.content = content
        revision.save(update_fields=["content"])
        record(revision, "write", by=by, now=now, chain=PORTAL_CHAIN, changed=changed)
    return revision


def open_revision(row: Record, *, by: Actor, now: datetime) -> Revision:
    """Return the record's change to write in, locked, or start one; inside an action.

    Raises PermissionDenied, and IllegalMove while the change waits for the broker.
    """
    row = Record.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    require(may_edit(by, row))
    found = row.revisions.open().first()
    if found is None:
        return _start(row, by=by, now=now)
    revision = lock(found, "record__provider")
    require(may_write(by, revision))
    if revision.state == RevisionState.SUBMITTED:
        raise IllegalMove(revision, REVISION.SUBMIT)
    return revision


def _start(row: Record, *, by: Actor, now: datetime) -> Revision:
    revision = Revision.objects.create(
        record=row, content=as_json(content_of(row)), started_at=now, started_by=by.user
    )
    record(revision, "start", by=by, now=now, chain=PORTAL_CHAIN, after=revision.state)
    return hold(revision)


@action
def submit_revision(revision: Revision, *, by: Actor, now: datetime) -> None:
    """Ask the region's broker to publish it.

    Raises PermissionDenied, IllegalMove and RevisionNotComplete.
    """
    revision = lock(revision, "record__provider", "record__region")
    move(revision, REVISION.SUBMIT, by=by, now=now, also=lambda _row: {"submitted_at": now})
    missing = missing_in(revision.content)
    if missing:
        raise RevisionNotComplete(missing)
    notify(RevisionSubmitted(revision, once=now.isoformat()), now=now)


@action
def take_back_revision(revision: Revision, *, by: Actor, now: datetime) -> None:
    """Take a change back before the broker decides. Raises PermissionDenied and IllegalMove."""
    move(revision, REVISION.TAKE_BACK, by=by, now=now, also=lambda _row: {"submitted_at": None})


@action
def discard_revision(revision: Revision, *, by: Actor, now: datetime) -> None:
    """Give a change up; what is in force stays. Raises PermissionDenied and IllegalMove."""
    move(
        revision,
        REVISION.DISCARD,
        by=by,
        now=now,
        also=lambda _row: {"decided_at": now, "decided_by": by.user},
    )
    forget_photos(revision.record, revision.content.get("photos", []))


@action
def return_revision(revision: Revision, *, note: str, by: Actor, now: datetime) -> None:
    """Send a change back with what to correct. Raises PermissionDenied and IllegalMove."""
    revision = lock(revision, "record__provider", "record__region", "started_by")
    move(revision, REVISION.RETURN, by=by, now=now, also=lambda _row: {"note": note})
    notify(RevisionReturned(revision, once=now.isoformat()), now=now)


@action
def approve_revision(
    revision: Revision, *, submitted_at: datetime | None, by: Actor, now: datetime
) -> None:
    """Put a change in force as a whole, keep it as a version and show the record to everybody.

    `submitted_at` is when the change that the broker has read was sent. Raises PermissionDenied,
    IllegalMove, ChangedMeanwhile, PersonHasNotAgreed and NumberTaken.
    """
    # The record goes first: who writes a change takes the locks in the same order.
    row = lock(revision.record, "provider__organisation", "region")
    revision = lock(revision, "record__provider", "record__region", "started_by")
    decided = {"decided_at": now, "decided_by": by.user, "note": ""}
    move(revision, REVISION.APPROVE, by=by, now=now, also=lambda _row: decided)
    if revision.submitted_at != submitted_at:
        raise ChangedMeanwhile
    require_consent(row)
    number = revision.content.get("external_id", "")
    others = row.provider.records.exclude(pk=row.pk)
    if number and others.filter(external_id=number).exists():
        raise NumberTaken
    _put_content_in_force(row, revision.content, by=by, now=now)
    if row.state != RecordState.PUBLISHED:
        move(row, RECORD.PUBLISH, by=by, now=now)
    set_confirmed(row, now)
    keep_version(row, by=by, now=now)
    notify(RevisionPublished(revision), now=now)


def _put_content_in_force(
    row: Record, content: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    terms = Competence.objects.filter(slug__in=content.get("competences", []))
    places = row.provider.records.filter(
        kind=RecordKind.FACILITY, slug__in=content.get("facilities", [])
    )
    changed = put_in_force(row, RecordFields.of(content), list(terms), list(places))
    _place_photos(row, content.get("photos", []))
    journal_change(row, "revise_record", changed, by=by, now=now)


def _place_photos(row: Record, wanted: Iterable[int]) -> None:
    """Show these photos in this order and no others; versions keep the ids of all."""
    shown = photos_of(row, list(wanted))
    row.photos.exclude(pk__in=[photo.pk for photo in shown]).update(place=None)
    for photo in shown:
        photo.save(update_fields=["place"])


def forget_photos(row: Record, left: Iterable[int]) -> None:
    """Delete photos that left a change and were never published; inside an action."""
    told = {pk for version in row.versions.all() for pk in version.content.get("photos", [])}
    delete_photos(row.photos.filter(pk__in=set(left) - told, place=None))


def delete_photos(gone: QuerySet[Photo]) -> None:
    """Delete photos and their files; inside an action."""
    for photo in gone.select_related("upload"):
        upload = photo.upload
        photo.delete()
        upload.delete()
        transaction.on_commit(partial(upload.file.delete, save=False))


def _free_slug(title: str) -> str:
    """Return an address that no record has: of the title, with a number where it is taken."""
    stem = slugify(title)[: LONGEST_SLUG - 6] or "record"
    taken = set(Record.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    number = 2
    slug = stem
    while slug in taken or _is_page(slug):
        slug, number = f"{stem}-{number}", number + 1
    return slug


def _is_page(slug: str) -> bool:
    """Whether another page of the catalogue has the address already."""
    return resolve(reverse("catalogue_record", args=[slug])).url_name != "catalogue_record"
