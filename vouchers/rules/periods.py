"""Calendar arithmetic, and which row of a table of rules is in force on a day."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Protocol


class NoRuleInForce(LookupError):
    """The table has no rule for that day."""


class Dated(Protocol):
    """A rule that holds from its first to its last day, both included."""

    @property
    def first(self) -> date:
        """First day in force."""

    @property
    def last(self) -> date | None:
        """Last day in force; None = until further notice."""


def in_force[Rule: Dated](rules: Iterable[Rule], on: date) -> Rule:
    """The rule in force on the day; raises NoRuleInForce."""
    for rule in rules:
        if rule.first <= on and (rule.last is None or on <= rule.last):
            return rule
    raise NoRuleInForce(on)


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later; 31 January + 1 month = 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
