"""Every arrow of an appeal."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import AppealState

S = AppealState


class AppealTable(NamedTuple):
    """Every arrow of an appeal; filing creates it."""

    UPHOLD: Transition
    DISMISS: Transition


APPEAL = AppealTable(
    UPHOLD=Transition(
        "uphold",
        pgettext_lazy("appeal", "Uphold"),
        frozenset({S.FILED}),
        S.UPHELD,
        may.may_answer_appeal,
    ),
    DISMISS=Transition(
        "dismiss",
        pgettext_lazy("appeal", "Dismiss"),
        frozenset({S.FILED}),
        S.DISMISSED,
        may.may_answer_appeal,
    ),
)
