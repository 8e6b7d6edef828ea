"""What a file of the catalogue would change: each row beside the record that the portal has."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.text import slugify

from catalogue import cases
from catalogue.models import Provider, Record, RecordFields
from catalogue.models.content import FIELD_NAMES
from catalogue.rules.cells import Fault, Vocabulary
from catalogue.rules.uniquip import (
    MADE_UP,
    Entry,
    Refusal,
    as_read,
    check_relations,
    summary_of,
)

UNORDERED = frozenset({"competences", "facilities"})
PLAIN = RecordFields(title="", summary="").columns()


@dataclass(slots=True)
class Plan:
    """A row, its record where there is one, and what the record will say."""

    entry: Entry
    provider: Provider
    record: Record | None
    content: RecordFields
    slug: str
    terms: Sequence[str]
    # IDs in the file's sense; None leaves the facilities as they are.
    facilities: Sequence[str] | None
    confirmed_on: date | None
    # Old and new by name; empty where nothing changes.
    changed: dict[str, Any] = field(default_factory=dict)


class Planner:
    """Compares rows with the records of their providers."""

    def __init__(
        self,
        records: Iterable[Record],
        *,
        providers: Iterable[Provider],
        words: Vocabulary,
        public: AbstractSet[int],
    ) -> None:
        self.words, self.public = words, public
        self.providers = {provider.slug: provider for provider in providers}
        self.records = {
            (record.provider.slug, cases.number_of(record.external_id, record.slug)): record
            for record in records
        }
        self.slugs = set(Record.objects.order_by().values_list("slug", flat=True))

    def plan(
        self, entries: Iterable[Entry], named: Provider | None
    ) -> tuple[list[Plan], list[Refusal]]:
        """Return what each row would do, and the rows that do not fit what the portal has."""
        rows: list[tuple[str, Entry]] = []
        refused: list[Refusal] = []
        for entry in entries:
            owner = named.slug if named else str(entry.values.get("provider", ""))
            refusal = self._refusal(entry, owner)
            if refusal:
                refused.append(refusal)
            else:
                rows.append((owner, entry))
        kinds = {key: record.kind for key, record in self.records.items()}
        refused += check_relations(rows, kinds)
        lines = {refusal.line for refusal in refused}
        plans = [self._plan(owner, entry) for owner, entry in rows if entry.line not in lines]
        backwards = [plan for plan in plans if _is_backwards(plan.content)]
        refused += [Refusal(plan.entry.line, Fault.TRL_BACKWARDS) for plan in backwards]
        return [plan for plan in plans if not _is_backwards(plan.content)], refused

    def _refusal(self, entry: Entry, owner: str) -> Refusal | None:
        line, said = entry.line, str(entry.values.get("provider", ""))
        if not owner:
            return Refusal(line, Fault.NO_PROVIDER)
        if said not in {"", owner}:
            return Refusal(line, Fault.OTHER_PROVIDER, value=said)
        provider = self.providers.get(owner)
        if provider is None:
            return Refusal(line, Fault.UNKNOWN_PROVIDER, value=owner)
        return self._unlike(entry, provider, self.records.get((owner, entry.number)))

    def _unlike(self, entry: Entry, provider: Provider, record: Record | None) -> Refusal | None:
        """Refuse what contradicts the record, or for a new one what others have."""
        region = str(entry.values.get("region", ""))
        if region not in {"", (record or provider).region.code}:
            return Refusal(entry.line, Fault.OTHER_REGION, value=region)
        slug = _wanted_slug(entry)
        if record is None:
            if slug and slug in self.slugs:
                return Refusal(entry.line, Fault.SLUG_TAKEN, value=slug)
            self.slugs.add(slug)
            return None
        if record.kind != entry.values["kind"]:
            return Refusal(entry.line, Fault.OTHER_TYPE, value=record.kind)
        if slug not in {"", record.slug}:
            return Refusal(entry.line, Fault.OTHER_SLUG, value=record.slug)
        return None

    def _plan(self, owner: str, entry: Entry) -> Plan:
        provider, record = self.providers[owner], self.records.get((owner, entry.number))
        if record is None:
            return self._new(entry, provider)
        return self._revised(entry, provider, record)

    def _new(self, entry: Entry, provider: Provider) -> Plan:
        values = _plain(entry.values)
        values["summary"] = values.get("summary") or summary_of(values)
        values["external_id"] = "" if entry.number.startswith(MADE_UP) else entry.number
        values |= _without_office(values, provider)
        return Plan(
            entry,
            provider,
            None,
            RecordFields.of(values),
            slug=_wanted_slug(entry) or self._free_slug(entry),
            terms=values.get("competences", ()),
            facilities=values.get("facilities", ()),
            confirmed_on=values.get("confirmed_on"),
        )

    def _revised(self, entry: Entry, provider: Provider, record: Record) -> Plan:
        """Change only what the file says differently from what the portal publishes."""
        shown = [one for one in record.facilities.all() if one.pk in self.public]
        numbers = sorted(cases.number_of(one.external_id, one.slug) for one in shown)
        published = cases.published(record, facilities=numbers)
        names = {*entry.values, "summary", "description", "title"}
        now, said = _plain(as_read(published, self.words, names)), _plain(entry.values)
        other = {name: value for name, value in said.items() if value != now[name]}
        for contact in (cases.CONTACT, cases.SECOND_CONTACT):
            if other.keys() & {*contact}:
                # A contact is one thing: its ways do not mix with those of another.
                other |= {name: said[name] for name in contact if name in said}
        other |= _summary(said, now) | _without_office(other, provider)
        facilities, day = other.get("facilities"), other.get("confirmed_on")
        plan = Plan(
            entry,
            provider,
            record,
            RecordFields.of({**record.content.columns(), **_of_content(other)}),
            slug=record.slug,
            terms=other.get("competences", record.terms),
            facilities=facilities,
            # An older file does not take a confirmation back.
            confirmed_on=max((d for d in (record.confirmed_on, day) if d), default=None),
        )
        plan.changed = _differences(plan, record)
        if facilities is not None:
            plan.changed |= {"facilities": [numbers, list(facilities)]}
        return plan

    def _free_slug(self, entry: Entry) -> str:
        stem = slugify(entry.title)[:70].strip("-_") or str(entry.values["kind"])
        slug, number = stem, 1
        while slug in self.slugs:
            number += 1
            slug = f"{stem}-{number}"
        self.slugs.add(slug)
        return slug


def _wanted_slug(entry: Entry) -> str:
    made_up = entry.number.removeprefix(MADE_UP) if entry.number.startswith(MADE_UP) else ""
    return str(entry.values.get("slug") or made_up)


def _is_backwards(content: RecordFields) -> bool:
    return (content.trl_from or 0) > (content.trl_to or 9)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Let a blank cell mean what a record says by default, and order mean nothing in a set."""
    found = {}
    for name, value in values.items():
        found[name] = PLAIN.get(name) if value is None else value
        if name in UNORDERED:
            found[name] = tuple(sorted({*value}))
    return found


def _summary(said: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, str]:
    """Return the new summary where the file leaves it to the portal."""
    was_derived = "summary" not in said and now["summary"] == summary_of(now)
    if was_derived or said.get("summary") == "":
        return {"summary": summary_of({**now, **said})}
    return {}


def _of_content(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in FIELD_NAMES}


def _without_office(values: Mapping[str, Any], provider: Provider) -> dict[str, str]:
    """Store nothing where the organisation answers by itself: a stored name is a person's."""
    office, email = cases.office_name(provider), provider.organisation.email
    found = {}
    for contact in (cases.CONTACT, cases.SECOND_CONTACT):
        name = contact[0]
        if str(values.get(name, "")).casefold() == office.casefold():
            found[name] = ""
    if found.get(cases.NAME) == "" and values.get(cases.EMAIL) == email:
        found[cases.EMAIL] = ""
    return found


def _differences(plan: Plan, record: Record) -> dict[str, Any]:
    """Return old and new by name, of what changes."""
    before, after = record.content.columns(), plan.content.columns()
    found = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if list(plan.terms) != list(record.terms):
        found["competences"] = [list(record.terms), list(plan.terms)]
    if plan.confirmed_on != record.confirmed_on:
        found["confirmed_on"] = [record.confirmed_on, plan.confirmed_on]
    return found
