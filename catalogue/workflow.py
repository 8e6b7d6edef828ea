"""The arrows of a record, of a change of it, and of a request to be listed."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from catalogue.enums import RecordState, RequestState, RevisionState
from catalogue.permissions import (
    may_curate,
    may_decide,
    may_decide_request,
    may_forget_person,
    may_write,
)
from portal.workflow import Transition


class RecordTable(NamedTuple):
    """Every arrow of a record; retold history may use them too."""

    PUBLISH: Transition
    HIDE: Transition


RECORD = RecordTable(
    PUBLISH=Transition(
        "publish",
        pgettext_lazy("record", "Publish"),
        frozenset({RecordState.DRAFT, RecordState.HIDDEN}),
        RecordState.PUBLISHED,
        may_curate,
        historic=True,
    ),
    HIDE=Transition(
        "hide",
        pgettext_lazy("record", "Hide"),
        frozenset({RecordState.PUBLISHED}),
        RecordState.HIDDEN,
        may_curate,
        historic=True,
    ),
)


class RevisionTable(NamedTuple):
    """Every arrow of a change."""

    SUBMIT: Transition
    TAKE_BACK: Transition
    RETURN: Transition
    APPROVE: Transition
    DISCARD: Transition


REVISION = RevisionTable(
    SUBMIT=Transition(
        "submit",
        pgettext_lazy("revision", "Send to the broker"),
        frozenset({RevisionState.DRAFT, RevisionState.RETURNED}),
        RevisionState.SUBMITTED,
        may_write,
    ),
    TAKE_BACK=Transition(
        "take_back",
        pgettext_lazy("revision", "Take back to edit"),
        frozenset({RevisionState.SUBMITTED}),
        RevisionState.DRAFT,
        may_write,
    ),
    RETURN=Transition(
        "send_back",
        pgettext_lazy("revision", "Send back"),
        frozenset({RevisionState.SUBMITTED}),
        RevisionState.RETURNED,
        may_decide,
    ),
    APPROVE=Transition(
        "approve",
        pgettext_lazy("revision", "Approve and publish"),
        frozenset({RevisionState.SUBMITTED}),
        RevisionState.APPROVED,
        may_decide,
    ),
    DISCARD=Transition(
        "discard",
        pgettext_lazy("revision", "Discard the change"),
        frozenset({RevisionState.DRAFT, RevisionState.RETURNED}),
        RevisionState.DISCARDED,
        may_write,
    ),
)


# No button: what happens to a published record whose person leaves or is asked anew.
LOSE_PERSON = Transition(
    "lose_person",
    pgettext_lazy("record", "Hide without its person"),
    frozenset({RecordState.PUBLISHED}),
    RecordState.HIDDEN,
    may_forget_person,
)


class RequestTable(NamedTuple):
    """Every arrow of a request to be listed."""

    ACCEPT: Transition
    REFUSE: Transition


REQUEST = RequestTable(
    ACCEPT=Transition(
        "accept",
        pgettext_lazy("request", "Accept"),
        frozenset({RequestState.NEW}),
        RequestState.ACCEPTED,
        may_decide_request,
    ),
    REFUSE=Transition(
        "refuse",
        pgettext_lazy("request", "Refuse"),
        frozenset({RequestState.NEW}),
        RequestState.REFUSED,
        may_decide_request,
    ),
)
