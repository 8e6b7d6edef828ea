"""What one side wrote about an application and the other has not opened yet."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vouchers.enums import Reader
from vouchers.models import Appeal, Application, ChangeRequest, Decision, Reading, Submission

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
type Source = tuple[type[Model], str, Mapping[str, Any]]
# Where each kind of news is written, when, and which rows count.
SOURCES: Mapping[str, Mapping[str, Source]] = {
    Reader.APPLICANT: {
        "question": (ChangeRequest, "asked_at", {}),
        "decision": (Decision, "told_at", {"replaced_at": None}),
        "verdict": (Appeal, "answered_at", {}),
    },
    Reader.DESK: {
        "answer": (Submission, "at", {"number__gt": 1}),
        "appeal": (Appeal, "filed_at", {}),
    },
}
WORDS: Mapping[str, Promise] = {
    "question": _("Unread question"),
    "decision": _("Unread decision"),
    "verdict": _("Unread answer to the appeal"),
    "answer": _("Unread answer"),
    "appeal": _("Unread appeal"),
}


def with_news(rows: QuerySet[Application], side: Reader) -> QuerySet[Any]:
    """Note on each row what the side has not read, within the statement that reads the rows."""
    read = Reading.objects.filter(application=OuterRef("application"), side=side)
    read_at = Coalesce(Subquery(read.values("read_at")[:1]), Value(NEVER))
    return rows.annotate(
        **{
            f"new_{name}": Exists(
                model._base_manager.filter(
                    application=OuterRef("pk"), **given, **{f"{instant}__gt": read_at}
                )
            )
            for name, (model, instant, given) in SOURCES[side].items()
        }
    )


def news_of(application: Application, side: Reader) -> list[str]:
    """Say what the side has not read of one application."""
    rows = with_news(Application._base_manager.filter(pk=application.pk), side)
    return news_in(rows.only("pk").get(), side)


def news_in(row: Any, side: Reader) -> list[str]:
    """Say what the side has not read, of a row that comes from `with_news`."""
    return [str(WORDS[name]) for name in SOURCES[side] if getattr(row, f"new_{name}")]
