"""Where somebody sits, and which day and holidays it is there."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from portal.models import ProgrammeRegion, Region
from vouchers.models import Call
from vouchers.rules.crossing import Place


@cache
def holidays_of(country: str) -> frozenset[date]:
    """Return the nation-wide holidays of a country around the programmes' years."""
    return frozenset(holidays.country_holidays(country, years=range(2005, 2041)))


def local_day(now: datetime, region: Region) -> date:
    """Return the calendar day in the region at the instant."""
    return now.astimezone(ZoneInfo(region.time_zone)).date()


def place_of(region: Region | None, name: str = "", country: str = "") -> Place:
    """Return where somebody sits; a region outside the portal has no code."""
    if region is None:
        return Place("", country, name)
    return Place(region.code, region.country, region.name)


def participating_regions(call: Call) -> list[Region]:
    """Return the regions of the call's programme."""
    named = ProgrammeRegion.objects.filter(programme=call.programme_id)
    return list(Region.objects.filter(pk__in=named.values("region")))
