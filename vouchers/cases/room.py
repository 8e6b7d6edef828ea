"""Money that a region still has for one call: the same to who decides and to who applies."""

from dataclasses import dataclass
from decimal import Decimal

from portal.money import ZERO
from vouchers.models import Balance, Call, LedgerEntry, Pot, PotCeiling, balance_of


@dataclass(frozen=True, slots=True)
class RegionalRoom:
    """What a call may still award in a region, and of how much, in EUR."""

    left: Decimal
    of: Decimal

    def takes(self, amount: Decimal) -> bool:
        """Whether an award of the amount in EUR still fits."""
        return amount <= self.left

    @property
    def share(self) -> Decimal:
        """The part that is left, from 0 to 1."""
        return max(ZERO, self.left) / self.of if self.of else ZERO


def room_in(pot: Pot, call: Call, *, balance: Balance | None = None) -> RegionalRoom:
    """Return what the pot, over-committed as its programme allows, and the call's ceiling leave."""
    balance = balance or balance_of(pot)
    limit = balance.allocated * pot.programme.over_commit_factor
    rooms = [RegionalRoom(limit - balance.used, limit)]
    ceiling = PotCeiling.objects.filter(pot=pot, call=call).first()
    if ceiling is not None:
        used = LedgerEntry.objects.filter(pot=pot, award__application__call=call).balance().used
        rooms.append(RegionalRoom(ceiling.amount - used, ceiling.amount))
    return min(rooms, key=lambda room: room.left)
