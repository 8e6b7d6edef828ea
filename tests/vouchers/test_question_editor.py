"""The question editor: drafts of versions, conditions, preview, and what applicants meet."""

import pytest
from django.urls import reverse

from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import applications, calls, drafts, questions, setup
from vouchers.actions.setup import TermsAnnounced
from vouchers.models import Application, Question, QuestionSet
from vouchers.snapshots import sections_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings, freeze) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def by(world) -> Actor:
    return Actor.person(world.manager)


@pytest.fixture
def manager(client, world):
    client.force_login(world.manager)
    return client


def page(name: str, version: QuestionSet) -> str:
    return reverse(f"admin:vouchers_questionset_{name}", args=[version.pk])


def rows(version: QuestionSet, *new: dict[str, str], **changes: dict[str, str]) -> dict[str, str]:
    """Return what the editor's page sends: the questions that are there, then new ones."""
    found = list(version.questions.all())
    sent: dict[str, str] = {
        "questions-TOTAL_FORMS": str(len(found) + len(new)),
        "questions-INITIAL_FORMS": str(len(found)),
        "questions-MIN_NUM_FORMS": "0",
        "questions-MAX_NUM_FORMS": "1000",
    }
    for number, question in enumerate(found):
        fields = {
            "id": question.pk,
            "question_set": version.pk,
            "order": question.order,
            "section_title": question.section_title,
            "label": question.label,
            "help_text": question.help_text,
            "kind": question.kind,
            "options": "\n".join(label for _value, label in question.choices),
            "is_required": "on" if question.is_required else "",
            "max_length": question.max_length or "",
            "seen_by_host": "on" if question.seen_by_host else "",
            "key": question.key,
            **changes.get(question.key, {}),
        }
        sent |= {
            f"questions-{number}-{name}": str(text) for name, text in fields.items() if text != ""
        }
    for number, fields in enumerate(new, start=len(found)):
        sent |= {f"questions-{number}-question_set": str(version.pk)}
        sent |= {f"questions-{number}-{name}": text for name, text in fields.items()}
    return sent


ETHICS = {"order": "900", "section_title": "Ethics", "label": "Are animals used?", "kind": "yes_no"}
WHICH = {
    "order": "910",
    "section_title": "Ethics",
    "label": "Which approval do you have?",
    "kind": "short_text",
    "is_required": "on",
    "shown_if_key": "are_animals_used",
    "shown_if_value": "yes",
}


def test_a_manager_writes_the_next_version_and_publishes_it(manager, world):
    old = world.offers["insight"].question_set
    draft_page = manager.post(page("next", old)).url
    draft = QuestionSet.objects.get(code=old.code, version=old.version + 1)
    assert draft_page == page("change", draft)
    assert [q.key for q in draft.questions.all()] == [q.key for q in old.questions.all()]

    first = draft.questions.first()
    sent = rows(draft, ETHICS, WHICH, **{first.key: {"label": "Asked anew", "help_text": "Why."}})
    answer = manager.post(page("change", draft), sent)
    assert answer.status_code == 302, answer.context["errors"]
    added = draft.questions.filter(section="ethics").values_list("key", "is_required")
    assert list(added) == [("are_animals_used", False), ("which_approval_do_you_have", True)]
    first.refresh_from_db()
    assert (first.label, first.help_text) == ("Asked anew", "Why.")

    assert "Nothing that you type here is saved" in (
        manager.get(page("preview", draft)).content.decode()
    )
    manager.post(page("publish", draft))
    draft.refresh_from_db()
    assert draft.published_at == world.now
    assert old.questions.filter(section="ethics").count() == 0


def test_a_published_version_takes_no_change(manager, world, by):
    version = world.offers["insight"].question_set
    question = version.questions.first()
    before = Question.objects.count()
    refused = manager.post(page("change", version), rows(version, ETHICS))
    assert (refused.status_code, Question.objects.count()) == (403, before)
    with pytest.raises(TermsAnnounced):
        setup.edit(question, {"label": "New"}, by=by, now=world.now)


BAD = [
    ({**ETHICS, "kind": "choice"}, "Enter the answers to choose from, one a line"),
    ({**WHICH, "shown_if_value": ""}, "Enter the answer that it waits for"),
    ({**ETHICS, "key": "need"}, "Another question of this form has this key"),
    ({**ETHICS, "label": ""}, "This field is required."),
]


@pytest.mark.parametrize(("row", "words"), BAD)
def test_bad_rows_get_a_sentence_and_stay(manager, world, by, row, words):
    old = world.offers["insight"].question_set
    draft = questions.begin_version(world.programme, code=old.code, by=by, now=world.now)
    before = draft.questions.count()
    answer = manager.post(page("change", draft), rows(draft, row))
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert draft.questions.count() == before


NOT_READY = [
    ({"kind": "choice", "choices": [["a", "A"]]}, "needs at least two answers"),
    ({"shown_if_key": "later", "shown_if_value": "yes"}, "does not come before it"),
    ({"shown_if_key": "first", "shown_if_value": "maybe"}, "does not have"),
]


@pytest.mark.parametrize(("fields", "words"), NOT_READY)
def test_a_form_that_cannot_work_is_not_published(manager, world, by, fields, words):
    draft = questions.begin_version(world.programme, code="new", by=by, now=world.now)
    base = {"question_set": draft, "section": "s", "section_title": "S"}
    Question.objects.create(**base, key="first", label="First", kind="yes_no", order=1)
    later = {"kind": "short_text", **fields}
    Question.objects.create(**base, key="second", label="Second", order=2, **later)
    told = manager.post(page("publish", draft), follow=True).content.decode()
    draft.refresh_from_db()
    assert (words in told, draft.published_at) == (True, None)


def test_an_empty_form_is_not_published_and_what_is_left_out_goes(world, by):
    draft = questions.begin_version(world.programme, code="new", by=by, now=world.now)
    base = {"question_set": draft, "section": "s", "section_title": "S", "kind": "short_text"}
    Question.objects.create(**base, key="gone", label="Gone", is_left_out=True)
    with pytest.raises(questions.FormNotReady):
        questions.publish_version(draft, by=by, now=world.now)
    Question.objects.create(**base, key="stays", label="Stays")
    Question.objects.get_or_create(**base, key="gone", label="Gone", is_left_out=True)
    questions.publish_version(draft, by=by, now=world.now)
    assert [q.key for q in draft.questions.all()] == ["stays"]


@pytest.fixture
def tied(world) -> Application:
    """Return a complete draft whose form asks for an approval only where animals are used."""
    asked = [
        {
            "section": "ethics",
            "section_title": "Ethics",
            "key": "animals",
            "kind": "yes_no",
            "label": "Are animals used?",
        },
        {
            "section": "ethics",
            "section_title": "Ethics",
            "key": "approval",
            "kind": "short_text",
            "label": "Which approval?",
            "shown_if_key": "animals",
            "shown_if_value": "yes",
        },
    ]
    form = calls.publish_questions(
        world.programme, code="tied", questions=asked, by=factories.SET_UP, now=world.now
    )
    application = factories.complete_draft(world)
    application.question_set = form
    application.save()
    return application


@pytest.mark.parametrize(
    ("animals", "missing", "frozen"),
    [
        (None, ["animals"], ["animals"]),
        ("yes", ["approval"], ["animals", "approval"]),
        ("no", [], ["animals"]),
    ],
)
def test_only_what_is_asked_is_required_and_frozen(tied, world, animals, missing, frozen):
    drafts.save_answers(
        tied,
        section="ethics",
        values={"animals": animals},
        by=Actor.person(world.sme),
        now=world.now,
    )
    assert applications.missing_in(tied) == missing
    assert [a["key"] for a in sections_of(tied)[0]["answers"]] == frozen


def test_the_applicants_page_says_on_what_a_question_hangs(client, tied, world):
    client.force_login(world.sme)
    text = client.get(f"/applications/{tied.address}/ethics/").content.decode()
    assert "Only if you answered “Yes” to “Are animals used?”." in text
    assert 'data-shown-if="animals" data-shown-value="yes"' in text


def test_who_is_no_manager_writes_nothing(client, world, by):
    old = world.offers["insight"].question_set
    draft = questions.begin_version(world.programme, code=old.code, by=by, now=world.now)
    client.force_login(world.broker)
    assert client.post(page("next", old)).status_code == 403
    assert client.post(page("publish", draft)).status_code == 403
    assert client.post(page("change", draft), rows(draft, ETHICS)).status_code == 403
