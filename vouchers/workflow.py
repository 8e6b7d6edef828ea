"""Five tables: every arrow of a call, an application, a consent, an award and a claim."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from portal.workflow import Transition
from vouchers import permissions as may
from vouchers.enums import (
    EDITABLE,
    OPEN,
    SIGNABLE,
    STANDING_CONSENT,
    UNDECIDED,
    ApplicationState,
    AwardState,
    CallState,
    ClaimState,
    ConsentState,
)

C, S, P, A, K = CallState, ApplicationState, ConsentState, AwardState, ClaimState


class CallTable(NamedTuple):
    """Every arrow of a call; open and close only journal what the instants decide."""

    SCHEDULE: Transition
    OPEN: Transition
    CLOSE: Transition
    PUBLISH: Transition


CALL = CallTable(
    SCHEDULE=Transition(
        "schedule",
        pgettext_lazy("call", "Publish the call"),
        frozenset({C.DRAFT}),
        C.SCHEDULED,
        may.is_manager_of_call,
        historic=True,
    ),
    OPEN=Transition(
        "open",
        pgettext_lazy("call", "Open"),
        frozenset({C.SCHEDULED}),
        C.OPEN,
        may.is_clock,
        historic=True,
    ),
    CLOSE=Transition(
        "close",
        pgettext_lazy("call", "Close"),
        frozenset({C.OPEN}),
        C.CLOSED,
        may.is_clock,
        historic=True,
    ),
    PUBLISH=Transition(
        "publish",
        pgettext_lazy("call", "Publish the results"),
        frozenset({C.CLOSED}),
        C.DECIDED,
        may.is_manager_of_call,
        historic=True,
    ),
)


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
        may.is_home_broker,
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
        may.may_reverse,
        historic=True,
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


class AwardTable(NamedTuple):
    """Every arrow of an award."""

    ACCEPT: Transition
    DECLINE: Transition
    LAPSE: Transition
    COMPLETE: Transition
    CANCEL: Transition
    REVOKE: Transition


AWARD = AwardTable(
    ACCEPT=Transition(
        "accept",
        pgettext_lazy("award", "Accept"),
        frozenset({A.OFFERED}),
        A.ACCEPTED,
        may.is_holder,
        historic=True,
    ),
    DECLINE=Transition(
        "decline",
        pgettext_lazy("award", "Decline"),
        frozenset({A.OFFERED}),
        A.DECLINED,
        may.is_holder,
        historic=True,
    ),
    LAPSE=Transition(
        "lapse",
        pgettext_lazy("award", "Lapse"),
        frozenset({A.OFFERED, A.ACCEPTED}),
        A.LAPSED,
        may.is_clock,
        historic=True,
    ),
    COMPLETE=Transition(
        "complete",
        pgettext_lazy("award", "Accept the final report"),
        frozenset({A.ACCEPTED}),
        A.COMPLETED,
        may.is_award_home_broker,
        historic=True,
    ),
    CANCEL=Transition(
        "cancel",
        pgettext_lazy("award", "Cancel"),
        frozenset({A.OFFERED, A.ACCEPTED}),
        A.CANCELLED,
        may.is_award_home_broker,
        historic=True,
    ),
    REVOKE=Transition(
        "revoke",
        pgettext_lazy("award", "Revoke and recover"),
        frozenset({A.ACCEPTED, A.COMPLETED}),
        A.REVOKED,
        may.is_award_manager,
        historic=True,
    ),
)


class ClaimTable(NamedTuple):
    """Every arrow of a claim."""

    FILE: Transition
    SEND_BACK: Transition
    APPROVE: Transition
    PAY: Transition


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
        may.is_claim_broker,
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
)
# No arrow: it changes no state, but only an application that is open takes it.
ADVISE = Transition(
    "advise",
    pgettext_lazy("application", "Recommend a partner"),
    OPEN,
    S.SUBMITTED,
    may.may_advise,
)
