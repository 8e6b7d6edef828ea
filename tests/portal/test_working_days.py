"""Working days of a region."""

from datetime import date

import pytest

from portal.working_days import working_days_after


@pytest.mark.parametrize(
    ("start", "days", "country", "nuts", "expected"),
    [
        # A week without holidays.
        (date(2027, 3, 8), 5, "DE", "DEA", date(2027, 3, 15)),
        (date(2027, 3, 8), 0, "DE", "DEA", date(2027, 3, 8)),
        # Asked on a weekend, the first working day is Monday.
        (date(2027, 3, 13), 1, "NL", "NL2", date(2027, 3, 15)),
        # Good Friday 26 March and Easter Monday 29 March 2027.
        (date(2027, 3, 25), 1, "DE", "DEA", date(2027, 3, 30)),
        # Good Friday is a holiday in Alsace and Denmark, but not in Belgium.
        (date(2027, 3, 25), 1, "FR", "FRF1", date(2027, 3, 30)),
        (date(2027, 3, 25), 1, "BE", "BE3", date(2027, 3, 26)),
        (date(2027, 3, 24), 1, "DK", "DK0", date(2027, 3, 30)),
        # All Saints is a holiday in the Rhineland and Stuttgart, Reformation Day in Lower Saxony.
        (date(2028, 10, 31), 1, "DE", "DEA", date(2028, 11, 2)),
        (date(2028, 10, 31), 1, "DE", "DE11", date(2028, 11, 2)),
        (date(2028, 10, 30), 1, "DE", "DE9", date(2028, 11, 1)),
        # Over the turn of the year.
        (date(2027, 12, 30), 2, "DK", "DK0", date(2028, 1, 3)),
    ],
)
def test_working_days_after(start, days, country, nuts, expected):
    assert working_days_after(start, days, country=country, nuts=nuts) == expected
