"""Every arrow of a record from every state, by everybody."""

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.enums import RecordState
from catalogue.models import Record
from catalogue.workflow import RECORD
from portal.enums import Role
from portal.models import JournalEntry
from portal.permissions import Actor
from portal.workflow import IllegalMove, action, available, move, move_all
from tests.catalogue import factories
from tests.catalogue.factories import NOW

pytestmark = pytest.mark.django_db

ALLOWED = {
    "broker": True,
    "manager": True,
    "importer": True,
    "other broker": False,
    "finance": False,
    "auditor": False,
    "provider": False,
    "somebody": False,
    "clock": False,
}


def actor(who: str, record: Record) -> Actor:
    if who in ("importer", "clock"):
        return {"importer": Actor.importer("test"), "clock": Actor.clock()}[who]
    people = {
        "broker": lambda: factories.broker("DE-RHI"),
        "other broker": lambda: factories.broker("DK-DNK"),
        "finance": lambda: factories.broker("DE-RHI", Role.FINANCE),
        "manager": factories.overseer,
        "auditor": lambda: factories.overseer(Role.AUDITOR),
        "provider": lambda: factories.member(record.provider.organisation),
        "somebody": factories.person,
    }
    return Actor.person(people[who]())


def record_in(state: RecordState) -> Record:
    factories.programme()
    record = factories.record(is_public=False)
    Record.objects.filter(pk=record.pk).update(state=state)
    record.refresh_from_db()
    return record


def outcome(record, transition, by) -> str:
    try:
        action(move)(record, transition, by=by, now=NOW)
    except (PermissionDenied, IllegalMove) as refused:
        return type(refused).__name__
    return Record.objects.get(pk=record.pk).state


@pytest.mark.parametrize("who", ALLOWED)
@pytest.mark.parametrize("state", RecordState)
@pytest.mark.parametrize("transition", RECORD, ids=lambda t: t.name)
def test_arrow(transition, state, who):
    record = record_in(state)
    by = actor(who, record)
    offers = transition in available(RECORD, record, by)
    expected = transition.target if state in transition.sources else "IllegalMove"
    assert outcome(record, transition, by) == (expected if ALLOWED[who] else "PermissionDenied")
    assert offers == (ALLOWED[who] and state in transition.sources)


def test_many_move_along_one_arrow_or_none_does():
    drafts = [factories.record(is_public=False) for _ in range(3)]
    action(move_all)(drafts[:2], RECORD.PUBLISH, by=factories.IMPORTER, now=NOW)
    entries = JournalEntry.objects.filter(verb="publish").order_by("number")
    assert [(entry.subject_id, entry.before, entry.after) for entry in entries] == [
        (draft.pk, "draft", "published") for draft in drafts[:2]
    ]
    with pytest.raises(IllegalMove):
        action(move_all)(drafts, RECORD.PUBLISH, by=factories.IMPORTER, now=NOW)
    with pytest.raises(PermissionDenied):
        action(move_all)(drafts[2:], RECORD.PUBLISH, by=Actor.clock(), now=NOW)
    states = [Record.objects.get(pk=draft.pk).state for draft in drafts]
    assert states == ["published", "published", "draft"]
