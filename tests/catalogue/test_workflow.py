"""Every arrow of a record and of a change from every state, by everybody."""

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.enums import RecordState, RevisionState
from catalogue.models import Record, Revision
from catalogue.workflow import RECORD, REVISION
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


# The verb, from, to.
ARROWS = """
submit      draft      submitted
submit      returned   submitted
take_back   submitted  draft
send_back   submitted  returned
approve     submitted  approved
discard     draft      discarded
discard     returned   discarded
"""
# Only who begins a change writes it before it is sent; a sent one the broker may write too.
WRITERS = {
    "submit": {"provider", "broker", "manager"},
    "take_back": {"provider", "broker", "manager"},
    "discard": {"provider", "broker", "manager"},
    "send_back": {"broker", "manager"},
    "approve": {"broker", "manager"},
}


def test_the_table_of_changes_is_the_one_that_is_written_here():
    rows = [line.split() for line in ARROWS.strip().splitlines()]
    found = {(t.name, source, t.target) for t in REVISION for source in t.sources}
    assert found == {(name, source, target) for name, source, target in rows}


@pytest.mark.parametrize("who", ALLOWED)
@pytest.mark.parametrize("state", RevisionState)
@pytest.mark.parametrize("transition", REVISION, ids=lambda t: t.name)
def test_arrow_of_a_change(transition, state, who):
    factories.programme()
    was_sent = state != RevisionState.DRAFT
    revision = Revision.objects.create(
        record=factories.record(),
        state=state,
        content={},
        started_at=NOW,
        submitted_at=NOW if was_sent else None,
    )
    by = actor(who, revision.record)
    may = who in WRITERS[transition.name]
    if not was_sent and transition.name in {"submit", "take_back", "discard"}:
        may = who == "provider"
    legal = state in transition.sources
    assert (transition in available(REVISION, revision, by)) == (may and legal)
    try:
        action(move)(revision, transition, by=by, now=NOW)
        found = Revision.objects.get().state
    except (PermissionDenied, IllegalMove) as refused:
        found = type(refused).__name__
    expected = transition.target if legal else "IllegalMove"
    assert found == (expected if may else "PermissionDenied")
