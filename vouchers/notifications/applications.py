"""Letters about an application, from its first line to its decision."""

from dataclasses import dataclass
from typing import ClassVar

from portal.models import Document, User
from portal.notifications import Reader
from vouchers.notifications.base import (
    ApplicationLetter,
    ToApplicant,
    ToHomeTeam,
    ToWriters,
    everybody_at,
    managers_of,
    members_of,
    team_of,
    writers_of,
)


@dataclass(frozen=True)
class Receipt(ToApplicant):
    """To the applicant and co-applicants: it arrived, with number, instant and hash."""

    template: ClassVar[str] = "vouchers/email/receipt"

    def readers(self) -> list[Reader]:
        """One letter to each member and each co-applicant."""
        return everybody_at(self.about)

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


@dataclass(frozen=True)
class ChangesRequested(ApplicationLetter):
    """To who may answer: the broker asks, with the instant until which an answer counts."""

    template: ClassVar[str] = "vouchers/email/changes_requested"

    def readers(self) -> list[Reader]:
        """One letter to each member, and to co-applicants whose part was asked about."""
        return writers_of(self.about, self.extra["request"].opened)


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


class ReserveTurn(ToHomeTeam):
    """To the home region: the first on its reserve list can be awarded now."""

    template: ClassVar[str] = "vouchers/email/reserve_turn"


class ReserveEnded(ToApplicant):
    """To the applicant: the reserve list has ended, and no money came back in time."""

    template: ClassVar[str] = "vouchers/email/reserve_ended"


@dataclass(frozen=True)
class HostSignatureAsked(ApplicationLetter):
    """To the host region: home has signed, now the host signs."""

    template: ClassVar[str] = "vouchers/email/host_signature_asked"

    def readers(self) -> list[Reader]:
        """One letter to the host region's team."""
        region = self.about.host_region
        return team_of(region, self.about) if region else []


class HostSignatureReminder(HostSignatureAsked):
    """To the host region: its signature is still missing."""

    template: ClassVar[str] = "vouchers/email/host_signature_reminder"


@dataclass(frozen=True)
class HostSignatureOverdue(ApplicationLetter):
    """To the programme's managers: the host region has let its days pass."""

    template: ClassVar[str] = "vouchers/email/host_signature_overdue"

    def readers(self) -> list[Reader]:
        """One letter to each manager."""
        return managers_of(self.programme(), about=self.about, now=self.extra["now"])


@dataclass(frozen=True)
class AssessmentAssigned(ApplicationLetter):
    """To an assessor: please score this application."""

    template: ClassVar[str] = "vouchers/email/assessment_assigned"

    assessor: User | None = None

    def readers(self) -> list[Reader]:
        """One letter to the assessor."""
        return [Reader.of(self.assessor)] if self.assessor else []


@dataclass(frozen=True)
class FileRemoved(ToApplicant):
    """To who gave a file: a virus was found in it later, and it is gone."""

    template: ClassVar[str] = "vouchers/email/file_removed"

    def readers(self) -> list[Reader]:
        """One letter to the giver; where that is nobody any more, to each who acts for the firm."""
        giver = self.extra["giver"]
        return [Reader.of(giver)] if giver and giver.is_active else members_of(self.about)


class BegunByBroker(ToApplicant):
    """To the applicant: its broker has started a draft, which only the firm can send."""

    template: ClassVar[str] = "vouchers/email/begun_by_broker"


@dataclass(frozen=True)
class DraftStarted(ApplicationLetter):
    """To who has started a draft: where it is kept, and until when it may be sent."""

    template: ClassVar[str] = "vouchers/email/draft_started"

    def readers(self) -> list[Reader]:
        """One letter to the person."""
        person = self.about.started_by
        return [Reader.of(person)] if person else []


class CallClosesSoon(ToWriters):
    """To holders of a draft: the call closes."""

    template: ClassVar[str] = "vouchers/email/call_closes_soon"


@dataclass(frozen=True)
class DraftNotSubmitted(ToWriters):
    """To holders of a draft: the call has closed; what they wrote goes with it."""

    template: ClassVar[str] = "vouchers/email/draft_not_submitted"

    def documents(self) -> list[Document]:
        """The copy of the draft."""
        return [self.extra["copy"]]
