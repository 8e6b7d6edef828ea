"""Every arrow of a partner's consent."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import STANDING_CONSENT, ConsentState

P = ConsentState


class ConsentTable(NamedTuple):
    """Every arrow of a partner's consent; asking creates it."""

    GIVE: Transition
    DECLINE: Transition
    VOID: Transition


CONSENT = ConsentTable(
    GIVE=Transition(
        "give_consent",
        pgettext_lazy("consent", "Confirm"),
        frozenset({P.ASKED}),
        P.GIVEN,
        may.is_partner,
    ),
    DECLINE=Transition(
        "decline_consent",
        pgettext_lazy("consent", "Decline"),
        frozenset({P.ASKED}),
        P.DECLINED,
        may.is_partner,
    ),
    VOID=Transition(
        "void_consent",
        pgettext_lazy("consent", "Set aside"),
        STANDING_CONSENT,
        P.VOID,
        may.may_void_consent,
    ),
)
