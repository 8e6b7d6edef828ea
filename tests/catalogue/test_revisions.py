"""Changes of records, from the first word to the broker's decision."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from catalogue import actions
from catalogue.enums import RecordKind
from catalogue.models import Expert, Record, Revision, Version
from portal.models import JournalEntry, OutgoingMail
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.catalogue import factories
from tests.catalogue.factories import NOW, TODAY
from tests.vouchers.factories import reads_at_once

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
WHOLE = {"summary": "Better", "competences": ["imaging"], "access_types": ["remote"]}


def member(record: Record) -> Actor:
    return Actor.person(factories.member(record.provider.organisation, "DE-RHI"))


def written(record: Record, by: Actor, **changes) -> Revision:
    if not record.competences.exists():
        factories.term("imaging")
    return actions.write_revision(record, changes={**WHOLE, **changes}, by=by, now=NOW)


def submitted(record: Record, by: Actor, **changes) -> Revision:
    revision = written(record, by, **changes)
    actions.submit_revision(revision, by=by, now=NOW)
    return Revision.objects.get(pk=revision.pk)


def approve(revision: Revision, by: Actor, now=LATER) -> None:
    actions.approve_revision(revision, submitted_at=revision.submitted_at, by=by, now=now)


def mails() -> list[tuple[str, list[str], str]]:
    return [(mail.kind, mail.to, mail.reply_to) for mail in OutgoingMail.objects.order_by("pk")]


def test_a_record_that_is_still_being_written_is_published_by_its_change_only():
    owner = factories.provider()
    by = Actor.person(factories.member(owner.organisation))
    record = actions.start_record(owner, kind=RecordKind.SERVICE, title="Help", by=by, now=NOW)
    with pytest.raises(actions.NotFinished):
        actions.publish(record, by=Actor.person(factories.broker()), now=NOW)
    assert Record.objects.get(pk=record.pk).state == "draft"


def test_a_new_record_is_written_sent_and_published():
    owner = factories.provider()
    by = Actor.person(factories.member(owner.organisation))
    factories.term("imaging")
    record = actions.start_record(
        owner, kind=RecordKind.FACILITY, title="Light hall", by=by, now=NOW
    )
    again = actions.start_record(
        owner, kind=RecordKind.FACILITY, title="Light hall", by=by, now=NOW
    )
    assert (record.state, record.slug, again.slug) == ("draft", "light-hall", "light-hall-2")
    change = actions.write_revision(record, changes=WHOLE, by=by, now=NOW)
    actions.submit_revision(change, by=by, now=NOW)
    approve(Revision.objects.get(pk=change.pk), Actor.person(factories.broker()))
    record = Record.objects.get(pk=record.pk)
    assert (record.state, record.summary, record.terms, record.confirmed_on) == (
        "published",
        "Better",
        ["imaging"],
        LATER.date(),
    )
    version = Version.objects.get(record=record)
    assert (version.number, version.content["summary"]) == (1, "Better")
    verbs = [entry.verb for entry in JournalEntry.objects.about(record).order_by("number")]
    assert verbs == ["start_record", "revise_record", "publish"]
    team = "rhineland@brokers.example"
    assert mails() == [
        ("revision_submitted", [team], team),
        ("revision_published", [by.user.email], team),
    ]


def test_what_is_public_stays_until_it_is_approved():
    record = factories.record(summary="Old")
    by = member(record)
    change = submitted(record, by)
    assert Record.objects.get().summary == "Old"
    broker = Actor.person(factories.broker())
    approve(change, broker)
    row = Record.objects.get()
    assert (row.summary, row.state, row.confirmed_on) == ("Better", "published", LATER.date())
    kept = [(v.number, v.content["summary"], v.published_by) for v in row.versions.all()]
    assert kept == [(2, "Better", broker.user), (1, "Old", None)]


def test_a_change_that_came_back_is_corrected_and_sent_again():
    record = factories.record()
    by, broker = member(record), Actor.person(factories.broker())
    reads_at_once(broker.user)
    change = submitted(record, by)
    actions.return_revision(change, note="Say more.\nPlease.", by=broker, now=NOW)
    change = actions.write_revision(record, changes={"summary": "More"}, by=by, now=NOW)
    assert (change.state, change.note) == ("returned", "Say more.\nPlease.")
    actions.submit_revision(change, by=by, now=LATER)
    kinds = [kind for kind, _to, _reply in mails()]
    assert kinds == ["revision_submitted", "revision_returned", "revision_submitted"]


def test_a_change_that_nobody_of_the_provider_began_is_told_to_the_records_address():
    record = factories.record(contact_email="lab@provider.example")
    broker = Actor.person(factories.broker())
    approve(submitted(record, broker), broker)
    assert mails()[-1][:2] == ("revision_published", ["lab@provider.example"])


def test_an_incomplete_change_is_kept_and_not_sent():
    owner = factories.provider()
    by = Actor.person(factories.member(owner.organisation))
    record = actions.start_record(owner, kind=RecordKind.SERVICE, title="Help", by=by, now=NOW)
    change = record.revisions.get()
    with pytest.raises(actions.RevisionNotComplete) as refused:
        actions.submit_revision(change, by=by, now=NOW)
    assert refused.value.missing == ["summary", "competences", "access_types"]
    assert Revision.objects.get().state == "draft"


def test_the_broker_approves_what_was_read_and_nothing_later():
    record = factories.record()
    by, broker = member(record), Actor.person(factories.broker())
    read = submitted(record, by)
    change = Revision.objects.get()
    actions.take_back_revision(change, by=by, now=NOW)
    actions.write_revision(record, changes={"summary": "Other"}, by=by, now=NOW)
    actions.submit_revision(Revision.objects.get(), by=by, now=LATER)
    with pytest.raises(actions.ChangedMeanwhile):
        approve(read, broker)
    assert (Revision.objects.get().state, Record.objects.get().summary) == ("submitted", "Summary")


def test_a_change_applies_as_a_whole_over_what_was_changed_meanwhile():
    record = factories.record(summary="Old", minimum_order="One")
    change = submitted(record, member(record))
    broker = Actor.person(factories.broker())
    fields = Record.objects.get().content.columns() | {"minimum_order": "Ten"}
    actions.revise_record(
        record, fields=type(record.content)(**fields), competences=[], by=broker, now=NOW
    )
    approve(change, broker)
    assert Record.objects.get().minimum_order == "One"


def test_nobody_writes_while_the_change_waits():
    record = factories.record()
    by = member(record)
    submitted(record, by)
    with pytest.raises(IllegalMove):
        actions.write_revision(record, changes={"summary": "X"}, by=by, now=NOW)


def test_others_neither_write_nor_decide():
    record = factories.record()
    factories.programme()
    other = Actor.person(factories.broker("DK-DNK"))
    stranger = Actor.person(factories.member(factories.provider().organisation))
    change = submitted(record, member(record))
    for who in (other, stranger):
        with pytest.raises(PermissionDenied):
            actions.write_revision(record, changes={"summary": "X"}, by=who, now=NOW)
        with pytest.raises(PermissionDenied):
            actions.start_record(
                record.provider, kind=RecordKind.SERVICE, title="X", by=who, now=NOW
            )
        with pytest.raises(PermissionDenied):
            approve(change, who)
        with pytest.raises(PermissionDenied):
            actions.return_revision(change, note="X", by=who, now=NOW)


def test_a_provider_does_not_approve_its_own_change():
    record = factories.record()
    by = member(record)
    with pytest.raises(PermissionDenied):
        approve(submitted(record, by), by)


def test_the_broker_leaves_a_draft_of_the_provider_alone():
    record = factories.record()
    written(record, member(record))
    with pytest.raises(PermissionDenied):
        actions.write_revision(
            record, changes={"summary": "X"}, by=Actor.person(factories.broker()), now=NOW
        )


def test_an_expert_who_has_not_agreed_is_not_published():
    record = factories.record(kind=RecordKind.EXPERT, is_public=False)
    person = Expert.objects.create(record=record, name="Somebody")
    broker = Actor.person(factories.broker())
    change = submitted(record, member(record))
    with pytest.raises(actions.PersonHasNotAgreed):
        approve(change, broker)
    assert (Record.objects.get().state, Revision.objects.get().state) == ("draft", "submitted")
    person.agreed_at = NOW
    person.save()
    approve(Revision.objects.get(), broker)
    assert Record.objects.get().state == "published"


def test_two_records_do_not_get_one_number():
    first = factories.record(external_id="7")
    second = factories.record(first.provider)
    with pytest.raises(actions.NumberTaken):
        approve(
            submitted(second, member(second), external_id="7"), Actor.person(factories.broker())
        )


def test_a_discarded_change_makes_room_for_another():
    record = factories.record(summary="Old")
    by = member(record)
    change = written(record, by)
    actions.discard_revision(change, by=by, now=NOW)
    again = actions.write_revision(record, changes={"title": "New"}, by=by, now=NOW)
    assert (again.pk != change.pk, again.content["summary"]) == (True, "Old")


def test_who_sees_a_change():
    record = factories.record()
    by = member(record)
    change = written(record, by)
    people = {
        "member": by.user,
        "broker": factories.broker(),
        "other broker": factories.broker("DK-DNK"),
        "manager": factories.overseer(),
        "stranger": factories.member(factories.provider().organisation),
    }

    def sees() -> set[str]:
        return {who for who, user in people.items() if Revision.objects.visible_to(user).exists()}

    assert sees() == {"member"}
    actions.submit_revision(change, by=by, now=NOW)
    assert sees() == {"member", "broker", "manager"}


def test_profile_is_changed_and_journalled():
    owner = factories.provider()
    by = Actor.person(factories.member(owner.organisation))
    actions.edit_provider(owner, changes={"summary": "We help"}, by=by, now=NOW)
    owner.refresh_from_db()
    last = JournalEntry.objects.about(owner).order_by("number").last()
    assert (owner.summary, last.verb, last.data) == (
        "We help",
        "edit_provider",
        {"changed": {"summary": ["", "We help"]}},
    )
    stranger = Actor.person(factories.broker("DK-DNK"))
    with pytest.raises(PermissionDenied):
        actions.edit_provider(owner, changes={"summary": "X"}, by=stranger, now=NOW)


def test_confirmed_on_is_the_day_of_the_region():
    record = factories.record(confirmed_on=TODAY - timedelta(days=300))
    late = NOW.replace(hour=23, minute=30)
    approve(submitted(record, member(record)), Actor.person(factories.broker()), now=late)
    assert Record.objects.get().confirmed_on == TODAY + timedelta(days=1)
