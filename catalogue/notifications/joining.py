"""Letters about becoming a provider, and about the rules that providers accept."""

import textwrap
from dataclasses import dataclass
from typing import Any, ClassVar

from catalogue.models import AccessRules, Provider, ProviderRequest
from catalogue.notifications import PROVIDER_HOME, OfRegion
from portal.actions.notices import page
from portal.enums import MembershipState
from portal.models import MailLink, Programme, Region, User
from portal.notifications import Reader


class _AboutRequest(OfRegion):
    about: ProviderRequest

    def region(self) -> Region:
        """Return the region that was asked."""
        return self.about.region

    def readers(self) -> list[Reader]:
        """Return who asked, in the language of the page."""
        request = self.about
        return [Reader(email=request.email, language=request.language, name=request.name)]

    def context(self) -> dict[str, Any]:
        """Quote what the organisation offers: every line is indented."""
        return {
            "offer": textwrap.indent(self.about.offer, "  "),
            "address": page("provider_asked", self.about.token),
        }


class ListingReceived(_AboutRequest):
    """Receipt for who asked to be listed, with the day of the answer."""

    template = "catalogue/email/listing_received"


class ListingRefused(_AboutRequest):
    """The broker's reason, to who asked."""

    template = "catalogue/email/listing_refused"

    def context(self) -> dict[str, Any]:
        """Quote the reason."""
        return {**super().context(), "reason": textwrap.indent(self.about.reason, "  ")}


class Listed(_AboutRequest):
    """To who asked and is a member already, so that no invitation is needed: it is listed."""

    template = "catalogue/email/listed"

    def context(self) -> dict[str, Any]:
        """Lead to the provider's own page."""
        return {"address": PROVIDER_HOME}


class ListingForTeam(_AboutRequest):
    """A new request, for the team of the region that was asked."""

    template = "catalogue/email/listing_for_team"

    def readers(self) -> list[Reader]:
        """Return the team."""
        return self.team()

    def reply_to(self) -> str:
        """Return who asked."""
        return self.about.email

    def context(self) -> dict[str, Any]:
        """Add the page where the request is answered."""
        answer = page("admin:catalogue_providerrequest_change", self.about.pk)
        return {**super().context(), "answer_url": answer}


@dataclass(frozen=True)
class ProviderInvited(OfRegion):
    """To somebody who shall keep a provider's records: the only letter that holds the token."""

    template: ClassVar[str] = "catalogue/email/provider_invited"

    about: MailLink
    token: str = ""
    provider: Provider | None = None

    def region(self) -> Region:
        """Return the provider's region."""
        assert self.provider is not None  # noqa: S101  every invitation has one
        return self.provider.region

    def readers(self) -> list[Reader]:
        """Write to the invited address, in the person's language where we know it."""
        known = User.objects.filter(email__iexact=self.about.email).first()
        language = self.about.data["language"]
        return [Reader.of(known) if known else Reader(self.about.email, language)]

    def context(self) -> dict[str, Any]:
        """Name the provider, who invites, and the way to accept."""
        return {
            "provider": self.provider,
            "giver": self.about.made_by,
            "zone": self.region().time_zone,
            "address": page("provider_invitation", self.token),
        }


@dataclass(frozen=True)
class NewAccessRules(OfRegion):
    """To a provider's people: a new version of the rules waits for their yes."""

    template: ClassVar[str] = "catalogue/email/new_access_rules"

    about: AccessRules
    provider: Provider | None = None

    def region(self) -> Region:
        """Return the provider's region."""
        assert self.provider is not None  # noqa: S101  every letter has one
        return self.provider.region

    def programme(self) -> Programme | None:
        """Return the programme whose rules they are."""
        return self.about.programme

    def readers(self) -> list[Reader]:
        """Write to one person who may accept, an owner first, else to the office."""
        assert self.provider is not None  # noqa: S101  every letter has one
        organisation = self.provider.organisation
        members = organisation.memberships.filter(state=MembershipState.ACTIVE)
        first = members.select_related("user").order_by("-is_owner", "pk").first()
        if first is not None:
            return [Reader.of(first.user)]
        office = Reader(organisation.email, self.region().language)
        return [office] if organisation.email else []

    def context(self) -> dict[str, Any]:
        """Lead to the provider's own page."""
        return {"provider": self.provider, "address": PROVIDER_HOME}
