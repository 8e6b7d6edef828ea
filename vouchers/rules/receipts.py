"""Which receipts a claim may hold: dated while the voucher is valid, and each one once."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from vouchers.rules.verdict import Reason, ReasonCode, Verdict


class Receipt(NamedTuple):
    """What tells two receipts apart: who wrote it and the number on it."""

    supplier: str
    number: str

    def matches(self, other: "Receipt") -> bool:
        """Whether both name the same receipt, whatever the capitals and spaces."""
        return _plain(self) == _plain(other)


def check_day(day: date, *, starts_on: date | None, ends_on: date | None, today: date) -> Verdict:
    """Whether a receipt of the day is dated within the award, both ends counted."""
    if day > today:
        return _refuse(Reason(ReasonCode.RECEIPT_IN_FUTURE))
    if starts_on is None or ends_on is None or starts_on <= day <= ends_on:
        return Verdict()
    period = {"starts_on": starts_on, "ends_on": ends_on}
    return _refuse(Reason(ReasonCode.RECEIPT_OUTSIDE_PERIOD, period))


def check_once(receipt: Receipt, others: Iterable[Receipt]) -> Verdict:
    """Whether none of the claim's other receipts is this one."""
    if any(receipt.matches(other) for other in others):
        return _refuse(Reason(ReasonCode.RECEIPT_TWICE, receipt._asdict()))
    return Verdict()


def _refuse(reason: Reason) -> Verdict:
    return Verdict(reasons=(reason,))


def _plain(receipt: Receipt) -> tuple[str, ...]:
    return tuple(" ".join(part.split()).casefold() for part in receipt)
