"""Who is written to, and the letters that all others come from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from django.db.models import Q

from portal.enums import MailTime, MembershipState, StaffMail
from portal.models import Programme, Region, User
from portal.notifications import Notification, Reader, managers, team
from vouchers.cases.desks import deputies_in
from vouchers.enums import SeatRole, SeatState
from vouchers.models import Application, Question


def members_of(application: Application) -> list[Reader]:
    """Return the people who act for the applicant."""
    active = User.objects.filter(_act_for(application), is_active=True)
    return [Reader.of(user) for user in active.order_by("pk")]


def _act_for(application: Application) -> Q:
    return Q(
        memberships__organisation=application.organisation_id,
        memberships__state=MembershipState.ACTIVE,
    )


def everybody_at(application: Application) -> list[Reader]:
    """Return the people who act for the applicant, and its co-applicants."""
    seated = Q(co_applications__application=application, co_applications__state=SeatState.ACCEPTED)
    people = User.objects.filter(_act_for(application) | seated, is_active=True)
    return [Reader.of(user) for user in people.order_by("pk").distinct()]


def writers_of(application: Application, opened: Collection[str] = ()) -> list[Reader]:
    """Return the people who act for the applicant, and co-applicants with a part to write.

    `opened` names the parts and answers that may be changed now; none named opens all. Who only
    reads, and who writes only what nobody has asked about, is left out.
    """
    asked = Question.objects.filter(question_set=application.question_set_id, key__in=opened)
    parts = {*opened, *asked.values_list("section", flat=True)}
    seats = application.co_applicants.filter(state=SeatState.ACCEPTED, role=SeatRole.EDIT)
    wanted = [seat.user_id for seat in seats if not opened or parts & set(seat.sections)]
    people = User.objects.filter(_act_for(application) | Q(pk__in=wanted), is_active=True)
    return [Reader.of(user) for user in people.order_by("pk").distinct()]


def managers_of(
    programme: Programme, kind: StaffMail, *, about: Application | None = None, now: datetime
) -> list[Reader]:
    """Return who manages the programme at the instant and may know of the application."""
    barred = set(about.conflicts.barring().values_list("person", flat=True)) if about else set()
    found = managers(programme, kind, now=now)
    return [reader for reader in found if reader.user_id not in barred]


def team_of(
    region: Region | None,
    kind: StaffMail,
    application: Application,
    barred: Collection[int] | None = None,
    brokers: Sequence[User] | None = None,
    *,
    now: datetime,
) -> list[Reader]:
    """Return a region's brokers who may know of the application, else its team address.

    Where somebody must not see the application, that address is left alone: it may be theirs too.
    Who stands in reads at once what who is away would.
    `barred` are their ids and `brokers` the region's, for who knows them.
    """
    if barred is None:
        barred = application.conflicts.barring().values_list("person", flat=True)
    kept_away = {*barred}
    found = team(region, kind, people=brokers, now=now)
    if kept_away:
        found = [one for one in found if one.user_id and one.user_id not in kept_away]
    return _with_deputies(found, region, now)


def _with_deputies(found: list[Reader], region: Region | None, now: datetime) -> list[Reader]:
    """Let who stands in today read at once what who is away would have read at once.

    Everything else waits for the digest of each, which names all that the region has to do. A
    deputy who is not among the readers takes nothing away from who is away.
    """
    known = {one.user_id for one in found}
    at_once = {one.user_id for one in found if one.time == MailTime.AT_ONCE and one.user_id}
    deputies = deputies_in(region, now=now) if region and at_once else {}
    away = {person for person in deputies.keys() & at_once if deputies[person] in known}
    standing_in = {deputies[person] for person in away}
    return [
        replace(one, time=MailTime.AT_ONCE) if one.user_id in standing_in else one
        for one in found
        if one.user_id not in away
    ]


@dataclass(frozen=True)
class ApplicationLetter(Notification):
    """Base of letters about an application."""

    about: Application

    def programme(self) -> Programme:
        """The application's programme."""
        return self.about.call.programme

    def reply_to(self) -> str:
        """The home region's team answers."""
        return self.about.home_region.team_email


@dataclass(frozen=True)
class ToApplicant(ApplicationLetter):
    """Base of letters to everyone who acts for the applicant."""

    def readers(self) -> list[Reader]:
        """One letter to each member."""
        return members_of(self.about)


@dataclass(frozen=True)
class ToWriters(ApplicationLetter):
    """Base of letters to everyone who acts for the applicant, and who writes with them."""

    def readers(self) -> list[Reader]:
        """One letter to each member and each co-applicant with a part to write."""
        return writers_of(self.about)


@dataclass(frozen=True)
class ToHomeTeam(ApplicationLetter):
    """Base of letters to the home region's brokers; `barred` and `brokers` as in team_of."""

    kind: ClassVar[StaffMail] = StaffMail.APPLICATION

    barred: Collection[int] | None = None
    brokers: Sequence[User] | None = None

    def readers(self) -> list[Reader]:
        """One letter to each broker."""
        row, now = self.about, self.extra["now"]
        return team_of(row.home_region, self.kind, row, self.barred, self.brokers, now=now)
