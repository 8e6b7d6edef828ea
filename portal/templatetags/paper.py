"""Frozen facts as a letter prints them: amounts, days and instants arrive as strings."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, pgettext

register = template.Library()


@register.filter
def euros(amount: str) -> str:
    """Write an amount in EUR in the reader's language, cents only where there are some."""
    value = Decimal(amount)
    places = 0 if value == value.to_integral_value() else 2
    figure = number_format(value, places, use_l10n=True, force_grouping=True)
    return pgettext("amount of money", "€%(figure)s") % {"figure": figure}


@register.filter
def day(value: str) -> str:
    """Write an ISO day as "4 May 2014" in the reader's language."""
    return date_format(date.fromisoformat(value), pgettext("date format", "j F Y"))


@register.filter
def instant(value: str, zone: str) -> str:
    """Write an ISO instant as "4 May 2014, 17:00 Brussels time"."""
    local = datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
    return gettext("%(day)s, %(clock)s %(city)s time") % {
        "day": day(local.date().isoformat()),
        "clock": local.strftime("%H:%M:%S" if local.second else "%H:%M"),
        "city": zone.rpartition("/")[2].replace("_", " "),
    }


@register.filter
def day_of(value: str, zone: str) -> str:
    """Write the day on which an ISO instant falls in a zone."""
    return day(datetime.fromisoformat(value).astimezone(ZoneInfo(zone)).date().isoformat())


@register.filter
def spaced(code: str) -> str:
    """Group a checking code in fours, so that people can copy it: "7K4M Q2XD"."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4)).upper()
