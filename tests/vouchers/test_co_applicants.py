"""Co-applicants: invited by mail, at home in their parts, gone when they are removed."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.utils import timezone

from portal.actions.people import WrongAddress
from portal.links import LinkNotValid
from portal.models import JournalEntry, MailLink, OutgoingMail, User
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories
from vouchers.actions import applications, calendar, co_applicants, drafts, erasure, leaving
from vouchers.actions.co_applicants import ActsForFirm, AlreadyInvited, TooMany
from vouchers.enums import ReturnKind, SeatRole, SeatState
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


def told(kind: str) -> list[str]:
    """Who got a letter of this kind."""
    sent = OutgoingMail.objects.filter(kind=kind).order_by("pk")
    return [address for mail in sent for address in mail.to]


def test_who_writes_with_the_firm_is_reminded_and_who_reads_is_not(world, draft, manager):
    factories.seated(draft, manager, "about")
    factories.seated(draft, factories.make_person("viewer@other.example"))
    closes, clock = world.call.closes_at, Actor.clock()
    for _twice in range(2):
        calendar.remind_drafts(by=clock, now=closes - timedelta(days=7))
    assert told("call_closes_soon") == [world.sme.email, LAB]
    for _twice in range(2):
        calendar.remind_drafts(by=clock, now=closes + timedelta(hours=2))
    assert told("draft_not_submitted") == [world.sme.email, LAB]
    enclosed = [mail.kind for mail in OutgoingMail.objects.all() for _ in mail.documents.all()]
    assert enclosed == ["draft_not_submitted", "draft_not_submitted"]


def test_a_question_goes_to_who_may_answer_it(world, manager):
    asked = {"need": ["sme", "lab", "both"], "costs": ["sme", "both"], "": ["sme", "lab", "both"]}
    people = {
        "sme": world.sme,
        "lab": manager,
        "both": factories.make_person("both@other.example"),
    }
    for opened, names in asked.items():
        application = factories.submitted(world, by=factories.another_sme(world))
        firm = factories.firm_of(application.started_by)
        factories._join(firm, world.sme)
        factories.seated(application, manager, "need")
        factories.seated(application, people["both"], "costs", "need")
        factories.seated(application, factories.make_person(f"reads{opened}@other.example"))
        OutgoingMail.objects.all().delete()
        applications.send_back(
            application,
            kind=ReturnKind.QUESTION,
            message="Which carrier?",
            answer_by=world.now + timedelta(days=5),
            opened=[opened] if opened else [],
            by=Actor.person(world.broker),
            now=world.now,
        )
        expected = {application.started_by.email, *(people[name].email for name in names)}
        assert set(told("changes_requested")) == expected, opened


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


def test_an_invitation_to_a_second_address_goes_with_the_account(world, draft, manager):
    second = "second@other.example"
    EmailAddress.objects.create(user=manager, email=second, verified=True)
    seat = invite(draft, world, email=second)
    leaving.erase_person(manager, by=Actor.person(manager), now=world.now, link_now=timezone.now())
    seat.refresh_from_db()
    assert (seat.state, seat.email) == (SeatState.REMOVED, "")


def test_nothing_is_mailed_again_once_the_application_is_over(world, draft):
    seat = invite(draft, world)
    link = MailLink.objects.get(purpose="co_applicant")
    MailLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    applications.withdraw(draft, by=Actor.person(world.sme), now=world.now)
    assert not co_applicants.renew(link, now=world.now, link_now=timezone.now())
    with pytest.raises(IllegalMove):
        co_applicants.invite_again(
            seat, by=Actor.person(world.sme), now=world.now, link_now=timezone.now()
        )
    assert len(letters()) == 1
