"""Every arrow of an agreement, and of a change of an accepted award."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import AgreementState, AwardChangeState

G, C = AgreementState, AwardChangeState


class AgreementTable(NamedTuple):
    """Every arrow of an agreement; telling the award creates it."""

    SIGN: Transition
    FILE: Transition
    DECLINE: Transition
    VOID: Transition


class AwardChangeTable(NamedTuple):
    """Every arrow of a change; asking creates it."""

    APPROVE: Transition
    REFUSE: Transition
    DROP: Transition


AGREEMENT = AgreementTable(
    SIGN=Transition(
        "sign_agreement",
        pgettext_lazy("agreement", "Sign"),
        frozenset({G.OPEN}),
        G.SIGNED,
        may.is_partner,
    ),
    FILE=Transition(
        "file_agreement",
        pgettext_lazy("agreement", "File the signed paper"),
        frozenset({G.OPEN}),
        G.SIGNED,
        may.may_file_agreement,
    ),
    DECLINE=Transition(
        "decline_agreement",
        pgettext_lazy("agreement", "Decline"),
        frozenset({G.OPEN}),
        G.DECLINED,
        may.is_partner,
    ),
    VOID=Transition(
        "void_agreement",
        pgettext_lazy("agreement", "Set aside"),
        frozenset({G.OPEN}),
        G.VOID,
        may.may_void_agreement,
    ),
)
AWARD_CHANGE = AwardChangeTable(
    APPROVE=Transition(
        "approve_change",
        pgettext_lazy("change", "Approve"),
        frozenset({C.ASKED}),
        C.APPROVED,
        may.may_answer_award_change,
    ),
    REFUSE=Transition(
        "refuse_change",
        pgettext_lazy("change", "Refuse"),
        frozenset({C.ASKED}),
        C.REFUSED,
        may.may_answer_award_change,
    ),
    DROP=Transition(
        "drop_change",
        pgettext_lazy("change", "Set aside"),
        frozenset({C.ASKED}),
        C.DROPPED,
        may.may_end_award_change,
    ),
)
