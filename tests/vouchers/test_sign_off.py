"""The host region answers in time: reminded twice, then the managers are told."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from portal.models import OutgoingMail
from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import awards, calendar
from vouchers.cases.sign_off import host_days
from vouchers.enums import Side

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.fixture
def world(freeze, settings):
    freeze(factories.NOW)
    settings.MFA_RELAXED_FOR_DEMO = True
    return factories.make_world()


@pytest.fixture
def signed(world):
    """An Insight whose home region has signed on Monday 8 March 2027."""
    row = factories.eligible(world)
    sign(row, Side.HOME, world.broker, world.now)
    return row


def sign(row, side, user, now):
    awards.sign(row, side=side, amount=row.amount, by=Actor.person(user), now=now)


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2027, 3, day, hour, tzinfo=BRUSSELS)


def run(*instants):
    for now in instants:
        calendar.remind_hosts(by=Actor.clock(), now=now)


def told(kind: str) -> list[str]:
    mails = OutgoingMail.objects.filter(kind=kind).order_by("pk")
    return [address for mail in mails for address in mail.to]


def test_the_host_is_reminded_on_the_third_and_fifth_day_and_then_the_managers(world, signed):
    counts = []
    for now in (at(10, 23), at(11), at(11, 20), at(12), at(14), at(15), at(15, 23), at(16), at(20)):
        run(now, now)
        counts.append((len(told("host_signature_reminder")), len(told("host_signature_overdue"))))
    assert counts == [(0, 0), *[(1, 0)] * 4, *[(2, 0)] * 2, *[(2, 1)] * 2]
    assert told("host_signature_reminder") == [world.host_broker.email] * 2
    assert told("host_signature_overdue") == [world.manager.email]
    subjects = OutgoingMail.objects.filter(kind="host_signature_reminder")
    assert {mail.subject for mail in subjects} == {
        f"Your signature is asked by 15 March 2027: application {signed.reference}"
    }


def test_after_a_missed_week_there_is_one_reminder_and_one_word_to_the_managers(world, signed):
    run(at(25), at(26))
    assert [len(told(f"host_signature_{kind}")) for kind in ("reminder", "overdue")] == [1, 1]


def test_nobody_is_reminded_once_the_host_has_signed(world, signed):
    sign(signed, Side.HOST, world.host_broker, world.now)
    run(at(11), at(16))
    assert told("host_signature_reminder") + told("host_signature_overdue") == []


def test_a_meet_and_greet_asks_no_host(world):
    sign(factories.eligible(world, "meet_greet"), Side.HOME, world.broker, world.now)
    run(at(16))
    assert told("host_signature_reminder") == []


def test_days_are_those_of_the_host_region(world, signed):
    """Easter 2027: Good Friday 26 March and Easter Monday 29 March are free in Lower Saxony."""
    home = signed.signatures.get()
    home.signed_at = at(24, 12)
    assert host_days(signed, home) == (date(2027, 3, 31), date(2027, 4, 2))
    world.programme.host_answer_days = 2
    signed.call.programme = world.programme
    assert host_days(signed, home) == (date(2027, 3, 30), date(2027, 3, 30))


def test_the_desk_names_the_day(world, signed, client):
    client.force_login(world.broker)
    desk = client.get(reverse("admin:vouchers_application_change", args=[str(signed)]))
    assert "Waiting for Lower Saxony to confirm by 15 March 2027." in desk.content.decode()


def test_the_manager_may_let_another_broker_of_the_region_sign(world, signed):
    run(at(16))
    other = factories.another_broker(world, "DE-NDS")
    sign(signed, Side.HOST, other, at(16) + timedelta(hours=1))
    signed.refresh_from_db()
    assert signed.state == "approved"
