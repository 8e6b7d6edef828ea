"""Parts of the form that are saved whole: a page that has not seen the newest is warned."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.models import Organisation
from portal.workflow import as_json, digest
from vouchers.models import Application, EnterpriseFigures

WHOLE = "whole"
ORGANISATION, AID, COSTS, HOSTS = "organisation", "aid", "costs", "hosts"
CENT = Decimal("0.01")


def mark(value: Any) -> str:
    """Return a short mark of a stored value; a page sends it back to show what it has seen."""
    return digest(as_json(value))[:12]


@dataclass(frozen=True, slots=True)
class Whole:
    """What is stored of a part now, as one comparable value, and as it was typed."""

    stored: Any
    typed: Any

    @property
    def mark(self) -> str:
        """The mark of the whole part."""
        return mark([self.stored, self.typed or {}])


def whole_of(application: Application, section: str) -> Whole:
    """Return what is stored of a part that is saved whole."""
    reader = {ORGANISATION: _figures, AID: _aid, COSTS: _costs, HOSTS: _hosts}[section]
    return Whole(reader(application), application.typed.get(section, {}))


def is_unseen(
    locked: Application,
    section: str,
    seen: Mapping[str, str] | None,
    *,
    stored: Any = None,
    typed: Any = None,
) -> bool:
    """Whether another browser has saved something else since the page was shown.

    `stored` and `typed` are what is to be saved; `stored` is left out where only what was typed
    changes. A page that sends no mark is believed, as before there were any.
    """
    if seen is None or WHOLE not in seen:
        return False
    if section in {ORGANISATION, AID}:
        # These rows are the organisation's: another application may be writing them.
        Organisation.objects.select_for_update(no_key=True).get(pk=locked.organisation_id)
    current = whole_of(locked, section)
    given = Whole(current.stored if stored is None else stored, typed)
    return seen[WHOLE] != current.mark != given.mark


def figures_row(application: Application) -> EnterpriseFigures | None:
    """Return the figures that the page shows: of the year it rests on, or else the newest known."""
    rows = EnterpriseFigures.objects.filter(organisation=application.organisation_id)
    year = application.figures_year
    return (rows.filter(year=year) if year else rows).first()


def last_sector(application: Application) -> str:
    """Return the application's sector, or else the one that its organisation named before."""
    others = Application.objects.filter(organisation=application.organisation_id)
    known = others.exclude(sector="").values_list("sector", flat=True)
    return application.sector or known.first() or ""


def _figures(application: Application) -> Any:
    row = figures_row(application)
    sector = last_sector(application)
    if row is None:
        return [None, sector]
    amounts = [cents(row.headcount), cents(row.turnover), cents(row.balance_sheet)]
    return [[row.year, *amounts, row.is_estimate], sector]


def _aid(application: Application) -> Any:
    rows = application.organisation.declared_aid.order_by("pk")
    lines = [[a.granted_on, a.authority, a.member_state, cents(a.amount)] for a in rows]
    is_declared = application.aid_declared_at is not None
    return [lines, application.is_export_tied if is_declared else None]


def _costs(application: Application) -> Any:
    rows = application.cost_lines.order_by("position")
    lines = [[row.kind_id, row.item, cents(row.amount), cents(row.vat)] for row in rows]
    return [lines, cents(application.amount)]


def _hosts(application: Application) -> Any:
    rows = application.hosts.select_related("region").order_by("position")
    return [named(row) for row in rows]


def named(host: Any) -> list[Any]:
    """Return by what a partner is the same: its record, else all by which it can be reached."""
    if host.record is not None:
        return [host.record.pk]
    region = host.region.pk if host.region else None
    country = host.region.country if host.region else host.country
    return [host.name, region, country, host.contact_name, host.contact_email]


def cents(amount: Decimal | int | None) -> str:
    """Return an amount as it reads once stored, so that 100 and 100.00 are one."""
    return "" if amount is None else str(Decimal(amount).quantize(CENT))
