"""While a broker is away a colleague stands in: with the list and the mails, and no more rights."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from portal.actions import people
from portal.enums import MailTime, StaffMail
from portal.models import JournalEntry, OutgoingMail, RegionRole, User
from portal.permissions import Actor
from tests.vouchers import factories
from tests.vouchers.test_desk import errors, look
from tests.vouchers.test_queue import look as look_at_queue
from tests.vouchers.test_queue import numbers
from vouchers.actions import absences, applications, awards, conflicts, entrusting
from vouchers.enums import PartyRole, Side
from vouchers.models import Absence
from vouchers.rules.verdict import Refused

pytestmark = pytest.mark.django_db
ENTER = reverse("admin:vouchers_absence_enter")
TODAY = factories.NOW.date()
UNTIL = TODAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def deputy(world) -> User:
    return factories.another_broker(world, "NL-ENL")


def enter(client, world, deputy, *, first=TODAY, last=UNTIL, by=None):
    client.force_login(by or world.broker)
    data = {
        "region": world.home.pk,
        "deputy": deputy.pk,
        "starts_on": first.isoformat(),
        "ends_on": last.isoformat(),
    }
    return client.post(ENTER, data)


def assigned(world):
    row = factories.submitted(world)
    entrusting.entrust(row, to=world.broker, by=Actor.person(world.broker), now=world.now)
    return row


def test_both_desks_say_so_and_the_deputy_has_the_list(client, world, deputy):
    row = assigned(world)
    before = numbers(look_at_queue(client, deputy, "?assigned=mine"))
    answer = enter(client, world, deputy)
    assert (answer.url, before) == (reverse("admin:vouchers_absence_changelist"), [])

    theirs = look_at_queue(client, deputy, "?assigned=mine")
    own = look_at_queue(client, world.broker)

    assert numbers(theirs) == [row.reference]
    assert theirs.context["rows"][0].stands_in == "away until 12 March 2027, Second stands in"
    assert (
        "You stand in for Broker in East Netherlands until 12 March 2027: what is assigned to "
        "them is on your list, and you act in your own name."
    ) in theirs.content.decode()
    assert (
        "You are away in East Netherlands until 12 March 2027, and Second stands in."
    ) in own.content.decode()
    stand = look(client, deputy, row).context["keeping"].stand
    assert (stand.deputy, stand.until, stand.is_me) == ("Second", date(2027, 3, 12), True)


@pytest.mark.parametrize("case", [(-1, False), (0, True), (7199, True), (7200, False)])
def test_days_are_those_of_the_region(client, world, deputy, freeze, case):
    """From Monday's midnight in Amsterdam, which is 23:00 UTC, to that after Friday."""
    assigned(world)
    by = Actor.person(world.broker)
    days = {"starts_on": TODAY, "ends_on": UNTIL}
    absences.enter(world.home, deputy=deputy, **days, by=by, now=world.now)
    minutes, is_away = case
    monday = datetime(2027, 3, 7, 23, tzinfo=UTC)
    freeze(monday + timedelta(minutes=minutes))
    assert bool(numbers(look_at_queue(client, deputy, "?assigned=mine"))) == is_away


def read_at_once(person):
    """Let the person read about applications at once; the deputy waits for the digest."""
    at_once = {StaffMail.APPLICATION: MailTime.AT_ONCE}
    User.objects.filter(pk=person.pk).update(staff_mails=at_once)


def test_mails_go_to_the_deputy_while_the_absence_holds(client, world, deputy, freeze):
    row = assigned(world)
    read_at_once(world.broker)
    enter(client, world, deputy)
    applications.withdraw(row, by=Actor.person(world.sme), now=world.now)
    applications.reopen(row, by=Actor.person(world.sme), now=world.now)
    world.now = factories.NOW + timedelta(days=6)
    freeze(world.now)
    factories.send(row, world)
    told = {
        kind: [mail.to[0] for mail in OutgoingMail.objects.filter(kind=kind).order_by("pk")]
        for kind in ("application_withdrawn", "new_application")
    }
    assert told == {
        "application_withdrawn": [deputy.email],
        "new_application": [world.broker.email],
    }


def test_a_deputy_who_must_not_see_it_takes_no_mail_away(client, world, deputy):
    row = assigned(world)
    read_at_once(world.broker)
    enter(client, world, deputy)
    conflicts.declare(
        row,
        party=PartyRole.PARTNER,
        statement="My sister works there.",
        by=Actor.person(deputy),
        now=world.now,
    )
    applications.withdraw(row, by=Actor.person(world.sme), now=world.now)
    [mail] = OutgoingMail.objects.filter(kind="application_withdrawn")
    assert mail.to == [world.broker.email]


def test_the_deputy_signs_in_their_own_name_and_for_one_side_only(client, world, deputy):
    row = factories.eligible(world)
    entrusting.entrust(row, to=world.broker, by=Actor.person(world.broker), now=world.now)
    enter(client, world, deputy)
    RegionRole.objects.create(
        user=deputy,
        region=world.host,
        role="broker",
        organisation="Second office",
        starts_at=world.now - timedelta(days=1),
    )
    by = Actor.person(User.objects.get(pk=deputy.pk))
    awards.sign(row, side=Side.HOME, amount=row.amount, by=by, now=world.now)
    with pytest.raises(Refused):
        awards.sign(row, side=Side.HOST, amount=row.amount, by=by, now=world.now)
    assert [one.signed_by for one in row.signatures.all()] == [deputy]


@pytest.mark.parametrize("days", [(3, 1), (-9, -2)])
def test_days_must_make_sense(client, world, deputy, days):
    first, last = (TODAY + timedelta(days=number) for number in days)
    page = enter(client, world, deputy, first=first, last=last)
    sentence = "Choose a last day that lies ahead, after the first"
    assert (errors(page), Absence.objects.count()) == ([sentence], 0)


def test_nobody_stands_in_who_is_away_or_works_elsewhere(client, world, deputy):
    assert errors(enter(client, world, world.host_broker)) == [
        "Choose an Access Broker of your region"
    ]
    enter(client, world, deputy)
    clash = "Broker is away from 8 March 2027 to 12 March 2027, with Second standing in"
    again = enter(client, world, deputy, first=UNTIL, last=UNTIL)
    back = enter(client, world, world.broker, by=deputy)
    assert (errors(again), errors(back)) == ([clash], [clash])
    later = UNTIL + timedelta(days=1)
    assert enter(client, world, world.broker, by=deputy, first=later, last=later).status_code == 302


def test_who_is_back_early_takes_it_back(client, world, deputy):
    assigned(world)
    enter(client, world, deputy)
    row = Absence.objects.get()
    address = reverse("admin:vouchers_absence_end", args=[row.pk])
    client.force_login(deputy)
    refused = client.post(address).status_code
    client.force_login(world.broker)
    for _turn in range(2):
        client.post(address)
    assert refused == 403
    assert numbers(look_at_queue(client, deputy, "?assigned=mine")) == []
    assert [one.verb for one in JournalEntry.objects.about(row)] == ["enter", "end"]


def test_a_deputy_whose_role_has_ended_stands_in_no_more(client, world, deputy):
    row = assigned(world)
    enter(client, world, deputy)
    held = RegionRole.objects.get(user=deputy)
    people.end_role(held, by=Actor.person(world.manager), now=world.now)
    read_at_once(world.broker)
    applications.withdraw(row, by=Actor.person(world.sme), now=world.now)
    told = OutgoingMail.objects.filter(kind="application_withdrawn").order_by("pk")
    assert [mail.to for mail in told] == [[world.broker.email]]
    assert look_at_queue(client, world.broker).context["absences"] == []
