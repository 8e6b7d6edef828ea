"""Who of the staff read what of a firm: journalled once an hour for a person and a thing."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from portal.enums import Thing
from portal.models import JournalEntry, Organisation, Programme, User
from portal.permissions import Actor
from portal.workflow import action, record, was_recorded

READ, EXPORT = "read", "export"


def note_read(
    firm: Organisation, thing: Thing, *, which: str, chain: str, by: Actor, now: datetime
) -> None:
    """Journal that a person opened something personal of a firm; `which` is its number."""
    _note(firm, READ, {"thing": thing, "which": which}, chain=chain, by=by, now=now)


def note_export(
    thing: Thing, firms: Mapping[Programme, Iterable[int]], *, by: Actor, now: datetime
) -> None:
    """Journal that a person took a list away; `firms` are the ids of who is on it, by programme."""
    for programme, named in firms.items():
        said = {"thing": thing, "firms": sorted(set(named))}
        _note(programme, EXPORT, said, chain=programme.journal_chain, by=by, now=now)


def _note(
    subject: Model, verb: str, said: dict[str, Any], *, chain: str, by: Actor, now: datetime
) -> None:
    """Ask first: who opens the same again within the hour begins no transaction."""
    if not was_recorded(subject, verb, said, by=by, now=now):
        action(record)(subject, verb, by=by, now=now, chain=chain, **said)


def reads_of(firm: Organisation, *, seen_by: User) -> QuerySet[JournalEntry]:
    """Return what was read of a firm, on lists too, as far as one sees the chains; newest first."""
    programmes = Programme._meta.label_lower
    own = Q(subject_type=Organisation._meta.label_lower, subject_id=firm.pk, verb=READ)
    listed = Q(subject_type=programmes, verb=EXPORT, data__firms__contains=firm.pk)
    entries = JournalEntry.objects.visible_to(seen_by).filter(own | listed)
    return entries.select_related("by").order_by("-at", "-pk")
