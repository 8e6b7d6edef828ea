"""Rows for tests of the catalogue and of what stands on it."""

import itertools
from datetime import UTC, date, datetime

from allauth.account.models import EmailAddress

from catalogue import actions
from catalogue.enums import ProviderKind, RecordKind
from catalogue.models import AccessRules, Competence, Provider, Record, RecordFields
from portal.enums import MembershipState, Role
from portal.models import (
    Membership,
    Organisation,
    Programme,
    ProgrammeRegion,
    ProgrammeRole,
    Region,
    RegionRole,
    User,
)
from portal.permissions import Actor

NOW = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
TODAY = date(2027, 3, 8)
IMPORTER = Actor.importer("test")
NAMES = {
    "DE-RHI": ("Rhineland", "DE", "DEA", "Europe/Berlin"),
    "DK-DNK": ("Denmark", "DK", "DK0", "Europe/Copenhagen"),
    "NL-ENL": ("East Netherlands", "NL", "NL2", "Europe/Amsterdam"),
}
_numbers = itertools.count(1)


def region(code: str = "DE-RHI") -> Region:
    """Return the region, stored on the first call."""
    name, country, nuts, zone = NAMES[code]
    slug = name.lower().replace(" ", "-")
    return Region.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "slug": slug,
            "country": country,
            "nuts": nuts,
            "time_zone": zone,
            "team_email": f"{slug}@brokers.example",
            "broker_organisation": f"Broker of {name}",
        },
    )[0]


def programme() -> Programme:
    """Return the programme that names all three regions, stored on the first call."""
    row, created = Programme.objects.get_or_create(
        code="TEST",
        defaults={
            "name": "Test programme",
            "short_name": "Test",
            "starts_on": date(2026, 1, 1),
            "ends_on": date(2029, 12, 31),
            "funders": "A fund",
            "funding_statement": "Paid by a fund",
        },
    )
    if created:
        for code in NAMES:
            ProgrammeRegion.objects.create(
                programme=row,
                region=region(code),
                partner="Partner",
                starts_on=row.starts_on,
                ends_on=row.ends_on,
            )
    return row


def rules(text: str = "Rule one.\nRule two.") -> AccessRules:
    """Publish the next version of the access rules."""
    return actions.publish_access_rules(programme(), text=text, by=IMPORTER, now=NOW)


def provider(code: str = "DE-RHI", *, accepts: AccessRules | None = None, name="") -> Provider:
    """Store a provider, which accepts the rules that are given."""
    number = next(_numbers)
    organisation = Organisation.objects.create(
        name=name or f"Provider {number}",
        country=region(code).country,
        region=region(code),
        email=f"office{number}@provider.example",
    )
    row = actions.add_provider(
        organisation,
        slug=f"provider-{number}",
        kind=ProviderKind.PUBLIC,
        region=region(code),
        summary="",
        by=IMPORTER,
        now=NOW,
    )
    if accepts:
        actions.accept_access_rules(row, rules=accepts, by=IMPORTER, now=NOW)
    return row


def term(
    slug: str, name: str = "", synonyms: dict[str, list[str]] | None = None, **names: str
) -> Competence:
    """Store a competence."""
    return actions.add_competence(
        slug=slug,
        name=name or slug.capitalize(),
        names=names,
        group="",
        synonyms=synonyms,
        by=IMPORTER,
        now=NOW,
    )


def record(
    owner: Provider | None = None,
    *,
    title: str = "",
    kind: RecordKind = RecordKind.FACILITY,
    competences: tuple[Competence, ...] = (),
    confirmed_on: date = TODAY,
    facilities: tuple[Record, ...] = (),
    is_public: bool = True,
    **fields: object,
) -> Record:
    """Store a record, public unless told otherwise."""
    number = next(_numbers)
    said = {"title": title or f"Record {number}", "summary": "Summary", **fields}
    row = actions.add_record(
        owner or provider(),
        slug=f"record-{number}",
        kind=kind,
        fields=RecordFields(**said),
        competences=competences,
        facilities=facilities,
        confirmed_on=confirmed_on,
        by=IMPORTER,
        now=NOW,
    )
    if is_public:
        actions.publish(row, by=IMPORTER, now=NOW)
    return row


def person(name: str = "person") -> User:
    """Store somebody without a role, with a confirmed address of a demonstration."""
    email = f"{name}{next(_numbers)}@people.example"
    user = User.objects.create_user(email, "correct horse", name=name.capitalize())
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def member(organisation: Organisation | None = None, code: str = "NL-ENL") -> User:
    """Store somebody who acts for an organisation, by default for a new one of the region."""
    user = person("member")
    firm = organisation or Organisation.objects.create(
        name="Voorbeeld BV", country=region(code).country, region=region(code)
    )
    Membership.objects.create(
        user=user, organisation=firm, state=MembershipState.ACTIVE, asked_at=NOW
    )
    return user


def broker(code: str = "DE-RHI", role: Role = Role.BROKER) -> User:
    """Store somebody with a role in the region."""
    user = person(role)
    RegionRole.objects.create(
        user=user, region=region(code), role=role, starts_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    return user


def overseer(role: Role = Role.MANAGER) -> User:
    """Store somebody with a role in the programme."""
    user = person(role)
    ProgrammeRole.objects.create(
        user=user, programme=programme(), role=role, starts_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    return user
