"""Letters about a running award: its changes, and its end that comes near."""

from dataclasses import dataclass
from typing import Any, ClassVar

from portal.enums import StaffMail
from portal.models import Document, Programme
from portal.notifications import Notification, Reader
from vouchers.enums import ConsentState
from vouchers.models import Award, AwardChange
from vouchers.notifications.awards import AwardLetter
from vouchers.notifications.base import members_of, team_of


def partners_of(award: Award) -> list[Reader]:
    """Return the contacts at providers that the portal has dealt with: who signed or confirmed."""
    agreement = getattr(award, "agreement", None)
    asked = (
        [agreement]
        if agreement
        else award.application.consents.filter(state=ConsentState.GIVEN).order_by("pk")
    )
    return [
        Reader(one.contact_email, one.language, one.contact_name)
        for one in asked
        if one.contact_email
    ]


@dataclass(frozen=True)
class ChangeLetter(Notification):
    """Base of letters about a change of an award."""

    about: AwardChange

    def programme(self) -> Programme:
        """The award's programme."""
        return self.about.award.application.call.programme

    def reply_to(self) -> str:
        """The home region's team answers."""
        return self.about.award.application.home_region.team_email

    def context(self) -> dict[str, Any]:
        """Award and application stand beside the change."""
        award = self.about.award
        return {"award": award, "application": award.application}

    def documents(self) -> list[Document]:
        """The appendix, where the change was approved."""
        return [self.about.appendix] if self.about.appendix else []


class AwardChangeAsked(ChangeLetter):
    """To the home region: the firm asks for a change."""

    template: ClassVar[str] = "vouchers/email/award_change_asked"

    def readers(self) -> list[Reader]:
        """One letter to each broker."""
        row, now = self.about.award.application, self.about.asked_at
        return team_of(row.home_region, StaffMail.AWARD, row, now=now)


class AwardChangeAnswered(ChangeLetter):
    """To the firm: approved with its appendix, or refused with the reason."""

    template: ClassVar[str] = "vouchers/email/award_change_answered"

    def readers(self) -> list[Reader]:
        """One letter to each member of the firm."""
        return members_of(self.about.award.application)


class AwardChangeForPartner(ChangeLetter):
    """To the provider: a change was approved, with its appendix."""

    template: ClassVar[str] = "vouchers/email/award_change_for_partner"

    def readers(self) -> list[Reader]:
        """One letter to each contact that the portal has dealt with."""
        return partners_of(self.about.award)


class AwardEndsSoon(AwardLetter):
    """To the firm: the work ends soon."""

    template: ClassVar[str] = "vouchers/email/award_ends_soon"


class AwardEndsForPartner(AwardLetter):
    """To the provider: the work ends soon."""

    template: ClassVar[str] = "vouchers/email/award_ends_for_partner"

    def readers(self) -> list[Reader]:
        """One letter to each contact that the portal has dealt with."""
        return partners_of(self.about)
