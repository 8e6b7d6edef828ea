"""Beside the decision: who looks after an application, a region's notes, and what comes next."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from portal.actions import people
from portal.enums import MailTime, StaffMail
from portal.models import JournalEntry, Membership, OutgoingMail, RegionRole, User
from portal.permissions import Actor
from portal.site.own_export import content
from tests.vouchers import factories
from tests.vouchers.test_desk import address, errors, home_signed, look
from tests.vouchers.test_queue import look as look_at_queue
from tests.vouchers.test_queue import numbers
from vouchers.actions import applications, awards, conflicts, entrusting, erasure, staff_notes
from vouchers.enums import Side
from vouchers.models import Assignment, Note

pytestmark = pytest.mark.django_db
KEPT = "Telephoned: they move in summer."


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def send(client, user, application, page, **data):
    client.force_login(user)
    given = {f"{page}-{name}": value for name, value in data.items()}
    return client.post(address(application, page), given)


def assign(client, user, application, person):
    return send(
        client, user, application, "entrust", person=str((person and person.pk) or "nobody")
    )


def test_a_broker_takes_an_application_and_hands_it_on(client, world):
    colleague = factories.another_broker(world, "NL-ENL")
    row = factories.submitted(world)
    for person in (world.broker, colleague, colleague, None):
        assign(client, world.broker, row, person)
    entries = JournalEntry.objects.about(row).filter(verb__startswith="entrust")
    assert [(one.verb, one.data["was"], one.data["to"]) for one in entries] == [
        ("entrust", None, world.broker.pk),
        ("entrust", world.broker.pk, colleague.pk),
        ("entrust_nobody", colleague.pk, None),
    ]
    assert not Assignment.objects.exists()


def test_only_brokers_of_the_home_region_can_be_chosen(client, world):
    row = factories.submitted(world)
    answer = assign(client, world.manager, row, world.host_broker)
    assert errors(answer) == ["Choose somebody of the list"]
    with pytest.raises(entrusting.NotABroker):
        entrusting.entrust(row, to=world.host_broker, by=Actor.person(world.broker), now=world.now)


def test_nobody_looks_after_their_own_firm_or_gets_its_letters(client, world):
    colleague = factories.another_broker(world, "NL-ENL")
    row, by = factories.submitted(world), Actor.person(world.broker)
    entrusting.entrust(row, to=colleague, by=by, now=world.now)
    joined = {"organisation": world.organisation, "state": "active", "asked_at": world.now}
    Membership.objects.create(user=colleague, **joined)
    at_once = {StaffMail.APPLICATION: MailTime.AT_ONCE}
    User.objects.update(staff_mails=at_once)
    conflicts.screen_all(by=Actor.clock(), now=world.now)
    applications.withdraw(row, by=Actor.person(world.sme), now=world.now)
    told = OutgoingMail.objects.filter(kind="application_withdrawn")
    assert [mail.to for mail in told] == [[world.broker.email]]
    assert errors(assign(client, world.manager, row, colleague)) == [
        "Second is no Access Broker of the home region, or must not see this application"
    ]


@pytest.mark.parametrize(
    ("name", "page", "status"),
    [
        ("finance", "entrust", 403),
        ("auditor", "entrust", 403),
        ("host_broker", "entrust", 403),
        ("other_broker", "entrust", 404),
        ("other_broker", "note", 404),
        ("manager", "note", 403),
        ("auditor", "note", 403),
    ],
)
def test_others_may_not(client, world, name, page, status):
    row = home_signed(world)
    answer = send(client, getattr(world, name), row, page, person="nobody", text="x")
    assert (answer.status_code, Note.objects.count()) == (status, 0)


def test_the_queue_tells_whose_it_is_and_filters_by_it(client, world):
    mine, theirs, nobodys = [
        factories.submitted(world, by=factories.another_sme(world)) for _number in range(3)
    ]
    colleague = factories.another_broker(world, "NL-ENL")
    by = Actor.person(world.broker)
    entrusting.entrust(mine, to=world.broker, by=by, now=world.now)
    entrusting.entrust(theirs, to=colleague, by=by, now=world.now)
    seen = {
        query: numbers(look_at_queue(client, world.broker, query))
        for query in ("?assigned=mine", "?assigned=nobody")
    }
    assert seen == {
        "?assigned=mine": [mine.reference],
        "?assigned=nobody": [nobodys.reference],
    }
    rows = look_at_queue(client, world.broker).context["rows"]
    assert {row.application.reference: row.assigned for row in rows} == {
        mine.reference: str(world.broker),
        theirs.reference: str(colleague),
        nobodys.reference: "",
    }


@pytest.mark.parametrize("has_successor", [True, False])
def test_an_assignment_falls_back_when_the_role_ends(client, world, has_successor):
    colleague = factories.another_broker(world, "NL-ENL")
    row = factories.submitted(world)
    entrusting.entrust(row, to=world.broker, by=Actor.person(world.broker), now=world.now)
    people.end_role(
        RegionRole.objects.get(user=world.broker),
        successor=colleague if has_successor else None,
        by=Actor.person(world.manager),
        now=world.now,
    )
    assert numbers(look_at_queue(client, colleague, "?assigned=nobody")) == [row.reference]
    later = world.now + timedelta(minutes=10)
    kept = [entrusting.keep(by=Actor.clock(), now=later) for _turn in range(2)]
    assert kept == [1, 0]
    held = [one.person for one in Assignment.objects.all()]
    assert held == ([colleague] if has_successor else [])
    entry = JournalEntry.objects.about(row).last()
    assert (entry.by_label, entry.data["to"]) == ("clock", colleague.pk if has_successor else None)


def test_each_region_reads_its_own_notes_and_overseers_both(client, world):
    row = home_signed(world)
    send(client, world.broker, row, "note", text=KEPT)
    send(client, world.host_broker, row, "note", text="The laboratory is full.")
    people_ = ("broker", "finance", "host_broker", "manager", "auditor")
    read = {
        name: [
            note.text for note in look(client, getattr(world, name), row).context["keeping"].notes
        ]
        for name in people_
    }
    both = ["The laboratory is full.", KEPT]
    assert read == {
        "broker": [KEPT],
        "finance": [KEPT],
        "host_broker": ["The laboratory is full."],
        "manager": both,
        "auditor": both,
    }
    assert KEPT not in look(client, world.host_broker, row).content.decode()
    history = look(client, world.host_broker, row).context["dossier"].history
    assert "Note" not in {line.words for line in history}


def test_a_note_needs_words_and_keeps_what_was_typed(client, world):
    row = factories.submitted(world)
    answer = send(client, world.broker, row, "note", text=" ")
    assert errors(answer) == ["Write what the reader needs to know"]
    page = send(client, world.broker, row, "note", text="x" * 4001)
    assert "x" * 4001 in page.content.decode()


def test_a_note_is_evidence_until_it_is_erased(world):
    row = factories.rejected(world)
    note = staff_notes.write(row, text=KEPT, by=Actor.person(world.broker), now=world.now)
    rows = Note.objects.filter(pk=note.pk)
    for change in (
        lambda: rows.update(text="Otherwise"),
        lambda: rows.update(side=Side.HOST),
        rows.delete,
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()
    assert rows.get().text == KEPT
    erasure.erase_file(row, why="wish", by=Actor.clock(), now=world.now)
    assert rows.get().text == ""


def test_the_firm_never_gets_a_note(client, world):
    row = factories.submitted(world)
    staff_notes.write(row, text=KEPT, by=Actor.person(world.broker), now=world.now)
    client.force_login(world.sme)
    page = client.get(f"/applications/{row.address}/").content.decode()
    told = str(content(User.objects.get(pk=world.sme.pk), now=world.now))
    assert (KEPT in page, KEPT in told) == (False, False)
    assert KEPT not in str([*OutgoingMail.objects.values_list("body", flat=True)])


def test_what_else_the_undertaking_has_and_what_happened_last(client, world):
    other = factories.submitted(world, "meet_greet")
    row = home_signed(world)
    dossier = look(client, world.broker, row).context["dossier"]
    assert [(one.number, one.call, one.state_label) for one in dossier.siblings] == [
        (other.reference, "First call", "Submitted")
    ]
    assert [line.words for line in dossier.latest] == [line.words for line in dossier.history[:5]]
    assert look(client, world.host_broker, row).context["dossier"].siblings == []


def test_next_in_the_queue_follows_its_filters_and_comes_round(client, world):
    rows = []
    for days in (3, 2, 1):
        world.now = factories.NOW - timedelta(days=days)
        rows.append(factories.submitted(world, by=factories.another_sme(world)))
    world.now = factories.NOW
    small = factories.submitted(world, "meet_greet", by=factories.another_sme(world))
    client.force_login(world.broker)
    trail = "?queue=voucher%3Dinsight"
    found, here = [], rows[0]
    for _turn in range(3):
        there = client.get(address(here, "next") + trail).url
        found.append(there)
        number = there.split("/")[-3]
        here = next(row for row in [*rows, small] if row.reference == number)
    assert found == [address(row) + trail for row in (rows[1], rows[2], rows[0])]


def test_after_a_decision_the_queue_is_still_known(client, world):
    row = factories.submitted(world)
    client.force_login(world.broker)
    trail = "?queue=tab%3Dto-decide%26voucher%3Dinsight"
    answer = client.post(address(row, "find_eligible") + trail)
    assert answer.url == address(row) + trail
    page = client.get(answer.url)
    assert page.context["queue_url"] == (
        reverse("admin:vouchers_application_changelist") + "?tab=to-decide&voucher=insight"
    )
    for panel in page.context["panels"]:
        assert panel.address.endswith(trail)


def test_next_leads_to_the_queue_where_nothing_is_left(client, world):
    row = factories.eligible(world)
    awards.reserve(row, by=Actor.person(world.broker), now=world.now)
    client.force_login(world.broker)
    assert client.get(address(row, "next")).url == reverse("admin:vouchers_application_changelist")
