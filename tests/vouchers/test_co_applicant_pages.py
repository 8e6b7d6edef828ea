"""The pages of people who take part: what they may do there, and what is only to read."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.models import OutgoingMail, User
from tests.vouchers import factories
from vouchers.enums import SeatState
from vouchers.models import Application, CoApplicant

pytestmark = pytest.mark.django_db
LAB = "lab@other.example"


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def draft(world) -> Application:
    return factories.complete_draft(world)


@pytest.fixture
def manager() -> User:
    return factories.make_person(LAB)


def letters() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="co_applicant_invited").order_by("pk"))


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("code", ["organisation", "hosts", "aid", "costs"])
def test_a_part_that_is_not_theirs_is_read_only(world, draft, manager, code):
    factories.seated(draft, manager, "about")
    client = browser(manager)
    page = client.get(f"/applications/{draft.address}/{code}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "You can read this part, not change it." in text
    assert "<textarea" not in text
    assert "Save and continue" not in text
    before = Application.objects.values().get(pk=draft.pk)
    assert client.post(f"/applications/{draft.address}/{code}/", {}).status_code == 403
    assert Application.objects.values().get(pk=draft.pk) == before


def test_only_the_lead_sees_how_to_send(world, draft, manager):
    factories.seated(draft, manager, "about")
    address = f"/applications/{draft.address}/"
    own = browser(world.sme).get(address).content.decode()
    theirs = browser(manager).get(address).content.decode()
    for words in ("Check your answers and send", "Delete this draft", f"{address}check/"):
        assert (words in own, words in theirs) == (True, False)
    assert "which sends the application" in theirs
    for name in ("check", "withdraw", "reopen", "discard"):
        assert browser(manager).get(f"{address}{name}/").status_code == 403


def test_a_co_applicant_finds_the_application_and_its_papers(world, manager):
    application = factories.submitted(world)
    factories.seated(application, manager)
    client = browser(manager)
    assert "You take part for Voorbeeld Biotech BV" in client.get("/applications/").content.decode()
    address = f"/applications/{application.address}/"
    for name in ("", "receipt/", "copy.txt", "people/"):
        assert client.get(f"{address}{name}").status_code == 200
    file = application.attachments.first()
    answer = client.get(f"{address}files/{file.pk}/")
    assert (answer.status_code, b"".join(answer.streaming_content)[:4]) == (200, b"%PDF")
    for name in ("award/", "claim/", "appeal/"):
        assert client.get(f"{address}{name}").status_code in {403, 404}


def test_the_firm_invites_sends_again_and_removes_on_its_page(world, draft):
    client, address = browser(world.sme), f"/applications/{draft.address}/people/"
    answer = client.post(address, {"email": LAB, "role": "edit", "sections": ["about"]})
    assert answer.status_code == 302
    seat = CoApplicant.objects.get()
    text = client.get(address).content.decode()
    assert LAB in text
    assert "Title and bottleneck" in text
    client.post(address, {"again": str(seat.pk)})
    assert len(letters()) == 2
    client.post(address, {"remove": str(seat.pk)})
    assert CoApplicant.objects.get().state == SeatState.REMOVED
    assert "Nobody was invited yet." in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Enter the person&#x27;s e-mail address"),
        ({"email": "lab"}, "Enter an e-mail address such as name@example.org"),
        ({"email": LAB, "role": "edit"}, "Choose at least one part that the person may edit"),
        ({"email": LAB, "role": "edit", "sections": ["aid"]}, "Choose parts of the list"),
        ({"email": LAB, "role": "boss"}, "Choose one of the answers"),
        ({"email": "sme@voorbeeld.example", "role": "view"}, "acts for your firm already"),
    ],
)
def test_a_wrong_invitation_says_what_is_wrong_and_sends_nothing(world, draft, sent, sentence):
    answer = browser(world.sme).post(f"/applications/{draft.address}/people/", sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert letters() == []


def test_another_applications_seat_cannot_be_removed_here(world, draft, manager):
    other = factories.submitted(world, by=factories.another_sme(world))
    seat = factories.seated(other, manager)
    answer = browser(world.sme).post(
        f"/applications/{draft.address}/people/", {"remove": str(seat.pk)}
    )
    assert answer.status_code == 404
    assert CoApplicant.objects.get().state == SeatState.ACCEPTED


def test_a_co_applicant_leaves(world, draft, manager):
    factories.seated(draft, manager)
    client = browser(manager)
    answer = client.post(f"/applications/{draft.address}/people/", {"leave": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/applications/")
    assert CoApplicant.objects.get().state == SeatState.REMOVED


def test_the_list_costs_the_same_for_one_seat_and_for_five(world, manager):
    client = browser(manager)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/applications/").status_code == 200
        return len(queries)

    factories.seated(factories.submitted(world), manager)
    cost()
    first = cost()
    for _turn in range(4):
        sme = factories.another_sme(world)
        factories.seated(factories.submitted(world, by=sme), manager)
    assert cost() == first


@pytest.mark.parametrize(
    "sent", [{}, {"email": "x@y.example", "role": "view"}, {"remove": "1"}, {"again": "1"}]
)
def test_what_only_the_firm_may_send_is_refused_and_nobody_leaves(world, draft, manager, sent):
    factories.seated(draft, manager)
    answer = browser(manager).post(f"/applications/{draft.address}/people/", sent)
    assert answer.status_code == 403
    assert CoApplicant.objects.get().state == SeatState.ACCEPTED
    assert letters() == []


@pytest.mark.parametrize("code", ["about", "costs", "hosts"])
def test_a_sent_application_has_no_parts_to_open(world, manager, code):
    application = factories.submitted(world)
    factories.seated(application, manager, "about")
    address = f"/applications/{application.address}/"
    answer = browser(manager).get(f"{address}{code}/")
    assert (answer.status_code, answer["Location"]) == (302, address)
