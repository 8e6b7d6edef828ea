"""The business clock: what time it is for calls, deadlines, promises and letters.

Sessions, tokens and one-time codes do not ask here: they use real time. Only the edge (views,
tasks, commands) reads this clock; actions and rules take ``now`` as an argument.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

_stopped_at: list[datetime] = []


def now() -> datetime:
    """The present instant of the business clock, aware, in UTC.

    ``PORTAL_NOW`` moves it by a constant distance, so it runs on from there.
    """
    return _stopped_at[-1] if _stopped_at else timezone.now() + settings.CLOCK_OFFSET


def today(zone: str) -> date:
    """The calendar day that the clock shows in ``zone``, an IANA name such as Europe/Brussels."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def moved_to(instant: datetime) -> Iterator[None]:
    """Let the clock stand at ``instant``, which must be aware, for the duration; may be nested.

    It holds for every thread of this process: for rehearsals and tests, never for requests.
    """
    if timezone.is_naive(instant):
        raise ValueError("The clock needs an instant with its zone.")
    _stopped_at.append(instant)
    try:
        yield
    finally:
        _stopped_at.pop()
