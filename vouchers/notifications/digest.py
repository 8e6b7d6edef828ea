"""The daily digest of staff."""

from dataclasses import dataclass
from typing import ClassVar

from portal.models import User
from portal.notifications import Notification, Reader


@dataclass(frozen=True)
class StaffDigest(Notification):
    """To a member of staff: what waits, the most urgent first, and what has happened."""

    about: User
    template: ClassVar[str] = "vouchers/email/staff_digest"

    def readers(self) -> list[Reader]:
        """One letter to the person."""
        return [Reader.of(self.about)]
