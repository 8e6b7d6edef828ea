"""Letters of the catalogue."""

from django.conf import settings

from portal.models import Region
from portal.notifications import Notification, Reader

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
        """Return the region's team, where it has an address."""
        region = self.region()
        team = Reader(email=region.team_email, language=region.language, name=region.name)
        return [team] if region.team_email else []
