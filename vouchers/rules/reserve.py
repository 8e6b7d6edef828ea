"""The reserve list: by rank, whoever decides."""

from collections.abc import Sequence
from decimal import Decimal

from vouchers.enums import ReserveOrder
from vouchers.rules.verdict import Reason, ReasonCode, Verdict


def next_of(amounts: Sequence[Decimal], *, order: ReserveOrder, left: Decimal) -> int | None:
    """Return the index of who comes next, None while the money that is left takes nobody.

    `amounts` are what those on the list ask for, in their order, in EUR.
    """
    considered = amounts if order == ReserveOrder.FITS else amounts[:1]
    return next((at for at, amount in enumerate(considered) if amount <= left), None)


def check_turn(
    amounts: Sequence[Decimal],
    place: int,
    *,
    order: ReserveOrder,
    left: Decimal,
    names: Sequence[str],
) -> Verdict:
    """Whether it is the turn of who stands at the place, counted from 0.

    `names` says who stands where. Whether the money takes who is asked for is the ledger's answer.
    """
    waits_for_all = order == ReserveOrder.RANK
    before = [at for at in range(place) if waits_for_all or amounts[at] <= left]
    if not before:
        return Verdict()
    first = {"first": names[before[0]]}
    return Verdict(reasons=(Reason(ReasonCode.NOT_FIRST_ON_RESERVE, first),))
