"""What a person's wish to be erased means for the files of the firms that only they act for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max, Q, QuerySet

from brokers.models import Enquiry
from catalogue.actions import experts
from catalogue.models import Expert, Provider
from catalogue.permissions import EXPERT
from catalogue.rules.forgetting import ERASED
from portal.actions import leaving, organisations
from portal.enums import MembershipState
from portal.models import JournalEntry, Membership, Organisation, User
from portal.permissions import Actor
from portal.workflow import action, record
from vouchers.actions import applications, co_applicants, profiles
from vouchers.actions.erasure import erase_file, erase_seat
from vouchers.cases import local_day
from vouchers.enums import LIVE_AWARD, OPEN_SEAT, ApplicationState, ClaimState, KeptFile
from vouchers.models import (
    AidAdjustment,
    Application,
    Award,
    CoApplicant,
    Restriction,
    RetentionPeriod,
    Undertaking,
    UndertakingProfile,
)
from vouchers.rules import retention

# Nothing more is decided about these; a voucher has states of its own.
ENDED = frozenset(
    {ApplicationState.INELIGIBLE, ApplicationState.REJECTED, ApplicationState.WITHDRAWN}
)
UNPAID = frozenset({ClaimState.FILED, ClaimState.RETURNED, ClaimState.APPROVED})


class StillOpen(Exception):
    """Files are undecided or a voucher runs: the person withdraws or hands over first."""


@dataclass(slots=True)
class Plan:
    """What erasure means for a person: files by what becomes of them."""

    holds_role: bool = False
    open_files: list[Application] = field(default_factory=list)
    drafts: list[Application] = field(default_factory=list)
    erased: list[Application] = field(default_factory=list)
    kept: list[tuple[Application, date]] = field(default_factory=list)
    enquiries: int = 0
    experts: int = 0

    @property
    def is_possible(self) -> bool:
        """Whether nothing has to be ended first."""
        return not (self.holds_role or self.open_files)


def plan_of(user: User) -> Plan:
    """Return what would be erased, what the law makes us keep and until when, and what hinders."""
    addresses = leaving.addresses_of(user)
    plan = Plan(
        holds_role=user.is_staff,
        enquiries=_enquiries(addresses).count(),
        experts=len(_experts(addresses)),
    )
    months = months_of()
    for row in _own_files(user):
        _sort(plan, row, months)
    return plan


def months_of() -> dict[KeptFile, int]:
    """Return the months that each kind of file is kept: as set, else as the portal brings it."""
    known = {kind: period.months for kind, period in retention.DEFAULT_PERIODS.items()}
    for row in RetentionPeriod.objects.all():
        known[KeptFile(row.kind)] = row.months
    return known


def award_kept_until(award: Award, months: dict[KeptFile, int]) -> date | None:
    """Return the last day on which the award's file is kept; None where no aid was granted."""
    if award.granted_on is None:
        return None
    paid = award.claims.aggregate(last=Max("paid_at"))["last"]
    return retention.award_kept_until(
        award.granted_on,
        local_day(paid, award.pot.region) if paid else None,
        granted=months[KeptFile.GRANTED],
        paid=months[KeptFile.PAID],
    )


@action
def erase_person(user: User, *, by: Actor, now: datetime, link_now: datetime) -> Plan:
    """Erase a person at their own wish, and the files of firms that only they act for.

    A file with granted aid is kept and restricted, with the day until which (GDPR, article
    17(3)(b)). `link_now` is real time. Raises HoldsRole and StillOpen; then nothing changes.
    """
    plan = plan_of(user)
    if plan.holds_role:
        raise leaving.HoldsRole
    if plan.open_files:
        raise StillOpen
    for row in plan.drafts:
        applications.withdraw(row, by=by, now=now)
    for row in (*plan.drafts, *plan.erased):
        erase_file(row, why="wish", by=by, now=now)
    for row, until in plan.kept:
        restrict(row, keep_until=until, by=by, now=now)
    _erase_profiles(user, plan, by=by, now=now)
    addresses = leaving.addresses_of(user)
    for enquiry in _enquiries(addresses):
        erase_enquiry(enquiry, by=by, now=now)
    for person in _experts(addresses):
        experts.withdraw(person.record, by=EXPERT, now=now, link_now=link_now)
    _leave_seats(user, addresses, by=by, now=now)
    _leave_organisations(user, by=by, now=now)
    leaving.erase_account(user, by=by, now=now)
    return plan


@action
def forget_firm(organisation: Organisation, *, by: Actor, now: datetime) -> None:
    """Erase a firm for which nobody acts, once no file that is kept and no record names it."""
    is_named = (
        organisation.memberships.filter(state__in=organisations.JOINED).exists()
        or Application.objects.filter(organisation=organisation, erased_at=None).exists()
        or Provider.objects.filter(organisation=organisation).exists()
    )
    if is_named or organisation.name == organisations.FORGOTTEN:
        return
    organisations.forget_organisation(organisation, by=by, now=now)
    AidAdjustment.objects.filter(organisation=organisation).update(reason=ERASED)
    # An undertaking is called by its first member.
    own = Undertaking.objects.filter(members__organisation=organisation)
    own.exclude(members__organisation__in=_others(organisation)).update(
        name=organisations.FORGOTTEN
    )


def _others(organisation: Organisation) -> QuerySet[Organisation]:
    return Organisation.objects.exclude(pk=organisation.pk)


@action
def restrict(
    application: Application, *, keep_until: date, by: Actor, now: datetime
) -> Restriction:
    """Keep a file for audits, payments and recovery alone until the day; twice changes nothing."""
    row, is_new = Restriction.objects.get_or_create(
        application=application, defaults={"at": now, "keep_until": keep_until}
    )
    if is_new:
        chain = application.journal_chain
        record(application, "restrict", by=by, now=now, chain=chain, keep_until=keep_until)
    return row


@action
def erase_enquiry(enquiry: Enquiry, *, by: Actor, now: datetime) -> None:
    """Erase who asked a broker, what, and the answer; region, kind and days stay."""
    enquiry.name = enquiry.question = ERASED
    enquiry.email = enquiry.organisation = ""
    enquiry.answer = ERASED if enquiry.answer else ""
    enquiry.save(update_fields=["name", "question", "email", "organisation", "answer"])
    JournalEntry.objects.about(enquiry).update(personal={})
    record(enquiry, "erase", by=by, now=now, chain="portal")


def _own_files(user: User) -> Iterator[Application]:
    """Return the files of the organisations for which nobody else acts."""
    rows = Application.objects.filter(organisation__in=_alone(user), erased_at=None)
    yield from rows.select_related("call__programme", "award__pot__region").order_by("pk")


def _erase_profiles(user: User, plan: Plan, *, by: Actor, now: datetime) -> None:
    # What the law makes us keep of an awarded file names its undertaking.
    kept = [row.organisation_id for row, _until in plan.kept]
    named = UndertakingProfile.objects.filter(organisation__in=_alone(user))
    for profile in named.exclude(organisation__in=kept):
        profiles.erase(profile, by=by, now=now)


def _alone(user: User) -> QuerySet[Organisation]:
    """Return the organisations for which nobody else acts."""
    others = Membership.objects.filter(state=MembershipState.ACTIVE).exclude(user=user)
    return Organisation.objects.of(user).exclude(pk__in=others.values("organisation"))


def _sort(plan: Plan, row: Application, months: dict[KeptFile, int]) -> None:
    award = getattr(row, "award", None)
    until = award_kept_until(award, months) if award else None
    if row.state == ApplicationState.DRAFT and row.reference is None:
        plan.drafts.append(row)
    elif _is_open(row, award):
        plan.open_files.append(row)
    elif until is not None:
        plan.kept.append((row, until))
    else:
        plan.erased.append(row)


def _is_open(row: Application, award: Award | None) -> bool:
    if award is not None:
        return award.state in LIVE_AWARD or award.claims.filter(state__in=UNPAID).exists()
    is_told = row.told_at is not None or row.state == ApplicationState.WITHDRAWN
    return row.state not in ENDED or not is_told


def _enquiries(addresses: list[str]) -> QuerySet[Enquiry]:
    return Enquiry.objects.filter(_by_address(addresses))


def _experts(addresses: list[str]) -> list[Expert]:
    named = Expert.objects.filter(_by_address(addresses), withdrawn_at=None)
    return list(named.select_related("record"))


def _by_address(addresses: list[str]) -> Q:
    asked = Q()
    for address in addresses:
        asked |= Q(email__iexact=address)
    return asked


def _leave_seats(user: User, addresses: list[str], *, by: Actor, now: datetime) -> None:
    """Give up seats at other firms' applications; forget the addresses of all that there were."""
    for seat in CoApplicant.objects.filter(Q(user=user) | _by_address(addresses)):
        if seat.state in OPEN_SEAT:
            co_applicants.remove(seat, by=by, now=now)
        erase_seat(CoApplicant.objects.get(pk=seat.pk))


def _leave_organisations(user: User, *, by: Actor, now: datetime) -> None:
    ways = {
        MembershipState.ACTIVE: organisations.leave,
        MembershipState.REQUESTED: organisations.take_back,
    }
    for membership in user.memberships.filter(state__in=ways):
        ways[MembershipState(membership.state)](membership, by=by, now=now)
    for membership in user.memberships.select_related("organisation"):
        forget_firm(membership.organisation, by=by, now=now)
