"""Letters of the kernel: invitations, roles and memberships."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse

from portal.enums import Locale, MembershipState, Role, StaffMail
from portal.models import (
    MailLink,
    Membership,
    Programme,
    ProgrammeRole,
    Region,
    RegionRole,
    StaffTask,
    User,
)
from portal.notifications import Notification, Reader, managers, team


def page(name: str, *args: object) -> str:
    """Return the whole address of a page, as a letter needs it."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


@dataclass(frozen=True)
class StaffInvited(Notification):
    """To somebody who is invited to a role: the only letter that holds the link's token."""

    template: ClassVar[str] = "portal/email/staff_invited"

    about: MailLink
    token: str = ""
    scope: Region | Programme | None = None
    in_programme: Programme | None = None

    def readers(self) -> list[Reader]:
        """Write to the invited address, in the person's language where we know it."""
        known = User.objects.filter(email__iexact=self.about.email).first()
        language = self.scope.language if isinstance(self.scope, Region) else Locale.EN
        return [Reader.of(known) if known else Reader(self.about.email, language)]

    def programme(self) -> Programme | None:
        """Return the programme that invites."""
        return self.in_programme

    def reply_to(self) -> str:
        """Let answers go to the region's team; a programme has none."""
        return self.scope.team_email if isinstance(self.scope, Region) else ""

    def context(self) -> dict[str, Any]:
        """Name the role, its scope and the way to accept."""
        until = self.about.data.get("until")
        return {
            "role": Role(self.about.data["role"]).label,
            "scope": self.scope,
            "giver": self.about.made_by,
            "until": date.fromisoformat(until) if until else None,
            "address": page("invitation", self.token),
        }


@dataclass(frozen=True)
class RoleEnded(Notification):
    """To a person whose role has ended."""

    template: ClassVar[str] = "portal/email/role_ended"

    about: RegionRole | ProgrammeRole

    def readers(self) -> list[Reader]:
        """Write to the person who held the role."""
        return [Reader.of(self.about.user)]

    def reply_to(self) -> str:
        """Let answers go to the region's team; a programme has none."""
        return self.about.region.team_email if isinstance(self.about, RegionRole) else ""

    def context(self) -> dict[str, Any]:
        """Name the scope."""
        scope = self.about.region if isinstance(self.about, RegionRole) else self.about.programme
        return {"scope": scope}


@dataclass(frozen=True)
class TaskOpened(Notification):
    """To a region's brokers, else to the programme's managers: a letter did not arrive."""

    template: ClassVar[str] = "portal/email/task_opened"
    stays: ClassVar[bool] = True

    about: StaffTask

    def programme(self) -> Programme | None:
        """The task's programme."""
        return self.about.programme

    def readers(self) -> list[Reader]:
        """Write to those who may finish the task."""
        region, programme, now = self.about.region, self.about.programme, self.extra["now"]
        if region is None and programme is not None:
            return managers(programme, StaffMail.BOUNCE, now=now)
        return team(region, StaffMail.BOUNCE, now=now)

    def reply_to(self) -> str:
        """Let answers go to the region's team."""
        return self.about.region.team_email if self.about.region else ""

    def context(self) -> dict[str, Any]:
        """Lead to the task."""
        return {"task_url": page("admin:portal_stafftask_change", self.about.pk)}


@dataclass(frozen=True)
class JoinAsked(Notification):
    """To the owners of an organisation, and where it has none to the region's team."""

    template: ClassVar[str] = "portal/email/join_asked"

    about: Membership

    def readers(self) -> list[Reader]:
        """Write to each active owner, else to the access broker's team."""
        owners = [Reader.of(owner.user) for owner in self._owners()]
        region = self.about.organisation.region
        return owners or team(region, StaffMail.ORGANISATION, now=self.extra["now"])

    def reply_to(self) -> str:
        """Let answers go to the region's team."""
        region = self.about.organisation.region
        return region.team_email if region else ""

    def context(self) -> dict[str, Any]:
        """Lead owners to their own page, brokers to the desk."""
        if self._owners():
            return {"address": page("organisation", self.about.organisation_id)}
        return {"address": page("admin:portal_membership_change", self.about.pk)}

    def _owners(self) -> list[Membership]:
        return list(
            self.about.organisation.memberships.filter(is_owner=True, state=MembershipState.ACTIVE)
        )


@dataclass(frozen=True)
class JoinDecided(Notification):
    """To the person who asked to join."""

    template: ClassVar[str] = "portal/email/join_decided"

    about: Membership

    def readers(self) -> list[Reader]:
        """Write to the person."""
        return [Reader.of(self.about.user)]

    def reply_to(self) -> str:
        """Let answers go to the region's team."""
        region = self.about.organisation.region
        return region.team_email if region else ""

    def context(self) -> dict[str, Any]:
        """Say whether the person is in, and where to go on."""
        return {
            "is_admitted": self.about.state == MembershipState.ACTIVE,
            "address": page("organisations"),
        }
