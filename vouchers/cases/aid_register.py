"""Grants as the de minimis register asks for them, each with its last day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from portal.working_days import working_days_after
from vouchers.models import Award
from vouchers.rules.aid_register import REGISTER_RULES
from vouchers.rules.periods import in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One award with what the register holds of it; `due` and `entered` in EUR."""

    award: Award
    granted_on: date
    due: Decimal
    due_on: date
    entered: Decimal | None
    entered_at: Any
    number: str

    @property
    def to_do(self) -> str:
        """What is left to do: enter, correct, or nothing."""
        if self.entered is None:
            return "enter" if self.due else ""
        return "correct" if self.entered != self.due else ""


def due_day(granted_on: date, *, country: str) -> date:
    """Return the last day on which the grant may be entered, in the country's working days.

    Regulation (EU) 2023/2831, article 6: within 20 working days following the grant; only
    nation-wide holidays are none. Raises NoRuleInForce for a grant before the register.
    """
    rule = in_force(REGISTER_RULES, granted_on)
    return working_days_after(granted_on, rule.working_days, country=country)


def read(rows: QuerySet[Award]) -> Iterator[Grant]:
    """Return the grants in one statement, those that are due first first."""
    found = rows.select_related(
        "register_entry",
        "pot__programme",
        "application__organisation__profile",
        "application__home_region",
        "application__voucher_type",
    )
    for award in found.order_by("granted_on", "pk"):
        entry = getattr(award, "register_entry", None)
        assert award.granted_on is not None  # noqa: S101  only grants are in the query
        yield Grant(
            award=award,
            granted_on=award.granted_on,
            due=award.due,  # type: ignore[attr-defined]
            due_on=due_day(award.granted_on, country=award.application.home_region.country),
            entered=entry.amount if entry else None,
            entered_at=entry.entered_at if entry else None,
            number=entry.number if entry else "",
        )
