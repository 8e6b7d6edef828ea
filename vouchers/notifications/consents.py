"""Letters to partners and about their consent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse

from portal.enums import StaffMail
from portal.models import Programme
from portal.notifications import Notification, Reader
from vouchers.enums import ApplicationState
from vouchers.models import Application, PartnerConsent
from vouchers.notifications.base import ToApplicant, ToHomeTeam, members_of


@dataclass(frozen=True)
class ConsentLetter(Notification):
    """Base of letters about a partner's consent."""

    about: PartnerConsent

    def programme(self) -> Programme:
        """The application's programme."""
        return self.about.application.call.programme

    def reply_to(self) -> str:
        """The home region's team answers."""
        return self.about.application.home_region.team_email

    def context(self) -> dict[str, Any]:
        """The application stands beside the consent."""
        return {"application": self.about.application}

    def readers(self) -> list[Reader]:
        """One letter to the person who was asked."""
        consent = self.about
        return [Reader(consent.contact_email, consent.language, consent.contact_name)]


@dataclass(frozen=True)
class PartnerAsked(ConsentLetter):
    """To the partner's contact: please confirm; the only letter that holds the link's token."""

    template: ClassVar[str] = "vouchers/email/partner_asked"

    token: str = ""

    def context(self) -> dict[str, Any]:
        """Name the way to the page, and until when an answer counts."""
        path = reverse("partner_consent", args=[self.token])
        until, zone = answer_until(self.about.application)
        return {
            **super().context(),
            "address": f"{settings.SITE_URL}{path}",
            "until": until,
            "zone": zone,
        }


def answer_until(application: Application) -> tuple[datetime, str]:
    """Return until when a partner's answer counts, and the zone in which that is said."""
    if application.state == ApplicationState.RETURNED and application.answer_by:
        return application.answer_by, application.home_region.time_zone
    return application.window.closes_at, application.call.time_zone


class PartnerReceipt(ConsentLetter):
    """To the partner's contact: a copy of what was confirmed."""

    template: ClassVar[str] = "vouchers/email/partner_receipt"


@dataclass(frozen=True)
class ConsentAnswer(ConsentLetter):
    """Base of letters to the applicant about its partner's answer."""

    def readers(self) -> list[Reader]:
        """One letter to each member."""
        return members_of(self.about.application)


class PartnerConfirmed(ConsentAnswer):
    """To the applicant: the partner confirms work, price and dates."""

    template: ClassVar[str] = "vouchers/email/partner_confirmed"


class PartnerDeclined(ConsentAnswer):
    """To the applicant: the partner says no, and why."""

    template: ClassVar[str] = "vouchers/email/partner_declined"


class PartnerRefusedByRegion(ToApplicant):
    """To the applicant: the broker of the partner's region refuses the partner, and why."""

    template: ClassVar[str] = "vouchers/email/partner_refused_by_region"


class PartnerRefusedForTeam(ToHomeTeam):
    """To the home region: the partner was refused, so its signature no longer stands."""

    template: ClassVar[str] = "vouchers/email/partner_refused_for_team"
    kind: ClassVar[StaffMail] = StaffMail.PARTNER
