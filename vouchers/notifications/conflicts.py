"""Letters about conflicts of interest; none says more of an application than its number."""

from dataclasses import dataclass
from typing import ClassVar

from portal.models import Programme, User
from portal.notifications import Notification, Reader
from vouchers.models import ConflictOfInterest
from vouchers.notifications.base import managers_of


@dataclass(frozen=True)
class ConflictFound(Notification):
    """To the person: which applications are hidden from them, and why."""

    template: ClassVar[str] = "vouchers/email/conflict_found"

    about: ConflictOfInterest

    def programme(self) -> Programme:
        """The application's programme."""
        return self.about.application.call.programme

    def reply_to(self) -> str:
        """The home region's team answers."""
        return self.about.application.home_region.team_email

    def readers(self) -> list[Reader]:
        """One letter to the person."""
        return [Reader.of(self.about.person)]


@dataclass(frozen=True)
class ConflictJudged(ConflictFound):
    """To the person: what a second person said."""

    template: ClassVar[str] = "vouchers/email/conflict_judged"


@dataclass(frozen=True)
class ConflictToJudge(ConflictFound):
    """To the home region's other brokers, or the managers: judge, and take the case over."""

    template: ClassVar[str] = "vouchers/email/conflict_to_judge"

    def readers(self) -> list[Reader]:
        """Each broker whom none of the conflicts bars; the managers where there is none."""
        rows, now = self.extra["rows"], self.extra["now"]
        barred = ConflictOfInterest.objects.barring().filter(
            application__in=[row.application_id for row in rows]
        )
        home = self.about.application.home_region
        brokers = User.objects.get_queryset().brokers_of(home, now=now)
        others = brokers.exclude(pk__in=barred.values("person"))
        people = [Reader.of(user) for user in others.order_by("pk")]
        return people or managers_of(self.programme(), now=now)
