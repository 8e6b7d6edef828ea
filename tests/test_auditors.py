"""An auditor sees one programme, changes nothing in it, and after the last day sees nothing."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from portal.actions import people
from portal.enums import Role
from portal.models import JournalEntry, Organisation, OutgoingMail, Programme, ProgrammeRole, User
from portal.permissions import Actor
from tests.stage import Stage, addresses, played
from tests.vouchers import factories
from vouchers.models import Award, LedgerEntry

pytestmark = pytest.mark.django_db
# Whoever is too close to a firm says so, and anybody keeps views; an empty form says nothing.
READS = re.compile(
    r"_(changelist|history|reads|conflict|views)\b|:(index|app_list)\b|^(dashboard|applications)$"
)
OUT_OF_REACH = {302, 403, 404, 405}


@pytest.fixture
def stage(settings):
    settings.MFA_RELAXED_FOR_DEMO = True
    with played() as made:
        yield made


def other_auditor(stage: Stage) -> User:
    """The auditor of another programme, in which nothing has happened yet."""
    old = stage.world.programme
    other = Programme.objects.create(
        code="OTHER",
        name="Another programme",
        short_name="Other",
        starts_on=old.starts_on,
        ends_on=old.ends_on,
        funders="Others",
        funding_statement="Paid by others.",
    )
    person = factories.make_person("auditor@other.example")
    people.give_role(
        person,
        Role.AUDITOR,
        scope=other,
        until=old.ends_on,
        by=factories.SET_UP,
        now=stage.world.now,
    )
    return User.objects.get(pk=person.pk)


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def named_in(stage: Stage) -> set[str]:
    """The firms, numbers and awards of the first programme."""
    firms = {str(row.organisation) for row in stage.cases.values()}
    numbers = {str(row.reference) for row in stage.cases.values() if row.reference}
    return {*firms, *numbers, *Award.objects.values_list("number", flat=True)}


def desk_of(stage: Stage) -> dict[str, str]:
    """The addresses behind sign-in that staff may open."""
    found = {name: at for name, at in addresses(stage).items() if name.startswith("admin:")}
    private = ("statistics_applications", "dashboard", "applications")
    return {**found, **{name: at for name, at in addresses(stage).items() if name in private}}


def test_on_every_page_an_auditor_of_another_programme_finds_nothing_of_this_one(stage):
    client, names = client_of(other_auditor(stage)), named_in(stage)
    told = {}
    for label, address in desk_of(stage).items():
        answer = client.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        found = {name for name in names if name in body.decode(errors="replace")}
        if answer.status_code == 200 and found:
            told[label] = found
    assert told == {}


def test_an_auditor_can_send_nothing_anywhere(stage):
    client = stage.clients["auditor"]
    before = counts()
    answers = {
        label: client.post(address, {}).status_code for label, address in desk_of(stage).items()
    }
    # Lists and histories answer a POST as they answer a GET; none of them writes.
    reading = {label for label, code in answers.items() if code not in OUT_OF_REACH}
    assert {label for label in reading if not READS.search(label)} == set()
    assert counts() == before


@pytest.mark.parametrize("case", ["submitted", "signed", "offered", "filed", "paid"])
def test_no_verb_works_for_an_auditor(stage, case):
    client, row = stage.clients["auditor"], stage.cases[case]
    before, state = counts(), row.state
    verbs = {"find_eligible", "sign_home", "sign_host", "reject", "reserve", "reverse", "assign"}
    codes = {
        client.post(f"/admin/vouchers/application/{row.reference}/{verb}/").status_code
        for verb in verbs
    }
    award = Award.objects.filter(application=row).first()
    if award:
        for verb in ("cancel", "revoke"):
            codes.add(client.post(f"/admin/vouchers/award/{award.pk}/{verb}/").status_code)
        given = {"award": award.pk, f"number-{award.pk}": "EU-1"}
        codes.add(client.post("/admin/vouchers/award/register/enter/", given).status_code)
        for claim in award.claims.exclude(filed_at=None):
            for verb in ("approve", "pay", "send_back"):
                codes.add(client.post(f"/admin/vouchers/claim/{claim.pk}/{verb}/").status_code)
    row.refresh_from_db()
    assert codes <= {403, 302}
    assert (row.state, counts()) == (state, before)


def counts() -> tuple[int, ...]:
    entries = JournalEntry.objects.exclude(verb__in=["refused", "read", "export"])
    return entries.count(), LedgerEntry.objects.count(), OutgoingMail.objects.count()


def test_after_the_last_day_every_door_is_closed_on_the_next_request(stage, freeze):
    client, world = stage.clients["auditor"], stage.world
    ends = world.now + timedelta(hours=1)
    ProgrammeRole.objects.filter(user=world.auditor).update(ends_at=ends)
    desk = desk_of(stage)
    assert client.get(desk["admin:vouchers_award_change [paid]"]).status_code == 200
    freeze(ends)
    names = named_in(stage)
    for label, address in desk.items():
        answer = client.get(address, follow=True)
        body = b"".join(answer) if answer.streaming else answer.content
        told = {name for name in names if name in body.decode(errors="replace")}
        # A refusal may repeat the address that was asked for, and tells nothing by it.
        told = told if answer.status_code == 200 else set()
        assert (label, told) == (label, set())


def test_the_last_day_is_whole_in_the_programmes_zone(stage):
    person = factories.make_person("late@audit.example")
    role = people.give_role(
        person,
        Role.AUDITOR,
        scope=stage.world.programme,
        until=date(2027, 3, 31),
        by=Actor.person(stage.world.manager),
        now=stage.world.now,
    )
    assert role.ends_at.isoformat() == "2027-04-01T00:00:00+02:00"


@pytest.mark.parametrize("until", [None, date(2027, 3, 7)])
def test_a_manager_gives_no_audit_without_an_end_that_lies_ahead(stage, until):
    with pytest.raises(people.EndNeeded):
        people.give_role(
            factories.make_person("late@audit.example"),
            Role.AUDITOR,
            scope=stage.world.programme,
            until=until,
            by=Actor.person(stage.world.manager),
            now=stage.world.now,
        )


def test_the_invitation_of_an_auditor_asks_for_the_last_day_and_the_mail_names_it(stage):
    client, programme = stage.clients["manager"], stage.world.programme
    address = "/admin/portal/programmerole/invite/"
    given = {"email": "court@audit.example", "role": "auditor", "programme": programme.pk}
    refused = client.post(address, given).content.decode()
    assert "Enter the last day of the audit, today or later" in refused
    assert client.post(address, {**given, "until": "2027-03-31"}).status_code == 302
    mail = OutgoingMail.objects.get(kind="staff_invited", to=["court@audit.example"])
    assert "Last day of the role  31 March 2027" in mail.body
    # A manager's role needs no end.
    given = {"email": "office@lsv.example", "role": "manager", "programme": programme.pk}
    assert client.post(address, given).status_code == 302


def test_who_manages_one_programme_and_audits_another_enters_only_in_the_first(stage):
    """The register of the audited programme shows no box that the portal would refuse."""
    world = stage.world
    person = other_auditor(stage)
    role = ProgrammeRole.objects.get(user=person)
    role.role = Role.MANAGER
    role.ends_at = None
    role.save()
    ProgrammeRole.objects.create(
        user=person, programme=world.programme, role=Role.AUDITOR, starts_at=world.now
    )
    address = "/admin/vouchers/award/register/"
    number = stage.award("paid").number
    label = f'aria-label="{number} is entered"'
    mine = stage.clients["manager"].get(address).content.decode()
    theirs = client_of(User.objects.get(pk=person.pk)).get(address).content.decode()
    assert (number in mine, label in mine) == (True, True)
    assert (number in theirs, label in theirs, "Note as entered" in theirs) == (True, False, False)


def test_an_auditor_meets_the_firms_of_the_programme_alone(stage):
    stranger = Organisation.objects.create(name="Stranger BV", country="NL")
    seen = Organisation.objects.visible_to(stage.world.auditor)
    assert stranger not in seen
    assert stage.cases["paid"].organisation in seen
    assert stranger in Organisation.objects.visible_to(stage.world.manager)
