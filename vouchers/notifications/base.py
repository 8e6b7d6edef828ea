"""Who is written to, and the letters that all others come from."""

from dataclasses import dataclass

from django.db.models import Q

from portal.enums import MembershipState
from portal.models import Programme, Region, User
from portal.notifications import Notification, Reader
from vouchers.enums import SeatState
from vouchers.models import Application


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


def team_of(region: Region) -> list[Reader]:
    """Return the region's team address."""
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
class ToHomeTeam(ApplicationLetter):
    """Base of letters to the home region's team."""

    def readers(self) -> list[Reader]:
        """One letter to the team address."""
        return team_of(self.about.home_region)
