"""One late applicant: a ticket for one draft, its reason, its giver and its end."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from portal.models import JournalEntry, OutgoingMail
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories
from tests.vouchers.factories import NOW
from vouchers.actions import applications, calendar, drafts, extensions
from vouchers.actions.extensions import NotLater
from vouchers.enums import ApplicationState, ExtensionState
from vouchers.models import Application, Extension
from vouchers.rules.verdict import Refused

pytestmark = pytest.mark.django_db
GRACE = timedelta(seconds=60)


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


@pytest.fixture
def closed(world) -> datetime:
    """An instant after closing and grace."""
    return world.call.closes_at + timedelta(hours=1)


def give(application, until, *, by, now, reason="hospital"):
    return extensions.give(application, until=until, reason=reason, by=Actor.person(by), now=now)


def send(application, *, by, now):
    return drafts.send(application, declarations=drafts.DECLARATIONS, by=Actor.person(by), now=now)


def test_a_ticket_lets_its_draft_in_and_no_other(world, closed):
    late, other = factories.complete_draft(world), factories.another_sme(world)
    others = factories.complete_draft(world, by=other)
    give(late, closed + timedelta(days=1), by=world.broker, now=closed)
    soon = closed + timedelta(hours=20)
    send(late, by=world.sme, now=soon)
    with pytest.raises(Refused, match="call_closed"):
        send(others, by=other, now=soon)
    late = Application.objects.get(pk=late.pk)
    assert (late.state, late.is_by_extension, late.is_within_grace) == ("submitted", True, False)
    assert Extension.objects.get().used_at == soon


def test_it_covers_saving_too(world, closed):
    late = factories.complete_draft(world)
    title = {"title": "A better title", "bottleneck": "technology"}
    with pytest.raises(Refused):
        drafts.set_basics(late, values=title, by=Actor.person(world.sme), now=closed)
    give(late, closed + timedelta(days=1), by=world.broker, now=closed)
    drafts.set_basics(late, values=title, by=Actor.person(world.sme), now=closed)
    assert Application.objects.get(pk=late.pk).title == "A better title"


def test_its_instant_is_the_last_one_without_grace(world, closed):
    late = factories.complete_draft(world)
    until = closed + timedelta(days=1)
    give(late, until, by=world.broker, now=closed)
    with pytest.raises(Refused, match="call_closed"):
        send(late, by=world.sme, now=until + timedelta(seconds=1))
    send(late, by=world.sme, now=until)


def test_who_withdraws_after_it_has_ended_cannot_come_back(world, closed):
    late, until = factories.complete_draft(world), closed + timedelta(days=1)
    give(late, until, by=world.broker, now=closed)
    send(late, by=world.sme, now=until)
    late.refresh_from_db()
    applications.withdraw(late, by=Actor.person(world.sme), now=until)
    with pytest.raises(Refused):
        applications.reopen(late, by=Actor.person(world.sme), now=until + timedelta(minutes=1))


def test_one_that_came_in_time_is_not_counted_as_late(world):
    late = factories.complete_draft(world)
    give(late, world.call.closes_at + timedelta(days=1), by=world.broker, now=NOW)
    send(late, by=world.sme, now=NOW)
    assert not Application.objects.get(pk=late.pk).is_by_extension
    assert Extension.objects.get().used_at is None


def test_the_firm_and_the_region_are_told_once_with_the_instant(world, closed):
    factories.reads_at_once(world.broker, world.manager)
    late = factories.complete_draft(world)
    until = closed.astimezone(world.call.zone).replace(hour=12, minute=0) + timedelta(days=2)
    give(late, until, by=world.broker, now=closed)
    mails = OutgoingMail.objects.filter(kind__startswith="extension_")
    assert {(mail.kind, *mail.to) for mail in mails} == {
        ("extension_given", world.sme.email),
        ("extension_given_for_team", world.broker.email),
    }
    [letter] = mails.filter(kind="extension_given")
    assert f"{until.day} March 2027" in letter.body
    assert "12:00" in letter.body
    assert "hospital" not in letter.body + letter.subject


def test_more_days_than_a_broker_may_add_wait_for_a_manager(world, closed):
    factories.reads_at_once(world.broker, world.manager)
    late, until = factories.complete_draft(world), closed + timedelta(days=10)
    row = give(late, until, by=world.broker, now=closed)
    assert row.state == ExtensionState.WAITING
    with pytest.raises(Refused):
        send(late, by=world.sme, now=closed)
    with pytest.raises(PermissionDenied):
        extensions.agree(row, by=Actor.person(world.broker), now=closed)
    extensions.agree(row, by=Actor.person(world.manager), now=closed)
    send(late, by=world.sme, now=closed)
    asked = OutgoingMail.objects.get(kind="extension_asked")
    assert asked.to == [world.manager.email]


def test_a_refused_one_changes_nothing_and_the_region_is_told(world, closed):
    factories.reads_at_once(world.broker, world.manager)
    late = factories.complete_draft(world)
    row = give(late, closed + timedelta(days=10), by=world.broker, now=closed)
    extensions.refuse(row, by=Actor.person(world.manager), now=closed)
    assert Application.objects.get(pk=late.pk).extended_until is None
    assert OutgoingMail.objects.get(kind="extension_refused").to == [world.broker.email]
    with pytest.raises(IllegalMove):
        extensions.agree(row, by=Actor.person(world.manager), now=closed)


@pytest.mark.parametrize("who", ["sme", "host_broker", "other_broker", "finance", "auditor"])
def test_only_the_home_regions_broker_gives(world, closed, who):
    late = factories.complete_draft(world)
    with pytest.raises(PermissionDenied):
        give(late, closed + timedelta(days=1), by=getattr(world, who), now=closed)


def test_a_broker_gives_nothing_to_an_own_firm(world, closed):
    late = factories.complete_draft(world)
    factories._join(world.organisation, world.broker)
    world.broker.forget_held()
    with pytest.raises(PermissionDenied):
        give(late, closed + timedelta(days=1), by=world.broker, now=closed)


def test_an_instant_that_gives_no_more_time_is_refused(world, closed):
    late = factories.complete_draft(world)
    for until in (world.call.closes_at, closed - timedelta(minutes=1)):
        with pytest.raises(NotLater):
            give(late, until, by=world.broker, now=closed)


def test_what_was_sent_gets_no_ticket(world, closed):
    application = factories.submitted(world)
    with pytest.raises(IllegalMove):
        give(application, closed + timedelta(days=1), by=world.broker, now=closed)


def test_the_journal_has_giver_instant_use_and_the_reason_apart(world, closed):
    late, until = factories.complete_draft(world), closed + timedelta(days=1)
    row = give(late, until, by=world.broker, now=closed)
    lines = JournalEntry.objects.about(row)
    assert [(line.verb, line.by) for line in lines] == [
        ("extend", world.broker),
        ("take_effect", world.broker),
    ]
    assert lines[0].personal["reason"] == "hospital"
    submission = send(late, by=world.sme, now=until)
    assert JournalEntry.objects.about(submission).get(verb="submitted").data["by_extension"]


def test_after_its_end_the_firm_is_told_that_nothing_was_sent(world, closed):
    late, until = factories.complete_draft(world), closed + timedelta(days=1)
    give(late, until, by=world.broker, now=closed)
    for now in (closed, until + GRACE, until + timedelta(hours=1)):
        calendar.remind_drafts(by=Actor.clock(), now=now)
    told = OutgoingMail.objects.filter(kind="draft_not_submitted")
    assert [mail.to for mail in told] == [[world.sme.email]]


def test_a_broker_gives_it_at_the_desk(client, world, freeze, closed):
    late = factories.complete_draft(world)
    freeze(closed)
    client.force_login(world.broker)
    address = reverse("admin:vouchers_extension_give")
    page = client.get(address).content.decode()
    assert "Voorbeeld Biotech BV" in page
    assert "Peptide stability" not in page
    zone = world.call.zone
    for until, sentence in [
        ("", "Enter the day and time"),
        ("tomorrow", "Enter a day and time like"),
        ("2027-03-01T12:00", "Choose a later time"),
    ]:
        given = {"application": late.pk, "until": until, "reason": "<b>hospital</b>"}
        page = client.post(address, given).content.decode()
        assert sentence in page
        assert "&lt;b&gt;hospital&lt;/b&gt;" in page
    when = (closed + timedelta(days=1)).astimezone(zone)
    given = {"application": late.pk, "until": f"{when:%Y-%m-%dT%H:%M}", "reason": "hospital"}
    answer = client.post(address, given, follow=True)
    assert "The firm has more time" in answer.content.decode()
    assert Extension.objects.get().until == when.replace(second=0, microsecond=0)


def test_a_manager_answers_at_the_desk(client, world, freeze, closed):
    late = factories.complete_draft(world)
    row = give(late, closed + timedelta(days=10), by=world.broker, now=closed)
    freeze(closed)
    agree = reverse("admin:vouchers_extension_agree", args=[row.pk])
    client.force_login(world.broker)
    assert client.post(agree).status_code == 403
    client.force_login(world.other_broker)
    assert client.get(reverse("admin:vouchers_extension_change", args=[row.pk])).status_code == 404
    client.force_login(world.manager)
    page = client.get(reverse("admin:vouchers_extension_change", args=[row.pk])).content.decode()
    assert agree in page
    client.post(agree)
    assert Application.objects.get(pk=late.pk).extended_until == row.until


def test_drafts_of_other_regions_are_not_offered(client, world):
    factories.complete_draft(world)
    client.force_login(world.other_broker)
    page = client.get(reverse("admin:vouchers_extension_give")).content.decode()
    assert "Voorbeeld Biotech BV" not in page


def test_the_state_of_the_call_is_not_touched(world, closed):
    late = factories.complete_draft(world)
    before = Application.objects.filter(state=ApplicationState.DRAFT).count()
    give(late, closed + timedelta(days=1), by=world.broker, now=closed)
    world.call.refresh_from_db()
    assert world.call.closes_at < closed
    assert Application.objects.filter(state=ApplicationState.DRAFT).count() == before
