"""Who writes the catalogue: providers, records and the common access rules."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied

from catalogue.enums import PriceKind, ProviderKind, RecordKind
from catalogue.models import AccessRules, Competence, Provider, Record
from catalogue.permissions import (
    may_accept_rules,
    may_add_to,
    may_confirm,
    may_curate,
    may_extend_vocabulary,
    may_publish_rules,
)
from catalogue.workflow import RECORD
from portal.enums import Locale
from portal.models import Organisation, Programme, Region
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.workflow import action, move, record


class OutdatedRules(Exception):
    """The provider would accept a version of the rules that has been replaced."""


@dataclass(frozen=True, slots=True)
class RecordFields:
    """What a record says; times in days, addresses as the provider's organisation gives them."""

    title: str
    summary: str
    description: str = ""
    techniques: Sequence[str] = ()
    access_types: Sequence[str] = ()
    access_modes: Sequence[str] = ()
    voucher_kinds: Sequence[str] = ()
    certificates: Sequence[str] = ()
    languages: Sequence[str] = ()
    text_language: str = Locale.EN
    lead_time_days: int | None = None
    price_kind: str = PriceKind.ON_REQUEST
    sample_conditions: str = ""
    own_rule: str = ""
    trl_from: int | None = None
    trl_to: int | None = None
    contact_email: str = ""
    website: str = ""


@action
def add_competence(
    *, slug: str, name: str, names: dict[str, str], group: str, by: Actor, now: datetime
) -> Competence:
    """Add a term; `names` are the same word by language. Raises PermissionDenied."""
    _require(may_extend_vocabulary(by))
    term = Competence.objects.create(slug=slug, name=name, names=names, group=group)
    record(term, "add_competence", by=by, now=now, chain=PORTAL_CHAIN, slug=slug)
    return term


@action
def add_provider(
    organisation: Organisation,
    *,
    slug: str,
    kind: ProviderKind,
    region: Region,
    summary: str,
    by: Actor,
    now: datetime,
) -> Provider:
    """List an organisation as a provider of the region. Raises PermissionDenied."""
    _require(may_add_to(by, region))
    provider = Provider.objects.create(
        organisation=organisation, slug=slug, kind=kind, region=region, summary=summary
    )
    record(
        provider, "add_provider", by=by, now=now, chain=PORTAL_CHAIN, slug=slug, region=region.code
    )
    return provider


@action
def add_record(
    provider: Provider,
    *,
    slug: str,
    kind: RecordKind,
    fields: RecordFields,
    competences: Iterable[Competence] = (),
    parent: Record | None = None,
    confirmed_on: date | None = None,
    by: Actor,
    now: datetime,
) -> Record:
    """Write a draft in the provider's region. Raises PermissionDenied."""
    _require(may_add_to(by, provider.region))
    terms = list(competences)
    row = Record.objects.create(
        provider=provider,
        region=provider.region,
        slug=slug,
        kind=kind,
        parent=parent,
        confirmed_on=confirmed_on,
        keywords=_keywords(provider, fields, terms),
        **_columns(fields),
    )
    row.competences.set(terms)
    record(row, "add_record", by=by, now=now, chain=PORTAL_CHAIN, after=row.state, slug=slug)
    return row


@action
def revise_record(
    row: Record,
    *,
    fields: RecordFields,
    competences: Iterable[Competence],
    by: Actor,
    now: datetime,
) -> Record:
    """Replace what a record says and journal what changed. Raises PermissionDenied."""
    row = Record.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    _require(may_curate(by, row))
    terms = list(competences)
    columns = {**_columns(fields), "keywords": _keywords(row.provider, fields, terms)}
    changed = {
        name: [getattr(row, name), value]
        for name, value in columns.items()
        if getattr(row, name) != value
    }
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=[*columns])
    row.competences.set(terms)
    record(row, "revise_record", by=by, now=now, chain=PORTAL_CHAIN, changed=changed)
    return row


@action
def publish(row: Record, *, by: Actor, now: datetime) -> None:
    """Show a record to everybody; one that nobody has confirmed yet counts as confirmed now."""
    move(row, RECORD.PUBLISH, by=by, now=now)
    row.refresh_from_db(fields=["confirmed_on"])
    if row.confirmed_on is None:
        _confirm(row, now)


@action
def hide(row: Record, *, reason: str, by: Actor, now: datetime) -> None:
    """Take a record off the public pages. Raises PermissionDenied and IllegalMove."""
    move(row, RECORD.HIDE, by=by, now=now, reason=reason)


@action
def confirm(row: Record, *, by: Actor, now: datetime) -> None:
    """Say that a record is still true today, in its region's calendar. Raises PermissionDenied."""
    _require(may_confirm(by, row))
    _confirm(row, now)
    record(row, "confirm", by=by, now=now, chain=PORTAL_CHAIN, confirmed_on=row.confirmed_on)


@action
def publish_access_rules(
    programme: Programme, *, text: str, by: Actor, now: datetime
) -> AccessRules:
    """Publish the next version of the common rules, one rule a line. Raises PermissionDenied."""
    _require(may_publish_rules(by, programme))
    # Two managers at once must not both write the next version.
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    newest = AccessRules.objects.filter(programme=programme).order_by("-version").first()
    rules = AccessRules.objects.create(
        programme=programme,
        version=newest.version + 1 if newest else 1,
        text=text,
        published_at=now,
    )
    record(
        rules,
        "publish_access_rules",
        by=by,
        now=now,
        chain=programme.journal_chain,
        version=rules.version,
        text=text,
    )
    return rules


@action
def accept_access_rules(
    provider: Provider, *, rules: AccessRules, by: Actor, now: datetime
) -> None:
    """Accept the current version for a provider. Raises PermissionDenied and OutdatedRules."""
    _require(may_accept_rules(by, provider))
    if not AccessRules.objects.current(now).filter(pk=rules.pk).exists():
        raise OutdatedRules(rules)
    provider.accepted_rules, provider.accepted_at = rules, now
    provider.save(update_fields=["accepted_rules", "accepted_at"])
    record(
        provider,
        "accept_access_rules",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        programme=rules.programme.code,
        version=rules.version,
    )


def _require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def _confirm(row: Record, now: datetime) -> None:
    row.confirmed_on = now.astimezone(ZoneInfo(row.region.time_zone)).date()
    row.save(update_fields=["confirmed_on"])


def _columns(fields: RecordFields) -> dict[str, object]:
    values = asdict(fields)
    return {name: list(v) if isinstance(v, tuple | list) else v for name, v in values.items()}


def _keywords(provider: Provider, fields: RecordFields, terms: list[Competence]) -> str:
    """Join the words a searcher may use: terms in every language, techniques and the provider."""
    words = [provider.organisation.name, *fields.techniques]
    for term in terms:
        words += [term.name, *term.names.values()]
    plain = [_without_accents(text) for text in [fields.title, *words]]
    return "\n".join(dict.fromkeys(t for t in [*words, *plain] if t and t != fields.title))


def _without_accents(text: str) -> str:
    """Return the text as a keyboard without accents types it: Liège becomes Liege."""
    return re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text))
