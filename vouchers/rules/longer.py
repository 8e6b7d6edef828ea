"""When an award may be valid for longer, and which reminder of its end is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from vouchers.rules.verdict import Params, Reason, ReasonCode, Verdict

# Days before the end of an award on which its two sides are reminded.
REMINDERS = (90, 30, 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An extension that is asked for: months, beside the most that the terms allow."""

    months: int
    limit: int
    ends_on: date | None
    is_asked: bool
    is_extended: bool


def check_extension(wish: Wish, *, today: date) -> Verdict:
    """Whether an award may be extended: once, asked for by its last day, by so many months."""
    reasons = {
        ReasonCode.NO_EXTENSION: wish.limit == 0 or wish.ends_on is None,
        ReasonCode.EXTENDED_ONCE: wish.is_extended,
        ReasonCode.CHANGE_ASKED: wish.is_asked,
        ReasonCode.EXTENSION_TOO_LATE: wish.ends_on is not None and today > wish.ends_on,
        ReasonCode.EXTENSION_TOO_LONG: not 0 < wish.months <= wish.limit,
    }
    first = next((code for code, refuses in reasons.items() if refuses), None)
    if first is None:
        return Verdict()
    params: Params = {"ends_on": wish.ends_on or today, "limit": wish.limit}
    return Verdict(reasons=(Reason(first, params),))


def reminder_due(
    ends_on: date, *, since: date, today: date, before: Iterable[int] = REMINDERS
) -> int | None:
    """Return the reminder that is due, in days before the end: the nearest of those that passed.

    None after the end, and where the award began after the day of the reminder.
    """
    left = (ends_on - today).days
    nearest = min((days for days in before if left <= days), default=None)
    if left < 0 or nearest is None or since > ends_on - timedelta(days=nearest):
        return None
    return nearest
