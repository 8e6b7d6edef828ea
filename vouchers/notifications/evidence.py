"""Letters that hold the journal fast: who keeps them can prove that it was not rewritten."""

from dataclasses import dataclass
from typing import ClassVar

from portal.enums import Role
from portal.models import Programme, ProgrammeRole, User
from portal.notifications import Notification, Reader


@dataclass(frozen=True)
class JournalHead(Notification):
    """To a programme's managers and auditors: the last hash of its journal, once a day."""

    template: ClassVar[str] = "vouchers/email/journal_head"

    about: Programme

    def programme(self) -> Programme:
        """The programme itself."""
        return self.about

    def readers(self) -> list[Reader]:
        """One letter to each."""
        held = ProgrammeRole.objects.current(self.extra["now"]).filter(
            programme=self.about, role__in=[Role.MANAGER, Role.AUDITOR]
        )
        people = User.objects.filter(pk__in=held.values("user"), is_active=True)
        return [Reader.of(user) for user in people.order_by("pk")]
