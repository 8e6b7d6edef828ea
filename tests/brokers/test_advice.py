"""What the broker recommends for a need, and what the asker gets to see of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from brokers import actions
from brokers.models import Enquiry
from catalogue.enums import Opinion
from catalogue.models import SuggestionOpinion
from portal.models import JournalEntry, OutgoingMail
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.brokers.test_actions import ask
from tests.brokers.test_admin import PEOPLE, address
from tests.catalogue import factories
from tests.catalogue.factories import NOW
from tests.vouchers.test_budgets import cost

pytestmark = pytest.mark.django_db
ADDRESS = "http://localhost:8000/catalogue/"


@pytest.fixture(autouse=True)
def relaxed(settings, freeze) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    factories.programme()


@pytest.fixture
def records() -> list:
    """Two records elsewhere that fit."""
    rules = factories.rules()
    term = factories.term("stability", "Plasma stability", synonyms={"en": ["breaks down"]})
    return [
        factories.record(
            factories.provider(code, accepts=rules), title=title, competences=(term,), summary=title
        )
        for code, title in (("DE-RHI", "First"), ("DK-DNK", "Second"))
    ]


@pytest.fixture
def need() -> Enquiry:
    """A firm of East Netherlands describes a need."""
    return ask(is_need=True, question="It breaks down.")


def press(client, need, record, opinion):
    return client.post(address("advise", need.pk), {"record": record.slug, "opinion": opinion})


def opinions() -> list[tuple[str, str]]:
    return [*SuggestionOpinion.objects.values_list("record__title", "opinion").order_by("pk")]


def test_the_page_shows_reasons_and_a_way_into_the_catalogue(client, need, records):
    client.force_login(factories.broker("NL-ENL"))
    page = client.get(address("change", need.pk))
    shown = page.context["advice"].suggestions
    assert sorted(one.record.title for one in shown) == ["First", "Second"]
    assert [
        part in page.text
        for part in ("Competences: Plasma stability", "/catalogue/?home=NL-ENL", 'value="pinned"')
    ] == [True] * 3


def test_a_plain_question_has_no_suggestions(client, records):
    client.force_login(factories.broker("NL-ENL"))
    assert "Who can help" not in client.get(address("change", ask().pk)).text


def test_recommended_left_out_and_taken_back(client, need, records):
    first, second = records
    client.force_login(factories.broker("NL-ENL"))
    press(client, need, second, "pinned")
    press(client, need, first, "dismissed")
    advice = client.get(address("change", need.pk)).context["advice"]
    assert [(one.record, one.is_pinned) for one in advice.suggestions] == [(second, True)]
    assert advice.left_out == [first]
    press(client, need, first, "")
    assert opinions() == [("Second", "pinned")]
    journal = JournalEntry.objects.about(need).filter(verb="set_opinion")
    assert [(one.chain, one.data["opinion"]) for one in journal] == [
        ("portal", "pinned"),
        ("portal", "dismissed"),
        ("portal", ""),
    ]


@pytest.mark.parametrize("who", PEOPLE)
def test_only_the_broker_who_answers_advises(client, records, who):
    need = ask(is_need=True)
    Enquiry.objects.filter(pk=need.pk).update(home_region=factories.region("DK-DNK"))
    person, _sees, answers = PEOPLE[who]
    client.force_login(person())
    status = press(client, need, records[0], "pinned").status_code
    assert status == (302 if answers == 200 else answers)
    assert opinions() == ([("First", "pinned")] if answers == 200 else [])


@pytest.mark.parametrize(
    "said", [{}, {"record": "none"}, {"record": "a\0b"}, {"opinion": "best"}, {"record": "own"}]
)
def test_what_the_page_never_offered_is_not_found(client, need, records, said):
    rules = records[0].provider.accepted_rules
    own = factories.record(factories.provider("NL-ENL", accepts=rules))
    said = {"record": records[0].slug, "opinion": "pinned", **said} if said else {}
    said = {**said, "record": own.slug} if said.get("record") == "own" else said
    client.force_login(factories.broker("NL-ENL"))
    assert client.post(address("advise", need.pk), said).status_code == 404
    assert opinions() == []


def test_a_record_from_the_catalogue_is_recommended_by_its_address(client, need, records):
    found = factories.record(
        factories.provider("DK-DNK", accepts=records[0].provider.accepted_rules), title="Found"
    )
    client.force_login(factories.broker("NL-ENL"))
    said = {"address": f"{ADDRESS}{found.slug}/?home=NL-ENL", "opinion": "pinned"}
    page = client.post(address("advise", need.pk), said, follow=True)
    assert (opinions(), "You recommend “Found”." in page.text) == ([("Found", "pinned")], True)
    said["address"] = "https://elsewhere.example/<b>\0"
    page = client.post(address("advise", need.pk), said, follow=True)
    assert "“https://elsewhere.example/&lt;b&gt;” is no record" in page.text
    assert opinions() == [("Found", "pinned")]


def test_a_need_that_is_answered_takes_no_more_advice(client, need, records):
    broker = factories.broker("NL-ENL")
    actions.answer(need, text="Try these.", by=Actor.person(broker), now=NOW)
    client.force_login(broker)
    assert press(client, need, records[0], "pinned").status_code == 409
    assert 'value="pinned"' not in client.get(address("change", need.pk)).text


def test_the_action_refuses_strangers_and_plain_questions(need, records):
    stranger, broker = factories.broker("DK-DNK"), factories.broker("NL-ENL")
    for row, person, error in (
        (need, stranger, PermissionDenied),
        (ask(), broker, IllegalMove),
    ):
        with pytest.raises(error):
            actions.advise(
                row, records[0], opinion=Opinion.PINNED, by=Actor.person(person), now=NOW
            )
    assert opinions() == []


def test_the_answer_names_what_is_recommended_once(client, need, records):
    by = Actor.person(factories.broker("NL-ENL"))
    for record in records:
        actions.advise(need, record, opinion=Opinion.PINNED, by=by, now=NOW)
    actions.answer(need, text="Try these.", by=by, now=NOW)
    body = OutgoingMail.objects.get(kind="enquiry_answered").body
    for record in records:
        place = f"{record.provider}, {record.region}\n{ADDRESS}{record.slug}/"
        assert f"{record.title}\n{place}" in body
    page = client.get(need.page).text
    assert [
        part in page
        for part in ("Your broker has answered", "Try these.", "Recommended for you", "First")
    ] == [True] * 4


def test_recommendations_stay_with_the_broker_until_the_answer(client, need, records):
    by = Actor.person(factories.broker("NL-ENL"))
    actions.advise(need, records[0], opinion=Opinion.PINNED, by=by, now=NOW)
    assert "First" not in client.get(need.page).text
    actions.close_without_answer(need, reason="Spam", by=by, now=NOW)
    page = client.get(need.page).text
    assert ("Your question is closed" in page, "Spam" in page, "First" in page) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("days", "said"), [(0, "7 days left"), (7, "Due today"), (8, "Overdue by 1 day")]
)
def test_both_sides_see_the_answer_clock(client, freeze, days, said):
    row = ask(is_need=True)
    freeze(NOW + timedelta(days=days))
    assert said in " ".join(client.get(row.page).text.split())
    client.force_login(factories.broker("NL-ENL"))
    listed = client.get(address("changelist")).text
    assert ("15 March 2027" in listed, "Overdue by 1 day" in listed) == (True, days == 8)


def test_the_broker_of_home_reads_a_question_about_a_record(client, records):
    record, home = records[0], factories.region("NL-ENL")
    said = {
        "name": "Anna",
        "email": "anna@firm.example",
        "question": "What does it cost?",
        "home_region": home.pk,
    }
    client.post(f"/brokers/rhineland/?record={record.slug}", said)
    row = Enquiry.objects.get()
    assert (row.kind, row.region.code, row.home_region) == ("record", "DE-RHI", home)
    client.force_login(factories.broker("NL-ENL"))
    page = client.get(address("change", row.pk))
    assert (page.status_code, page.context["links"]) == (200, [])
    assert client.get(address("answer", row.pk)).status_code == 403


def test_the_list_costs_the_same_for_few_and_many(client):
    client.force_login(factories.broker("NL-ENL"))
    ask(is_need=True)
    few = cost(client, address("changelist"))
    for _number in range(8):
        ask(is_need=True)
    assert len(cost(client, address("changelist"))) == len(few)


def test_brokers_find_what_waits_on_their_dashboard(client, freeze):
    ask(is_need=True)
    ask(question="Who can make this?")
    freeze(NOW + timedelta(days=8))
    ask(now=NOW + timedelta(days=8))
    client.force_login(factories.broker("NL-ENL"))
    duties = {duty.title: duty for duty in client.get(reverse("dashboard")).context["duties"]}
    duty = duties["Questions and needs to answer"]
    assert (duty.count, duty.note) == (3, "2 past the promised day")
    assert len(client.get(duty.url).context["cl"].result_list) == 3
