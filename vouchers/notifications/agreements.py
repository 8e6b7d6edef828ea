"""Letters about an agreement: to the provider without an account, and to the firm."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse

from portal.models import Document, Programme
from portal.notifications import Notification, Reader
from vouchers.models import Agreement
from vouchers.notifications.base import members_of


@dataclass(frozen=True)
class AgreementLetter(Notification):
    """Base of letters about an agreement, to the provider's contact."""

    about: Agreement

    def programme(self) -> Programme:
        """The award's programme."""
        return self.about.award.application.call.programme

    def reply_to(self) -> str:
        """The home region's team answers."""
        return self.about.award.application.home_region.team_email

    def context(self) -> dict[str, Any]:
        """Award and application stand beside the agreement."""
        award = self.about.award
        return {"award": award, "application": award.application}

    def readers(self) -> list[Reader]:
        """One letter to the provider's contact, where an address is known."""
        it = self.about
        return [Reader(it.contact_email, it.language, it.contact_name)] if it.contact_email else []

    def documents(self) -> list[Document]:
        """The signed text goes with the letters that tell of it."""
        return []


@dataclass(frozen=True)
class AgreementAsked(AgreementLetter):
    """To the provider: please sign; holds the link's token."""

    template: ClassVar[str] = "vouchers/email/agreement_asked"

    token: str = ""

    def context(self) -> dict[str, Any]:
        """Name the way to the page."""
        path = reverse("provider_agreement", args=[self.token])
        return {**super().context(), "address": f"{settings.SITE_URL}{path}"}


class AgreementReminder(AgreementAsked):
    """To the provider: a week is left; holds a new link."""

    template: ClassVar[str] = "vouchers/email/agreement_reminder"


class AgreementReceipt(AgreementLetter):
    """To the provider: all have signed, with the signed text."""

    template: ClassVar[str] = "vouchers/email/agreement_receipt"

    def documents(self) -> list[Document]:
        """The signed text."""
        return [self.about.signed] if self.about.signed else []


class PartnerAwardEnded(AgreementLetter):
    """To a provider that was asked: the award has ended."""

    template: ClassVar[str] = "vouchers/email/partner_award_ended"


@dataclass(frozen=True)
class AgreementForFirm(AgreementLetter):
    """Base of letters about an agreement to the firm."""

    def readers(self) -> list[Reader]:
        """One letter to each member of the firm."""
        return members_of(self.about.award.application)


class AgreementWaits(AgreementForFirm):
    """To the firm: the provider has not signed, and a week is left."""

    template: ClassVar[str] = "vouchers/email/agreement_waits"


class AgreementSigned(AgreementForFirm):
    """To the firm: all have signed, with the signed text."""

    template: ClassVar[str] = "vouchers/email/agreement_signed"

    def documents(self) -> list[Document]:
        """The signed text."""
        return [self.about.signed] if self.about.signed else []
