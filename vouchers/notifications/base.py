"""Who is written to, and the letters that all others come from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from portal import clock
from portal.enums import MembershipState, Role
from portal.models import Programme, ProgrammeRole, Region, User
from portal.notifications import Notification, Reader
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
    programme: Programme, *, about: Application | None = None, now: datetime
) -> list[Reader]:
    """Return who manages the programme at the instant and may know of the application."""
    held = ProgrammeRole.objects.current(now).filter(programme=programme, role=Role.MANAGER)
    people = User.objects.filter(pk__in=held.values("user"), is_active=True)
    if about is not None:
        people = people.exclude(pk__in=about.conflicts.barring().values("person"))
    return [Reader.of(user) for user in people.order_by("pk")]


def team_of(
    region: Region, application: Application, barred: Collection[int] | None = None
) -> list[Reader]:
    """Return the team address of a region that handles the application.

    Where somebody of the region must not see the application, its brokers are written to one by
    one without them. `barred` are their ids, for who knows them.
    """
    if barred is None:
        barred = application.conflicts.barring().values_list("person", flat=True)
    if barred and User.objects.filter(pk__in=barred, region_roles__region=region).exists():
        others = (
            User.objects.get_queryset().brokers_of(region, now=clock.now()).exclude(pk__in=barred)
        )
        return [Reader.of(user) for user in others.order_by("pk")]
    if not region.team_email:
        return []
    return [Reader(email=region.team_email, language=region.language, name=region.name)]


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
    """Base of letters to the home region's team; `barred` as for team_of."""

    barred: Collection[int] | None = None

    def readers(self) -> list[Reader]:
        """One letter to the team address."""
        return team_of(self.about.home_region, self.about, self.barred)
