"""Calendar arithmetic and tables of rules."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.rules.periods import NoRuleInForce, add_months, in_force

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2080, 12, 31))


@dataclass(frozen=True)
class Rule:
    """A rule for a while."""

    first: date
    last: date | None


OLD = Rule(date(2007, 1, 1), date(2013, 12, 31))
NEW = Rule(date(2014, 1, 1), None)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2007, 1, 1), OLD),
        (date(2013, 12, 31), OLD),
        (date(2014, 1, 1), NEW),
        (date(2099, 1, 1), NEW),
    ],
)
def test_in_force_includes_first_and_last_day(on, expected):
    assert in_force((OLD, NEW), on) == expected


def test_in_force_refuses_a_day_without_rule():
    with pytest.raises(NoRuleInForce):
        in_force((OLD, NEW), date(2006, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 12), 12, date(2027, 1, 12)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2028, 2, 29), -36, date(2025, 2, 28)),
        (date(2026, 6, 15), 0, date(2026, 6, 15)),
    ],
)
def test_add_months_keeps_the_day_or_takes_the_last(day, months, expected):
    assert add_months(day, months) == expected


@given(DAYS, st.integers(-60, 60))
def test_add_months_moves_by_calendar_months(day, months):
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day
