"""The promise clock of an application."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from vouchers.cases.places import holidays_of
from vouchers.models import Application, ChangeRequest
from vouchers.rules.deadlines import Pause, Promise


def promise_of(
    application: Application, *, asked: Iterable[ChangeRequest] | None = None
) -> Promise:
    """Return the promise clock: working days of the home region, standing while returned.

    `asked` are the application's change requests, for who has them at hand.
    """
    region = application.home_region
    pauses = application.change_requests.all() if asked is None else asked
    return Promise(
        started_at=application.first_submitted_at or application.started_at,
        working_days=application.call.programme.promise_days,
        zone=ZoneInfo(region.time_zone),
        holidays=holidays_of(region.country),
        pauses=tuple(Pause(since=p.asked_at, until=p.answered_at) for p in pauses),
    )
