"""Every arrow of an award."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import AwardState

A = AwardState


class AwardTable(NamedTuple):
    """Every arrow of an award."""

    ACCEPT: Transition
    DECLINE: Transition
    LAPSE: Transition
    COMPLETE: Transition
    CANCEL: Transition
    REVOKE: Transition


# No arrows: they change no state of the award, but only one that runs is tended or changed.
TEND = Transition(
    "tend",
    pgettext_lazy("award", "Tend"),
    frozenset({A.ACCEPTED}),
    A.ACCEPTED,
    may.is_award_home_broker,
)
CHANGE = Transition(
    "ask_change",
    pgettext_lazy("award", "Ask for a change"),
    frozenset({A.ACCEPTED}),
    A.ACCEPTED,
    may.is_holder,
)
AWARD = AwardTable(
    ACCEPT=Transition(
        "accept",
        pgettext_lazy("award", "Accept"),
        frozenset({A.OFFERED}),
        A.ACCEPTED,
        may.is_holder,
        historic=True,
    ),
    DECLINE=Transition(
        "decline",
        pgettext_lazy("award", "Decline"),
        frozenset({A.OFFERED}),
        A.DECLINED,
        may.is_holder,
        historic=True,
    ),
    LAPSE=Transition(
        "lapse",
        pgettext_lazy("award", "Lapse"),
        frozenset({A.OFFERED, A.ACCEPTED}),
        A.LAPSED,
        may.is_clock,
        historic=True,
    ),
    COMPLETE=Transition(
        "complete",
        pgettext_lazy("award", "Accept the final report"),
        frozenset({A.ACCEPTED}),
        A.COMPLETED,
        may.is_award_home_broker,
        historic=True,
    ),
    CANCEL=Transition(
        "cancel",
        pgettext_lazy("award", "Cancel"),
        frozenset({A.OFFERED, A.ACCEPTED}),
        A.CANCELLED,
        may.is_award_home_broker,
        historic=True,
    ),
    REVOKE=Transition(
        "revoke",
        pgettext_lazy("award", "Revoke and recover"),
        frozenset({A.ACCEPTED, A.COMPLETED}),
        A.REVOKED,
        may.is_award_manager,
        historic=True,
    ),
)
