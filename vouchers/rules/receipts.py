"""Which receipts a claim may hold: dated while the voucher is valid, and each one once a firm."""

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


def check_removable(receipt: Receipt, *, is_asked_about: bool) -> Verdict:
    """Whether a receipt may leave the claim: what was asked about it stays."""
    if is_asked_about:
        return _refuse(Reason(ReasonCode.RECEIPT_ASKED_ABOUT, receipt._asdict()))
    return Verdict()


def check_answered(open_positions: Iterable[int]) -> Verdict:
    """Whether no receipt, named by its position, has an open question."""
    return Verdict(
        reasons=tuple(
            Reason(ReasonCode.QUESTION_OPEN, {"position": str(position)})
            for position in open_positions
        )
    )


def still_open(position: int, *, is_open: bool) -> Verdict:
    """Whether there is a question to answer or close about the receipt at a position."""
    if is_open:
        return Verdict()
    return _refuse(Reason(ReasonCode.QUESTION_ANSWERED, {"position": str(position)}))


class Claimed(NamedTuple):
    """A receipt in another claim of the same firm; `file` is the hash of its file, or empty."""

    receipt: Receipt
    file: str
    claim: str


def check_elsewhere(receipt: Receipt, file: str, claimed: Iterable[Claimed]) -> Verdict:
    """Whether no other claim of the firm holds the receipt or its file; `file` is a hash or "".

    A cost is paid once. A proof of payment is not looked at: one bank statement may prove many.
    """
    reasons = []
    for other in claimed:
        if receipt.matches(other.receipt):
            params = {**receipt._asdict(), "claim": other.claim}
            reasons.append(Reason(ReasonCode.RECEIPT_CLAIMED, params))
        elif file and file == other.file:
            reasons.append(Reason(ReasonCode.RECEIPT_FILE_CLAIMED, {"claim": other.claim}))
    return Verdict(reasons=tuple(reasons))


def _refuse(reason: Reason) -> Verdict:
    return Verdict(reasons=(reason,))


def _plain(receipt: Receipt) -> tuple[str, ...]:
    return tuple(" ".join(part.split()).casefold() for part in receipt)
