"""What each role has to do next."""

import pytest

from portal.enums import MembershipState
from portal.models import Membership
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
    assert {
        name: duties(client, getattr(world, name))
        for name in ("sme", "broker", "host_broker", "finance", "manager")
    } == {
        "sme": {},
        "broker": {**of_desk, "Claims to check": 0},
        "host_broker": {**nothing, "Claims to check": 0},
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
