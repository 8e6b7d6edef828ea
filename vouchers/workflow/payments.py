"""Every arrow of a payment batch and of its payments."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import BatchState, InstructionState

B, S = BatchState, InstructionState


class BatchTable(NamedTuple):
    """Every arrow of a batch; it is done when none of its payments is open."""

    CLOSE: Transition
    DISCARD: Transition


class InstructionTable(NamedTuple):
    """Every arrow of one payment."""

    PAY: Transition
    REFUSE: Transition
    BOUNCE: Transition
    DISCARD: Transition


BATCH = BatchTable(
    CLOSE=Transition(
        "close_batch",
        pgettext_lazy("payment batch", "The bank has executed it"),
        frozenset({B.OPEN}),
        B.DONE,
        may.may_settle_batch,
    ),
    DISCARD=Transition(
        "discard_batch",
        pgettext_lazy("payment batch", "Discard the batch"),
        frozenset({B.OPEN}),
        B.DISCARDED,
        may.may_settle_batch,
    ),
)
INSTRUCTION = InstructionTable(
    PAY=Transition(
        "pay_instruction",
        pgettext_lazy("payment", "Paid"),
        frozenset({S.OPEN}),
        S.PAID,
        may.may_pay_instruction,
    ),
    REFUSE=Transition(
        "refuse_instruction",
        pgettext_lazy("payment", "The bank refused it"),
        frozenset({S.OPEN}),
        S.REFUSED,
        may.may_settle_instruction,
    ),
    BOUNCE=Transition(
        "bounce_instruction",
        pgettext_lazy("payment", "The bank sent it back"),
        frozenset({S.PAID}),
        S.REFUSED,
        may.may_settle_instruction,
    ),
    DISCARD=Transition(
        "discard_instruction",
        pgettext_lazy("payment", "Discarded"),
        frozenset({S.OPEN}),
        S.DISCARDED,
        may.may_settle_instruction,
    ),
)
