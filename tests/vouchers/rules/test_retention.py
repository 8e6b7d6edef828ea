"""How long files are kept."""

from datetime import date

import pytest

from vouchers.enums import KeptFile
from vouchers.rules import retention

AWARDS = [
    # granted, last payment, kept until
    (date(2027, 3, 8), None, date(2037, 3, 8)),
    (date(2027, 3, 8), date(2027, 9, 1), date(2037, 3, 8)),
    (date(2027, 3, 8), date(2033, 1, 2), date(2038, 12, 31)),
    (date(2024, 2, 29), date(2024, 3, 1), date(2034, 2, 28)),
]


@pytest.mark.parametrize(("granted", "paid", "until"), AWARDS)
def test_an_award_is_kept_for_the_later_of_two_periods(granted, paid, until):
    assert retention.award_kept_until(granted, paid, granted=120, paid=60) == until


def test_the_end_of_a_month_stays_the_end():
    assert retention.kept_until(date(2026, 8, 31), 6) == date(2027, 2, 28)


def test_what_the_law_demands_names_its_basis():
    periods = retention.DEFAULT_PERIODS
    assert {*periods} == {*KeptFile}
    assert [kind for kind, p in periods.items() if bool(p.basis) != bool(p.at_least)] == []
    assert [kind for kind, p in periods.items() if p.months < p.at_least] == []
