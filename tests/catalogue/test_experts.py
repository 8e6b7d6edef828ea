"""Experts are persons: named, asked, shown while they agree, forgotten when they leave."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from catalogue import actions
from catalogue.actions import experts
from catalogue.actions.records import PersonHasNotAgreed
from catalogue.enums import RecordKind
from catalogue.models import Expert, Record
from portal.models import JournalEntry, MailLink, OutgoingMail
from portal.permissions import Actor
from portal.workflow import entry_hash
from tests.catalogue import factories
from tests.catalogue.factories import IMPORTER, NOW

pytestmark = pytest.mark.django_db

SAID = {
    "name": "Erika Muster",
    "email": "erika@lab.example",
    "orcid": "0000-0002-1825-0097",
    "language": "en",
    "availability": "Tuesdays",
}


@pytest.fixture(autouse=True)
def clock(freeze, settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    factories.programme()


@pytest.fixture
def row() -> Record:
    return factories.record(kind=RecordKind.EXPERT, title="Peptides", is_public=False)


@pytest.fixture
def member(row):
    return factories.member(row.provider.organisation)


def name(row: Record, by, **changes: object) -> Expert:
    times = {"now": NOW, "link_now": timezone.now()}
    return experts.name_person(row, **{**SAID, **changes}, by=Actor.person(by), **times)


def page(kind: str) -> str:
    """Return the path in the last letter of the kind."""
    mail = OutgoingMail.objects.filter(kind=kind).latest("pk")
    return re.search(r"http://[^/]+(/provider/\S+)", mail.body)[1]


def agreed(row: Record, by, client, **choice: str) -> Expert:
    name(row, by)
    client.post(page("expert_asked"), {"agree": "1", **choice})
    return Expert.objects.get(record=row)


def address(row: Record) -> str:
    return f"/provider/records/{row.slug}/person/"


def test_the_provider_names_a_person_who_is_asked_by_mail(client, row, member):
    client.force_login(member)
    answer = client.post(address(row), {**SAID, "orcid": "https://orcid.org/0000000218250097"})
    person = Expert.objects.get()
    assert (answer.status_code, str(person), person.orcid, person.agrees) == (
        302,
        "Erika Muster",
        "0000-0002-1825-0097",
        False,
    )
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.is_private) == ("expert_asked", [SAID["email"]], True)
    entry = JournalEntry.objects.about(person).get()
    assert ("Erika" in str(entry.data), entry.personal["name"]) == (False, "Erika Muster")


def test_faults_say_what_to_do_and_lose_nothing(client, row, member):
    client.force_login(member)
    said = {**SAID, "name": "", "email": "erika", "orcid": "0000-0002-1825-0098"}
    answer = client.post(address(row), {**said, "availability": "x" * 201})
    assert answer.context["form"].errors == {
        "name": ["Enter the person's name"],
        "email": ["Enter an e-mail address like name@example.org"],
        "orcid": ["Enter an ORCID like 0000-0002-1825-0097: this one has a typing error"],
        "availability": ["Shorten this to 200 characters: it has 201"],
    }
    assert "0000-0002-1825-0098" in answer.text
    assert (Expert.objects.count(), OutgoingMail.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (lambda row: factories.member(row.provider.organisation), 200),
        (lambda row: factories.broker(), 200),
        (lambda row: factories.overseer(), 200),
        (lambda row: factories.member(factories.provider().organisation), 404),
        (lambda row: factories.broker("DK-DNK"), 404),
        (lambda row: factories.broker(role="finance"), 403),
        (lambda row: factories.overseer("auditor"), 403),
    ],
)
def test_who_may_name_a_person(client, row, who, status):
    client.force_login(who(row))
    said = [client.get(address(row)).status_code, client.post(address(row), {}).status_code]
    left = client.post(f"{address(row)}leaves/").status_code
    assert [*said, 200 if left == 302 else left] == [status] * 3


def test_only_experts_are_persons(client, member, row):
    hall = factories.record(row.provider, kind=RecordKind.FACILITY)
    client.force_login(member)
    assert client.get(address(hall)).status_code == 404
    with pytest.raises(experts.NotAnExpert):
        name(hall, member)


def test_no_person_is_published_who_has_not_agreed(client, row, member):
    name(row, member)
    with pytest.raises(PersonHasNotAgreed):
        actions.publish(row, by=IMPORTER, now=NOW)
    client.force_login(factories.broker())
    answer = client.post(f"/admin/catalogue/record/{row.pk}/publish/", follow=True)
    assert "The person of this record has not agreed yet." in answer.text
    client.post(page("expert_asked"), {"agree": "1"})
    actions.publish(row, by=IMPORTER, now=NOW)
    assert Record.objects.get().state == "published"


def test_a_team_needs_no_consent(row):
    actions.publish(row, by=IMPORTER, now=NOW)
    assert client_sees(row) == 200


def client_sees(row: Record) -> int:
    return Client().get(f"/catalogue/{row.slug}/").status_code


def test_the_person_reads_what_will_be_public_and_agrees(client, row, member):
    name(row, member)
    consent = page("expert_asked")
    shown = client.get(consent).text
    assert [text in shown for text in (SAID["name"], SAID["orcid"], "Tuesdays", "Peptides")] == [
        True
    ] * 4
    assert not Expert.objects.get().agrees

    client.post(consent, {"agree": "1", "shows_contact": "on"})

    person = Expert.objects.get()
    assert (person.agreed_at, person.shows_contact) == (NOW, True)
    assert person.record.public_contact == SAID["email"]
    kinds = [(mail.kind, mail.to[0]) for mail in OutgoingMail.objects.order_by("pk")[1:]]
    assert kinds == [
        ("expert_agreed", SAID["email"]),
        ("expert_answered", row.provider.organisation.email),
        ("expert_answered", "rhineland@brokers.example"),
    ]
    assert "It was used already" in client.post(consent, {"agree": "1"}).text


def test_without_the_choice_firms_write_to_the_organisation(client, row, member):
    person = agreed(row, member, client)
    assert (person.agrees, person.shows_contact) == (True, False)
    assert person.record.public_contact == row.provider.organisation.email


def test_who_does_not_agree_is_forgotten(client, row, member):
    name(row, member)
    answer = client.post(page("expert_asked"), {"refuse": "1"})
    assert "You are not shown" in answer.text
    assert_forgotten(row)


def assert_forgotten(row: Record) -> None:
    person = Expert.objects.get(record=row)
    assert (person.name, person.email, person.orcid, person.availability) == ("",) * 4
    assert (person.agrees, person.withdrawn_at) == (False, NOW)
    for entry in JournalEntry.objects.about(person):
        assert "Erika" not in f"{entry.data}{entry.personal}"
    assert [link.email for link in MailLink.objects.all() if link.email] == []
    left = [mail for mail in OutgoingMail.objects.all() if "erika" in str(vars(mail)).lower()]
    assert left == []


def test_the_way_out_acts_at_once(client, row, member):
    agreed(row, member, client)
    actions.publish(row, by=IMPORTER, now=NOW)
    out = page("expert_agreed")
    assert (client.get(out).status_code, client_sees(row)) == (200, 200)

    client.post(out)

    row.refresh_from_db()
    assert (row.state, client_sees(row)) == ("hidden", 404)
    assert_forgotten(row)
    mails = OutgoingMail.objects.filter(kind="expert_answered").order_by("pk")[2:]
    assert [mail.to[0] for mail in mails] == [
        row.provider.organisation.email,
        "rhineland@brokers.example",
    ]
    assert client.get(out).status_code == 410
    with pytest.raises(PersonHasNotAgreed):
        actions.publish(row, by=IMPORTER, now=NOW)


def test_the_texts_forget_the_person_too(client, member, row):
    Record.objects.filter(pk=row.pk).update(
        title="Erika Muster, peptides",
        description="Ask Erika Muster (erika@lab.example), not Erika Mustermann.",
        contact_email="erika@lab.example",
        contact_name="Erika Muster",
    )
    row.refresh_from_db()
    agreed(row, member, client)
    actions.publish(row, by=IMPORTER, now=NOW)
    client.post(page("expert_agreed"))
    row.refresh_from_db()
    assert (row.title, row.description, row.contact_email, row.contact_name) == (
        "…, peptides",
        "Ask … (…), not Erika Mustermann.",
        "",
        "",
    )
    assert "erika@lab" not in str(row.versions.get().content)


def test_the_journal_forgets_what_a_record_said_of_a_person(client, row, member):
    agreed(row, member, client)
    said = replace(
        row.content, title="Peptides with Erika Muster", contact_email="erika@lab.example"
    )
    actions.revise_record(row, fields=said, competences=[], by=IMPORTER, now=NOW)
    client.post(page("expert_agreed"))
    lines = [f"{entry.data} {entry.personal}" for entry in JournalEntry.objects.all()]
    assert [line for line in lines if "Erika" in line or "erika@lab" in line] == []
    assert all(entry.hash == entry_hash(entry) for entry in JournalEntry.objects.all())


def test_the_journal_keeps_its_chain_when_a_person_is_forgotten(client, row, member):
    agreed(row, member, client)
    client.post(page("expert_agreed"))
    assert all(entry.hash == entry_hash(entry) for entry in JournalEntry.objects.all())


@pytest.mark.parametrize("who", ["member", "broker"])
def test_provider_and_broker_take_a_person_out_on_their_word(client, row, member, who):
    agreed(row, member, client)
    client.force_login(member if who == "member" else factories.broker())
    client.post(f"{address(row)}leaves/")
    assert_forgotten(row)
    row.refresh_from_db()
    again = client.post(f"{address(row)}leaves/", follow=True)
    assert "The record names nobody." in again.text


def test_a_stranger_takes_nobody_out(client, row, member):
    agreed(row, member, client)
    for by in (Actor.person(factories.broker("DK-DNK")), Actor.clock()):
        with pytest.raises(PermissionDenied):
            experts.withdraw(row, by=by, now=NOW, link_now=timezone.now())


def test_who_is_shown_with_other_words_is_asked_again(client, row, member):
    agreed(row, member, client)
    actions.publish(row, by=IMPORTER, now=NOW)
    name(row, member, language="de")
    assert client_sees(row) == 200
    name(row, member, availability="Never")
    row.refresh_from_db()
    assert (row.state, Expert.objects.get().agrees) == ("hidden", False)
    out = page("expert_agreed")
    client.post(page("expert_asked"), {"agree": "1"})
    assert "A newer message took its place" in client.get(out).text


def test_naming_somebody_in_a_team_hides_the_record(row, member):
    actions.publish(row, by=IMPORTER, now=NOW)
    name(row, member)
    assert Record.objects.get().state == "hidden"


def test_somebody_else_may_follow_who_left(client, row, member):
    agreed(row, member, client)
    client.post(page("expert_agreed"))
    name(row, member, name="Otto Neu", email="otto@lab.example", orcid="")
    client.post(page("expert_asked"), {"agree": "1"})
    person = Expert.objects.get()
    assert (person.name, person.agrees, person.withdrawn_at) == ("Otto Neu", True, None)


@pytest.mark.parametrize(("kind", "act"), [("expert_asked", {"agree": "1"}), ("expert_agreed", {})])
def test_an_expired_link_is_renewed(client, row, member, kind, act):
    agreed(row, member, client) if kind == "expert_agreed" else name(row, member)
    old = page(kind)
    MailLink.objects.filter(used_at=None).update(expires_at=timezone.now() - timedelta(days=1))
    assert client.post(old, act).status_code == 410
    client.post(old, {"renew": "1"})
    new = page(kind)
    assert (new == old, client.post(new, act).status_code) == (False, 200)


def test_the_way_out_is_open_for_two_years(client, row, member):
    agreed(row, member, client)
    link = MailLink.objects.get(purpose="expert_withdrawal")
    assert link.expires_at - link.made_at == timedelta(days=730)


def test_until_the_answer_the_name_is_nowhere_public(client, row, member):
    name(row, member)
    client.logout()
    for path in ("/catalogue/?q=Erika", f"/catalogue/{row.slug}/", "/brokers/rhineland/"):
        assert "Muster," not in client.get(path).text
        assert "Erika Muster" not in client.get(path).text


OTTO = {"name": "Otto Neu", "email": "otto@lab.example", "orcid": "", "availability": ""}


@pytest.mark.parametrize("has_agreed", [True, False])
def test_who_is_replaced_is_forgotten_first(client, row, member, has_agreed):
    said = replace(row.content, description="Ask Erika Muster (erika@lab.example).")
    actions.revise_record(row, fields=said, competences=[], by=IMPORTER, now=NOW)
    agreed(row, member, client) if has_agreed else name(row, member)
    actions.publish(row, by=IMPORTER, now=NOW) if has_agreed else None
    old = page("expert_agreed" if has_agreed else "expert_asked")

    name(row, member, **OTTO)

    row.refresh_from_db()
    person = Expert.objects.get()
    assert (person.name, person.email, person.agrees, person.withdrawn_at, row.description) == (
        *("Otto Neu", "otto@lab.example", False, None),
        "Ask … (…).",
    )
    assert client_sees(row) == 404
    assert [link.email for link in MailLink.objects.all() if link.email] == ["otto@lab.example"]
    kept = [*JournalEntry.objects.all(), *OutgoingMail.objects.all(), *row.versions.all()]
    assert [one for one in kept if "erika" in str(vars(one)).lower()] == []
    assert client.post(old, {"agree": "1"}).status_code == 410
    assert Expert.objects.get().name == "Otto Neu"
    client.post(page("expert_asked"), {"agree": "1"})
    assert Expert.objects.get().agrees


def test_a_person_moves_to_another_address_and_keeps_the_texts(client, row, member):
    said = replace(row.content, description="Ask Dr Erika Muster (erika@lab.example).")
    actions.revise_record(row, fields=said, competences=[], by=IMPORTER, now=NOW)
    agreed(row, member, client)
    out = page("expert_agreed")

    name(row, member, name="Dr Erika Muster", email="muster@new.example")

    row.refresh_from_db()
    assert row.description == "Ask Dr Erika Muster (…)."
    assert {link.email for link in MailLink.objects.all()} == {"", "muster@new.example"}
    kept = [*JournalEntry.objects.all(), *OutgoingMail.objects.all()]
    assert [one for one in kept if "erika@lab" in str(vars(one)).lower()] == []
    assert client.post(out).status_code == 410
    assert not Expert.objects.get().agrees


def test_who_was_asked_already_gets_no_second_mail(client, row, member):
    client.force_login(member)
    said = {**SAID, "orcid": ""}
    for _time in range(2):
        answer = client.post(address(row), said, follow=True)
    assert "was asked already and has not answered" in answer.text
    assert OutgoingMail.objects.count() == 1
    MailLink.objects.update(expires_at=timezone.now())
    client.post(address(row), said)
    assert OutgoingMail.objects.count() == 2


def test_nobody_mails_experts_without_end(client, row, member):
    client.force_login(member)
    said = [{**SAID, "availability": f"Day {number}"} for number in range(21)]
    answers = [client.post(address(row), one) for one in said]
    assert [answer.status_code for answer in answers] == [*[302] * 20, 429]
    assert ("Day 20" in answers[-1].text, OutgoingMail.objects.count()) == (True, 20)
