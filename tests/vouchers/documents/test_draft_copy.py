"""The copy of a draft: everything written, also what is no answer yet."""

from datetime import UTC, datetime
from io import BytesIO

import pypdf
import pytest
from django.urls import reverse

from tests.vouchers import factories
from vouchers import documents

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 4, 12, 10, 0, tzinfo=UTC)


@pytest.fixture
def world():
    return factories.make_world()


def said(row):
    return {
        answer["question"]: answer["answer"]
        for section in documents.draft_copy_facts(row, language="en")["sections"]
        for answer in section["answers"]
    }


def words_of(content):
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_an_empty_draft_says_so_of_each_part(world):
    row = factories.draft(world, "insight")

    facts = documents.draft_copy_facts(row, language="en")

    assert (facts["title_of_project"], facts["hosts"], facts["cost_lines"]) == (
        "No title yet",
        [],
        [],
    )
    assert said(row)["Aid received"] == "Not answered"
    asked = set(
        row.question_set.questions.exclude(kind="cost_table").values_list("label", flat=True)
    )
    answers = said(row)
    assert {label: answers.get(label) for label in asked} == dict.fromkeys(asked, "Not answered")


def test_what_is_typed_and_no_answer_is_printed_as_it_was_typed(world):
    row = factories.complete_draft(world)
    row.typed = {
        "costs": {"cost-0-amount": "12,5,0", "cost-0-kind": ["travel", "fees"]},
        "purpose": {"need": "x" * 9},
    }
    row.save(update_fields=["typed"])

    content = words_of(documents.draft_copy_pdf(row, language="en", now=NOON))

    for sentence in (
        row.title,
        "Not sent",
        "Typed and not stored as an answer yet",
        "cost-0-amount 12,5,0",
        f"{row.question_set.questions.get(key='need').label} xxxxxxxxx",
        "cost-0-kind travel, fees",
    ):
        assert sentence in content
    assert "Check this document" not in content


def test_the_applicant_takes_a_draft_away_as_a_pdf_in_its_own_language(world, client):
    row = factories.complete_draft(world)
    client.force_login(world.sme)

    answer = client.get(
        reverse("application_copy", args=[row.address]), headers={"accept-language": "de"}
    )

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    content = words_of(b"".join(answer.streaming_content))
    assert row.title in content
