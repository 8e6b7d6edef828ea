"""Every arrow of a change of an announced call."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import CallChangeState

S = CallChangeState


class CallChangeTable(NamedTuple):
    """Every arrow of a change; asking creates it."""

    AGREE: Transition
    REFUSE: Transition


CALL_CHANGE = CallChangeTable(
    AGREE=Transition(
        "agree",
        pgettext_lazy("call change", "Agree"),
        frozenset({S.WAITING}),
        S.MADE,
        may.may_agree_to_call_change,
    ),
    REFUSE=Transition(
        "refuse",
        pgettext_lazy("call change", "Refuse"),
        frozenset({S.WAITING}),
        S.REFUSED,
        may.may_answer_call_change,
    ),
)
