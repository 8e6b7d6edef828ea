"""Letters about appeals."""

from dataclasses import dataclass
from typing import ClassVar

from portal.models import Programme
from portal.notifications import Notification, Reader
from vouchers.models import Appeal
from vouchers.notifications.base import managers_of, members_of, team_of


@dataclass(frozen=True)
class AppealLetter(Notification):
    """Base of letters about an appeal."""

    about: Appeal

    def programme(self) -> Programme:
        """The application's programme."""
        return self.about.application.call.programme

    def reply_to(self) -> str:
        """The home region's team answers."""
        return self.about.application.home_region.team_email


@dataclass(frozen=True)
class AppealFiled(AppealLetter):
    """To the home region and the managers: somebody who has not decided must answer."""

    template: ClassVar[str] = "vouchers/email/appeal_filed"

    def readers(self) -> list[Reader]:
        """The team address, and each manager."""
        application, now = self.about.application, self.about.filed_at
        managers = managers_of(self.programme(), about=application, now=now)
        return [*team_of(application.home_region, application), *managers]


@dataclass(frozen=True)
class AppealReceived(AppealLetter):
    """To the applicant: the appeal arrived."""

    template: ClassVar[str] = "vouchers/email/appeal_received"

    def readers(self) -> list[Reader]:
        """One letter to each who acts for the applicant."""
        return members_of(self.about.application)


@dataclass(frozen=True)
class AppealAnswered(AppealReceived):
    """To the applicant: what became of the appeal."""

    template: ClassVar[str] = "vouchers/email/appeal_answered"
