"""Keeping figures that others have published."""

import csv
import io
from datetime import date, datetime

from django.core.exceptions import PermissionDenied

from portal.models import Programme
from portal.permissions import Actor
from portal.workflow import action, record
from vouchers.models import PublishedFigure


@action
def record_published(content: bytes, *, by: Actor, now: datetime) -> int:
    """Bring in a CSV file of published figures; those that are there already stay.

    Columns: programme, calls (parted by ;), figure, value, unit, qualifier, sentence,
    is_quotation, source, source_url, published_on. Returns how many were new.
    """
    if not by.is_importer:
        raise PermissionDenied("record_published")
    programmes = {programme.code: programme for programme in Programme.objects.all()}
    new = 0
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        figure, is_new = PublishedFigure.objects.get_or_create(
            programme=programmes[row["programme"]],
            calls=[call for call in row["calls"].split(";") if call],
            key=row["figure"],
            qualifier=row["qualifier"],
            source=row["source"],
            defaults={
                "value": row["value"],
                "unit": row["unit"],
                "sentence": row["sentence"],
                "is_quotation": row["is_quotation"] == "yes",
                "source_url": row["source_url"],
                "published_on": _day(row["published_on"]),
            },
        )
        if is_new:
            new += 1
            chain = row["programme"]
            record(figure, "publish", by=by, now=now, chain=chain, key=figure.key)
    return new


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
