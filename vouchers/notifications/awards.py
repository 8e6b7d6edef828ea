"""Letters about an award."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.models import Document, Programme
from portal.notifications import Notification, Reader
from vouchers.models import Award
from vouchers.notifications.base import members_of, team_of


@dataclass(frozen=True)
class AwardLetter(Notification):
    """Base of letters about an award."""

    about: Award

    def programme(self) -> Programme:
        """The award's programme."""
        return self.about.application.call.programme

    def reply_to(self) -> str:
        """The home region's team answers."""
        return self.about.application.home_region.team_email

    def context(self) -> dict[str, Any]:
        """The application stands beside its award."""
        return {"application": self.about.application}

    def readers(self) -> list[Reader]:
        """One letter to each member of the applicant."""
        return members_of(self.about.application)


@dataclass(frozen=True)
class VoucherAwarded(AwardLetter):
    """To the applicant: awarded, with the letter; accept until an instant."""

    template: ClassVar[str] = "vouchers/email/voucher_awarded"

    def documents(self) -> list[Document]:
        """The award letter."""
        return [self.about.letter] if self.about.letter else []


@dataclass(frozen=True)
class AwardAnswered(AwardLetter):
    """To the home region: the SME accepted, declined, or did not answer."""

    template: ClassVar[str] = "vouchers/email/award_answered"

    def readers(self) -> list[Reader]:
        """One letter to the team address."""
        application = self.about.application
        return team_of(application.home_region, application)


class AwardAccepted(AwardLetter):
    """To the applicant: accepted, and what to do until when."""

    template: ClassVar[str] = "vouchers/email/award_accepted"


class AwardEnded(AwardLetter):
    """To the applicant: the award was declined, lapsed, cancelled or revoked."""

    template: ClassVar[str] = "vouchers/email/award_ended"


class OfferReminder(AwardLetter):
    """To the applicant: the offer lapses soon."""

    template: ClassVar[str] = "vouchers/email/offer_reminder"
