"""The kernel's workflow table: memberships."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.enums import MembershipState as S
from portal.permissions import is_member_self, may_decide_membership
from portal.workflow import Transition


class MembershipTable(NamedTuple):
    """Arrows of a membership; registering an organisation starts one that is active."""

    admit: Transition
    refuse: Transition
    take_back: Transition
    leave: Transition
    end: Transition


MEMBERSHIP = MembershipTable(
    admit=Transition(
        "admit",
        pgettext_lazy("membership", "Admit"),
        frozenset({S.REQUESTED}),
        S.ACTIVE,
        may_decide_membership,
    ),
    refuse=Transition(
        "refuse",
        pgettext_lazy("membership", "Refuse"),
        frozenset({S.REQUESTED}),
        S.REFUSED,
        may_decide_membership,
    ),
    take_back=Transition(
        "take_back",
        pgettext_lazy("membership", "Take back your request"),
        frozenset({S.REQUESTED}),
        S.ENDED,
        is_member_self,
    ),
    leave=Transition(
        "leave",
        pgettext_lazy("membership", "Leave"),
        frozenset({S.ACTIVE}),
        S.ENDED,
        is_member_self,
    ),
    end=Transition(
        "end",
        pgettext_lazy("membership", "End the membership"),
        frozenset({S.ACTIVE}),
        S.ENDED,
        may_decide_membership,
    ),
)
