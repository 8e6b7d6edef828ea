"""Every arrow of an application."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import EDITABLE, OPEN, SIGNABLE, UNDECIDED, ApplicationState

S = ApplicationState


class ApplicationTable(NamedTuple):
    """Every arrow of an application."""

    SUBMIT: Transition
    STAND: Transition
    SEND_BACK: Transition
    FIND_ELIGIBLE: Transition
    FIND_INELIGIBLE: Transition
    REINSTATE: Transition
    ASSIGN: Transition
    RECOMMEND: Transition
    NOT_RECOMMEND: Transition
    APPROVE: Transition
    RESERVE: Transition
    REVERSE: Transition
    END_RESERVE: Transition
    UPHOLD: Transition
    RANK_AGAIN: Transition
    FIND_ELIGIBLE_AGAIN: Transition
    REJECT: Transition
    WITHDRAW: Transition
    REOPEN: Transition


APPLICATION = ApplicationTable(
    SUBMIT=Transition(
        "submit",
        pgettext_lazy("application", "Submit"),
        EDITABLE,
        S.SUBMITTED,
        may.is_applicant,
        historic=True,
    ),
    STAND=Transition(
        "stand",
        pgettext_lazy("application", "Stand as first submitted"),
        frozenset({S.RETURNED}),
        S.SUBMITTED,
        may.is_clock,
    ),
    SEND_BACK=Transition(
        "send_back",
        pgettext_lazy("application", "Send back with a question"),
        frozenset({S.SUBMITTED, S.ELIGIBLE, S.IN_ASSESSMENT}),
        S.RETURNED,
        may.may_send_back,
    ),
    FIND_ELIGIBLE=Transition(
        "find_eligible",
        pgettext_lazy("application", "Eligible"),
        frozenset({S.SUBMITTED}),
        S.ELIGIBLE,
        may.is_home_broker,
        historic=True,
    ),
    FIND_INELIGIBLE=Transition(
        "find_ineligible",
        pgettext_lazy("application", "Ineligible"),
        frozenset({S.SUBMITTED}),
        S.INELIGIBLE,
        may.is_home_broker,
        historic=True,
    ),
    REINSTATE=Transition(
        "reinstate",
        pgettext_lazy("application", "Reinstate"),
        frozenset({S.INELIGIBLE}),
        S.SUBMITTED,
        may.may_reinstate,
        historic=True,
    ),
    ASSIGN=Transition(
        "assign",
        pgettext_lazy("application", "Send to assessment"),
        frozenset({S.ELIGIBLE}),
        S.IN_ASSESSMENT,
        may.may_assign,
    ),
    RECOMMEND=Transition(
        "recommend",
        pgettext_lazy("application", "Recommend"),
        frozenset({S.IN_ASSESSMENT}),
        S.RECOMMENDED,
        may.is_assigned_assessor,
    ),
    NOT_RECOMMEND=Transition(
        "not_recommend",
        pgettext_lazy("application", "Do not recommend"),
        frozenset({S.IN_ASSESSMENT}),
        S.NOT_RECOMMENDED,
        may.is_assigned_assessor,
    ),
    APPROVE=Transition(
        "approve",
        pgettext_lazy("application", "Approve"),
        SIGNABLE,
        S.APPROVED,
        may.may_sign,
        historic=True,
    ),
    RESERVE=Transition(
        "reserve",
        pgettext_lazy("application", "Put on the reserve list"),
        frozenset({S.ELIGIBLE, S.RECOMMENDED}),
        S.RESERVE,
        may.may_sign,
        historic=True,
    ),
    REVERSE=Transition(
        "reverse",
        pgettext_lazy("application", "Move to the reserve list"),
        frozenset({S.REJECTED}),
        S.RESERVE,
        may.is_home_broker,
        historic=True,
    ),
    END_RESERVE=Transition(
        "end_reserve",
        pgettext_lazy("application", "The reserve list has ended"),
        frozenset({S.RESERVE}),
        S.REJECTED,
        may.is_clock,
    ),
    UPHOLD=Transition(
        "uphold_appeal",
        pgettext_lazy("application", "Uphold the appeal"),
        frozenset({S.REJECTED}),
        S.RESERVE,
        may.may_reinstate,
    ),
    RANK_AGAIN=Transition(
        "rank_again",
        pgettext_lazy("application", "Back in the ranking"),
        frozenset({S.REJECTED}),
        S.RECOMMENDED,
        may.may_reinstate,
    ),
    FIND_ELIGIBLE_AGAIN=Transition(
        "find_eligible_again",
        pgettext_lazy("application", "Eligible again"),
        frozenset({S.REJECTED}),
        S.ELIGIBLE,
        may.may_reinstate,
    ),
    REJECT=Transition(
        "reject",
        pgettext_lazy("application", "Reject"),
        UNDECIDED | {S.RESERVE},
        S.REJECTED,
        may.is_home_broker,
        historic=True,
    ),
    WITHDRAW=Transition(
        "withdraw",
        pgettext_lazy("application", "Withdraw"),
        UNDECIDED | EDITABLE | {S.RESERVE},
        S.WITHDRAWN,
        may.is_applicant,
        historic=True,
    ),
    REOPEN=Transition(
        "reopen",
        pgettext_lazy("application", "Edit again"),
        frozenset({S.WITHDRAWN}),
        S.DRAFT,
        may.is_applicant,
        historic=True,
    ),
)


# No arrows: they change no state, but only an application in these states takes them.
OPEN_FURTHER = Transition(
    "open_further",
    pgettext_lazy("application", "Open further answers"),
    frozenset({S.RETURNED}),
    S.RETURNED,
    may.may_send_back,
)
# Before the applicant is told, whatever the decision is.
EDIT_LETTER = Transition(
    "edit_letter",
    pgettext_lazy("application", "Change the letter"),
    frozenset({S.APPROVED, S.RESERVE, S.REJECTED}),
    S.APPROVED,
    may.may_edit_letter,
)
ADVISE = Transition(
    "advise",
    pgettext_lazy("application", "Recommend a partner"),
    OPEN,
    S.SUBMITTED,
    may.may_advise,
)
