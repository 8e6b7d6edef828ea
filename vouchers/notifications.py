"""Letters about vouchers: one class per audience and event."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse

from portal.enums import MembershipState
from portal.models import Document, Programme, Region, User
from portal.notifications import Notification, Reader
from vouchers.enums import ApplicationState
from vouchers.models import Application, Award, Claim, PartnerConsent


def members_of(application: Application) -> list[Reader]:
    """Return the people who act for the applicant."""
    active = User.objects.filter(
        memberships__organisation=application.organisation_id,
        memberships__state=MembershipState.ACTIVE,
        is_active=True,
    )
    return [Reader.of(user) for user in active.order_by("pk")]


def team_of(region: Region) -> list[Reader]:
    """Return the region's team address."""
    if not region.team_email:
        return []
    return [Reader(email=region.team_email, language=region.language, name=region.name)]


@dataclass(frozen=True)
class ApplicationLetter(Notification):
    """Base of letters about an application."""

    about: Application

    def programme(self) -> Programme:
        """The application's programme."""
        return self.about.call.programme

    def reply_to(self) -> str:
        """The home region's team answers."""
        return self.about.home_region.team_email


@dataclass(frozen=True)
class ToApplicant(ApplicationLetter):
    """Base of letters to everyone who acts for the applicant."""

    def readers(self) -> list[Reader]:
        """One letter to each member."""
        return members_of(self.about)


@dataclass(frozen=True)
class ToHomeTeam(ApplicationLetter):
    """Base of letters to the home region's team."""

    def readers(self) -> list[Reader]:
        """One letter to the team address."""
        return team_of(self.about.home_region)


@dataclass(frozen=True)
class Receipt(ToApplicant):
    """To the applicant: the application arrived, with number, instant and hash."""

    template: ClassVar[str] = "vouchers/email/receipt"

    def documents(self) -> list[Document]:
        """The copy of what was submitted."""
        return [self.extra["submission"].document]


class NewApplication(ToHomeTeam):
    """To the home region: a new application waits."""

    template: ClassVar[str] = "vouchers/email/new_application"


class Withdrawn(ToApplicant):
    """To the applicant: the application was withdrawn."""

    template: ClassVar[str] = "vouchers/email/withdrawn"


class ApplicationWithdrawn(ToHomeTeam):
    """To the home region: an application was withdrawn."""

    template: ClassVar[str] = "vouchers/email/application_withdrawn"


class ChangesRequested(ToApplicant):
    """To the applicant: the broker asks, with the instant until which an answer counts."""

    template: ClassVar[str] = "vouchers/email/changes_requested"


class Ineligible(ToApplicant):
    """To the applicant: ineligible, why, and until when to appeal."""

    template: ClassVar[str] = "vouchers/email/ineligible"


class Reinstated(ToApplicant):
    """To the applicant: the decision was taken back."""

    template: ClassVar[str] = "vouchers/email/reinstated"


class Rejected(ToApplicant):
    """To the applicant: rejected, why, and until when to appeal."""

    template: ClassVar[str] = "vouchers/email/rejected"


class OnReserve(ToApplicant):
    """To the applicant: good enough, but the money is used up for now."""

    template: ClassVar[str] = "vouchers/email/on_reserve"


@dataclass(frozen=True)
class HostSignatureAsked(ApplicationLetter):
    """To the host region: home has signed, now the host signs."""

    template: ClassVar[str] = "vouchers/email/host_signature_asked"

    def readers(self) -> list[Reader]:
        """One letter to the host region's team."""
        region = self.about.host_region
        return team_of(region) if region else []


@dataclass(frozen=True)
class AssessmentAssigned(ApplicationLetter):
    """To an assessor: please score this application."""

    template: ClassVar[str] = "vouchers/email/assessment_assigned"

    assessor: User | None = None

    def readers(self) -> list[Reader]:
        """One letter to the assessor."""
        return [Reader.of(self.assessor)] if self.assessor else []


class CallClosesSoon(ToApplicant):
    """To holders of a draft: the call closes."""

    template: ClassVar[str] = "vouchers/email/call_closes_soon"


class DraftNotSubmitted(ToApplicant):
    """To holders of a draft: the call has closed."""

    template: ClassVar[str] = "vouchers/email/draft_not_submitted"


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
    return application.call.closes_at, application.call.time_zone


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
        return team_of(self.about.application.home_region)


class AwardAccepted(AwardLetter):
    """To the applicant: accepted, and what to do until when."""

    template: ClassVar[str] = "vouchers/email/award_accepted"


class AwardEnded(AwardLetter):
    """To the applicant: the award was declined, lapsed, cancelled or revoked."""

    template: ClassVar[str] = "vouchers/email/award_ended"


class OfferReminder(AwardLetter):
    """To the applicant: the offer lapses soon."""

    template: ClassVar[str] = "vouchers/email/offer_reminder"


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
        return team_of(self.about.award.application.home_region)


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
