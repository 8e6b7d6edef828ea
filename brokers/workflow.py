"""The arrows of a question."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from brokers.enums import EnquiryState
from brokers.permissions import may_answer
from portal.workflow import Transition


class EnquiryTable(NamedTuple):
    """Every arrow of a question."""

    ANSWER: Transition
    CLOSE: Transition


ENQUIRY = EnquiryTable(
    ANSWER=Transition(
        "answer",
        pgettext_lazy("enquiry", "Send the answer"),
        frozenset({EnquiryState.NEW}),
        EnquiryState.ANSWERED,
        may_answer,
    ),
    CLOSE=Transition(
        "close",
        pgettext_lazy("enquiry", "Close without an answer"),
        frozenset({EnquiryState.NEW}),
        EnquiryState.CLOSED,
        may_answer,
    ),
)

# No arrow: it changes no state, but only a question that waits takes it.
ADVISE = Transition(
    "advise",
    pgettext_lazy("enquiry", "Recommend a partner"),
    frozenset({EnquiryState.NEW}),
    EnquiryState.NEW,
    may_answer,
)
