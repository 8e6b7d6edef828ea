"""How long files with personal data are kept, and the law that says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from vouchers.enums import KeptFile
from vouchers.rules.periods import add_months

DECEMBER, LAST_OF_DECEMBER = 12, 31


@dataclass(frozen=True, slots=True)
class Period:
    """Months that a kind of file is kept; nobody may set fewer than `at_least`.

    `basis` names the law that demands the shortest period; empty where none does.
    """

    months: int
    at_least: int = 0
    basis: str = ""


DEFAULT_PERIODS: Mapping[KeptFile, Period] = MappingProxyType(
    {
        KeptFile.DRAFT: Period(6),
        KeptFile.UNSUCCESSFUL: Period(24),
        KeptFile.GRANTED: Period(120, 120, "(EU) 2023/2831, art. 6"),
        KeptFile.PAID: Period(60, 60, "(EU) 2021/1060, art. 82"),
        KeptFile.ENQUIRY: Period(24),
        KeptFile.ACCOUNT: Period(24),
    }
)


def kept_until(since: date, months: int) -> date:
    """The last day on which a file is kept whose period runs from the day."""
    return add_months(since, months)


def award_kept_until(
    granted_on: date, last_payment_on: date | None, *, granted: int, paid: int
) -> date:
    """The last day on which an award's file is kept: the later of two periods, in months.

    One runs from the granting date (de minimis, article 6 of Regulation (EU) 2023/2831), the
    other from 31 December of the year of the last payment (article 82 of Regulation (EU)
    2021/1060).
    """
    by_grant = kept_until(granted_on, granted)
    if last_payment_on is None:
        return by_grant
    end_of_year = date(last_payment_on.year, DECEMBER, LAST_OF_DECEMBER)
    return max(by_grant, kept_until(end_of_year, paid))
