"""The demo's history: CSV files brought in by the same importer as anybody's."""

from datetime import datetime

from django.db import connection

from portal.site.demo.programmes import DATA, IMPORTER
from vouchers.actions.figures import record_published
from vouchers.actions.imports import import_awards
from vouchers.models import Application

FILES = {"FASILIS": "fasilis", "IN2LS": "in2ls", "B4H-1": "b4h1", "B4H-2": "b4h2"}


def missing() -> list[str]:
    """Return the programmes whose history is still to be loaded."""
    loaded = set(Application.objects.values_list("call__programme__code", flat=True).distinct())
    return [code for code in FILES if code not in loaded]


def load(code: str, *, now: datetime) -> None:
    """Import one programme's history."""
    content = (DATA / "history" / f"{FILES[code]}.csv").read_bytes()
    import_awards(content, by=IMPORTER, now=now)
    with connection.cursor() as cursor:
        # Thousands of new rows: without fresh statistics the planner reads whole tables.
        cursor.execute("ANALYZE")


def publish_figures(*, now: datetime) -> None:
    """Bring in what was published of the past programmes, with its sources."""
    record_published((DATA / "history" / "published.csv").read_bytes(), by=IMPORTER, now=now)
