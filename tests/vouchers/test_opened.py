"""A question opens only the answers that it asks about, and the desk shows what changed."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from portal.models import OutgoingMail
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories
from tests.vouchers.factories import NOW
from vouchers.actions import applications, draft_rows, drafts, returns
from vouchers.actions.draft_rows import host_of
from vouchers.cases import promise_of
from vouchers.models import Application, ChangeRequest
from vouchers.rules.verdict import Refused

pytestmark = pytest.mark.django_db
TITLE = {"title": "Another title", "bottleneck": "finance"}


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    made = factories.make_world()
    plan = made.offers["collaboration"].question_set.questions.get(key="plan")
    plan.pk, plan.key, plan.label = None, "share", "Who does what?"
    plan.save()
    return made


def send_back(world, *opened: str) -> Application:
    application = factories.submitted(world, "collaboration")
    applications.send_back(
        application,
        kind="question",
        message="Which carrier?",
        answer_by=NOW + timedelta(days=5),
        opened=opened,
        by=Actor.person(world.broker),
        now=NOW,
    )
    return Application.objects.get(pk=application.pk)


def two_questions(application) -> tuple:
    """Two long texts of one section."""
    for question in application.question_set.questions.filter(kind="long_text"):
        same = application.question_set.questions.filter(kind="long_text", section=question.section)
        if same.count() > 1:
            return tuple(same[:2])
    raise AssertionError("the form has no section with two long texts")


def answer(application, question, text, world):
    by = Actor.person(world.sme)
    return drafts.save_answers(
        application, section=question.section, values={question.key: text}, by=by, now=NOW
    )


def test_only_the_opened_answer_can_be_changed(world):
    asked, other = two_questions(factories.submitted(world, "collaboration"))
    world.sme = factories.another_sme(world)
    application = factories.submitted(world, "collaboration", by=world.sme)
    applications.send_back(
        application,
        kind="question",
        message="Which carrier?",
        answer_by=NOW + timedelta(days=5),
        opened=[asked.key],
        by=Actor.person(world.broker),
        now=NOW,
    )
    by = Actor.person(world.sme)
    answer(application, asked, "The second carrier", world)
    with pytest.raises(PermissionDenied):
        answer(application, other, "Something else", world)
    with pytest.raises(PermissionDenied):
        drafts.set_basics(application, values=TITLE, by=by, now=NOW)
    with pytest.raises(PermissionDenied):
        draft_rows.set_aid(application, lines=[], is_export_tied=False, by=by, now=NOW)
    with pytest.raises(PermissionDenied):
        draft_rows.set_costs(application, lines=[], amount=None, by=by, now=NOW)
    hosts = [host_of(world.records["DE-NDS"])]
    with pytest.raises(PermissionDenied):
        draft_rows.set_hosts(application, hosts=hosts, by=by, now=NOW)
    for attachment in application.attachments.all():
        with pytest.raises(PermissionDenied):
            drafts.detach(attachment, by=by, now=NOW)
    drafts.send(application, declarations=drafts.DECLARATIONS, by=by, now=NOW)
    assert application.submissions.count() == 2


def test_without_a_choice_all_answers_are_open(world):
    application = send_back(world)
    drafts.set_basics(application, values=TITLE, by=Actor.person(world.sme), now=NOW)
    assert Application.objects.get(pk=application.pk).title == "Another title"


def test_the_page_shows_closed_answers_and_takes_none(client, world):
    asked, other = two_questions(factories.draft(world, "collaboration"))
    application = send_back(world, asked.key)
    client.force_login(world.sme)
    address = reverse("application_section", args=[application.address, asked.section])
    page = client.get(address).content.decode()
    assert f'name="{other.key}"' in page
    form = client.get(address).context["form"]
    assert (form.fields[asked.key].disabled, form.fields[other.key].disabled) == (False, True)
    before = application.answers.get(question=other).value
    client.post(address, {asked.key: "The second carrier", other.key: "Something else"})
    assert application.answers.get(question=asked).value == "The second carrier"
    assert application.answers.get(question=other).value == before


def test_a_closed_part_says_so_and_refuses_what_is_sent(client, world):
    asked, _other = two_questions(factories.draft(world, "collaboration"))
    application = send_back(world, asked.key)
    client.force_login(world.sme)
    about = reverse("application_section", args=[application.address, "about"])
    page = client.get(about, follow=True).content.decode()
    assert "stays as you sent it" in page
    assert "Not asked about" in page
    assert about not in page
    assert client.post(about, TITLE).status_code == 403
    hosts = reverse("application_hosts", args=[application.address])
    assert "stays as you sent it" in client.get(hosts, follow=True).content.decode()
    assert client.post(hosts, {"remove": "1"}).status_code == 403


def test_the_broker_chooses_the_answers_at_the_desk(client, world):
    application = factories.submitted(world, "collaboration")
    asked, _other = two_questions(application)
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_application_change", args=[application.reference])
    assert "Answers that may be changed" in client.get(desk).content.decode()
    given = {
        "send_back-kind": "question",
        "send_back-message": "Which carrier?",
        "send_back-opened": [asked.key, "costs"],
        "send_back-answer_day": "2027-03-12",
        "send_back-answer_time": "17:00",
    }
    client.post(
        reverse("admin:vouchers_application_send_back", args=[application.reference]), given
    )
    assert ChangeRequest.objects.get().opened == sorted([asked.key, "costs"])


def test_the_desk_shows_exactly_what_changed_with_its_words(client, world):
    application = send_back(world)
    asked, _other = two_questions(application)
    by = Actor.person(world.sme)
    old = application.answers.get(question=asked).value
    answer(application, asked, f"{old} twice", world)
    drafts.set_basics(application, values={**TITLE, "bottleneck": "technology"}, by=by, now=NOW)
    drafts.send(application, declarations=drafts.DECLARATIONS, by=by, now=NOW)
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_application_change", args=[application.reference])
    page = client.get(desk)
    changes = page.context["dossier"].changes
    assert [change.label for change in changes] == ["Title of your project", asked.label]
    said = {
        side: ["".join(p.text for p in getattr(c, side) if p.is_changed) for c in changes]
        for side in ("old", "new")
    }
    assert said["old"][0] == "Peptide stability in plasma"
    assert said["new"] == ["Another title", " twice"]
    assert "<ins>" in page.content.decode()
    assert "What changed with the last answer" in page.content.decode()


def test_a_first_submission_shows_no_changes(client, world):
    application = factories.submitted(world)
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_application_change", args=[application.reference])
    assert "What changed with the last answer" not in client.get(desk).content.decode()


LATER = NOW + timedelta(days=1)
UNTIL = NOW + timedelta(days=5)


def open_further(application, world, *opened: str, who="broker", now=LATER, **more):
    return returns.open_further(
        application,
        message="And the title, please.",
        opened=opened,
        by=Actor.person(getattr(world, who)),
        now=now,
        **more,
    )


def test_further_answers_are_opened_beside_the_first(client, world, freeze):
    application = send_back(world, "costs")
    by = Actor.person(world.sme)
    with pytest.raises(PermissionDenied):
        drafts.set_basics(application, values=TITLE, by=by, now=LATER)
    open_further(application, world, "about")
    drafts.set_basics(application, values=TITLE, by=by, now=LATER)
    with pytest.raises(PermissionDenied):
        draft_rows.set_aid(application, lines=[], is_export_tied=False, by=by, now=LATER)
    asked = list(application.change_requests.all())
    assert [(one.opened, one.asked_at, one.answer_by, one.kind) for one in asked] == [
        (["costs"], NOW, UNTIL, "question"),
        (["about"], LATER, UNTIL, "question"),
    ]
    mails = OutgoingMail.objects.filter(kind="changes_requested", to=[world.sme.email])
    assert [
        ("And the title" in m.body, "Which carrier" in m.body) for m in mails.order_by("pk")
    ] == [
        (False, True),
        (True, False),
    ]
    freeze(LATER)
    client.force_login(world.sme)
    page = client.get(reverse("application", args=[application.address])).content.decode()
    assert ("Which carrier?" in page, "And the title, please." in page) == (True, True)
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_application_change", args=[application.reference])
    page = client.get(desk).content.decode()
    assert ("Which carrier?" in page, "And the title, please." in page) == (True, True)
    assert "Further answers opened" in page


def test_the_promise_clock_stands_from_the_first_question_to_the_answer(world):
    application = send_back(world, "costs")
    clock = promise_of(application)
    open_further(application, world, "about")
    later = NOW + timedelta(days=3)
    by = Actor.person(world.sme)
    assert promise_of(application).is_paused(now=later)
    assert promise_of(application).due_on(now=later) == clock.due_on(now=later)
    drafts.send(application, declarations=drafts.DECLARATIONS, by=by, now=later)
    row = Application.objects.get(pk=application.pk)
    assert (row.due_on, row.complete_at) == (clock.due_on(now=later), NOW)
    assert set(row.change_requests.values_list("answered_at", flat=True)) == {later}


@pytest.mark.parametrize(
    ("asked", "holds"),
    [(None, 5), (3, 5), (5, 5), (9, 9)],
    ids=["none", "earlier", "same", "later"],
)
def test_the_time_to_answer_only_grows(world, asked, holds):
    application = send_back(world, "costs")
    answer_by = NOW + timedelta(days=asked) if asked else None
    open_further(application, world, "about", answer_by=answer_by)
    row = Application.objects.get(pk=application.pk)
    assert row.answer_by == NOW + timedelta(days=holds)


def test_where_everything_is_open_a_further_question_closes_nothing(world):
    application = send_back(world)
    assert open_further(application, world, "costs").opened == []
    drafts.set_basics(application, values=TITLE, by=Actor.person(world.sme), now=LATER)


@pytest.mark.parametrize("who", ["sme", "host_broker", "other_broker", "finance", "auditor"])
def test_who_may_not_open_further_answers(world, who):
    application = send_back(world, "costs")
    with pytest.raises(PermissionDenied):
        open_further(application, world, "about", who=who)


def test_what_is_not_returned_or_too_late_opens_no_further(world):
    with pytest.raises(IllegalMove):
        open_further(factories.submitted(world, by=factories.another_sme(world)), world, "about")
    application = send_back(world, "costs")
    with pytest.raises(Refused, match="answer_too_late"):
        open_further(application, world, "about", now=UNTIL + timedelta(seconds=1))


def test_the_broker_opens_further_answers_at_the_desk(client, world):
    application = send_back(world, "costs")
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_application_change", args=[application.reference])
    forms = {p.form.prefix: p.form for p in client.get(desk).context["panels"]}
    offered = [key for key, _label in forms["open_further"].fields["opened"].choices]
    assert ("costs" in offered, "about" in offered) == (False, True)
    address = reverse("admin:vouchers_application_open_further", args=[application.reference])
    given = {
        "open_further-message": "And the title, please.",
        "open_further-opened": ["about"],
        "open_further-answer_day": "2027-03-12",
        "open_further-answer_time": "12:00",
    }
    page = client.post(address, given)
    assert "The time to answer cannot become shorter" in page.content.decode()
    nothing = {**given, "open_further-answer_day": "2027-03-20", "open_further-opened": []}
    assert "Choose what else may be changed" in client.post(address, nothing).content.decode()
    assert ChangeRequest.objects.count() == 1
    client.post(address, {**given, "open_further-answer_day": "2027-03-20"})
    row = Application.objects.get(pk=application.pk)
    assert row.answer_by > UNTIL
    assert ChangeRequest.objects.get(answer_by=row.answer_by).opened == ["about"]


def test_the_desk_offers_no_further_answers_where_all_are_open(client, world):
    application = send_back(world)
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_application_change", args=[application.reference])
    assert "Open further answers" not in client.get(desk).content.decode()
