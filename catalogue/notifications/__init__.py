"""Letters of the catalogue."""

from django.conf import settings

from portal.enums import StaffMail
from portal.models import Region
from portal.notifications import Notification, Reader, team

# The provider's own page, where what waits for it stands.
PROVIDER_HOME = f"{settings.SITE_URL}/provider/"


class OfRegion(Notification):
    """Answers go to the team address of a region."""

    def region(self) -> Region:
        """Return the region whose broker answers."""
        raise NotImplementedError

    def reply_to(self) -> str:
        """Return the region's team address."""
        return self.region().team_email

    def team(self) -> list[Reader]:
        """Return the region's brokers."""
        return team(self.region(), StaffMail.CATALOGUE, now=self.extra["now"])
