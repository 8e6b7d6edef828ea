"""Who belongs to a firm's undertaking, and which firms of the portal might."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from portal.models import Organisation, User
from portal.same_firm import Entry, evidence, keys_of
from vouchers.cases.profiles import confirmed_of
from vouchers.models import Application
from vouchers.rules.ownership import single_undertaking

MOST = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm of the portal that the profile seems to name."""

    organisation: Organisation
    named: str


def members_of(application: Application) -> QuerySet[Organisation]:
    """Return the firms of the application's undertaking, the applicant among them."""
    members = Organisation.objects.filter(
        undertaking_member__undertaking=application.undertaking_id
    )
    return members.select_related("region").order_by("name", "pk")


def linked_by_profile(organisation: Organisation) -> list[Entry]:
    """Return whom the confirmed profile links with the firm in its Member State."""
    said = confirmed_of(organisation)
    if said is None:
        return []
    group = said.group
    keys = single_undertaking(group, member_state=organisation.country) - {group.firm}
    parties = [party for key, party in group.parties.items() if key in keys]
    return [Entry(name=party.name, country=party.country) for party in parties]


def candidates(application: Application, *, seen_by: User) -> list[Candidate]:
    """Return firms that the profile seems to name and that one may see, at most ten."""
    return [*_found(application, seen_by)][:MOST]


def _found(application: Application, user: User) -> Iterator[Candidate]:
    firm = application.organisation
    known = {member.pk for member in members_of(application)}
    rows = Organisation.objects.visible_to(user).filter(country=firm.country).exclude(pk__in=known)
    for entry in linked_by_profile(firm):
        for other in rows.filter(match_keys__overlap=keys_of(entry)).order_by("pk"):
            if evidence(entry, other.entry):
                yield Candidate(other, entry.name)
