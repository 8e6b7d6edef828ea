"""Receipts in other currencies: turned into euros at a stated rate; both are kept."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.money import CENT, cents
from vouchers.enums import RateSource
from vouchers.rules.verdict import Params, Reason, ReasonCode, Verdict, combine

# Further away than this the rate is hardly the one at which the receipt was paid.
USUAL_DISTANCE = timedelta(days=31)
MOST = Decimal("999999999.99")
SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate as the European Central Bank writes it: 1 EUR = `per_euro` units of the currency."""

    per_euro: Decimal
    on: date
    source: str


def euros(amount: Decimal, rate: Rate) -> Decimal:
    """Return an amount of the currency in EUR, rounded half up to cents."""
    return cents(amount / rate.per_euro)


def check_rate(rate: Rate, *, amount: Decimal, paid_on: date, today: date) -> Verdict:
    """Whether the rate can be the one of a receipt over `amount` units, and what is odd about it.

    A day to come is refused, as is a rate that makes nothing or a fortune of the receipt.
    """
    return combine(_not_to_come(rate, today), _plausible(rate, amount), odd(rate, paid_on=paid_on))


def odd(rate: Rate, *, paid_on: date) -> Verdict:
    """Return notes on a rate that is possible and yet unusual: the broker looks at it."""
    notes = []
    if abs(rate.on - paid_on) > USUAL_DISTANCE:
        params: Params = {"rate_on": rate.on, "paid_on": paid_on, "days": str(USUAL_DISTANCE.days)}
        notes.append(Reason(ReasonCode.RATE_FAR_FROM_RECEIPT, params))
    if rate.source == RateSource.ECB and rate.on.weekday() >= SATURDAY:
        notes.append(Reason(ReasonCode.RATE_ON_WEEKEND, {"rate_on": rate.on}))
    return Verdict(notes=tuple(notes))


def _not_to_come(rate: Rate, today: date) -> Verdict:
    if rate.on > today:
        return Verdict(reasons=(Reason(ReasonCode.RATE_IN_FUTURE),))
    return Verdict()


def _plausible(rate: Rate, amount: Decimal) -> Verdict:
    worth = euros(amount, rate)
    if CENT <= worth <= MOST:
        return Verdict()
    return Verdict(reasons=(Reason(ReasonCode.RATE_IMPLAUSIBLE, {"worth": worth}),))
