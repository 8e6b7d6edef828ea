"""Letters about letters that were held."""

from dataclasses import dataclass
from typing import ClassVar

from portal.enums import StaffMail
from portal.models import Programme
from portal.notifications import Notification, Reader
from vouchers.models import CallVoucherType
from vouchers.notifications.base import managers_of


@dataclass(frozen=True)
class LettersBlocked(Notification):
    """To the programme's managers: a release did not happen, and which letters stopped it."""

    about: CallVoucherType
    template: ClassVar[str] = "vouchers/email/letters_blocked"

    def programme(self) -> Programme:
        """The call's programme."""
        return self.about.call.programme

    def readers(self) -> list[Reader]:
        """One letter to each manager."""
        return managers_of(self.programme(), StaffMail.RELEASE, now=self.extra["now"])
