"""What each role has to do next."""

from datetime import timedelta

import pytest

from catalogue import actions as catalogue
from catalogue.models import Competence, Record
from portal.enums import MembershipState
from portal.models import Membership
from portal.permissions import Actor
from tests.vouchers import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(freeze, settings) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


def duties(client, user) -> dict[str, int]:
    client.force_login(user)
    return {d.title: d.count for d in client.get("/dashboard/").context["duties"]}


def test_each_role_sees_its_own_piles(client, world):
    factories.submitted(world)
    factories.returned(world, "meet_greet")
    of_desk = {"To decide": 1, "To sign as host": 0, "With applicant": 1, "Reserve": 0}
    nothing = dict.fromkeys(of_desk, 0)
    of_broker = {"Questions and needs to answer": 0, "Claims to check": 0, "Changes to approve": 0}
    assert {
        name: duties(client, getattr(world, name))
        for name in ("sme", "broker", "host_broker", "finance", "manager")
    } == {
        "sme": {},
        "broker": {**of_desk, **of_broker},
        "host_broker": {**nothing, **of_broker},
        "finance": {**of_desk, "Claims to pay": 0},
        "manager": of_desk,
    }


def test_an_owner_sees_who_asks_to_join(client, world):
    Membership.objects.create(
        user=factories.make_person("colleague@voorbeeld.example"),
        organisation=world.organisation,
        state=MembershipState.REQUESTED,
        asked_at=world.now,
    )
    assert duties(client, world.sme) == {"People ask to act for your firm": 1}


def test_an_sme_sees_its_applications_and_what_to_do(client, world):
    application = factories.returned(world)
    client.force_login(world.sme)
    page = client.get("/dashboard/").content.decode()
    wanted = [
        application.reference,
        "Which of the two carriers did you test?",
        "Answer the question",
    ]
    assert [text for text in wanted if text not in page] == []


def test_somebody_new_reads_what_to_do(client, world):
    client.force_login(factories.make_person("new@firm.example"))
    assert b"Nothing waits for you" in client.get("/dashboard/").content


def test_a_stranger_signs_in_first(client):
    assert client.get("/dashboard/")["Location"] == "/accounts/login/?next=/dashboard/"


def test_a_provider_sees_what_to_confirm_or_correct(client, world):
    record = world.records["NL-ENL"]
    provider = factories.make_person("provider@enl.example")
    Membership.objects.create(
        user=provider,
        organisation=record.provider.organisation,
        state=MembershipState.ACTIVE,
        asked_at=world.now,
    )
    title = "Records to confirm or correct"
    assert duties(client, provider) == {title: 0}
    Record.objects.filter(pk=record.pk).update(confirmed_on=world.now - timedelta(days=200))
    assert duties(client, provider) == {title: 1}
    Record.objects.filter(pk=record.pk).update(confirmed_on=world.now, link_problem="404")
    assert duties(client, provider) == {title: 1}
    Record.objects.filter(pk=record.pk).update(link_problem="")
    by, broker = Actor.person(provider), Actor.person(world.broker)
    term = Competence.objects.create(slug="imaging", name="Imaging")
    changes = {"competences": [term.slug], "access_types": ["remote"]}
    change = catalogue.write_revision(record, changes=changes, by=by, now=world.now)
    catalogue.submit_revision(change, by=by, now=world.now)
    assert duties(client, provider) == {title: 0}
    assert duties(client, world.broker)["Changes to approve"] == 1
    assert duties(client, world.host_broker)["Changes to approve"] == 0
    catalogue.return_revision(change, note="More", by=broker, now=world.now)
    assert duties(client, provider) == {title: 1}
