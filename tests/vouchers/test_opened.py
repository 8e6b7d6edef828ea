"""A question opens only the answers that it asks about, and the desk shows what changed."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from portal.permissions import Actor
from tests.vouchers import factories
from tests.vouchers.factories import NOW
from vouchers.actions import applications, draft_rows, drafts
from vouchers.actions.draft_rows import host_of
from vouchers.models import Application, ChangeRequest

pytestmark = pytest.mark.django_db
TITLE = {"title": "Another title", "bottleneck": "finance"}


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


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
