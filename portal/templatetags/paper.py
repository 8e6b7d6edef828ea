"""Frozen facts as a letter prints them: days and instants arrive as ISO text."""

from datetime import date, datetime

from django import template

register = template.Library()


@register.filter
def iso_day(value: str | None) -> date | None:
    """Read a frozen day; none stays none."""
    return date.fromisoformat(value) if value else None


@register.filter
def iso_instant(value: str | None) -> datetime | None:
    """Read a frozen instant with its offset; none stays none."""
    return datetime.fromisoformat(value) if value else None


@register.filter
def in_fours(code: str) -> str:
    """Group a checking code in fours, so that people can copy it: "7K4M Q2XD"."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
