"""The milestone table: filled in, wrong, in two tabs, and as everybody reads it."""

import re

import pytest
from django.urls import reverse

from tests.vouchers import factories
from vouchers.actions import applications
from vouchers.cases.contents import changes_between
from vouchers.models import Answer, Question
from vouchers.snapshots import content_of

pytestmark = pytest.mark.django_db
STORED = "2027-07-01\tWear test is done\n2027-09-15\tReport is accepted"


@pytest.fixture
def world(freeze):
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def draft(world):
    row = factories.draft(world, "collaboration")
    Question.objects.create(
        question_set=row.question_set,
        section="steps",
        section_title="Steps",
        key="steps",
        kind="milestones",
        label="What will be reached?",
        order=90,
    )
    return row


@pytest.fixture
def sme(client, world):
    client.force_login(world.sme)
    return client


def page(row):
    return reverse("application_section", args=[row.address, "steps"])


def typed(*rows):
    return {
        f"steps_{name}_{number}": text
        for number, row in enumerate(rows, start=1)
        for name, text in zip(("what", "by"), row, strict=True)
    }


def answer_of(row):
    return Answer.objects.filter(application=row, question__key="steps").values_list(
        "value", flat=True
    )


def test_rows_are_stored_and_shown_again_and_empty_ones_are_left_out(sme, draft):
    rows = [("Wear test is done", "1 July 2027"), ("", ""), ("Report is accepted", "15/9/2027")]
    assert sme.post(page(draft), typed(*rows)).status_code == 302
    assert [*answer_of(draft)] == [STORED]

    shown = sme.get(page(draft)).content.decode()

    for value in ("Wear test is done", "1 July 2027", "Report is accepted", "15 September 2027"):
        assert f'value="{value}"' in shown


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("Report", ""), "Milestone 1: say by which day"),
        (("", "1 July 2027"), "Milestone 1: say what is reached"),
        (("Report", "soon"), "Milestone 1: the day must be a date, like 2 June 2027"),
        (("Report\x07", "1 July 2027"), "Milestone 1: What is reached has characters that cannot"),
        (("R" * 151, "1 July 2027"), "Milestone 1: What is reached must be 150 characters"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_and_stays_as_typed(sme, draft, row, sentence):
    answer = sme.post(page(draft), typed(row))

    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert [*answer_of(draft)] == [None]
    again = sme.get(page(draft)).content.decode()
    for text in row:
        assert f'value="{text}"' in again or not text


def test_no_rows_are_no_answer(sme, draft):
    sme.post(page(draft), typed(("Report", "1 July 2027")))
    sme.post(page(draft), typed(("", "")))
    assert [*answer_of(draft)] == [None]
    assert "steps" in applications.missing_in(draft)


def test_the_other_browsers_rows_are_shown_in_words(sme, draft):
    marks = dict(sme.get(page(draft)).context["seen"])
    sme.post(page(draft), {**marks, **typed(("Theirs", "1 July 2027"))})

    mine = sme.post(page(draft), {**marks, **typed(("Mine", "2 July 2027"))})

    assert (mine.status_code, "Theirs, by 1 July 2027" in mine.content.decode()) == (409, True)


def test_desk_copy_and_comparison_read_the_same_words(world, draft, sme):
    factories.fill(draft, world, by=world.sme)
    sme.post(page(draft), typed(("Wear test is done", "1 July 2027")))
    before = content_of(draft)
    sme.post(page(draft), typed(("Wear test is done", "8 July 2027")))

    [change] = changes_between(before, content_of(draft), {})

    words = ["".join(piece.text for piece in side) for side in (change.old, change.new)]
    assert words == ["Wear test is done, by 1 July 2027", "Wear test is done, by 8 July 2027"]
    sent = sme.get(reverse("application_text", args=[draft.address])).content.decode()
    assert "Wear test is done, by 8 July 2027" in sent


def test_only_the_wrong_row_is_marked(sme, draft):
    answer = sme.post(page(draft), typed(("Test", "1 July 2027"), ("Report", "")))

    marked = re.findall(r'<input[^>]*name="(steps_\w+)"[^>]*is-invalid', answer.content.decode())
    assert marked == ["steps_what_2", "steps_by_2"]
