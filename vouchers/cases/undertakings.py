"""Who belongs to a firm's undertaking, and which firms of the portal might."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from portal.models import Organisation, User
from portal.same_firm import Entry, evidence, keys_of
from portal.uploads import Checked
from vouchers.cases.profiles import confirmed_of
from vouchers.models import AidAdjustment, Application
from vouchers.rules.ownership import single_undertaking

MOST = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm of the portal that the profile seems to name."""

    organisation: Organisation
    named: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """How earlier aid is divided where nobody can say whose business had the benefit of it.

    `share` is the leaving firm's part of the book value of equity on the day, between 0 and 1;
    `document` proves it (Regulation (EU) 2023/2831, article 3(9)).
    """

    on: date
    share: Decimal
    document: Checked


def members_of(application: Application) -> QuerySet[Organisation]:
    """Return the firms of the application's undertaking, the applicant among them."""
    members = Organisation.objects.filter(
        undertaking_member__undertaking=application.undertaking_id
    )
    return members.select_related("region").order_by("name", "pk")


def adjustments_of(application: Application) -> QuerySet[AidAdjustment]:
    """Return what splits moved to and from the firms of the undertaking."""
    firms = members_of(application).order_by().values("pk")
    rows = AidAdjustment.objects.filter(organisation__in=firms)
    return rows.select_related("organisation", "document")


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
