"""Money that a region still has for one call: the same to who decides and to who applies."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from portal.money import ZERO
from vouchers.models import (
    Application,
    Balance,
    Call,
    LedgerEntry,
    Pot,
    PotCeiling,
    balance_of,
    balances,
    balances_by_call,
)


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
    rooms = [_whole(pot, balance or balance_of(pot))]
    ceiling = PotCeiling.objects.filter(pot=pot, call=call).first()
    if ceiling is not None:
        used = LedgerEntry.objects.filter(pot=pot, award__application__call=call).balance().used
        rooms.append(RegionalRoom(ceiling.amount - used, ceiling.amount))
    return min(rooms, key=lambda room: room.left)


def _whole(pot: Pot, balance: Balance) -> RegionalRoom:
    limit = balance.allocated * pot.programme.over_commit_factor
    return RegionalRoom(limit - balance.used, limit)


@dataclass(slots=True)
class Purse:
    """A pot as a forecast spends it, in EUR: `free` as the desk names it, `left` what it gives."""

    pot: Pot
    before: Decimal
    free: Decimal
    left: Decimal


class Purses:
    """The pots and ceilings of many applications, read in four statements at most."""

    def __init__(self, applications: Collection[Application]) -> None:
        homes = {(row.call.programme_id, row.home_region_id) for row in applications}
        pots = Pot.objects.filter(
            programme__in={programme for programme, _region in homes},
            region__in={region for _programme, region in homes},
        )
        held = balances(pots)
        self.purses: dict[tuple[int, int], Purse] = {}
        for pot in pots.select_related("programme", "region"):
            balance = held.get(pot.pk, Balance())
            purse = Purse(pot, balance.free, balance.free, _whole(pot, balance).left)
            self.purses[pot.programme_id, pot.region_id] = purse
        calls = {row.call_id for row in applications}
        ceilings = PotCeiling.objects.filter(pot__in=pots, call__in=calls)
        limits = {(row.pot_id, row.call_id): row.amount for row in ceilings}
        used = balances_by_call(pots) if limits else {}
        self._ceilings = {
            key: amount - used.get(key, Balance()).used for key, amount in limits.items()
        }

    def of(self, application: Application) -> Purse | None:
        """Return the purse of the application's home region; None where it has no pot."""
        return self.purses.get((application.call.programme_id, application.home_region_id))

    def left_for(self, application: Application) -> Decimal:
        """Return what pot and ceiling still give for the application's call, in EUR."""
        purse = self.of(application)
        if purse is None:
            return ZERO
        return min(purse.left, self._ceilings.get((purse.pot.pk, application.call_id), purse.left))

    def take(self, application: Application, amount: Decimal) -> bool:
        """Spend an amount in EUR ahead, if pot and ceiling have it."""
        purse = self.of(application)
        if purse is None or amount > self.left_for(application):
            return False
        key = (purse.pot.pk, application.call_id)
        purse.free, purse.left = purse.free - amount, purse.left - amount
        if key in self._ceilings:
            self._ceilings[key] -= amount
        return True
