"""Letters about a change of an announced call."""

from dataclasses import dataclass
from typing import ClassVar

from portal.enums import StaffMail
from portal.models import Programme
from portal.notifications import Notification, Reader
from vouchers.models import CallChange
from vouchers.notifications.base import ToApplicant, managers_of


@dataclass(frozen=True)
class CallChanged(ToApplicant):
    """To everybody who has a draft: what the call says now."""

    template: ClassVar[str] = "vouchers/email/call_changed"


@dataclass(frozen=True)
class CallChangeAsked(Notification):
    """To the programme's managers: a second one of them has to agree."""

    about: CallChange
    template: ClassVar[str] = "vouchers/email/call_change_asked"

    def programme(self) -> Programme:
        """The call's programme."""
        return self.about.call.programme

    def reply_to(self) -> str:
        """Who asks answers."""
        return self.about.asked_by.email

    def readers(self) -> list[Reader]:
        """One letter to each manager but the one who asks."""
        all_of_them = managers_of(self.programme(), StaffMail.CALL, now=self.about.asked_at)
        return [reader for reader in all_of_them if reader.email != self.about.asked_by.email]
