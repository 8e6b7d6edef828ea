"""A record as plain data, with its competences, facilities and photos."""

from typing import Any

from catalogue.models import Record


def content_of(record: Record) -> dict[str, Any]:
    """Return everything that a record says; a version keeps it, a change starts from it."""
    return {
        "kind": record.kind,
        **record.content.columns(),
        "competences": sorted(term.slug for term in record.competences.all()),
        "facilities": sorted(facility.slug for facility in record.facilities.all()),
        "photos": [photo.pk for photo in record.photos.all() if photo.place is not None],
    }
