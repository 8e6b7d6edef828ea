"""A record as plain data, with its competences, facilities and photos."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.db import models

from catalogue.models import Competence, Photo, Record, RecordFields


def content_of(record: Record) -> dict[str, Any]:
    """Return everything that a record says; a version keeps it, a change starts from it."""
    return {
        "kind": record.kind,
        **record.content.columns(),
        "competences": sorted(term.slug for term in record.competences.all()),
        "facilities": sorted(facility.slug for facility in record.facilities.all()),
        "photos": [photo.pk for photo in record.photos.all() if photo.place is not None],
    }


def filled(record: Record, content: Mapping[str, Any]) -> Record:
    """Return the record as it would be with the content; it is never stored."""
    shown = copy(record)
    shown._state = copy(record._state)
    shown._state.fields_cache = dict(record._state.fields_cache)
    for name, value in RecordFields.of(content).columns().items():
        setattr(shown, name, value)
    photos = photos_of(record, content.get("photos", []))
    # Templates ask the relations, which must answer from the content and not from the database.
    shown._prefetched_objects_cache = {  # type: ignore[attr-defined]  # noqa: SLF001
        "competences": _held(Competence.objects.filter(slug__in=content.get("competences", []))),
        "facilities": _held(record.provider.records.filter(slug__in=content.get("facilities", []))),
        "photos": _ordered(Photo.objects.filter(record=record), photos),
    }
    return shown


def photos_of(record: Record, wanted: list[int]) -> list[Photo]:
    """Return the record's photos of these ids, in this order, each with its place; unstored."""
    found = {photo.pk: photo for photo in Photo.objects.filter(record=record, pk__in=wanted)}
    rows = [found[pk] for pk in wanted if pk in found]
    for place, row in enumerate(rows, start=1):
        row.place = place
    return rows


def _held[M: models.Model](rows: models.QuerySet[M]) -> models.QuerySet[M]:
    """Return the rows, read already."""
    return _ordered(rows, list(rows))


def _ordered[M: models.Model](rows: models.QuerySet[M], result: list[M]) -> models.QuerySet[M]:
    """Give a query its result, so that it is not asked and its order is ours."""
    rows._result_cache = result  # noqa: SLF001
    return rows
