"""Letters to people who work on an application that is not their firm's."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse

from portal.enums import Locale
from portal.models import Programme, User
from portal.notifications import Notification, Reader
from vouchers.models import CoApplicant


@dataclass(frozen=True)
class CoApplicantInvited(Notification):
    """To who is invited; the only letter that holds the link's token."""

    template: ClassVar[str] = "vouchers/email/co_applicant_invited"

    about: CoApplicant
    token: str = ""
    asked_by: User | None = None
    days: int = 0

    def programme(self) -> Programme:
        """The application's programme."""
        return self.about.application.call.programme

    def reply_to(self) -> str:
        """Who invited answers."""
        return self.asked_by.email if self.asked_by else ""

    def readers(self) -> list[Reader]:
        """One letter, in the person's own language where they have an account."""
        known = User.objects.filter(email__iexact=self.about.email, is_active=True).first()
        if known is not None:
            return [Reader.of(known)]
        host = self.asked_by.language if self.asked_by else Locale.EN
        return [Reader(self.about.email, host)]

    def context(self) -> dict[str, Any]:
        """Name who invites, and the way to the page."""
        return {
            "application": self.about.application,
            "asked_by": self.asked_by,
            "address": f"{settings.SITE_URL}{reverse('application_invitation', args=[self.token])}",
            "days": self.days,
        }
