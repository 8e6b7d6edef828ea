"""Letters about a claim and its payment."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.enums import StaffMail
from portal.models import Document, Programme
from portal.notifications import Notification, Reader
from vouchers.cases.threads import in_hand, thread_of
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
    stays: ClassVar[bool] = True

    def readers(self) -> list[Reader]:
        """One letter to the team address."""
        row, now = self.about.award.application, self.extra["now"]
        return team_of(row.home_region, StaffMail.CLAIM, row, now=now)


class ClaimReturned(ClaimLetter):
    """To the applicant: something is missing, with every open question on a receipt."""

    template: ClassVar[str] = "vouchers/email/claim_returned"

    def context(self) -> dict[str, Any]:
        """The threads that wait for an answer."""
        threads = [thread_of(line) for line in in_hand().filter(claim=self.about)]
        return {**super().context(), "questions": [thread for thread in threads if thread.open]}


@dataclass(frozen=True)
class ClaimPaid(ClaimLetter):
    """To the applicant: paid, with the payment advice."""

    template: ClassVar[str] = "vouchers/email/claim_paid"

    def documents(self) -> list[Document]:
        """The payment advice."""
        advices = Document.objects.filter(
            kind="payment_advice", subject_type="vouchers.claim", subject_id=self.about.pk
        )
        # A payment that came back had an advice of its own: the newest is this one's.
        return list(advices[:1])


class PaymentRefused(ClaimLetter):
    """To the applicant: the bank did not take the payment, and what is to be done."""

    template: ClassVar[str] = "vouchers/email/payment_refused"
