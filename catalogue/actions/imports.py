"""Bringing in a file of the catalogue: one transaction, a line of the journal for each record.

Records come in published and count as confirmed today, since their provider has just sent them.
Nobody is notified: brokers read the report.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, prefetch_related_objects

from catalogue import cases
from catalogue.actions.import_plans import Plan, Planner
from catalogue.actions.records import UNLOOKED, columns_of, journal_change, named
from catalogue.actions.require import require
from catalogue.enums import RecordKind
from catalogue.models import Competence, Provider, Record, Version
from catalogue.permissions import may_add_to
from catalogue.rules.cells import Vocabulary
from catalogue.rules.uniquip import Entry, Refusal, Sheet, read
from catalogue.snapshots import content_of
from catalogue.workflow import RECORD
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.workflow import action, as_json, move_all, record

AT_ONCE = 500
# A record is confirmed in its region's calendar, where the day may have begun before UTC's.
EASTERNMOST = timedelta(hours=14)
LINKS = ("competences", "facilities", "photos")


@dataclass(frozen=True, slots=True)
class Line:
    """A row that was taken."""

    line: int
    title: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did or, where `is_written` is false, would have done."""

    created: Sequence[Line]
    updated: Sequence[Line]
    unchanged: Sequence[Line]
    refused: Sequence[Refusal]
    ignored: Sequence[str]
    is_written: bool


@action
def import_catalogue(
    content: bytes, *, provider: Provider | None, skip_refused: bool, by: Actor, now: datetime
) -> Report:
    """Bring in a UNIQUIP file as CSV, TSV or XLSX; what is the same already stays.

    Without a provider each row names its own. Where a row is refused nothing is written, unless
    `skip_refused`. Raises BadFile where the file cannot be read, and PermissionDenied.
    """
    words = cases.vocabulary()
    sheet = read(content, words, today=(now + EASTERNMOST).date())
    owners = _locked_owners(sheet.entries, provider)
    for owner in owners:
        require(may_add_to(by, owner.region))
    plans, refused = _plans(sheet, words, owners, provider, now)
    new = [plan for plan in plans if plan.record is None]
    changed = [plan for plan in plans if plan.record is not None and plan.changed]
    is_written = skip_refused or not refused
    if is_written:
        terms = {term.slug: term for term in Competence.objects.all()}
        created = _create(new, terms, by=by, now=now)
        revised = _change(changed, terms, by=by, now=now)
        rows = created | revised
        _relate([*new, *changed], rows, terms, now)
        shown = [rows[plan.entry.line] for plan in new if not _names_a_person(plan)]
        move_all(shown, RECORD.PUBLISH, by=by, now=now)
        prefetch_related_objects([*created.values()], *LINKS)
        _keep_versions([*created.values(), *_anew(revised.values())], by, now)
    return Report(
        created=_lines(new),
        updated=_lines(changed),
        unchanged=_lines(plan for plan in plans if plan.record and not plan.changed),
        refused=sorted(refused, key=lambda refusal: refusal.line),
        ignored=sheet.ignored,
        is_written=is_written,
    )


def _lines(plans: Iterable[Plan]) -> list[Line]:
    return [Line(plan.entry.line, plan.content.title) for plan in plans]


def _locked_owners(entries: Iterable[Entry], named: Provider | None) -> list[Provider]:
    """Lock the providers: a second file of theirs waits here, and then finds this one's rows."""
    slugs = {named.slug} if named else {entry.values.get("provider", "") for entry in entries}
    rows = Provider.objects.select_related("organisation", "region").filter(slug__in=slugs)
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _plans(
    sheet: Sheet,
    words: Vocabulary,
    owners: Sequence[Provider],
    named: Provider | None,
    now: datetime,
) -> tuple[list[Plan], list[Refusal]]:
    rows = Record.objects.filter(provider__in=owners)
    stored = (
        rows.select_related("provider__organisation", "region")
        .prefetch_related("facilities")
        .defer("search")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    planner = Planner(
        stored,
        providers=owners,
        words=words,
        public=set(rows.public(now).values_list("pk", flat=True)),
    )
    plans, refused = planner.plan(sheet.entries, named)
    return plans, [*sheet.refused, *refused]


def _terms(slugs: Iterable[str], terms: Mapping[str, Competence]) -> list[Competence]:
    return [terms[slug] for slug in slugs if slug in terms]


def _today(provider: Provider, now: datetime) -> date:
    return now.astimezone(ZoneInfo(provider.region.time_zone)).date()


def _names_a_person(plan: Plan) -> bool:
    """An expert who is named in a file has not agreed to be shown, so the record stays a draft."""
    return plan.entry.values["kind"] == RecordKind.EXPERT and bool(plan.content.contact_name)


def _create(
    plans: Sequence[Plan], terms: Mapping[str, Competence], *, by: Actor, now: datetime
) -> dict[int, Record]:
    """Write new drafts; return them by line."""
    rows = [
        Record(
            provider=plan.provider,
            region=plan.provider.region,
            slug=plan.slug,
            kind=plan.entry.values["kind"],
            confirmed_on=plan.confirmed_on or _today(plan.provider, now),
            **columns_of(plan.provider, plan.content, _terms(plan.terms, terms)),
        )
        for plan in plans
    ]
    Record.objects.bulk_create(rows, batch_size=AT_ONCE)
    for row in rows:
        record(
            row,
            "import_record",
            by=by,
            now=now,
            chain=PORTAL_CHAIN,
            after=row.state,
            number=row.external_id,
            **named(row),
        )
    return {plan.entry.line: row for plan, row in zip(plans, rows, strict=True)}


def _change(
    plans: Sequence[Plan], terms: Mapping[str, Competence], *, by: Actor, now: datetime
) -> dict[int, Record]:
    """Write what changes; return the records by line."""
    names: set[str] = set()
    rows = {}
    for plan in plans:
        row = plan.record
        if row is None:
            continue
        values = columns_of(plan.provider, plan.content, _terms(plan.terms, terms))
        values["confirmed_on"] = plan.confirmed_on
        if plan.confirmed_on != row.confirmed_on:
            values["asked_to_confirm_at"] = None
        if "website" in plan.changed:
            values |= UNLOOKED
        for name, value in values.items():
            if getattr(row, name) != value:
                names.add(name)
                setattr(row, name, value)
        rows[plan.entry.line] = row
        journal_change(row, "import_record", plan.changed, by=by, now=now)
    if names:
        Record.objects.bulk_update(rows.values(), sorted(names), batch_size=AT_ONCE)
    return rows


def _relate(
    plans: Sequence[Plan],
    rows: Mapping[int, Record],
    terms: Mapping[str, Competence],
    now: datetime,
) -> None:
    """Link records with their competences and equipment with its facilities."""
    tagged = [p for p in plans if p.record is None or "competences" in p.changed]
    links = {rows[p.entry.line].pk: [t.pk for t in _terms(p.terms, terms)] for p in tagged}
    _link(Record.competences.through, "competence_id", links)
    placed = [p for p in plans if p.facilities or (p.record and p.facilities is not None)]
    owners = {plan.provider.pk for plan in placed}
    numbers = _facilities(owners)
    public = set(
        Record.objects.public(now).filter(provider__in=owners).values_list("pk", flat=True)
    )
    links = {}
    for plan in placed:
        said = [numbers[plan.provider.pk, number] for number in plan.facilities or ()]
        # The file cannot speak of facilities that the public does not see.
        kept = [one.pk for one in plan.record.facilities.all()] if plan.record else []
        hidden = [pk for pk in kept if pk not in public]
        links[rows[plan.entry.line].pk] = list(dict.fromkeys([*said, *hidden]))
    _link(Record.facilities.through, "to_record_id", links)


def _facilities(owners: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return the facilities of providers by provider and ID."""
    found = Record.objects.filter(provider__in=owners, kind=RecordKind.FACILITY)
    return {
        (owner, cases.number_of(external_id, slug)): pk
        for pk, owner, external_id, slug in found.values_list(
            "pk", "provider_id", "external_id", "slug"
        )
    }


def _link(through: Any, target: str, links: Mapping[int, Iterable[int]]) -> None:
    """Replace the links of records, all of them at once."""
    source = "from_record_id" if target == "to_record_id" else "record_id"
    through.objects.filter(**{f"{source}__in": list(links)}).delete()
    new = [through(**{source: pk, target: to}) for pk, others in links.items() for to in others]
    through.objects.bulk_create(new, batch_size=AT_ONCE)


def _anew(rows: Iterable[Record]) -> Iterable[Record]:
    """Read records again, whose links have changed since they were read."""
    stored = Record.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    return stored.defer("search").prefetch_related(*LINKS)


def _keep_versions(rows: Sequence[Record], by: Actor, now: datetime) -> None:
    """Keep what records say from now on, of those that are or once were published."""
    last = dict(
        Version.objects.filter(record__in=[row.pk for row in rows])
        .order_by()
        .values_list("record")
        .annotate(Max("number"))
    )
    kept = [row for row in rows if row.pk in last or row.state in RECORD.HIDE.sources]
    Version.objects.bulk_create(
        [
            Version(
                record=row,
                number=last.get(row.pk, 0) + 1,
                content=as_json(content_of(row)),
                published_at=now,
                published_by=by.user,
            )
            for row in kept
        ],
        batch_size=AT_ONCE,
    )
