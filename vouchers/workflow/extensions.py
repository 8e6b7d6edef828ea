"""Every arrow of an extension ticket."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import ExtensionState

S = ExtensionState


class ExtensionTable(NamedTuple):
    """Every arrow of an extension; giving creates it."""

    TAKE_EFFECT: Transition
    AGREE: Transition
    REFUSE: Transition


EXTENSION = ExtensionTable(
    TAKE_EFFECT=Transition(
        "take_effect",
        pgettext_lazy("extension", "Give"),
        frozenset({S.WAITING}),
        S.GIVEN,
        may.may_extend,
    ),
    AGREE=Transition(
        "agree",
        pgettext_lazy("extension", "Agree"),
        frozenset({S.WAITING}),
        S.GIVEN,
        may.may_agree_to_extension,
    ),
    REFUSE=Transition(
        "refuse",
        pgettext_lazy("extension", "Refuse"),
        frozenset({S.WAITING}),
        S.REFUSED,
        may.may_agree_to_extension,
    ),
)
