"""The register of de minimis aid: what is due, when, what was entered, and who may say so."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal.models import JournalEntry
from portal.permissions import Actor
from tests.vouchers import factories
from tests.vouchers.test_budgets import cost
from tests.vouchers.test_profiles import confirmed
from vouchers.actions import aid_register, vouchers
from vouchers.cases.aid_register import due_day, read
from vouchers.models import Award, RegisterEntry, grants, grants_seen_by, to_register
from vouchers.rules.periods import NoRuleInForce

pytestmark = pytest.mark.django_db
LIST = "/admin/vouchers/award/register/"


@pytest.fixture
def world(freeze, settings):
    freeze(factories.NOW)
    settings.MFA_RELAXED_FOR_DEMO = True
    return factories.make_world()


def accepted(world, by=None) -> Award:
    """An award whose right has arisen."""
    person = by or factories.another_sme(world)
    award = factories.approved(world, by=person)
    vouchers.accept(
        award,
        signatory_name="A. Voorbeeld",
        signatory_role="Director",
        by=Actor.person(person),
        now=world.now,
    )
    award.refresh_from_db()
    return award


def enter(award, number="", *, by, now):
    return aid_register.enter({award.pk: number}, by=Actor.person(by), now=now)


def open_for(user):
    return [*read(grants_seen_by(user).filter(to_register()))]


@pytest.mark.parametrize(
    ("granted_on", "country", "due_on"),
    [
        (date(2026, 1, 12), "DE", date(2026, 2, 9)),
        # Good Friday, Easter Monday, 1 May, Ascension and Whit Monday are no working days.
        (date(2026, 4, 1), "DE", date(2026, 5, 4)),
        (date(2026, 4, 27), "DE", date(2026, 5, 28)),
        # Epiphany is no nation-wide holiday in Germany.
        (date(2026, 1, 5), "DE", date(2026, 2, 2)),
        (date(2026, 1, 1), "NL", date(2026, 1, 29)),
    ],
)
def test_a_grant_is_entered_within_twenty_working_days(granted_on, country, due_on):
    assert due_day(granted_on, country=country) == due_on


def test_a_grant_before_the_register_has_no_day():
    with pytest.raises(NoRuleInForce):
        due_day(date(2025, 12, 31), country="DE")


def test_an_award_waits_from_its_acceptance_until_it_is_entered(world):
    factories.approved(world, by=factories.another_sme(world))
    assert open_for(world.broker) == []
    award = accepted(world)
    [grant] = open_for(world.broker)
    assert (grant.award, grant.to_do, grant.due, grant.due_on) == (
        award,
        "enter",
        award.amount,
        date(2027, 4, 7),
    )
    assert enter(award, "EU-1", by=world.broker, now=world.now) == 1
    assert open_for(world.broker) == []
    assert enter(award, by=world.broker, now=world.now + timedelta(days=1)) == 0
    entry = RegisterEntry.objects.get()
    assert (entry.amount, entry.number, entry.entered_at) == (award.amount, "EU-1", world.now)


def test_an_award_that_ends_is_corrected_and_one_never_entered_is_not_due(world):
    entered, never = accepted(world), accepted(world)
    enter(entered, "EU-1", by=world.broker, now=world.now)
    for award in (entered, never):
        vouchers.cancel(award, reason="Sold.", by=Actor.person(world.broker), now=world.now)
    [grant] = open_for(world.broker)
    assert (grant.award.pk, grant.to_do, grant.due, grant.entered) == (
        entered.pk,
        "correct",
        Decimal(0),
        entered.amount,
    )
    enter(entered, by=world.finance, now=world.now)
    assert open_for(world.broker) == []
    verbs = JournalEntry.objects.about(entered).values_list("verb", flat=True)
    assert [verb for verb in verbs if "register" in verb] == ["enter_register", "correct_register"]
    assert RegisterEntry.objects.get().number == "EU-1"


def test_aid_under_another_act_and_of_earlier_years_is_not_of_this_register(world):
    for change in ({"aid_basis": "gber_20a"}, {"granted_on": date(2025, 12, 31)}):
        award = accepted(world)
        Award.objects.filter(pk=award.pk).update(**change)
    assert [*grants()] == []


def test_home_and_managers_enter_and_hosts_see_nothing(world):
    award = accepted(world)
    assert [bool(open_for(u)) for u in (world.broker, world.finance, world.manager)] == [True] * 3
    assert [bool(open_for(u)) for u in (world.auditor, world.host_broker)] == [True, False]
    for person in (world.sme, world.host_broker, world.auditor):
        with pytest.raises(PermissionDenied):
            enter(award, by=person, now=world.now)
    assert RegisterEntry.objects.count() == 0


# The page and the files


def test_the_page_notes_what_is_ticked_with_its_number(world, client):
    one, two = accepted(world), accepted(world)
    client.force_login(world.broker)
    shown = client.get(LIST).content.decode()
    assert [number in shown for number in (one.number, two.number, "7 April 2027")] == [True] * 3

    answer = client.post(
        f"{LIST}enter/", {"award": [one.pk], f"number-{one.pk}": " EU  7 "}, follow=True
    ).content.decode()

    assert "1 grant is noted as entered." in answer
    assert [number in answer for number in (one.number, two.number)] == [False, True]
    assert RegisterEntry.objects.get().number == "EU 7"


@pytest.mark.parametrize("ticked", [[], ["x"], ["0"], ["9" * 30], ["²"]])
def test_what_names_no_grant_is_a_sentence(world, client, ticked):
    accepted(world)
    client.force_login(world.broker)
    answer = client.post(f"{LIST}enter/", {"award": ticked}, follow=True)
    assert "Tick what you have entered in the register." in answer.content.decode()


def test_another_regions_grant_is_neither_shown_nor_noted(world, client):
    award = accepted(world)
    client.force_login(world.host_broker)
    assert award.number not in client.get(LIST).content.decode()
    client.post(f"{LIST}enter/", {"award": [award.pk]})
    assert RegisterEntry.objects.count() == 0
    client.force_login(world.auditor)
    assert "Note as entered" not in client.get(LIST).content.decode()
    assert client.post(f"{LIST}enter/", {"award": [award.pk]}).status_code == 403


def test_overdue_and_soon_are_marked(world, client, freeze):
    accepted(world)
    client.force_login(world.broker)
    said = {}
    for day in (date(2027, 3, 30), date(2027, 4, 1), date(2027, 4, 7), date(2027, 4, 8)):
        freeze(factories.NOW.replace(month=day.month, day=day.day))
        shown = client.get(LIST).content.decode()
        said[day.day] = ["Soon" in shown, "Overdue" in shown]
    assert said == {30: [False, False], 1: [True, False], 7: [True, False], 8: [False, True]}


def test_the_files_hold_what_the_register_asks_for(world, client):
    award = accepted(world, by=world.sme)
    confirmed(world.organisation, Actor.person(world.sme), world.now, nace_code="72.10")
    enter(award, "EU-1", by=world.broker, now=world.now)
    client.force_login(world.broker)
    answer = client.get(reverse("admin:vouchers_award_register_file", args=["csv"]))
    [row] = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    home = world.home
    assert row == {
        "to_do": "",
        "due_on": "2027-04-07",
        "award_number": award.number,
        "beneficiary": world.organisation.name,
        "register_number": world.organisation.register_number,
        "vat_number": world.organisation.vat_number,
        "country": "NL",
        "amount": "4000.00",
        "currency": "EUR",
        "granted_on": "2027-03-08",
        "granting_authority": home.broker_organisation,
        "member_state": "NL",
        "instrument": "Grant",
        "regulation": "(EU) 2023/2831",
        "nace_code": "72.10",
        "nace_revision": "2.1",
        "entered_amount": "4000.00",
        "entered_at": "2027-03-08T09:00:00+00:00",
        "entry_number": "EU-1",
    }
    assert client.get(f"{LIST}xlsx/").content.startswith(b"PK")
    assert client.get(f"{LIST}exe/").status_code == 404


def test_the_command_writes_the_same_since_a_day(world, tmp_path):
    award = accepted(world)
    out = io.StringIO()
    call_command("export_aid_register", format="csv", stdout=out)
    assert [row["award_number"] for row in csv.DictReader(io.StringIO(out.getvalue()))] == [
        award.number
    ]
    path = tmp_path / "register.csv"
    call_command("export_aid_register", "--format=csv", "--since=2027-03-09", f"--output={path}")
    assert path.read_text().count("\n") == 1
    with pytest.raises(CommandError, match="is not a day like"):
        call_command("export_aid_register", "--format=csv", "--since=soon")


def test_the_page_costs_the_same_at_any_length(world, client):
    client.force_login(world.broker)
    accepted(world)
    few = cost(client, LIST)
    for _more in range(5):
        accepted(world)
    many = cost(client, LIST)
    assert len(few) == len(many) <= 12
