"""Every arrow of a call."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import CallState

C = CallState


class CallTable(NamedTuple):
    """Every arrow of a call; open and close only journal what the instants decide."""

    SCHEDULE: Transition
    OPEN: Transition
    CLOSE: Transition
    PUBLISH: Transition


CALL = CallTable(
    SCHEDULE=Transition(
        "schedule",
        pgettext_lazy("call", "Publish the call"),
        frozenset({C.DRAFT}),
        C.SCHEDULED,
        may.is_manager_of_call,
        historic=True,
    ),
    OPEN=Transition(
        "open",
        pgettext_lazy("call", "Open"),
        frozenset({C.SCHEDULED}),
        C.OPEN,
        may.is_clock,
        historic=True,
    ),
    CLOSE=Transition(
        "close",
        pgettext_lazy("call", "Close"),
        frozenset({C.OPEN}),
        C.CLOSED,
        may.is_clock,
        historic=True,
    ),
    PUBLISH=Transition(
        "publish",
        pgettext_lazy("call", "Publish the results"),
        frozenset({C.CLOSED}),
        C.DECIDED,
        may.is_manager_of_call,
        historic=True,
    ),
)
