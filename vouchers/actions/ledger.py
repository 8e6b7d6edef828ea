"""The only code that writes ledger lines; a pot is locked before it is asked."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.models import Document
from portal.money import ZERO
from portal.permissions import Actor
from portal.workflow import action, record
from vouchers.cases.room import room_in
from vouchers.enums import EntryKind, Stage
from vouchers.models import (
    Award,
    Balance,
    Call,
    LedgerEntry,
    Pot,
    balance_of,
)


class PotExhausted(Exception):
    """The region has not enough money left; `balance` tells what there is, in EUR."""

    def __init__(self, pot: Pot, balance: Balance) -> None:
        super().__init__(f"{pot}: {balance.free} free")
        self.pot = pot
        self.balance = balance


def locked(pot: Pot) -> Pot:
    """Return the pot with its row locked until the transaction ends."""
    pots = Pot.objects.select_related("programme")
    return pots.select_for_update(of=("self",), no_key=True).get(pk=pot.pk)


@dataclass(frozen=True, slots=True)
class Room:
    """Money in EUR that a pot, locked in this transaction, has left; only find_room() makes it."""

    pot: Pot
    amount: Decimal


def find_room(pot: Pot, amount: Decimal, *, call: Call) -> Room:
    """Lock the pot and find room for an amount in EUR in it and under the call's ceiling.

    Raises PotExhausted.
    """
    pot = locked(pot)
    balance = balance_of(pot)
    if not room_in(pot, call, balance=balance).takes(amount):
        raise PotExhausted(pot, balance)
    return Room(pot, amount)


@action
def allocate(pot: Pot, *, amount: Decimal, reason: str, by: Actor, now: datetime) -> LedgerEntry:
    """Add an allocation in EUR to a pot."""
    return _append(
        pot=locked(pot), kind=EntryKind.ALLOCATE, amount=amount, reason=reason, by=by, now=now
    )


@action
def move_money(
    pot: Pot,
    *,
    to: Pot,
    amount: Decimal,
    reason: str,
    document: Document | None,
    by: Actor,
    now: datetime,
) -> LedgerEntry:
    """Move an amount in EUR to another region's pot. Raises PotExhausted."""
    pots = {p.pk: locked(p) for p in sorted((pot, to), key=lambda p: p.pk)}
    source = pots[pot.pk]
    balance = balance_of(source)
    if balance.free < amount:
        raise PotExhausted(source, balance)
    return _append(
        pot=source,
        kind=EntryKind.MOVE,
        amount=amount,
        to_pot=to,
        reason=reason,
        document=document,
        by=by,
        now=now,
    )


@action
def reserve(award: Award, *, room: Room, by: Actor, now: datetime) -> LedgerEntry:
    """Reserve the award's amount in EUR in the room that was found for it."""
    return _append(
        pot=room.pot, award=award, kind=EntryKind.RESERVE, amount=room.amount, by=by, now=now
    )


@action
def commit(award: Award, *, by: Actor, now: datetime) -> LedgerEntry:
    """Turn the reservation into a commitment: the SME has accepted."""
    return _append(
        pot=award.pot, award=award, kind=EntryKind.COMMIT, amount=award.amount, by=by, now=now
    )


@action
def pay(award: Award, *, amount: Decimal, by: Actor, now: datetime) -> LedgerEntry:
    """Book a payment in EUR. Raises PotExhausted when paid would exceed allocated or committed."""
    pot = locked(award.pot)
    balance, own = balance_of(pot), award.entries.all().balance()
    if amount > own.committed or balance.paid + amount > balance.allocated:
        raise PotExhausted(pot, balance)
    return _append(pot=pot, award=award, kind=EntryKind.PAY, amount=amount, by=by, now=now)


@action
def release_rest(award: Award, *, reason: str, by: Actor, now: datetime) -> None:
    """Give back what the award still holds; freeing money needs no lock."""
    own = award.entries.all().balance()
    for stage, amount in ((Stage.RESERVED, own.reserved), (Stage.COMMITTED, own.committed)):
        if amount > ZERO:
            _append(
                pot=award.pot,
                award=award,
                kind=EntryKind.RELEASE,
                stage=stage,
                amount=amount,
                reason=reason,
                by=by,
                now=now,
            )


@action
def bounce(award: Award, *, amount: Decimal, reason: str, by: Actor, now: datetime) -> LedgerEntry:
    """Book a payment in EUR that the bank sent back: the award holds the money again.

    What the award did not use stays with the pot. Raises PotExhausted above what was paid.
    """
    pot = locked(award.pot)
    if amount > award.entries.all().balance().paid:
        raise PotExhausted(pot, balance_of(pot))
    return _append(
        pot=pot, award=award, kind=EntryKind.BOUNCE, amount=amount, reason=reason, by=by, now=now
    )


@action
def recover(award: Award, *, amount: Decimal, reason: str, by: Actor, now: datetime) -> LedgerEntry:
    """Book money in EUR that came back from a payee. Raises PotExhausted above what was paid."""
    pot = locked(award.pot)
    if amount > award.entries.all().balance().paid:
        raise PotExhausted(pot, balance_of(pot))
    return _append(
        pot=pot, award=award, kind=EntryKind.RECOVER, amount=amount, reason=reason, by=by, now=now
    )


def _append(
    *,
    pot: Pot,
    kind: EntryKind,
    amount: Decimal,
    by: Actor,
    now: datetime,
    award: Award | None = None,
    stage: str = "",
    to_pot: Pot | None = None,
    reason: str = "",
    document: Document | None = None,
) -> LedgerEntry:
    line = LedgerEntry.objects.create(
        pot=pot,
        award=award,
        kind=kind,
        stage=stage,
        amount=amount,
        to_pot=to_pot,
        at=now,
        by=by.user,
        reason=reason,
        document=document,
    )
    record(
        line,
        kind,
        by=by,
        now=now,
        chain=pot.programme.code,
        **line_facts(line),
    )
    return line


def line_facts(line: LedgerEntry) -> dict[str, Any]:
    """Return what the journal keeps of a line, so that the two can be compared."""
    return {
        "pot": line.pot_id,
        "award": line.award_id,
        "kind": str(line.kind),
        "stage": str(line.stage),
        "amount": f"{line.amount:.2f}",
        "to_pot": line.to_pot_id,
    }
