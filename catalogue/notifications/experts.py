"""Letters to experts, and about them without a word that would tell who they are."""

from dataclasses import dataclass
from typing import Any, ClassVar

from catalogue.models import Expert, Record
from catalogue.notifications import OfRegion
from portal.actions.notices import page
from portal.models import MailLink, Region
from portal.notifications import Reader


@dataclass(frozen=True)
class _ToExpert(OfRegion):
    """Holds the token of the person's link."""

    about: MailLink
    token: str = ""
    person: Expert | None = None
    leads_to: ClassVar[str]

    @property
    def expert(self) -> Expert:
        """The person."""
        assert self.person is not None  # noqa: S101  every letter has one
        return self.person

    def region(self) -> Region:
        """Return the record's region."""
        return self.expert.record.region

    def readers(self) -> list[Reader]:
        """Write to the person, in the language that was chosen."""
        return [Reader(self.about.email, self.expert.language, self.expert.name)]

    def context(self) -> dict[str, Any]:
        """Name the record and its provider, and lead to the person's page."""
        return {
            "record": self.expert.record,
            "provider": self.expert.record.provider,
            "zone": self.region().time_zone,
            "address": page(self.leads_to, self.token),
        }


@dataclass(frozen=True)
class ExpertAsked(_ToExpert):
    """May we show you?"""

    template: ClassVar[str] = "catalogue/email/expert_asked"
    leads_to: ClassVar[str] = "expert_consent"


@dataclass(frozen=True)
class ExpertAgreed(_ToExpert):
    """Thank you, and the way out."""

    template: ClassVar[str] = "catalogue/email/expert_agreed"
    leads_to: ClassVar[str] = "expert_withdrawal"


@dataclass(frozen=True)
class ExpertAnswered(OfRegion):
    """To the provider and the region's team: the person agrees, or is gone."""

    template: ClassVar[str] = "catalogue/email/expert_answered"

    about: Record
    agrees: bool = False

    def region(self) -> Region:
        """Return the record's region."""
        return self.about.region

    def readers(self) -> list[Reader]:
        """Write to the provider's office and to the team, not to the person's own address."""
        organisation = self.about.provider.organisation
        office = Reader(organisation.email, self.region().language)
        return [*([office] if organisation.email else []), *self.team()]

    def context(self) -> dict[str, Any]:
        """Lead to the record's page for providers."""
        return {"agrees": self.agrees, "address": page("provider_person", self.about.slug)}
