"""The demo's catalogue: providers, records and the access rules they accepted."""

from datetime import datetime, timedelta
from typing import Any

from catalogue import actions
from catalogue.enums import ProviderKind, RecordKind
from catalogue.models import AccessRules, Competence, Provider, Record, RecordFields
from portal.models import Organisation, Programme, Region
from portal.models.journal import PORTAL_CHAIN
from portal.site.demo.programmes import IMPORTER, rows
from portal.site.demo.terms import ACCESS_RULES
from portal.workflow import action, record

MONTH = timedelta(days=30)


@action
def load(programme: Programme, *, now: datetime) -> None:
    """Load competences, providers and records; every provider accepts the rules."""
    rules = actions.publish_access_rules(programme, text=ACCESS_RULES, by=IMPORTER, now=now)
    synonyms: dict[str, dict[str, list[str]]] = {}
    for row in rows("synonyms.csv"):
        synonyms.setdefault(row["competence"], {})[row["language"]] = _list(row["words"])
    terms = {
        row["slug"]: _competence(row, synonyms[row["slug"]], now) for row in rows("competences.csv")
    }
    providers = {row["slug"]: _provider(row, rules, now) for row in rows("providers.csv")}
    made: dict[str, Record] = {}
    lines = sorted(rows("records.csv"), key=lambda row: bool(row["parent_slug"]))
    for row in lines:
        made[row["slug"]] = _record(
            row,
            providers[row["provider_slug"]],
            [terms[slug] for slug in _list(row["competences"])],
            [made[slug] for slug in _list(row["parent_slug"])],
            now,
        )


def _competence(row: dict[str, str], synonyms: dict[str, list[str]], now: datetime) -> Competence:
    return actions.add_competence(
        slug=row["slug"],
        name=row["name_en"],
        names={language: row[f"name_{language}"] for language in ("de", "nl", "fr")},
        group=row["group"],
        synonyms=synonyms,
        by=IMPORTER,
        now=now,
    )


@action
def organisation(row: dict[str, str], region: Region, *, now: datetime) -> Organisation:
    """Store an organisation of the demo."""
    made = Organisation.objects.create(
        name=row["name"],
        legal_form=row.get("legal_form", ""),
        register_number=row.get("register_number", ""),
        vat_number=row.get("vat_number", ""),
        country=row["country"],
        region=region,
        city=row["city"],
        address=row["city"],
        website=row["website"],
        email=row.get("contact_email") or row.get("email") or "",
    )
    record(made, "register", by=IMPORTER, now=now, chain=PORTAL_CHAIN)
    return made


def _provider(row: dict[str, str], rules: AccessRules, now: datetime) -> Provider:
    region = Region.objects.get(code=row["region"])
    provider = actions.add_provider(
        organisation(row, region, now=now),
        slug=row["slug"],
        kind=ProviderKind(row["kind"]),
        region=region,
        summary=row["summary"],
        ror=row["ror"],
        legal_status=row["legal_status"],
        structure=row["structure"],
        life_cycle=row["life_cycle"],
        esfri_domains=_list(row["esfri_domains"]),
        by=IMPORTER,
        now=now,
    )
    actions.accept_access_rules(provider, rules=rules, by=IMPORTER, now=now)
    return provider


def _record(
    row: dict[str, str],
    provider: Provider,
    competences: list[Competence],
    facilities: list[Record],
    now: datetime,
) -> Record:
    made = actions.add_record(
        provider,
        slug=row["slug"],
        kind=RecordKind(row["kind"]),
        fields=_fields(row),
        competences=competences,
        facilities=facilities,
        confirmed_on=(now - MONTH * int(row["confirmed_months_ago"])).date(),
        by=IMPORTER,
        now=now,
    )
    actions.publish(made, by=IMPORTER, now=now)
    return made


LISTS = (
    "techniques",
    "sub_domains",
    "esfri_domains",
    "access_types",
    "access_modes",
    "voucher_kinds",
    "certificates",
    "languages",
)
NUMBERS = (
    "trl_from",
    "trl_to",
    "first_answer_days",
    "lead_time_days",
    "sme_discount",
    "biosafety_level",
)
ANSWERS = ("is_price_without_vat", "needs_ethics_approval")


def _fields(row: dict[str, str]) -> RecordFields:
    read: dict[str, Any] = {
        **row,
        **{name: _list(row[name]) for name in LISTS},
        **{name: _number(row[name]) for name in NUMBERS},
        **{name: row[name] == "yes" for name in ANSWERS},
    }
    return RecordFields.of(read)


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _number(text: str) -> int | None:
    return int(text) if text else None
