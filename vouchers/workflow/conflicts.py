"""Every arrow of a conflict of interest."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import ConflictState

S = ConflictState


class ConflictTable(NamedTuple):
    """Every arrow of a conflict of interest; finding or declaring creates it."""

    STEP_ASIDE: Transition
    CONFIRM: Transition
    CLEAR: Transition
    DECLARE_AGAIN: Transition


CONFLICT = ConflictTable(
    STEP_ASIDE=Transition(
        "step_aside",
        pgettext_lazy("conflict of interest", "Step aside"),
        frozenset({S.OPEN}),
        S.STANDS,
        may.is_concerned,
    ),
    CONFIRM=Transition(
        "confirm",
        pgettext_lazy("conflict of interest", "It stands"),
        frozenset({S.OPEN}),
        S.STANDS,
        may.may_judge_conflict,
    ),
    CLEAR=Transition(
        "clear",
        pgettext_lazy("conflict of interest", "Clear"),
        frozenset({S.OPEN, S.STANDS}),
        S.CLEARED,
        may.may_judge_conflict,
    ),
    DECLARE_AGAIN=Transition(
        "declare_again",
        pgettext_lazy("conflict of interest", "Declare again"),
        frozenset({S.CLEARED}),
        S.OPEN,
        may.is_concerned,
    ),
)
