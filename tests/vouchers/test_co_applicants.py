"""Co-applicants: invited by mail, at home in their parts, gone when they are removed."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.actions.people import WrongAddress
from portal.links import LinkNotValid
from portal.models import JournalEntry, MailLink, OutgoingMail, User
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories
from vouchers.actions import applications, co_applicants, drafts, erasure, leaving
from vouchers.actions.co_applicants import ActsForFirm, AlreadyInvited, TooMany
from vouchers.enums import SeatRole, SeatState
from vouchers.models import Application, CoApplicant
from vouchers.permissions import may_write
from vouchers.rules.verdict import Refused

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
    """The laboratory's manager, with an account and a confirmed address."""
    person = factories.make_person(LAB)
    EmailAddress.objects.create(user=person, email=LAB, verified=True, primary=True)
    return person


def question_section(draft: Application) -> str:
    return draft.question_set.questions.exclude(kind="cost_table").first().section


def invite(draft, world, *sections, email=LAB, by=None) -> CoApplicant:
    return co_applicants.invite(
        draft,
        email=email,
        role=SeatRole.EDIT if sections else SeatRole.VIEW,
        sections=sections,
        by=Actor.person(by or world.sme),
        now=world.now,
        link_now=timezone.now(),
    )


def token_in(mail: OutgoingMail) -> str:
    found = re.search(r"/applications/invitation/([\w-]+)/", mail.body)
    assert found
    return found[1]


def accept(token, person, world) -> CoApplicant:
    return co_applicants.accept(
        token, by=Actor.person(person), now=world.now, link_now=timezone.now()
    )


def letters() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="co_applicant_invited").order_by("pk"))


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_an_invitation_is_one_private_letter_that_names_firm_and_call(world, draft):
    seat = invite(draft, world, "about")
    mail = letters()[0]
    assert (mail.to, mail.is_private, mail.reply_to) == ([LAB], True, "sme@voorbeeld.example")
    assert "Voorbeeld Biotech BV invites you" in mail.subject
    assert "20 March 2027" in mail.body
    assert (seat.state, seat.sections) == ("invited", ["about"])


def test_only_the_invited_person_accepts_and_only_once(world, draft, manager):
    invite(draft, world, "about")
    token = token_in(letters()[0])
    stranger = factories.make_person("stranger@else.example")
    with pytest.raises(WrongAddress):
        accept(token, stranger, world)
    seat = accept(token, manager, world)
    assert (seat.state, seat.user) == (SeatState.ACCEPTED, manager)
    with pytest.raises(LinkNotValid):
        accept(token, manager, world)


def test_a_new_link_ends_the_old_one(world, draft, manager):
    seat = invite(draft, world)
    co_applicants.invite_again(
        seat, by=Actor.person(world.sme), now=world.now, link_now=timezone.now()
    )
    first, second = (token_in(mail) for mail in letters())
    with pytest.raises(LinkNotValid):
        accept(first, manager, world)
    assert accept(second, manager, world).user == manager


def test_a_link_is_too_old_after_thirty_days(world, draft, manager):
    invite(draft, world)
    late = timezone.now() + timedelta(days=31)
    with pytest.raises(LinkNotValid):
        co_applicants.accept(
            token_in(letters()[0]), by=Actor.person(manager), now=late, link_now=late
        )


def test_an_old_link_is_renewed_by_its_own_page_and_to_the_same_address(world, draft, manager):
    invite(draft, world)
    MailLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    address = f"/applications/invitation/{token_in(letters()[0])}/"
    old = Client().get(address)
    assert old.status_code == 410
    assert "Send me a new link" in old.content.decode()
    for _turn in range(2):
        Client().post(address, {"renew": "1"})
    assert [mail.to for mail in letters()] == [[LAB], [LAB]]
    assert accept(token_in(letters()[1]), manager, world).user == manager


def test_nothing_is_renewed_once_the_invitation_was_taken_back(world, draft):
    seat = invite(draft, world)
    link = MailLink.objects.get(purpose="co_applicant")
    MailLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    co_applicants.remove(seat, by=Actor.person(world.sme), now=world.now)
    assert not co_applicants.renew(link, now=world.now, link_now=timezone.now())
    assert len(letters()) == 1


def test_an_invitation_that_was_taken_back_leads_nowhere(world, draft, manager):
    seat = invite(draft, world)
    co_applicants.remove(seat, by=Actor.person(world.sme), now=world.now)
    with pytest.raises(LinkNotValid):
        accept(token_in(letters()[0]), manager, world)
    assert not CoApplicant.objects.filter(state=SeatState.ACCEPTED).exists()


def test_nobody_is_invited_twice_nor_a_member_of_the_firm(world, draft):
    invite(draft, world)
    with pytest.raises(AlreadyInvited):
        invite(draft, world, email=LAB.upper())
    with pytest.raises(ActsForFirm):
        invite(draft, world, email="SME@voorbeeld.example")
    assert len(letters()) == 1


def test_an_application_has_room_for_twenty(world, draft):
    for number in range(co_applicants.MOST):
        invite(draft, world, email=f"p{number}@other.example")
    with pytest.raises(TooMany):
        invite(draft, world)


def test_only_the_firm_invites_and_only_while_it_can_edit(world, draft, manager):
    factories.seated(draft, manager, "about")
    for person in (manager, world.broker, factories.make_person("x@else.example")):
        with pytest.raises(PermissionDenied):
            invite(draft, world, by=person, email="new@else.example")
    factories.send(draft, world)
    with pytest.raises(IllegalMove):
        invite(draft, world, email="new@else.example")


@pytest.mark.parametrize("section", ["organisation", "aid"])
def test_figures_and_aid_stay_the_firms_own(world, draft, section):
    with pytest.raises(ValueError, match=section):
        invite(draft, world, section)


def test_an_editor_has_at_least_one_part(world, draft):
    with pytest.raises(ValueError, match=r"\[\]"):
        co_applicants.invite(
            draft,
            email=LAB,
            role=SeatRole.EDIT,
            by=Actor.person(world.sme),
            now=world.now,
            link_now=timezone.now(),
        )


def test_who_may_edit_a_part_saves_it_and_no_other(world, draft, manager):
    factories.seated(draft, manager, "about")
    by = Actor.person(manager)
    drafts.set_basics(draft, values={"title": "By the lab"}, by=by, now=world.now)
    assert Application.objects.get(pk=draft.pk).title == "By the lab"
    with pytest.raises(PermissionDenied):
        drafts.save_answers(draft, section=question_section(draft), values={}, by=by, now=world.now)
    with pytest.raises(PermissionDenied):
        drafts.keep_typed(draft, section="hosts", typed={"name": "x"}, by=by, now=world.now)


@pytest.mark.parametrize("sections", [(), ("about",)])
def test_a_co_applicant_never_sends_nor_withdraws(world, draft, manager, sections):
    factories.seated(draft, manager, *sections)
    by = Actor.person(manager)
    with pytest.raises(PermissionDenied):
        applications.submit(draft, by=by, now=world.now)
    with pytest.raises(PermissionDenied):
        applications.withdraw(draft, by=by, now=world.now)


def test_after_the_close_a_co_applicant_is_refused_as_the_firm_is(world, draft, manager):
    factories.seated(draft, manager, "about")
    late = world.call.closes_at + timedelta(hours=1)
    with pytest.raises(Refused):
        drafts.set_basics(draft, values={"title": "Late"}, by=Actor.person(manager), now=late)


def test_who_was_removed_finds_nothing_any_more(world, draft, manager):
    seat = factories.seated(draft, manager, "about")
    client = browser(manager)
    address = f"/applications/{draft.address}/"
    assert client.get(address).status_code == 200
    co_applicants.remove(seat, by=Actor.person(world.sme), now=world.now)
    assert client.get(address).status_code == 404
    assert client.get(f"{address}about/").status_code == 404
    assert draft.address not in client.get("/applications/").content.decode()
    assert not may_write(Actor.person(manager), draft, "about")


def test_the_journal_names_every_step(world, draft, manager):
    seat = invite(draft, world, "about")
    accept(token_in(letters()[0]), manager, world)
    answer = browser(manager).post(f"/applications/{draft.address}/costs/", {"amount": "1"})
    assert answer.status_code == 403
    co_applicants.remove(
        CoApplicant.objects.get(pk=seat.pk), by=Actor.person(world.sme), now=world.now
    )
    about_seat = JournalEntry.objects.about(seat).order_by("pk")
    assert [*about_seat.values_list("verb", "by")] == [
        ("invite_co_applicant", world.sme.pk),
        ("accept_seat", manager.pk),
        ("remove_co_applicant", world.sme.pk),
    ]
    refused = JournalEntry.objects.about(draft).get(verb="refuse_edit")
    assert (refused.by_id, refused.data) == (manager.pk, {"section": "costs"})


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
    for words in ("Check your answers and send", "Withdraw", f"{address}check/"):
        assert (words in own, words in theirs) == (True, False)
    assert "which sends the application" in theirs
    for name in ("check", "withdraw", "reopen"):
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


def test_the_receipt_goes_to_the_firm_and_to_each_co_applicant(world, draft, manager):
    viewer = factories.make_person("viewer@other.example")
    gone = factories.make_person("gone@other.example")
    factories.seated(draft, manager, "about")
    factories.seated(draft, viewer)
    seat = factories.seated(draft, gone)
    co_applicants.remove(seat, by=Actor.person(world.sme), now=world.now)
    factories.send(draft, world)
    sent = OutgoingMail.objects.filter(kind="receipt").order_by("pk")
    assert [mail.to for mail in sent] == [["sme@voorbeeld.example"], [LAB], [viewer.email]]
    assert [mail.documents.count() for mail in sent] == [1, 1, 1]


def test_staff_who_take_part_do_not_see_it_at_the_desk(world):
    application = factories.submitted(world)
    assert application in Application.objects.for_desk(world.broker)
    factories.seated(application, world.broker)
    assert application not in Application.objects.for_desk(world.broker)
    assert application in Application.objects.visible_to(world.broker)


def test_a_colleague_who_joined_the_firm_needs_no_seat(world, draft, manager):
    invite(draft, world)
    factories._join(world.organisation, manager)
    with pytest.raises(ActsForFirm), transaction.atomic():
        accept(token_in(letters()[0]), User.objects.get(pk=manager.pk), world)


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


def test_an_erased_file_forgets_who_was_invited(world, manager):
    application = factories.rejected(world)
    seat = factories.seated(application, manager)
    erasure.erase_file(application, why="wish", by=Actor.clock(), now=world.now)
    assert CoApplicant.objects.get(pk=seat.pk).email == ""


def test_who_leaves_the_portal_leaves_other_firms_applications(world, draft, manager):
    factories.seated(draft, manager, "about")
    leaving.erase_person(manager, by=Actor.person(manager), now=world.now, link_now=timezone.now())
    seat = CoApplicant.objects.get()
    assert (seat.state, seat.email) == (SeatState.REMOVED, "")


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
