"""From rows to ties: who works where, and who the parties of an application are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from portal.enums import MembershipState
from portal.models import Membership, Programme, ProgrammeRole, RegionRole, User
from portal.same_firm import Entry, domains_of, name_key
from vouchers.enums import (
    LIVE_AWARD,
    OPEN,
    ApplicationState,
    ClaimState,
    ConsentState,
    PartyRole,
    SeatState,
)
from vouchers.models import Application, Claim, CoApplicant, Host, PartnerConsent
from vouchers.rules.conflicts import (
    EARLIER,
    Finding,
    Party,
    Person,
    findings,
    without_common_domains,
)


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff with their ties, and where they may see applications."""

    person: Person
    regions: frozenset[int]
    is_programme_wide: bool

    def may_see(self, application: Application) -> bool:
        """Whether a role opens the application to the person; assessors are asked apart."""
        sides = {application.home_region_id, application.host_region_id}
        return self.is_programme_wide or bool(self.regions & sides)


def staff_of(programme: Programme, *, now: datetime) -> list[Staff]:
    """Return who has a role in the programme or one of its regions at the instant."""
    regional = RegionRole.objects.current(now).filter(region__programmes__programme=programme)
    wide = ProgrammeRole.objects.current(now).filter(programme=programme)
    me = OuterRef("pk")
    people = User.objects.filter(
        Exists(regional.filter(user=me)) | Exists(wide.filter(user=me)), is_active=True
    )
    return _with_ties(people, programme, now)


def ties_of(user: User, programme: Programme, *, now: datetime) -> Person:
    """Return the ties of one person, as they would assess; public mail domains are none."""
    [staff] = _with_ties(User.objects.filter(pk=user.pk), programme, now)
    return staff.person


def _with_ties(people: QuerySet[User], programme: Programme, now: datetime) -> list[Staff]:
    """Read the ties of many people in one statement: a submission pays for it."""
    me, since = OuterRef("pk"), now - EARLIER
    roles = RegionRole.objects.current(now).filter(user=me).order_by()
    members = Membership.objects.filter(user=me).order_by()
    ended = members.filter(state=MembershipState.ENDED, decided_at__gte=since)
    # A broker who begins a draft for a firm holds a seat by their own hand: that is their job.
    seats = CoApplicant.objects.filter(
        ~Q(invited_by=F("user")), user=me, accepted_at__gte=since
    ).exclude(state=SeatState.INVITED)
    agreed = PartnerConsent.objects.filter(
        contact_email__iexact=OuterRef("email"), state=ConsentState.GIVEN, answered_at__gte=since
    ).exclude(host__record=None)
    wide = ProgrammeRole.objects.current(now).filter(programme=programme, user=me)
    found = people.order_by("pk").values_list(
        "pk",
        "email",
        ArraySubquery(roles.exclude(organisation="").values("organisation")),
        ArraySubquery(members.filter(state=MembershipState.ACTIVE).values("organisation")),
        ArraySubquery(ended.values("organisation")),
        ArraySubquery(seats.order_by().values("application__organisation")),
        ArraySubquery(agreed.order_by().values("host__record__provider__organisation")),
        ArraySubquery(roles.values("region")),
        Exists(wide),
    )
    ties = [
        (
            Person(
                key=pk,
                employers=frozenset(map(name_key, employers)),
                acts_for=frozenset(acts_for),
                acted_for=frozenset([*left, *sat, *agreed_for]),
                domains=domains_of(Entry(name="", email=email)),
            ),
            frozenset(regions),
            is_wide,
        )
        for pk, email, employers, acts_for, left, sat, agreed_for, regions, is_wide in found
    ]
    people_apart = without_common_domains([person for person, _regions, _wide in ties])
    return [
        Staff(person, regions, is_wide)
        for person, (_person, regions, is_wide) in zip(people_apart, ties, strict=True)
    ]


def parties_of(application: Application, addresses: Iterable[str]) -> list[Party]:
    """Return the applicant, with the addresses of who acts for it, and the partners named."""
    firm = application.organisation
    written = (domains_of(Entry(name="", email=address)) for address in addresses)
    applicant = Party(
        role=PartyRole.APPLICANT,
        name=firm.name,
        key=name_key(firm.name),
        organisation=firm.pk,
        domains=domains_of(firm.entry).union(*written),
    )
    return [applicant, *map(_partner, application.hosts.all())]


def _partner(host: Host) -> Party:
    entry = Entry(name=host.name, website=host.website, email=host.contact_email)
    return Party(
        role=PartyRole.PARTNER,
        name=host.name,
        key=name_key(host.name),
        organisation=host.record.provider.organisation_id if host.record else None,
        domains=domains_of(entry),
    )


type Tie = tuple[Application, int, Finding]


def ties_in(
    application: Application, staff: Iterable[Staff], addresses: Iterable[str]
) -> list[Tie]:
    """Return what ties those who may see the application to its parties."""
    parties = parties_of(application, addresses)
    return [
        (application, one.person.key, finding)
        for one in staff
        if one.may_see(application)
        for finding in findings(one.person, parties)
    ]


def under_way(programme: Programme) -> QuerySet[Application]:
    """Return what somebody at the desk may still have to handle, with its parties."""
    unpaid = Claim.objects.filter(award__application=OuterRef("pk")).exclude(state=ClaimState.PAID)
    active = Membership.objects.filter(state=MembershipState.ACTIVE).select_related("user")
    return (
        Application.objects.filter(
            Q(state__in=[*OPEN, ApplicationState.RESERVE])
            | Q(award__state__in=LIVE_AWARD)
            | Q(Exists(unpaid)),
            call__programme=programme,
            reference__isnull=False,
        )
        .select_related("organisation")
        .prefetch_related(
            Prefetch("hosts", Host.objects.select_related("record__provider")),
            Prefetch("organisation__memberships", active),
        )
        .order_by("pk")
    )
