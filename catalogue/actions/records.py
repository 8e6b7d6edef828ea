"""Who writes the catalogue: records, what they say, and whether everybody sees them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from catalogue import cases
from catalogue.actions.require import require
from catalogue.enums import RecordKind, RecordState
from catalogue.models import Competence, Expert, Provider, Record, RecordFields, Version
from catalogue.permissions import may_add_to, may_confirm, may_curate
from catalogue.snapshots import content_of
from catalogue.workflow import RECORD
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.workflow import action, as_json, lock, move, record


class NotFinished(Exception):
    """The record's first change is still being written, or waits for the broker."""


class PersonHasNotAgreed(Exception):
    """The record describes a person, who has not agreed to be shown."""


# Names and addresses of a record's contacts.
PERSONAL = frozenset({*cases.CONTACT, *cases.SECOND_CONTACT})


# What was found at a record's old website says nothing about its new one.
UNLOOKED: Mapping[str, Any] = {
    "link_checked_at": None,
    "link_problem": "",
    "link_failing_since": None,
}


class NotAFacility(Exception):
    """Only equipment belongs to facilities, and only to facilities of its own provider."""


@action
def add_record(
    provider: Provider,
    *,
    slug: str,
    kind: RecordKind,
    fields: RecordFields,
    competences: Iterable[Competence] = (),
    facilities: Iterable[Record] = (),
    confirmed_on: date | None = None,
    by: Actor,
    now: datetime,
) -> Record:
    """Write a draft in the provider's region. Raises PermissionDenied and NotAFacility."""
    require(may_add_to(by, provider.region))
    terms = list(competences)
    row = Record.objects.create(
        provider=provider,
        region=provider.region,
        slug=slug,
        kind=kind,
        confirmed_on=confirmed_on,
        **columns_of(provider, fields, terms),
    )
    row.competences.set(terms)
    set_facilities(row, facilities)
    record(row, "add_record", by=by, now=now, chain=PORTAL_CHAIN, after=row.state, **named(row))
    return row


@action
def revise_record(
    row: Record,
    *,
    fields: RecordFields,
    competences: Iterable[Competence],
    facilities: Iterable[Record] | None = None,
    by: Actor,
    now: datetime,
) -> Record:
    """Replace what a record says and journal what changed; facilities stay where none are given.

    Raises PermissionDenied and NotAFacility.
    """
    row = Record.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    require(may_curate(by, row))
    changed = put_in_force(row, fields, list(competences), facilities)
    journal_change(row, "revise_record", changed, by=by, now=now)
    if row.versions.exists():
        keep_version(row, by=by, now=now)
    return row


def put_in_force(
    row: Record,
    fields: RecordFields,
    terms: list[Competence],
    facilities: Iterable[Record] | None,
) -> Mapping[str, Any]:
    """Write new content into a locked record, inside an action; return old and new by field."""
    columns = columns_of(row.provider, fields, terms)
    changed = {
        name: [getattr(row, name), value]
        for name, value in columns.items()
        if getattr(row, name) != value
    }
    if "website" in changed:
        columns |= UNLOOKED
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=[*columns])
    row.competences.set(terms)
    if facilities is not None:
        set_facilities(row, facilities)
    return changed


def named(row: Record) -> dict[str, Any]:
    """Return what the journal notes of a new record's address: a person's can be erased later."""
    slug = {"slug": row.slug}
    return {"personal": slug} if row.kind == RecordKind.EXPERT else slug


def journal_change(
    row: Record, verb: str, changed: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    """Journal old and new by field, inside an action; what names people can be erased later."""
    private = changed if row.kind == RecordKind.EXPERT else PERSONAL
    apart = {name: pair for name, pair in changed.items() if name in private}
    record(
        row,
        verb,
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        personal={"changed": apart} if apart else None,
        changed={name: pair for name, pair in changed.items() if name not in private},
    )


@action
def publish(row: Record, *, by: Actor, now: datetime) -> None:
    """Show a record to everybody; one that nobody has confirmed yet counts as confirmed now.

    Raises PermissionDenied, IllegalMove, NotFinished for a draft that its provider still writes,
    and PersonHasNotAgreed where it describes a person.
    """
    # The record goes before its person, as everywhere: nobody is named or leaves meanwhile.
    fresh = lock(row, "provider__organisation", "region")
    if fresh.state == RecordState.DRAFT and fresh.revisions.open().exists():
        raise NotFinished(row.pk)
    require_consent(fresh)
    move(fresh, RECORD.PUBLISH, by=by, now=now)
    if fresh.confirmed_on is None:
        set_confirmed(fresh, now)
    keep_version(fresh, by=by, now=now)
    if fresh is not row:
        row.refresh_from_db(fields=["state", "confirmed_on", "asked_to_confirm_at"])


def require_consent(row: Record) -> None:
    """Refuse to publish a record whose person has not agreed. Raises PersonHasNotAgreed.

    A record that names no person describes a team, which needs no consent.
    """
    person = Expert.objects.select_for_update(no_key=True).filter(record=row).first()
    if person is not None and not person.agrees:
        raise PersonHasNotAgreed(row.pk)


@action
def hide(row: Record, *, reason: str, by: Actor, now: datetime) -> None:
    """Take a record off the public pages. Raises PermissionDenied and IllegalMove."""
    move(row, RECORD.HIDE, by=by, now=now, reason=reason)


@action
def confirm(row: Record, *, by: Actor, now: datetime) -> None:
    """Say that a record is still true today, in its region's calendar. Raises PermissionDenied."""
    require(may_confirm(by, row))
    set_confirmed(row, now)
    record(row, "confirm", by=by, now=now, chain=PORTAL_CHAIN, confirmed_on=row.confirmed_on)


@action
def set_vouchers_before(counts: Mapping[int, int], *, by: Actor, now: datetime) -> int:
    """Note how many vouchers each record was host of, by its key; return how many changed.

    A figure that is counted from other rows leaves no line in the journal.
    """
    rows = Record.objects.filter(Q(pk__in=counts) | Q(vouchers_before__gt=0))
    changed = [
        row
        for row in rows.only("pk", "vouchers_before").order_by("pk")
        if row.vouchers_before != counts.get(row.pk, 0)
    ]
    for row in changed:
        row.vouchers_before = counts.get(row.pk, 0)
    Record.objects.bulk_update(changed, ["vouchers_before"], batch_size=1000)
    return len(changed)


def set_confirmed(row: Record, now: datetime) -> None:
    """Write today, in the region's calendar, as the day of confirmation; inside an action."""
    row.confirmed_on = now.astimezone(ZoneInfo(row.region.time_zone)).date()
    row.asked_to_confirm_at = None
    row.save(update_fields=["confirmed_on", "asked_to_confirm_at"])


def set_facilities(row: Record, facilities: Iterable[Record]) -> None:
    """Link equipment to its facilities; inside an action. Raises NotAFacility."""
    rows = list(facilities)
    fits = all(f.kind == RecordKind.FACILITY and f.provider_id == row.provider_id for f in rows)
    if rows and (row.kind != RecordKind.EQUIPMENT or not fits):
        raise NotAFacility
    row.facilities.set(rows)


def keep_version(row: Record, *, by: Actor, now: datetime) -> Version | None:
    """Keep what is published from now on, unless the last version says the same; in an action."""
    content = as_json(content_of(row))
    last = row.versions.first()
    if last is not None and last.content == content:
        return None
    return Version.objects.create(
        record=row,
        number=last.number + 1 if last else 1,
        content=content,
        published_at=now,
        published_by=by.user,
    )


def columns_of(provider: Provider, fields: RecordFields, terms: list[Competence]) -> dict[str, Any]:
    """Return what a record stores of its fields, with the words and terms that search needs."""
    return {
        **fields.columns(),
        "keywords": _keywords(provider, fields, terms),
        "terms": sorted(term.slug for term in terms),
    }


def _keywords(provider: Provider, fields: RecordFields, terms: list[Competence]) -> str:
    """Join the words a searcher may use: terms in every language, techniques and the provider."""
    words = [provider.organisation.name, *fields.techniques]
    words += [fields.manufacturer, fields.model_name]
    for term in terms:
        words += [term.name, *term.names.values()]
    plain = [_without_accents(text) for text in [fields.title, *words]]
    return "\n".join(dict.fromkeys(t for t in [*words, *plain] if t and t != fields.title))


def _without_accents(text: str) -> str:
    """Return the text as a keyboard without accents types it: Liège becomes Liege."""
    return re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text))
