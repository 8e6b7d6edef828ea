"""Drafting the parts of an application that are rows: partners, costs and declared aid."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F

from catalogue.models import Record
from portal.models import Organisation, Region
from portal.money import ZERO
from portal.permissions import Actor
from portal.workflow import action
from vouchers.actions import applications
from vouchers.actions.drafts import Saved, editable, require_open, saved_whole, touch, unseen
from vouchers.actions.hosts import take_away
from vouchers.actions.whole_parts import (
    AID,
    COSTS,
    HOSTS,
    cents,
    figures_row,
    is_unseen,
    last_sector,
    named,
)
from vouchers.cases import local_day, size_of_firm
from vouchers.models import (
    Application,
    CallVoucherType,
    CostKind,
    CostLine,
    DeclaredAid,
    Host,
)
from vouchers.rules import limits

# Figures of an older year are asked anew.
TAKEN_OVER = 2


class TooManyHosts(Exception):
    """The voucher type takes fewer hosts."""


class NotOffered(Exception):
    """The record cannot be chosen now: hidden, or its provider has not accepted the rules."""


class NotEligible(Exception):
    """The voucher does not pay this kind of cost."""


@dataclass(frozen=True, slots=True)
class HostFields:
    """A partner: a record of the catalogue, or named by hand."""

    name: str
    record: Record | None = None
    region: Region | None = None
    country: str = ""
    contact_name: str = ""
    contact_email: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class CostFields:
    """A line of the cost table; amount in EUR without VAT, and the VAT on it."""

    kind: CostKind
    item: str
    amount: Decimal
    vat: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class AidFields:
    """One declared de minimis aid, in EUR."""

    granted_on: date
    authority: str
    member_state: str
    amount: Decimal


def host_of(record: Record) -> HostFields:
    """Return a record as the partner of an application."""
    return HostFields(
        name=str(record.provider),
        record=record,
        region=record.region,
        contact_email=record.public_contact,
        website=record.website,
    )


@action
def begin(
    offer: CallVoucherType,
    *,
    organisation: Organisation,
    record: Record | None = None,
    by: Actor,
    now: datetime,
) -> Application:
    """Start a draft for one's own organisation, with a record of the catalogue as its partner.

    Raises PermissionDenied, and Refused outside the call's instants.
    """
    if organisation.region is None or not by.acts_for(organisation.pk):
        raise PermissionDenied("start")
    application = applications.start(
        offer, organisation=organisation, home_region=organisation.region, by=by, now=now
    )
    take_over(application, now=now)
    if record is not None:
        set_hosts(application, hosts=[host_of(record)], by=by, now=now)
    return application


def take_over(application: Application, *, now: datetime) -> None:
    """Rest the draft on figures of one of the last two closed years and the sector named before.

    The SME sees them, may change them, and declares them with all the rest.
    """
    row, sector = figures_row(application), last_sector(application)
    day = local_day(now, application.home_region)
    if row is None or not sector or row.year < day.year - TAKEN_OVER:
        return
    application.figures_year, application.sector = row.year, sector
    application.sme_class = size_of_firm(application, on=day) or ""
    application.save(update_fields=["figures_year", "sector", "sme_class"])


@action
def set_hosts(
    application: Application,
    *,
    hosts: Iterable[HostFields],
    seen: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> Saved:
    """Name the partners, first one first; who stays keeps its consent.

    So does who comes back to an application that was returned with it.

    Raises TooManyHosts, NotOffered, and as save_answers.
    """
    locked = editable(application, HOSTS, by=by, now=now)
    require_open(locked, [HOSTS])
    rows = list(hosts)
    if is_unseen(locked, HOSTS, seen, stored=[named(row) for row in rows]):
        return unseen(locked, HOSTS)
    if len(rows) > locked.terms.max_hosts:
        raise TooManyHosts
    _require_offered(locked, rows, now=now)
    stored = list(Host.all_rows.filter(application=locked).select_related("region"))
    kept = _kept(stored, rows)
    gone = [host for host in stored if host not in kept.values()]
    take_away(locked, gone, by=by, now=now)
    # Nobody may stand on a place that another one is to take.
    locked.hosts.update(position=F("position") + len(stored) + len(rows))
    for position, row in enumerate(rows, start=1):
        _place(kept.get(position) or Host(application=locked), row, position)
    touch(locked, HOSTS, keys=["hosts"], by=by, now=now)
    return saved_whole(locked, HOSTS)


def _kept(stored: list[Host], rows: list[HostFields]) -> dict[int, Host]:
    """Return the stored partners that are named again, by their new place."""
    known = {_who(host): host for host in stored}
    found = ((place, known.pop(_who(row), None)) for place, row in enumerate(rows, start=1))
    return {place: host for place, host in found if host is not None}


def _who(host: Host | HostFields) -> tuple[object, ...]:
    return tuple(named(host))


def _place(host: Host, row: HostFields, position: int) -> None:
    host.position, host.name, host.record, host.region = position, row.name, row.record, row.region
    host.country = row.region.country if row.region else row.country
    host.contact_name, host.contact_email = row.contact_name, row.contact_email
    host.website, host.removed_at = row.website, None
    host.save()


def _require_offered(application: Application, rows: list[HostFields], *, now: datetime) -> None:
    chosen = {row.record.pk for row in rows if row.record}
    known = Host.all_rows.filter(application=application)
    kept = set(known.exclude(record=None).values_list("record", flat=True))
    new = chosen - kept
    if Record.objects.offered(now).filter(pk__in=new).count() != len(new):
        raise NotOffered


@action
def set_costs(
    application: Application,
    *,
    lines: Iterable[CostFields],
    amount: Decimal | None,
    typed: Mapping[str, Any] | None = None,
    seen: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> Saved:
    """Replace the cost table and the amount asked for, in EUR; a lump sum keeps its amount.

    Raises Refused for an amount outside the voucher type, NotEligible, and as save_answers.
    """
    locked = editable(application, COSTS, by=by, now=now)
    require_open(locked, [COSTS])
    terms = locked.terms
    asked = terms.amount if terms.is_lump_sum else amount
    if asked is not None:
        limits.check_amount(terms.amount_rule, asked).require()
    rows = list(lines)
    type_id = locked.voucher_type_id
    if any(not r.kind.is_eligible or r.kind.voucher_type_id != type_id for r in rows):
        raise NotEligible
    table = [[r.kind.pk, r.item, cents(r.amount), cents(r.vat)] for r in rows]
    given = [table, cents(asked)]
    if is_unseen(locked, COSTS, seen, stored=given, typed=typed):
        return unseen(locked, COSTS)
    locked.cost_lines.all().delete()
    CostLine.objects.bulk_create(
        CostLine(application=locked, position=position, **_columns(row))
        for position, row in enumerate(rows, start=1)
    )
    locked.amount = asked
    touch(
        locked,
        COSTS,
        keys=["costs", "amount"],
        typed=typed or {},
        fields=["amount"],
        by=by,
        now=now,
    )
    return saved_whole(locked, COSTS)


def _columns(row: CostFields) -> dict[str, Any]:
    return {"kind": row.kind, "item": row.item, "amount": row.amount, "vat": row.vat}


@action
def set_aid(
    application: Application,
    *,
    lines: Iterable[AidFields],
    is_export_tied: bool,
    seen: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> Saved:
    """Declare the de minimis aid received so far; no lines declare that there was none."""
    locked = editable(application, AID, by=by, now=now)
    require_open(locked, [AID])
    rows = list(lines)
    given = [[r.granted_on, r.authority, r.member_state, cents(r.amount)] for r in rows]
    if is_unseen(locked, AID, seen, stored=[given, is_export_tied]):
        return unseen(locked, AID)
    DeclaredAid.objects.filter(organisation=locked.organisation_id).delete()
    DeclaredAid.objects.bulk_create(
        DeclaredAid(organisation=locked.organisation, **asdict(row)) for row in rows
    )
    locked.is_export_tied, locked.aid_declared_at = is_export_tied, now
    touch(
        locked,
        AID,
        keys=["aid"],
        fields=["is_export_tied", "aid_declared_at"],
        by=by,
        now=now,
    )
    return saved_whole(locked, AID)
