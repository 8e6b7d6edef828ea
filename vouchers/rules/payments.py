"""Which claims a payment batch may hold, and on which days it is executed."""

from dataclasses import dataclass
from datetime import date

from vouchers.rules.verdict import Reason, ReasonCode, Verdict


@dataclass(frozen=True, slots=True)
class Payment:
    """What decides whether a claim may be paid by a batch; `batch` is the open one that has it."""

    is_due: bool
    is_own: bool
    pays_itself: bool
    country: str
    fits: bool
    is_reached: bool
    is_writable: bool
    is_refused: bool
    batch: str = ""


def check_payable(payment: Payment) -> Verdict:
    """Whether the claim may be instructed; the first thing that stands against it."""
    if not payment.is_due:
        return _refuse(ReasonCode.PAYMENT_NOT_DUE)
    if payment.batch:
        return check_free(payment.batch)
    if payment.is_own:
        return _refuse(ReasonCode.PAYMENT_OWN)
    if payment.pays_itself:
        return _refuse(ReasonCode.PAYMENT_BY_PARTNER)
    return _check_account(payment)


def _check_account(payment: Payment) -> Verdict:
    if payment.is_refused:
        return _refuse(ReasonCode.ACCOUNT_REFUSED)
    if not payment.country:
        return _refuse(ReasonCode.ACCOUNT_MISSING)
    if not payment.fits:
        return _refuse(ReasonCode.ACCOUNT_WRONG)
    if not payment.is_reached:
        return _refuse(ReasonCode.ACCOUNT_OUT_OF_REACH, country=payment.country)
    if not payment.is_writable:
        return _refuse(ReasonCode.HOLDER_NOT_EXPRESSIBLE)
    return Verdict()


def check_free(batch: str) -> Verdict:
    """Whether no open batch has the claim: the bank may be paying it."""
    return _refuse(ReasonCode.PAYMENT_INSTRUCTED, batch=batch) if batch else Verdict()


def check_by_hand(batch: str, *, is_refused: bool) -> Verdict:
    """Whether a claim may be paid outside a batch: not where its account was refused."""
    return _refuse(ReasonCode.ACCOUNT_REFUSED) if is_refused else check_free(batch)


def check_execution(day: date, *, today: date) -> Verdict:
    """Whether the bank can still be asked to pay on the day."""
    return Verdict() if day >= today else _refuse(ReasonCode.EXECUTION_PAST)


def check_executed(day: date, *, made_on: date, today: date) -> Verdict:
    """Whether the bank can have paid on the day: not before the batch, not in the future."""
    if day > today:
        return _refuse(ReasonCode.EXECUTED_IN_FUTURE)
    return Verdict() if day >= made_on else _refuse(ReasonCode.EXECUTED_TOO_EARLY, day=made_on)


def _refuse(code: ReasonCode, **params: str | date) -> Verdict:
    return Verdict(reasons=(Reason(code, params),))
