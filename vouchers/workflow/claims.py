"""Every arrow of a claim."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import ClaimState

K = ClaimState


class ClaimTable(NamedTuple):
    """Every arrow of a claim."""

    FILE: Transition
    SEND_BACK: Transition
    APPROVE: Transition
    PAY: Transition
    BOUNCE: Transition


CLAIM = ClaimTable(
    FILE=Transition(
        "file",
        pgettext_lazy("claim", "Send the claim"),
        frozenset({K.DRAFT, K.RETURNED}),
        K.FILED,
        may.is_claimant,
        historic=True,
    ),
    SEND_BACK=Transition(
        "send_back",
        pgettext_lazy("claim", "Send back"),
        frozenset({K.FILED}),
        K.RETURNED,
        may.may_send_claim_back,
    ),
    APPROVE=Transition(
        "approve",
        pgettext_lazy("claim", "Approve"),
        frozenset({K.FILED}),
        K.APPROVED,
        may.may_approve_claim,
        historic=True,
    ),
    PAY=Transition(
        "pay",
        pgettext_lazy("claim", "Mark as paid"),
        frozenset({K.APPROVED}),
        K.PAID,
        may.may_pay,
        historic=True,
    ),
    BOUNCE=Transition(
        "bounce",
        pgettext_lazy("claim", "The bank sent it back"),
        frozenset({K.PAID}),
        K.APPROVED,
        may.may_bounce,
    ),
)
