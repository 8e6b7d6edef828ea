"""Working days of a region: its weekend and its public holidays are none."""

from datetime import date, timedelta

import holidays

SATURDAY = 5
# Regions whose holidays differ from their country's, by NUTS code (2021 classification).
SUBDIVISIONS = {"DE1": "BW", "DE9": "NI", "DEA": "NW", "FRF1": "6AE"}


def working_days_after(start: date, days: int, *, country: str, nuts: str = "") -> date:
    """Return the day that is so many working days after `start`, which itself does not count."""
    free = holidays.country_holidays(country, subdiv=_subdivision(nuts))
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY and day not in free
    return day


def is_working_day(day: date, *, country: str = "", nuts: str = "") -> bool:
    """Whether people work on a day; without a country only weekends are free."""
    if day.weekday() >= SATURDAY:
        return False
    return not country or day not in holidays.country_holidays(country, subdiv=_subdivision(nuts))


def _subdivision(nuts: str) -> str | None:
    return next((part for code, part in SUBDIVISIONS.items() if nuts.startswith(code)), None)
