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
    Field,
    FilteredRelation,
    JSONField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject, NullIf

from portal.models import JournalEntry
from portal.money import ZERO
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


def _passed() -> Subquery:
    """The instants at which the application first reached the states of PASSED, by column."""
    entries = JournalEntry.objects.filter(
        subject_type=Application._meta.label_lower, subject_id=OuterRef("pk"), after__in=PASSED
    )
    first = {column: Min("at", filter=Q(after=state)) for state, column in PASSED.items()}
    return _one(entries, "subject_id", JSONObject(**first), JSONField())


def _booked() -> Subquery:
    """What was paid and recovered, as text that keeps its cents, and when it was paid last.

    A payment that the bank sent back was none.
    """
    kinds = [EntryKind.PAY, EntryKind.BOUNCE, EntryKind.RECOVER]
    lines = LedgerEntry.objects.filter(award=OuterRef("award"), kind__in=kinds)
    is_paid, is_back = Q(kind=EntryKind.PAY), Q(kind=EntryKind.BOUNCE)
    paid = Sum("amount", filter=is_paid) - Coalesce(Sum("amount", filter=is_back), ZERO)
    found = JSONObject(
        paid_amount=Cast(NullIf(paid, ZERO), CharField()),
        paid_on=Max("at", filter=is_paid),
        recovered_amount=Cast(Sum("amount", filter=Q(kind=EntryKind.RECOVER)), CharField()),
    )
    return _one(lines, "award", found, JSONField())


def _told() -> Subquery:
    told = Decision.objects.filter(application=OuterRef("pk"))
    return _one(told, "application", Min("told_at"), DateTimeField())


def _one(rows: QuerySet[Any], key: str, what: Any, kind: Field[Any, Any]) -> Subquery:
    """Ask all of one row's facts at once: a statement for each would double the export's time."""
    found = rows.order_by().values(key).annotate(found=what).values("found")
    return Subquery(found, output_field=kind)


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
    "booked": _booked(),
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
    "passed": _passed(),
}


def applications_of(applications: QuerySet[Application]) -> QuerySet[Any, dict[str, Any]]:
    """Return one dictionary of facts per submitted application, in one statement."""
    with_host: QuerySet[Any] = applications.exclude(reference=None).annotate(
        first_host=FilteredRelation("hosts", condition=Q(hosts__position=1, hosts__removed_at=None))
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
    booked = facts["booked"] or {}
    values: dict[str, Any] = {
        **{name: facts[name] for name in facts if name in COLUMNS},
        **{column: _instant(facts["passed"], column) for column in PASSED.values()},
        "call": facts["call_code"],
        "voucher_type": facts["type_code"],
        "reference": facts["number"],
        "title": facts["subject"],
        "outcome": outcome,
        "amount": facts["sum"],
        "paid_amount": _amount(booked, "paid_amount"),
        "paid_on": _instant(booked, "paid_on") if booked.get("paid_amount") else None,
        "recovered_amount": _amount(booked, "recovered_amount"),
        "ended_as": facts["award_state"] if facts["award_state"] in ENDED else None,
        "undertaking": facts["group"],
        "state": facts["current"],
        "award": facts["award_number"],
    }
    values["decided_on"] = _decided(values, facts["decided"])
    return {name: _day(values[name], zone) for name in COLUMNS}


def _instant(found: Mapping[str, str | None] | None, name: str) -> datetime | None:
    text = found.get(name) if found else None
    return datetime.fromisoformat(text) if text else None


def _amount(found: Mapping[str, str | None], name: str) -> Decimal | None:
    text = found.get(name)
    return Decimal(text) if text else None


def _day(value: Any, zone: ZoneInfo) -> Any:
    """Return an instant's calendar day; anything else as it is."""
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def _decided(values: Mapping[str, Any], decided_at: datetime | None) -> datetime | None:
    if values["outcome"] is None:
        return None
    withdrawn: datetime | None = values["withdrawn_on"]
    return withdrawn if values["outcome"] == ApplicationState.WITHDRAWN else decided_at


def as_text(value: Any) -> str:
    """Return a value as the file writes it: ISO dates, decimal point, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value)
