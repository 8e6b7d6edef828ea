"""The facts of an application's copy."""

from datetime import UTC, datetime
from decimal import Decimal

from vouchers import documents
from vouchers.models import DeclaredAid, EnterpriseFigures
from vouchers.snapshots import content_of


def facts(submission, language="en"):
    return documents.application_copy_facts(submission, language=language)


def test_a_copy_carries_number_instant_sender_and_hash(submission):
    said = facts(submission)

    keys = ("application_number", "call", "submitted_at", "submitted_by", "application_hash")
    assert [said[key] for key in keys] == [
        "LSV-1-0022",
        "Call 1",
        datetime(2027, 4, 12, 10, 0, tzinfo=UTC),
        "A. Voorbeeld",
        "9f2c" * 16,
    ]


def test_every_answer_is_told_in_words_and_the_cost_table_once(submission):
    said = facts(submission)

    assert (said["sections"][1], said["cost_totals"][-1]) == (
        {
            "title": "Your project",
            "answers": [
                {"question": "What do you need?", "answer": "Ten years of wear, in five weeks."},
                {"question": "How?", "answer": "A test"},
                {"question": "Start date", "answer": "1 June 2027"},
                {"question": "Price", "answer": "€8,200"},
                {"question": "Are animals involved?", "answer": "No"},
                {"question": "Who owns the results?", "answer": "Not answered"},
            ],
        },
        {"label": "You pay", "amount": Decimal("1200.00")},
    )


def test_the_firms_figures_are_told(application, submission):
    EnterpriseFigures.objects.create(
        organisation=application.organisation,
        year=2026,
        headcount=Decimal("12.50"),
        turnover=Decimal("900000.00"),
        balance_sheet=Decimal("400000.00"),
    )
    application.figures_year = 2026
    submission.content = content_of(application)

    assert [answer["answer"] for answer in facts(submission)["sections"][0]["answers"]] == [
        "00000001",
        "Medical technology",
        "Not answered",
        "2026",
        "12.50",
        "€900,000",
        "€400,000",
    ]


def test_every_declared_aid_is_told_or_that_there_is_none(application, submission):
    with_aid = facts(submission)["sections"][-1]["answers"]
    DeclaredAid.objects.all().delete()
    submission.content = content_of(application)

    assert (with_aid, facts(submission)["sections"][-1]["answers"]) == (
        [
            {
                "question": "Province of Voorbeeld, 3 September 2025",
                "answer": "€10,000, Netherlands",
            }
        ],
        [{"question": "Aid received", "answer": "None"}],
    )


def test_hosts_from_the_catalogue_and_named_by_hand_are_told(application, submission):
    application.hosts.create(position=2, name="Muster Labor", country="CH")

    assert facts(submission)["hosts"] == [
        {
            "name": "Laboratoire Exemple",
            "region": "Wallonia",
            "contact": "C. Exemple, labo@example.org",
        },
        {"name": "Muster Labor", "region": "Switzerland", "contact": ""},
    ]


def test_a_copy_costs_the_same_queries_with_more_hosts_and_costs(
    application, submission, django_assert_num_queries
):
    kind = application.cost_lines.first().kind
    for position in range(5):
        application.hosts.create(position=position + 2, name=f"Host {position}", country="BE")
        application.cost_lines.create(kind=kind, item=f"Item {position}", amount=Decimal(10))

    with django_assert_num_queries(5):
        facts(submission)
