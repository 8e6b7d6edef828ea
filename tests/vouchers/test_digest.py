"""One digest a day for staff: at 8:00 of their region, on its working days, and once."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import outbox
from portal.actions import people
from portal.enums import MailTime, Role, StaffMail
from portal.models import DigestLine, OutgoingMail, RegionRole, User
from portal.notifications import blocks
from portal.permissions import Actor
from tests.vouchers import factories, lives
from tests.vouchers.test_panel import leave
from vouchers.actions import appeals, applications, awards, conflicts, digests, erasure
from vouchers.enums import PartyRole, Side
from vouchers.models import Application
from vouchers.tasks import send_digests, tell_of_bounces

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CLOCK = Actor.clock()


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


def at(day: int, hour: int = 8, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=AMSTERDAM)


def run(*instants: datetime) -> None:
    for now in instants:
        digests.send(by=CLOCK, now=now)


def mails(*people_: User) -> list[OutgoingMail]:
    rows = OutgoingMail.objects.filter(kind="staff_digest").order_by("pk")
    return [mail for mail in rows if not people_ or mail.to[0] in {p.email for p in people_}]


def piles(person: User) -> dict[str, list[str]]:
    """Return what the person's last digest lists, by heading."""
    found: dict[str, list[str]] = {}
    heading = ""
    for block in blocks(mails(person)[-1].body):
        if block.kind in {"head", "due"}:
            heading = block.text
        elif block.kind == "links":
            found[heading] = [label for label, _url in block.facts]
    found.pop("Your mails")
    return found


def withdraw(application: Application) -> None:
    by = Actor.person(application.started_by)
    applications.withdraw(application, by=by, now=factories.NOW)


def test_at_eight_in_the_morning_and_once_even_late_and_twice(world):
    row = factories.submitted(world)
    run(at(9, 7, 59))
    assert mails() == []
    run(at(9), at(9), at(9, 8, 10), at(9, 17))
    [mail] = mails()
    assert (mail.to, mail.language, mail.is_private) == ([world.broker.email], "en", True)
    assert mail.subject == "1 thing waits for you at the desk"
    assert piles(world.broker) == {
        "New applications": [f"{row.reference}, Voorbeeld Biotech BV, by 22 March 2027"]
    }
    # The hour was missed, and so was the day after.
    run(at(11, 11, 40), at(11, 11, 50))
    assert [m.created_at for m in mails()] == [at(9), at(11, 11, 40)]


def test_nothing_to_say_is_no_mail_and_none_later_that_day(world):
    run(at(9))
    row = factories.submitted(world)
    run(at(9, 9), at(9, 18))
    assert mails() == []
    run(at(10))
    assert [row.reference in mail.body for mail in mails()] == [True]


def test_only_on_working_days_of_the_person_s_region(world):
    factories.submitted(world)
    # A weekend, and Good Friday to Easter Monday.
    run(*(at(day, 12) for day in (12, 13, 14, 15, 26, 27, 28, 29, 30)))
    assert [mail.created_at.astimezone(AMSTERDAM).day for mail in mails()] == [12, 15, 30]


@pytest.mark.parametrize(("day", "hour"), [(25, 7), (30, 6)])
def test_eight_o_clock_is_eight_in_winter_and_in_summer(world, day, hour):
    factories.submitted(world)
    eight = datetime(2027, 3, day, hour, tzinfo=UTC)
    run(eight - timedelta(seconds=1))
    assert mails() == []
    run(eight)
    assert len(mails()) == 1


def test_each_person_reads_what_is_theirs(world):
    fresh = factories.submitted(world, by=factories.another_sme(world))
    signed = factories.eligible(world, by=factories.another_sme(world))
    by = Actor.person(world.broker)
    awards.sign(signed, side=Side.HOME, amount=signed.amount, by=by, now=world.now)
    refused = factories.rejected(world, by=factories.another_sme(world))
    appeals.file(refused, text="No.", by=Actor.person(refused.started_by), now=world.now)
    claim = lives.filed(world, "meet_greet")
    run(at(9))
    name = f"{signed.reference}, {signed.organisation}"
    assert {mail.to[0] for mail in mails()} == {
        person.email for person in (world.broker, world.host_broker, world.manager)
    }
    assert piles(world.host_broker) == {
        "Signatures that your region is asked for": [f"{name}, by 15 March 2027"]
    }
    # Who has refused does not answer the appeal.
    assert piles(world.manager) == {
        "Appeals to answer": [f"{refused.reference}, {refused.organisation}"]
    }
    assert piles(world.broker) == {
        "New applications": [f"{fresh.reference}, {fresh.organisation}, by 22 March 2027"],
        "Claims to check": [f"{claim.award.number}, {claim.award.application.organisation}"],
        "Applications on which you decide": [f"{name}, by 22 March 2027"],
        "What has happened": [f"Voucher {claim.award.number}: Accepted"],
    }


def test_what_is_late_or_due_stands_first(world):
    factories.submitted(world)
    run(at(22))
    assert list(piles(world.broker)) == ["Due today."]
    run(at(23))
    assert list(piles(world.broker)) == ["The day that was promised is past."]
    kinds = [block.kind for block in blocks(mails()[-1].body)]
    assert kinds[:5] == ["text", "button", "due", "links", "head"]


def test_a_long_pile_says_how_much_more_there_is(world):
    for _one in range(12):
        factories.submitted(world, by=factories.another_sme(world))
    run(at(9))
    assert len(piles(world.broker)["New applications"]) == 10
    assert "And 2 more at the desk." in mails()[0].body


def test_what_has_happened_is_told_once_and_then_emptied(world):
    row = factories.submitted(world)
    withdraw(row)
    assert not OutgoingMail.objects.filter(kind="application_withdrawn").exists()
    assert DigestLine.objects.get().user == world.broker
    run(at(9), at(10))
    [mail] = mails()
    assert mail.subject == "News from the desk"
    assert piles(world.broker) == {"What has happened": [f"Withdrawn: application {row.reference}"]}
    line = DigestLine.objects.get()
    assert (line.text, line.url, line.told_at) == ("", "", at(9))


def test_a_person_chooses_at_once_or_never(world):
    second = factories.another_broker(world, "NL-ENL")
    for user, time in ((world.broker, MailTime.AT_ONCE), (second, MailTime.NEVER)):
        choose(user, {StaffMail.AWARD: time}, now=world.now)
    lives.accepted(world)
    run(at(9))
    told = OutgoingMail.objects.filter(kind="award_answered")
    assert [mail.to for mail in told] == [[world.broker.email]]
    assert (mails(), DigestLine.objects.count()) == ([], 0)


def choose(user, choices, *, now):
    return people.choose_mails(user, choices=choices, by=Actor.person(user), now=now)


def test_what_came_at_once_may_wait_for_the_digest(world):
    choose(world.host_broker, {StaffMail.HOST_SIGNATURE: MailTime.DIGEST}, now=world.now)
    world.host_broker.refresh_from_db()
    row = factories.eligible(world)
    by = Actor.person(world.broker)
    awards.sign(row, side=Side.HOME, amount=row.amount, by=by, now=world.now)
    assert not OutgoingMail.objects.filter(kind="host_signature_asked").exists()
    run(at(9))
    assert list(piles(world.host_broker)) == ["Signatures that your region is asked for"]


def test_a_region_without_a_broker_reads_at_its_team_address(world):
    RegionRole.objects.filter(region=world.home, role=Role.BROKER).update(ends_at=world.now)
    factories.submitted(world)
    mail = OutgoingMail.objects.get(kind="new_application")
    assert mail.to == [world.home.team_email]


def test_nobody_reads_about_a_firm_of_their_own(world):
    person = factories.another_broker(world, "NL-ENL")
    factories.make_firm(world.home, person, name="Own BV")
    factories.submitted(world, by=person)
    run(at(9))
    assert [mail.to for mail in mails()] == [[world.broker.email]]


def test_nobody_reads_about_an_application_that_is_hidden_from_them(world):
    second = factories.another_broker(world, "NL-ENL")
    row = factories.submitted(world)
    by, party = Actor.person(world.broker), PartyRole.APPLICANT
    conflicts.declare(row, party=party, statement="My brother.", by=by, now=world.now)
    withdraw(row)
    open_one = factories.submitted(world, by=factories.another_sme(world))
    run(at(9))
    told = {mail.to[0]: row.reference in mail.body for mail in mails()}
    assert told == {world.broker.email: False, second.email: True}
    assert all(open_one.reference in mail.body for mail in mails())


def test_an_erased_file_leaves_no_line(world):
    row = factories.submitted(world)
    withdraw(row)
    erasure.erase_file(row, why="wish", by=CLOCK, now=world.now)
    assert not DigestLine.objects.exists()
    run(at(9))
    assert mails() == []


def test_more_people_and_more_things_cost_no_more_questions(world):
    costs = []
    for more in (1, 4):
        for _one in range(more):
            factories.submitted(world, by=factories.another_sme(world))
            rejected = factories.rejected(world, by=factories.another_sme(world))
            by = Actor.person(rejected.started_by)
            appeals.file(rejected, text="No.", by=by, now=world.now)
        with CaptureQueriesContext(connection) as asked:
            run(at(8 + more))
        costs.append(len([one for one in asked if one["sql"].startswith("SELECT")]))
    assert costs[0] == costs[1] <= 30


def test_the_mail_reads_well_in_german(world):
    world.broker.language = "de"
    world.broker.save()
    row = factories.submitted(world)
    withdraw(factories.submitted(world, by=factories.another_sme(world)))
    run(at(9))
    [mail] = mails()
    site = "http://localhost:8000"
    assert mail.subject == "1 Sache wartet an Ihrem Arbeitsbereich"
    assert re.sub(r"\n--\n.*", "", mail.body, flags=re.DOTALL) == (
        "Ihr Arbeitsbereich am 9. März 2027\n\n"
        f"Arbeitsbereich öffnen: {site}/dashboard/\n\n"
        "# Neue Anträge\n\n"
        f"- {row.reference}, Voorbeeld Biotech BV, bis 22. März 2027: "
        f"{site}/admin/vouchers/application/{row.reference}/change/\n\n"
        "# Was geschehen ist\n\n"
        f"- Zurückgezogen: Antrag LSV-1-0002: {site}/admin/vouchers/application/LSV-1-0002/\n\n"
        "# Ihre Mails\n\n"
        "- Wählen, was sofort kommt und was in dieser Übersicht: "
        f"{site}/accounts/profile/mails/\n\n"
        "Diese Übersicht kommt um 8 Uhr morgens, an Arbeitstagen Ihrer Region.\n"
    )


def test_the_tasks_run_for_the_clock(world, freeze):
    factories.submitted(world)
    freeze(at(9))
    send_digests()
    send_digests()
    assert len(mails()) == 1


def test_a_letter_that_did_not_arrive_is_told_at_once_and_once(world, freeze):
    factories.submitted(world)
    letter = OutgoingMail.objects.get(kind="receipt")
    outbox.bounced(letter, letter.to[0], said="550 no such user", now=world.now)
    for minutes in (1, 2, 90):
        freeze(world.now + timedelta(minutes=minutes))
        tell_of_bounces()
    [mail] = OutgoingMail.objects.filter(kind="task_opened")
    assert mail.to == [world.broker.email]
    assert mail.subject == f"A letter to {world.sme.email} did not arrive"
    assert "  550 no such user" in mail.body
    run(at(9))
    assert piles(world.broker)["Tasks"] == [world.sme.email]


def test_money_that_is_short_is_told_at_once(world):
    row = factories.eligible(world, "meet_greet")
    leave(world, "10")
    by = Actor.person(world.broker)
    assert awards.sign(row, side=Side.HOME, amount=Decimal(400), by=by, now=world.now) is None
    told = OutgoingMail.objects.filter(kind="money_short").order_by("pk")
    assert [mail.to[0] for mail in told] == [world.broker.email, world.manager.email]
    assert "does not bear €420 any more" in told[0].body or "does not bear €400" in told[0].body
