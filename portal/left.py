"""How much time is left: in days, and in hours and minutes where it is less than a day."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import ngettext

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MINUTES_OF_AN_HOUR = 60


class Unit(StrEnum):
    """What is counted."""

    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class Left:
    """So many days, hours or minutes."""

    number: int
    unit: Unit

    @property
    def words(self) -> str:
        """Name what the number counts, for where it stands large and alone."""
        return {
            Unit.DAYS: ngettext("day left", "days left", self.number),
            Unit.HOURS: ngettext("hour left", "hours left", self.number),
            Unit.MINUTES: ngettext("minute left", "minutes left", self.number),
        }[self.unit]

    def __str__(self) -> str:
        """Say it within a sentence."""
        text = {
            Unit.DAYS: ngettext("%(left)d day left", "%(left)d days left", self.number),
            Unit.HOURS: ngettext("%(left)d hour left", "%(left)d hours left", self.number),
            Unit.MINUTES: ngettext("%(left)d minute left", "%(left)d minutes left", self.number),
        }[self.unit]
        return text % {"left": self.number}


def days_left(until: datetime, *, zone: str, now: datetime) -> int:
    """Count the midnights of the zone from now to an instant; never below 0."""
    there = ZoneInfo(zone)
    return max(0, (until.astimezone(there).date() - now.astimezone(there).date()).days)


def time_left(until: datetime, *, zone: str, now: datetime) -> Left:
    """Count from now to an instant, never below 0: midnights of the zone, hours, minutes.

    Hours are whole ones; what is left of the last minute still counts as one.
    """
    # In UTC: two instants of one zone would be subtracted as if no clock was ever changed.
    left = until.astimezone(UTC) - now.astimezone(UTC)
    if left >= DAY:
        return Left(days_left(until, zone=zone, now=now), Unit.DAYS)
    minutes = max(0, -(-left // MINUTE))
    if minutes >= MINUTES_OF_AN_HOUR:
        return Left(minutes // MINUTES_OF_AN_HOUR, Unit.HOURS)
    return Left(minutes, Unit.MINUTES)
