"""The journal is append-only; what is personal in it can be erased and the chain still holds."""

import pytest
from django.db import InternalError, connection, transaction

from portal.models import JournalEntry
from portal.permissions import Actor
from portal.workflow import action, digest, entry_hash, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(organisation, broker, now):
    @action
    def note():
        record(
            organisation,
            "note",
            by=Actor.person(broker),
            now=now,
            chain="portal",
            personal={"name": "Ann"},
            reason="because",
        )

    note()
    return JournalEntry.objects.get(verb="note")


@pytest.mark.parametrize(
    "change",
    [{"verb": "other"}, {"data": {}}, {"hash": "0"}, {"by_label": "x"}, {"personal_digest": ""}],
)
def test_an_entry_cannot_be_changed(entry, change):
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        JournalEntry.objects.filter(pk=entry.pk).update(**change)
    assert JournalEntry.objects.get(pk=entry.pk).verb == "note"


def test_an_entry_cannot_be_deleted_even_by_plain_sql(entry):
    with (
        pytest.raises(InternalError, match="Cannot delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM portal_journalentry")
    assert JournalEntry.objects.filter(pk=entry.pk).exists()


def test_what_is_personal_can_be_erased_and_the_hash_stays_valid(entry):
    assert entry.personal["name"] == "Ann"
    assert entry.personal_digest == digest(entry.personal)

    JournalEntry.objects.filter(pk=entry.pk).update(personal={})

    erased = JournalEntry.objects.get(pk=entry.pk)
    assert erased.personal == {}
    assert entry_hash(erased) == erased.hash


def test_the_digest_of_what_is_personal_is_salted(entry):
    assert entry.personal_digest != digest({"name": "Ann"})


def test_a_changed_field_gives_another_hash(entry):
    entry.data = {"reason": "another"}
    assert entry_hash(entry) != entry.hash


@pytest.mark.parametrize(
    ("person", "chains"),
    [("manager", {"LSV", "portal"}), ("auditor", {"LSV", "portal"}), ("broker", set())],
)
def test_who_sees_which_chains(request, make_programme, person, chains):
    user = request.getfixturevalue(person)
    make_programme("OTHER")

    seen = JournalEntry.objects.visible_to(user)

    assert set(seen.values_list("chain", flat=True)) == chains
