"""One application of the demo on its way, and who acts in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.enums import Role
from portal.models import Region, User
from portal.permissions import Actor
from portal.site.demo import people
from vouchers.enums import Side
from vouchers.models import Application, Call

DAY = timedelta(days=1)


@dataclass(slots=True)
class Life:
    """One application on its way; `at` is the instant of the next step."""

    row: dict[str, str]
    sme: Actor
    call: Call
    at: datetime
    now: datetime
    application: Application | None = None

    @property
    def it(self) -> Application:
        """The application, once it is started."""
        assert self.application is not None  # noqa: S101  every step but the first has one
        return self.application

    def after(self, days: int) -> datetime:
        """Let working time pass, never beyond today."""
        self.at = min(self.at + DAY * days, self.now - timedelta(hours=1))
        return self.at

    def broker(self, side: Side = Side.HOME) -> Actor:
        """The access broker of the home or host region."""
        region = self.it.home_region if side == Side.HOME else self.it.host_region
        return staff(Role.BROKER, region)

    def finance(self) -> Actor:
        """The finance officer of the home region."""
        return staff(Role.FINANCE, self.it.home_region)


def staff(role: Role, region: Region | None) -> Actor:
    """Return the demo's member of staff for the region."""
    code = region.code.lower() if region else ""
    return Actor.person(User.objects.get(email=f"{role}.{code}@{people.DOMAIN}"))
