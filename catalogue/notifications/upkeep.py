"""Letters that keep records true."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from catalogue.enums import LinkProblem
from catalogue.models import Record
from catalogue.notifications import PROVIDER_HOME, OfRegion
from portal.actions.notices import page
from portal.models import MailLink, Region, User
from portal.notifications import Reader


@dataclass(frozen=True)
class StillTrue(OfRegion):
    """To a provider's address: are these records still true? The only letter with the token."""

    template: ClassVar[str] = "catalogue/email/still_true"

    about: MailLink
    token: str = ""
    records: Sequence[Record] = field(default_factory=tuple)

    def region(self) -> Region:
        """Return the region of the first record."""
        return self.records[0].region

    def readers(self) -> list[Reader]:
        """Write to the address of the link."""
        return [_reader(self.about.email, self.region())]

    def context(self) -> dict[str, Any]:
        """List the records and lead to their page."""
        return {
            "records": self.records,
            "provider": self.records[0].provider,
            "zone": self.region().time_zone,
            "address": page("record_confirmation", self.token),
        }


class DeadLink(OfRegion):
    """To a record's contact: its website does not open."""

    template = "catalogue/email/dead_link"

    about: Record

    def region(self) -> Region:
        """Return the record's region."""
        return self.about.region

    def readers(self) -> list[Reader]:
        """Write to the record's contact, else to the region's team."""
        address = self.about.work_contact
        return [_reader(address, self.about.region)] if address else self.team()

    def context(self) -> dict[str, Any]:
        """Say what is wrong, and lead to the provider's own page."""
        problem = LinkProblem(self.about.link_problem).label
        return {"problem": problem, "address": PROVIDER_HOME}


def _reader(address: str, region: Region) -> Reader:
    """Write in the language of the person, where the address is somebody's we know."""
    known = User.objects.filter(email__iexact=address).first()
    return Reader(address, known.language if known else region.language)
