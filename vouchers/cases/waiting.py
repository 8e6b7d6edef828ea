"""What waits at the desk, read once for all regions, and told to each person who is on duty."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from brokers.enums import EnquiryState
from brokers.models import Enquiry
from portal.enums import MailTime, MembershipState, Role, StaffMail
from portal.models import Membership, ProgrammeRole, Region, RegionRole, StaffTask, User
from portal.working_days import is_working_day
from vouchers.cases.aid_register import read
from vouchers.cases.places import local_day
from vouchers.cases.sign_off import host_days, waiting_for_host
from vouchers.enums import UNDECIDED, AppealState, ApplicationState, ClaimState, Pile
from vouchers.models import (
    Appeal,
    Application,
    Claim,
    ConflictOfInterest,
    grants,
    to_register,
)

BROKERS = frozenset({Role.BROKER})
PAYERS = frozenset({Role.FINANCE})
DIGEST_HOUR = 8
# A register entry is named when its last day is as near as this.
REGISTER_AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that waits in a region: whose it is, what it is called, and where it is done.

    `programme` names the managers whose thing it is as well; `not_for` are ids of people who may
    not do it. Who acts for the `firm`, or has a conflict of interest with the `application`, is
    kept away from it.
    """

    pile: Pile
    kind: StaffMail
    region: Region | None
    roles: frozenset[Role]
    name: str
    path: str
    due: date | None = None
    programme: int | None = None
    firm: int | None = None
    application: int | None = None
    not_for: frozenset[int] = frozenset()

    def seen(self, today: date) -> Pile:
        """Return the pile on a day: what is late or due stands apart."""
        if self.due is None or self.due > today:
            return self.pile
        return Pile.OVERDUE if self.due < today else Pile.TODAY


@dataclass(slots=True)
class OnDuty:
    """A member of staff with the regions and programmes of today, and where the person works."""

    user: User
    regions: dict[int, set[str]] = field(default_factory=dict)
    programmes: set[int] = field(default_factory=set)
    firms: set[int] = field(default_factory=set)
    conflicts: set[int] = field(default_factory=set)
    place: Region | None = None
    zone: str = ""

    def today(self, now: datetime) -> date:
        """Return the calendar day where the person works."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def is_due(self, now: datetime) -> bool:
        """Whether today's digest is to be written: on a working day from 8:00, and once."""
        local, place = now.astimezone(ZoneInfo(self.zone)), self.place
        today = local.date()
        country, nuts = (place.country, place.nuts) if place else ("", "")
        is_new = self.user.digest_on is None or self.user.digest_on < today
        works = is_working_day(today, country=country, nuts=nuts)
        return is_new and works and local.hour >= DIGEST_HOUR

    def minds(self, item: Item) -> bool:
        """Whether the thing waits for this person, who has not chosen to leave it out."""
        is_own = item.firm in self.firms or item.application in self.conflicts
        if is_own or self.user.pk in item.not_for:
            return False
        if self.user.mail_time(item.kind) == MailTime.NEVER:
            return False
        roles = self.regions.get(item.region.pk, set()) if item.region else set()
        return bool(roles & item.roles) or item.programme in self.programmes


def on_duty(*, now: datetime) -> list[OnDuty]:
    """Return everybody with a role at the instant, in four statements."""
    found: dict[int, OnDuty] = {}
    regional = RegionRole.objects.current(now).filter(user__is_active=True)
    for role in regional.select_related("user", "region").order_by("region__name", "pk"):
        person = found.setdefault(role.user_id, OnDuty(role.user))
        person.regions.setdefault(role.region_id, set()).add(role.role)
        person.place = person.place or role.region
        person.zone = person.zone or role.region.time_zone
    managers = ProgrammeRole.objects.current(now).filter(user__is_active=True, role=Role.MANAGER)
    for held in managers.select_related("user", "programme").order_by("pk"):
        person = found.setdefault(held.user_id, OnDuty(held.user))
        person.programmes.add(held.programme_id)
        person.zone = person.zone or held.programme.time_zone
    acting = Membership.objects.filter(user__in=found, state=MembershipState.ACTIVE)
    for user, firm in acting.values_list("user", "organisation"):
        found[user].firms.add(firm)
    barring = ConflictOfInterest.objects.barring().filter(person__in=found)
    for user, application in barring.values_list("person", "application"):
        found[user].conflicts.add(application)
    return list(found.values())


def waiting(*, now: datetime) -> list[Item]:
    """Return all that waits, the most urgent first: one statement for each kind of thing."""
    found = [item for read_one in READERS for item in read_one(now)]
    return sorted(found, key=lambda item: (item.due is None, item.due or date.max))


def _applications(_now: datetime) -> Iterator[Item]:
    rows = Application.objects.filter(
        state__in=UNDECIDED,
        reference__isnull=False,
        erased_at=None,
        call__programme__is_historic=False,
    ).select_related("organisation", "home_region")
    for row in rows.order_by("due_on", "pk"):
        is_new = row.state == ApplicationState.SUBMITTED
        answered = row.submitted_at != row.first_submitted_at
        pile = Pile.ANSWERED if answered else Pile.NEW
        item = Item(
            pile=pile if is_new else Pile.OPEN,
            kind=StaffMail.APPLICATION,
            region=row.home_region,
            roles=BROKERS,
            name=f"{row.reference}, {row.organisation}",
            path=_application(row),
            due=row.due_on,
            firm=row.organisation_id,
            application=row.pk,
        )
        yield item


def _host_signatures(_now: datetime) -> Iterator[Item]:
    for signature in waiting_for_host():
        row = signature.application
        yield Item(
            pile=Pile.SIGNATURE,
            kind=StaffMail.HOST_SIGNATURE,
            region=row.host_region,
            roles=BROKERS,
            name=f"{row.reference}, {row.organisation}",
            path=_application(row),
            due=host_days(row, signature).answer,
            firm=row.organisation_id,
            application=row.pk,
            not_for=frozenset({signature.signed_by_id or 0}),
        )


def _claims(_now: datetime) -> Iterator[Item]:
    steps = {ClaimState.FILED: (Pile.CLAIM, BROKERS), ClaimState.APPROVED: (Pile.PAYMENT, PAYERS)}
    rows = Claim.objects.filter(state__in=steps).select_related(
        "award__application__organisation", "award__application__home_region"
    )
    for claim in rows.order_by("filed_at", "pk"):
        application = claim.award.application
        pile, roles = steps[ClaimState(claim.state)]
        yield Item(
            pile=pile,
            kind=StaffMail.CLAIM,
            region=application.home_region,
            roles=roles,
            name=f"{claim.award.number}, {application.organisation}",
            path=reverse("admin:vouchers_claim_change", args=[claim.pk]),
            firm=application.organisation_id,
            application=application.pk,
        )


def _appeals(_now: datetime) -> Iterator[Item]:
    rows = Appeal.objects.filter(state=AppealState.FILED).select_related(
        "decision", "application__organisation", "application__home_region", "application__call"
    )
    for appeal in rows.prefetch_related("application__signatures").order_by("filed_at", "pk"):
        application = appeal.application
        signed = {row.signed_by_id for row in application.signatures.all()}
        decided = {appeal.decision.decided_by_id}
        yield Item(
            pile=Pile.APPEAL,
            kind=StaffMail.APPEAL,
            region=application.home_region,
            programme=application.call.programme_id,
            roles=BROKERS,
            name=f"{application.reference}, {application.organisation}",
            path=reverse("admin:vouchers_appeal_change", args=[appeal.pk]),
            firm=application.organisation_id,
            application=application.pk,
            not_for=frozenset(pk for pk in signed | decided if pk),
        )


def _register(now: datetime) -> Iterator[Item]:
    """Grants whose last day in the register is near or past (Regulation (EU) 2023/2831)."""
    for grant in read(grants().filter(to_register())):
        application = grant.award.application
        home = application.home_region
        if grant.due_on <= local_day(now, home) + REGISTER_AHEAD:
            yield Item(
                pile=Pile.REGISTER,
                kind=StaffMail.REGISTER,
                region=home,
                roles=BROKERS | PAYERS,
                name=f"{grant.award.number}, {application.organisation}",
                path=reverse("admin:vouchers_award_register"),
                due=grant.due_on,
                firm=application.organisation_id,
                application=application.pk,
            )


def _enquiries(_now: datetime) -> Iterator[Item]:
    rows = Enquiry.objects.filter(state=EnquiryState.NEW).select_related("region")
    for enquiry in rows.order_by("due_on", "pk"):
        yield Item(
            pile=Pile.ENQUIRY,
            kind=StaffMail.ENQUIRY,
            region=enquiry.region,
            roles=BROKERS,
            name=enquiry.organisation or enquiry.name,
            path=reverse("admin:brokers_enquiry_change", args=[enquiry.pk]),
            due=enquiry.due_on,
        )


def _tasks(_now: datetime) -> Iterator[Item]:
    for task in StaffTask.objects.filter(done_at=None).select_related("region").order_by("pk"):
        yield Item(
            pile=Pile.TASK,
            kind=StaffMail.BOUNCE,
            region=task.region,
            programme=None if task.region_id else task.programme_id,
            roles=BROKERS,
            name=task.key,
            path=reverse("admin:portal_stafftask_change", args=[task.pk]),
        )


def _application(row: Application) -> str:
    return reverse("admin:vouchers_application_change", args=[row.reference])


READERS: tuple[Callable[[datetime], Iterable[Item]], ...] = (
    _applications,
    _host_signatures,
    _claims,
    _appeals,
    _register,
    _enquiries,
    _tasks,
)
