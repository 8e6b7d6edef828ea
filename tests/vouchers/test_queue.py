"""The triage queue: who sees what, in which order, and what it costs."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.enums import Role
from portal.models import RegionRole
from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import applications, assessments, awards
from vouchers.admin.keyset import PAGE_SIZE
from vouchers.enums import RejectReason, ReturnKind, Side
from vouchers.models import Application

pytestmark = pytest.mark.django_db
QUEUE = "/admin/vouchers/application/"
STATEMENTS = 12
BYTES = 80 * 1024


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def look(client, user, query=""):
    client.force_login(user)
    return client.get(QUEUE + query)


def numbers(answer) -> list[str]:
    """The numbers of the rows, in order."""
    return [row.application.reference for row in answer.context["rows"]]


def counts(answer) -> list[int]:
    return [tab.count for tab in answer.context["tabs"]]


def clones(application: Application, number: int) -> None:
    """Repeat an application, each a day later on the promise clock and every tenth on the same."""
    first = application.due_on
    rows = []
    for index in range(number):
        copy = Application.objects.get(pk=application.pk)
        copy.pk, copy.key, copy.reference = None, f"copy{index}", f"LSV-1-9{index:03}"
        copy.due_on = first + timedelta(days=index // 10)
        rows.append(copy)
    Application.objects.bulk_create(rows)


def test_each_person_sees_their_own_piles(client, world):
    submitted = factories.submitted(world, by=factories.another_sme(world))
    returned = factories.returned(world, by=factories.another_sme(world))
    half_signed = factories.eligible(world, by=factories.another_sme(world))
    awards.sign(
        half_signed,
        side=Side.HOME,
        amount=half_signed.amount,
        by=Actor.person(world.broker),
        now=world.now,
    )
    reserve = factories.eligible(world, by=factories.another_sme(world))
    awards.reserve(reserve, by=Actor.person(world.broker), now=world.now)
    factories.rejected(world, by=factories.another_sme(world))
    factories.draft(world, by=factories.another_sme(world))

    everything = [1, 1, 1, 0, 1, 1]
    assert {
        name: counts(look(client, person))
        for name, person in {
            "broker": world.broker,
            "host": world.host_broker,
            "other": world.other_broker,
            "finance": world.finance,
            "manager": world.manager,
            "auditor": world.auditor,
        }.items()
    } == {
        "broker": everything,
        "host": [0, 0, 0, 1, 0, 0],
        "other": [0, 0, 0, 0, 0, 0],
        "finance": everything,
        "manager": everything,
        "auditor": everything,
    }
    assert numbers(look(client, world.broker)) == [submitted.reference]
    assert numbers(look(client, world.broker, "?tab=with-applicant")) == [returned.reference]
    assert numbers(look(client, world.broker, "?tab=waiting")) == [half_signed.reference]
    assert numbers(look(client, world.host_broker, "?tab=to-sign")) == [half_signed.reference]
    assert numbers(look(client, world.broker, "?tab=reserve")) == [reserve.reference]


def test_an_assessor_finds_what_was_assigned(client, world):
    application = factories.eligible(world)
    by = Actor.person(world.broker)
    assessments.assign(application, assessor=world.other_broker, by=by, now=world.now)

    assert numbers(look(client, world.other_broker)) == [application.reference]


def test_an_applicant_has_no_queue(client, world):
    assert look(client, world.sme).status_code == 302


def test_the_least_time_left_comes_first(client, world):
    today = world.now
    late = factories.submitted(world, by=factories.another_sme(world))
    world.now = today - timedelta(days=13)
    early = factories.submitted(world, by=factories.another_sme(world))
    world.now = today - timedelta(days=17)
    over = factories.submitted(world, by=factories.another_sme(world))

    answer = look(client, world.broker)

    rows = answer.context["rows"]
    assert [(row.application.reference, row.clock.words, row.clock.tone) for row in rows] == [
        (over.reference, "1 day over", "bad"),
        (early.reference, "1 day left", "warn"),
        (late.reference, "10 days left", ""),
    ]


def test_a_returned_one_stands_still(client, world):
    factories.returned(world)

    row = look(client, world.broker, "?tab=with-applicant").context["rows"][0]

    assert (row.clock.words, row.tags) == (
        "Paused",
        [("Question open", "warn", "flag-fill")],
    )


def test_a_held_decision_is_marked(client, world):
    world.offers["insight"].holds_letters = True
    world.offers["insight"].save()
    factories.rejected(world)

    answer = look(client, world.broker, "?tab=decided")

    assert [row.is_held for row in answer.context["rows"]] == [True]
    assert "Held" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("?q=lsv-1-0002", 1),
        ("?q=peptide", 3),
        ("?q=nobody", 0),
        ("?voucher=insight", 2),
        ("?voucher=insight&q=0001", 1),
        ("?call=lsv-1", 3),
        ("?home=nl-enl", 3),
        ("?home=be-wal", 0),
        ("?host=de-nds", 2),
        ("?host=be-wal", 1),
        ("?state=submitted", 3),
        ("?state=approved", 0),
    ],
)
def test_every_filter_is_an_address(client, world, query, found):
    for kind, host in (("insight", "DE-NDS"), ("insight", "BE-WAL"), ("meet_greet", "DE-NDS")):
        factories.submitted(world, kind, by=factories.another_sme(world), host=host)

    answer = look(client, world.broker, query)

    assert len(numbers(answer)) == counts(answer)[0] == found


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("?state=nonsense", "State"),
        ("?voucher=1%27%20OR%201=1", "Voucher"),
        ("?home=atlantis", "Home region"),
        ("?tab=nonsense", "Tab"),
        (f"?q={'x' * 101}", "Number, firm or title"),
    ],
)
def test_what_an_address_says_wrongly_is_left_out_with_a_notice(client, world, query, named):
    application = factories.submitted(world)

    answer = look(client, world.broker, query)

    notices = [str(message) for message in answer.context["messages"]]
    assert numbers(answer) == [application.reference]
    assert notices == [f"We do not know this value, so we left the filter out: {named}"]


def test_a_filter_cannot_lead_beyond_the_region(client, world):
    application = factories.submitted(world)

    answer = look(client, world.other_broker, f"?q={application.reference}&home=nl-enl")

    assert (numbers(answer), sum(counts(answer))) == ([], 0)


def test_an_ended_role_acts_on_the_next_request(client, world):
    factories.submitted(world)
    before = numbers(look(client, world.broker))

    RegionRole.objects.filter(user=world.broker, role=Role.BROKER).update(ends_at=world.now)

    assert (len(before), client.get(QUEUE).status_code) == (1, 302)


def test_pages_follow_each_other_without_gaps(client, world):
    clones(factories.submitted(world), 2 * PAGE_SIZE + 7)
    wanted = [
        row.reference for row in Application.objects.order_by("due_on", "pk").only("reference")
    ]

    forwards, page = [], look(client, world.broker)
    while True:
        forwards += numbers(page)
        if not page.context["next_url"]:
            break
        page = client.get(QUEUE + page.context["next_url"])
    backwards = numbers(page)
    while page.context["previous_url"]:
        page = client.get(QUEUE + page.context["previous_url"])
        backwards = numbers(page) + backwards

    assert forwards == backwards == wanted


@pytest.mark.parametrize("edge", ["nonsense", "_", "2027-99-99_1", "2027-03-08_" + "9" * 40])
def test_an_edge_that_makes_no_sense_is_the_first_page(client, world, edge):
    application = factories.submitted(world)

    assert numbers(look(client, world.broker, f"?after={edge}")) == [application.reference]


def test_decided_ones_come_newest_first(client, world):
    old = factories.rejected(world, by=factories.another_sme(world))
    world.now += timedelta(hours=1)
    new = factories.rejected(world, by=factories.another_sme(world))

    assert numbers(look(client, world.broker, "?tab=decided")) == [new.reference, old.reference]


@pytest.mark.parametrize("query", ["", "?q=peptide&voucher=insight&state=submitted"])
def test_the_page_costs_the_same_at_3_and_at_300_rows(client, world, query):
    application = factories.submitted(world)
    clones(application, 2)
    client.force_login(world.broker)
    client.get(QUEUE)

    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(QUEUE + query)
    clones_more(application)
    with CaptureQueriesContext(connection) as many:
        answer = client.get(QUEUE + query)

    assert len(few) == len(many) <= STATEMENTS
    assert counts(answer)[0] == 300
    assert len(answer.content) <= BYTES
    assert not any(re.search(r"\bOFFSET\b", sql["sql"]) for sql in many.captured_queries)


def clones_more(application: Application) -> None:
    """Bring the queue to 300 rows."""
    Application.objects.filter(key__startswith="copy").delete()
    clones(application, 299)


def test_the_last_page_costs_as_much_as_the_first(client, world):
    clones(factories.submitted(world), 299)
    first = look(client, world.broker)

    page = first
    while page.context["next_url"]:
        last_url = page.context["next_url"]
        page = client.get(QUEUE + last_url)
    with CaptureQueriesContext(connection) as last:
        client.get(QUEUE + last_url)

    assert len(last) <= STATEMENTS


def test_the_budget_is_the_region_s_own(client, world):
    factories.approved(world)

    budget = look(client, world.broker).context["budget"]

    assert (budget.label, str(budget.free), str(budget.used)) == (
        "Region budget left",
        "96000.00",
        "4000.00",
    )


def test_a_withdrawn_one_is_decided(client, world):
    application = factories.submitted(world)
    applications.withdraw(application, by=Actor.person(world.sme), now=world.now)

    assert counts(look(client, world.broker)) == [0, 0, 0, 0, 0, 1]


def test_the_queue_links_to_the_desk(client, world):
    application = factories.submitted(world)

    page = look(client, world.broker).content.decode()

    address = reverse("admin:vouchers_application_change", args=[application.reference])
    assert f'<a href="{address}">Voorbeeld Biotech BV</a>' in page


def test_ineligible_ones_are_decided(client, world):
    application = factories.submitted(world)
    applications.find_ineligible(
        application,
        reason=RejectReason.OUT_OF_SCOPE,
        message="Not life sciences.",
        by=Actor.person(world.broker),
        now=world.now,
    )

    assert numbers(look(client, world.broker, "?tab=decided")) == [application.reference]


def test_a_returned_one_that_lost_its_place_keeps_its_row(client, world):
    application = factories.submitted(world)
    applications.send_back(
        application,
        kind=ReturnKind.INCOMPLETE,
        message="The quote is missing.",
        answer_by=world.now + timedelta(days=5),
        by=Actor.person(world.broker),
        now=world.now,
    )

    assert numbers(look(client, world.broker, "?tab=with-applicant")) == [application.reference]
