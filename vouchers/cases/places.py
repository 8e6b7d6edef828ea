"""Where somebody sits, which day it is there, and which undertaking a firm belongs to."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from portal.models import Organisation, ProgrammeRegion, Region
from vouchers.models import (
    Call,
    Undertaking,
    UndertakingMember,
)
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


def undertaking_of(organisation: Organisation) -> Undertaking | None:
    """Return the single undertaking of the organisation, if one is known."""
    member = UndertakingMember.objects.filter(organisation=organisation).first()
    return member.undertaking if member else None
