"""Letters about a claim and its payment."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.models import Document, Programme
from portal.notifications import Notification, Reader
from vouchers.models import Claim
from vouchers.notifications.base import members_of, team_of


@dataclass(frozen=True)
class ClaimLetter(Notification):
    """Base of letters about a claim."""

    about: Claim

    def programme(self) -> Programme:
        """The award's programme."""
        return self.about.award.application.call.programme

    def reply_to(self) -> str:
        """The home region's team answers."""
        return self.about.award.application.home_region.team_email

    def context(self) -> dict[str, Any]:
        """Award and application stand beside their claim."""
        return {"award": self.about.award, "application": self.about.award.application}

    def readers(self) -> list[Reader]:
        """One letter to each member of the applicant."""
        return members_of(self.about.award.application)


@dataclass(frozen=True)
class ClaimFiled(ClaimLetter):
    """To the home region: a claim waits."""

    template: ClassVar[str] = "vouchers/email/claim_filed"

    def readers(self) -> list[Reader]:
        """One letter to the team address."""
        application = self.about.award.application
        return team_of(application.home_region, application)


class ClaimReturned(ClaimLetter):
    """To the applicant: something is missing."""

    template: ClassVar[str] = "vouchers/email/claim_returned"


@dataclass(frozen=True)
class ClaimPaid(ClaimLetter):
    """To the applicant: paid, with the payment advice."""

    template: ClassVar[str] = "vouchers/email/claim_paid"

    def documents(self) -> list[Document]:
        """The payment advice."""
        return list(
            Document.objects.filter(
                kind="payment_advice", subject_type="vouchers.claim", subject_id=self.about.pk
            )
        )
