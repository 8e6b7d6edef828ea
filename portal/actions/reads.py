"""Who of the staff read what of a firm: journalled once an hour for a person and a thing."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from portal.enums import Thing
from portal.models import JournalEntry, Organisation, Programme, User
from portal.permissions import Actor
from portal.workflow import action, record, was_recorded

READ, EXPORT = "read", "export"


@action
def note_read(
    firm: Organisation, thing: Thing, *, which: str, chain: str, by: Actor, now: datetime
) -> None:
    """Journal that a person opened something personal of a firm; `which` is its number."""
    said: dict[str, Any] = {"thing": thing, "which": which}
    if not was_recorded(firm, READ, said, by=by, now=now):
        record(firm, READ, by=by, now=now, chain=chain, **said)


@action
def note_export(
    thing: Thing, firms: Mapping[int, Iterable[int]], *, by: Actor, now: datetime
) -> None:
    """Journal that a person took a list away; `firms` are the ids of who is on it, by programme."""
    for programme in Programme.objects.filter(pk__in=firms).order_by("pk"):
        said: dict[str, Any] = {"thing": thing, "firms": sorted(set(firms[programme.pk]))}
        if not was_recorded(programme, EXPORT, said, by=by, now=now):
            record(programme, EXPORT, by=by, now=now, chain=programme.journal_chain, **said)


def reads_of(firm: Organisation, *, seen_by: User) -> QuerySet[JournalEntry]:
    """Return what was read of a firm, on lists too, as far as one sees the chains; newest first."""
    programmes = Programme._meta.label_lower
    own = Q(subject_type=Organisation._meta.label_lower, subject_id=firm.pk, verb=READ)
    listed = Q(subject_type=programmes, verb=EXPORT, data__firms__contains=firm.pk)
    entries = JournalEntry.objects.visible_to(seen_by).filter(own | listed)
    return entries.select_related("by").order_by("-at", "-pk")
