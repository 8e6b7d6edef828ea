"""One flat row per application: the columns that import_awards reads, and a few more.

The import compares its lines with these rows, and the export writes them, so that what was
exported comes in again unchanged.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    F,
    FilteredRelation,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from portal.models import JournalEntry
from vouchers.enums import ApplicationState, AwardState, EntryKind
from vouchers.models import Application, Decision, LedgerEntry

REQUIRED = (
    "programme",
    "call",
    "voucher_type",
    "reference",
    "sme_name",
    "sme_country",
    "sme_region",
    "provider_name",
    "provider_country",
    "provider_region",
    "title",
    "submitted_on",
    "decided_on",
    "outcome",
    "amount",
    "accepted_on",
    "completed_on",
    "paid_amount",
    "paid_on",
    "jobs_expected",
    "jobs_realised",
)
OPTIONAL = ("ended_on", "ended_as", "sme_id")
# States an application passed before its outcome; without them the import assumes the usual path.
PASSED = {
    ApplicationState.ELIGIBLE: "eligible_on",
    ApplicationState.INELIGIBLE: "ineligible_on",
    ApplicationState.RESERVE: "reserve_on",
    ApplicationState.REJECTED: "rejected_on",
    ApplicationState.WITHDRAWN: "withdrawn_on",
}
MORE = (
    "undertaking",
    *PASSED.values(),
    "told_on",
    "recovered_amount",
    "state",
    "award",
    "award_state",
)
COLUMNS = (*REQUIRED, *OPTIONAL, *MORE)
OUTCOMES = frozenset(
    {
        ApplicationState.APPROVED,
        ApplicationState.RESERVE,
        ApplicationState.REJECTED,
        ApplicationState.INELIGIBLE,
        ApplicationState.WITHDRAWN,
    }
)
ENDED = frozenset(
    {AwardState.DECLINED, AwardState.LAPSED, AwardState.CANCELLED, AwardState.REVOKED}
)


def _reached(state: str) -> Subquery:
    entries = JournalEntry.objects.filter(
        subject_type=Application._meta.label_lower, subject_id=OuterRef("pk"), after=state
    )
    return Subquery(
        entries.order_by().values("subject_id").annotate(at=Min("at")).values("at"),
        output_field=DateTimeField(),
    )


def _told() -> Subquery:
    told = Decision.objects.filter(application=OuterRef("pk")).order_by()
    return Subquery(
        told.values("application").annotate(at=Min("told_at")).values("at"),
        output_field=DateTimeField(),
    )


def _booked(kind: EntryKind, what: Any) -> Subquery:
    lines = LedgerEntry.objects.filter(award=OuterRef("award"), kind=kind).order_by()
    return Subquery(lines.values("award").annotate(found=what).values("found"))


_FIELDS: Mapping[str, Any] = {
    "programme": F("call__programme__code"),
    "call_code": F("call__code"),
    "type_code": F("voucher_type__code"),
    "number": F("reference"),
    "sme_name": F("organisation__name"),
    "sme_country": F("organisation__country"),
    "sme_region": F("home_region__code"),
    "provider_name": F("first_host__name"),
    "provider_country": F("first_host__country"),
    "provider_region": Coalesce("first_host__region__code", "host_region__code"),
    "subject": F("title"),
    "submitted_on": F("first_submitted_at"),
    "decided": F("decided_at"),
    "sum": Coalesce("award__amount", "amount"),
    "accepted_on": F("award__accepted_at"),
    "completed_on": F("award__completed_at"),
    "paid_amount": _booked(EntryKind.PAY, Sum("amount")),
    "paid_on": _booked(EntryKind.PAY, Max("at")),
    "recovered_amount": _booked(EntryKind.RECOVER, Sum("amount")),
    "jobs_expected": F("award__jobs_expected"),
    "jobs_realised": F("award__jobs_realised"),
    "ended_on": F("award__ended_at"),
    "sme_id": Coalesce(
        NullIf("organisation__sme_id", Value("")),
        Concat(Value("portal-"), Cast("organisation", CharField())),
    ),
    "group": Cast("undertaking", BigIntegerField()),
    "told_on": _told(),
    "current": F("state"),
    "award_number": F("award__number"),
    "award_state": F("award__state"),
    "zone": F("home_region__time_zone"),
    **{column: _reached(state) for state, column in PASSED.items()},
}


def applications_of(applications: QuerySet[Application]) -> QuerySet[Any, dict[str, Any]]:
    """Return one dictionary of facts per submitted application, in one statement."""
    with_host: QuerySet[Any] = applications.exclude(reference=None).annotate(
        first_host=FilteredRelation("hosts", condition=Q(hosts__position=1))
    )
    return with_host.order_by("reference").values(**_FIELDS)


def rows(applications: QuerySet[Application]) -> Iterator[dict[str, Any]]:
    """Yield the row of each submitted application by its column; days are the home region's."""
    for facts in applications_of(applications).iterator(chunk_size=2000):
        yield row(facts)


def row(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of one application by its column; nothing where there is nothing to say."""
    zone = ZoneInfo(facts["zone"])
    outcome = facts["current"] if facts["current"] in OUTCOMES else None
    values = {name: facts[name] for name in facts if name in COLUMNS}
    values |= {
        "call": facts["call_code"],
        "voucher_type": facts["type_code"],
        "reference": facts["number"],
        "title": facts["subject"],
        "outcome": outcome,
        "amount": facts["sum"],
        "decided_on": _decided(facts, outcome),
        "ended_as": facts["award_state"] if facts["award_state"] in ENDED else None,
        "undertaking": facts["group"],
        "state": facts["current"],
        "award": facts["award_number"],
    }
    days = {
        name: value.astimezone(zone).date()
        for name, value in values.items()
        if isinstance(value, datetime)
    }
    return {name: days.get(name, values[name]) for name in COLUMNS}


def _decided(facts: Mapping[str, Any], outcome: str | None) -> datetime | None:
    if outcome is None:
        return None
    return facts["withdrawn_on"] if outcome == ApplicationState.WITHDRAWN else facts["decided"]


def as_text(value: Any) -> str:
    """Return a value as the file writes it: ISO dates, decimal point, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)
