"""What is left in the pots that a person may see."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from portal.models import User
from portal.money import ZERO
from vouchers.models import Balance, Pot, balances


@dataclass(frozen=True, slots=True)
class Budget:
    """Sums in EUR over the pots, and whose they are."""

    label: str
    allocated: Decimal
    used: Decimal
    free: Decimal


def budget_of(user: User) -> Budget | None:
    """Return the running programmes' money of the person's regions; None where there is none."""
    pots = Pot.objects.visible_to(user).filter(programme__is_historic=False)
    found = list(balances(pots).values())
    if not found:
        return None
    return Budget(
        label=gettext("Region budget left") if len(found) == 1 else gettext("Budget left"),
        allocated=_sum(found, "allocated"),
        used=_sum(found, "used"),
        free=_sum(found, "free"),
    )


def _sum(found: list[Balance], name: str) -> Decimal:
    return sum((getattr(balance, name) for balance in found), ZERO)
