"""Every arrow of a question from every state, by everybody."""

import pytest
from django.core.exceptions import PermissionDenied

from brokers import actions
from brokers.enums import EnquiryState
from brokers.models import Enquiry
from brokers.workflow import ENQUIRY
from portal.enums import Role
from portal.permissions import Actor
from portal.workflow import IllegalMove, action, available, move
from tests.catalogue import factories
from tests.catalogue.factories import NOW

pytestmark = pytest.mark.django_db

PEOPLE = {
    "broker": lambda: factories.broker("DE-RHI"),
    "home broker": lambda: factories.broker("NL-ENL"),
    "other broker": lambda: factories.broker("DK-DNK"),
    "finance": lambda: factories.broker("DE-RHI", Role.FINANCE),
    "manager": factories.overseer,
    "auditor": lambda: factories.overseer(Role.AUDITOR),
    "asker": factories.person,
}
MACHINES = {"clock": Actor.clock(), "importer": Actor.importer("test")}


def enquiry_in(state: EnquiryState) -> Enquiry:
    factories.programme()
    enquiry = actions.ask(
        region=factories.region("DE-RHI"),
        home_region=factories.region("NL-ENL"),
        name="Anna",
        email="anna@firm.example",
        organisation="",
        question="Who can test this?",
        language="en",
        by=Actor(user=None, label="visitor"),
        now=NOW,
    )
    # Every state must satisfy the constraint, also the one that the arrow leads to.
    Enquiry.objects.update(state=state, answer="Somebody.", answered_at=NOW)
    return Enquiry.objects.get(pk=enquiry.pk)


def outcome(enquiry, transition, by) -> str:
    try:
        action(move)(enquiry, transition, by=by, now=NOW)
    except (PermissionDenied, IllegalMove) as refused:
        return type(refused).__name__
    return Enquiry.objects.get(pk=enquiry.pk).state


@pytest.mark.parametrize("who", [*PEOPLE, *MACHINES])
@pytest.mark.parametrize("state", EnquiryState)
@pytest.mark.parametrize("transition", ENQUIRY, ids=lambda t: t.name)
def test_arrow(transition, state, who):
    enquiry = enquiry_in(state)
    by = MACHINES[who] if who in MACHINES else Actor.person(PEOPLE[who]())
    offers = transition in available(ENQUIRY, enquiry, by)
    expected = transition.target if state in transition.sources else "IllegalMove"
    assert outcome(enquiry, transition, by) == (expected if who == "broker" else "PermissionDenied")
    assert offers == (who == "broker" and state in transition.sources)
