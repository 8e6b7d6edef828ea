"""Every arrow of a co-applicant's seat."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import OPEN_SEAT, SeatState

C = SeatState


class SeatTable(NamedTuple):
    """Every arrow of a co-applicant's seat; inviting creates it."""

    ACCEPT: Transition
    REMOVE: Transition


SEAT = SeatTable(
    ACCEPT=Transition(
        "accept_seat",
        pgettext_lazy("co-applicant", "Accept"),
        frozenset({C.INVITED}),
        C.ACCEPTED,
        may.may_take_seat,
    ),
    REMOVE=Transition(
        "remove_co_applicant",
        pgettext_lazy("co-applicant", "Remove"),
        OPEN_SEAT,
        C.REMOVED,
        may.may_remove_co_applicant,
    ),
)
