"""Letters about extension tickets."""

from dataclasses import dataclass
from typing import ClassVar

from portal.models import Programme
from portal.notifications import Notification, Reader
from vouchers.models import Extension
from vouchers.notifications.base import managers_of, members_of, team_of


@dataclass(frozen=True)
class ExtensionLetter(Notification):
    """Base of letters about an extension."""

    about: Extension

    def programme(self) -> Programme:
        """The application's programme."""
        return self.about.application.call.programme

    def reply_to(self) -> str:
        """The home region's team answers."""
        return self.about.application.home_region.team_email


@dataclass(frozen=True)
class ExtensionGiven(ExtensionLetter):
    """To the applicant: until when this one application may still be sent."""

    template: ClassVar[str] = "vouchers/email/extension_given"

    def readers(self) -> list[Reader]:
        """One letter to each who acts for the applicant."""
        return members_of(self.about.application)


@dataclass(frozen=True)
class ExtensionGivenForTeam(ExtensionLetter):
    """To the home region: one of its drafts has more time."""

    template: ClassVar[str] = "vouchers/email/extension_given_for_team"

    def readers(self) -> list[Reader]:
        """One letter to the team address."""
        application = self.about.application
        return team_of(application.home_region, application)


@dataclass(frozen=True)
class ExtensionRefused(ExtensionGivenForTeam):
    """To the home region: the manager did not agree."""

    template: ClassVar[str] = "vouchers/email/extension_refused"


@dataclass(frozen=True)
class ExtensionAsked(ExtensionLetter):
    """To the programme's managers: a longer extension needs one of them."""

    template: ClassVar[str] = "vouchers/email/extension_asked"

    def readers(self) -> list[Reader]:
        """One letter to each manager."""
        application, now = self.about.application, self.about.given_at
        return managers_of(self.programme(), about=application, now=now)
