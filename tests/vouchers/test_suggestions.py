"""Partners suggested from an application's text: to the applicant, and beside the desk."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from catalogue import actions as catalogue
from catalogue.enums import Opinion
from catalogue.models import Record, RecordFields, SuggestionOpinion
from portal.models import JournalEntry
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories
from tests.vouchers.test_budgets import cost
from vouchers.actions import advice, draft_rows, drafts
from vouchers.models import Application

pytestmark = pytest.mark.django_db
NEED = (
    "We develop a medicine that people swallow, and too little of it arrives in the blood. We want"
    " to know the oral bioavailability in plasma and why it breaks down on its way through the gut."
)


@pytest.fixture
def world(freeze, settings) -> factories.World:
    freeze(factories.NOW)
    settings.MFA_RELAXED_FOR_DEMO = True
    made = factories.make_world()
    catalogue.add_competence(
        slug="bioavailability",
        name="Bioavailability",
        names={},
        group="",
        synonyms={"en": ["oral bioavailability", "arrives in the blood"]},
        by=factories.SET_UP,
        now=factories.NOW,
    )
    for record in made.records.values():
        competent(record)
    return made


def competent(record: Record, **changes) -> None:
    """Let a record of the world be about what the need is about."""
    Record.objects.filter(pk=record.pk).update(terms=["bioavailability"], **changes)


@pytest.fixture
def draft(world) -> Application:
    row = factories.draft(world)
    describe(row, world)
    return row


def describe(row: Application, world: factories.World, title: str = "Uptake") -> None:
    by = Actor.person(world.sme)
    drafts.set_basics(row, values={"title": title}, by=by, now=world.now)
    question = row.question_set.questions.filter(kind="long_text").first()
    drafts.save_answers(
        row, section=question.section, values={question.key: NEED}, by=by, now=world.now
    )


def hosts_page(client, world, row: Application):
    client.force_login(world.sme)
    return client.get(reverse("application_hosts", args=[row.address]))


def names(suggestions) -> list[str]:
    return [one.record.title.removeprefix("Mass spectrometry ") for one in suggestions]


def test_the_applicant_gets_partners_elsewhere_with_reasons(client, world, draft):
    competent(world.records["BE-WAL"], voucher_kinds=["meet_greet"])
    page = hosts_page(client, world, draft)
    suggested = page.context["suggested"]
    assert (suggested.is_described, sorted(names(suggested.suggestions))) == (
        True,
        ["Lower Saxony", "South Netherlands"],
    )
    assert [
        part in page.text
        for part in ("Suggested from your text", "Competences: Bioavailability", "You wrote:")
    ] == [True] * 3


def test_a_suggestion_is_chosen_like_a_result(client, world, draft):
    record = world.records["DE-NDS"]
    hosts_page(client, world, draft)
    client.post(reverse("application_hosts", args=[draft.address]), {"choose": record.slug})
    assert [host.record for host in draft.hosts.all()] == [record]
    page = hosts_page(client, world, draft)
    assert "Lower Saxony" not in names(page.context["suggested"].suggestions)


def test_a_short_text_gets_no_suggestions_yet(client, world):
    row = factories.draft(world)
    drafts.set_basics(
        row, values={"title": "Bioavailability"}, by=Actor.person(world.sme), now=world.now
    )
    page = hosts_page(client, world, row)
    assert (page.context["suggested"].suggestions, page.context["suggested"].is_described) == (
        [],
        False,
    )
    assert "once you have described your project in 20 words or more" in page.text


def test_what_is_typed_stays_text(client, world, draft):
    describe(draft, world, title="<script>alert(1)</script>")
    assert "<script>alert" not in hosts_page(client, world, draft).text


@pytest.fixture
def sent(world) -> Application:
    row = factories.submitted(world)
    submission = row.submissions.get()
    content = {**submission.content, "title": NEED}
    type(submission).objects.filter(pk=submission.pk).update(content=content)
    return row


def at(page: str, row: Application) -> str:
    return reverse(f"admin:vouchers_application_{page}", args=[row.reference])


def press(client, row: Application, record: Record, opinion: str):
    return client.post(at("advise", row), {"record": record.slug, "opinion": opinion})


def test_the_desk_leads_to_a_page_with_reasons(client, world, sent):
    client.force_login(world.broker)
    assert at("suggestions", sent) in client.get(at("change", sent)).text
    page = client.get(at("suggestions", sent))
    # The partner from Lower Saxony is chosen already.
    assert sorted(names(page.context["advice"].suggestions)) == ["South Netherlands", "Wallonia"]
    assert [
        part in page.text
        for part in ("Other partners that fit", "Competences: Bioavailability", at("change", sent))
    ] == [True] * 3


@pytest.mark.parametrize("who", ["broker", "manager"])
def test_home_and_manager_recommend_leave_out_and_take_back(client, world, sent, who):
    first, second = world.records["DE-NDS"], world.records["BE-WAL"]
    client.force_login(getattr(world, who))
    press(client, sent, second, "pinned")
    press(client, sent, first, "dismissed")
    advised = client.get(at("suggestions", sent)).context["advice"]
    assert (names(advised.suggestions)[0], advised.suggestions[0].is_pinned) == ("Wallonia", True)
    assert ("Lower Saxony" in names(advised.suggestions), advised.left_out) == (False, [first])
    press(client, sent, first, "")
    assert [*SuggestionOpinion.objects.values_list("record", "opinion")] == [(second.pk, "pinned")]
    journal = JournalEntry.objects.about(sent).filter(verb="set_opinion")
    assert [(one.chain, one.data["opinion"]) for one in journal] == [
        ("LSV", "pinned"),
        ("LSV", "dismissed"),
        ("LSV", ""),
    ]


@pytest.mark.parametrize(
    ("who", "status"),
    [("host_broker", 404), ("other_broker", 404), ("finance", 403), ("auditor", 403), ("sme", 302)],
)
def test_nobody_else_advises(client, world, sent, who, status):
    client.force_login(getattr(world, who))
    assert press(client, sent, world.records["DE-NDS"], "pinned").status_code == status
    assert not SuggestionOpinion.objects.exists()


def test_own_region_and_unknown_records_are_not_found(client, world, sent):
    client.force_login(world.broker)
    for said in ({}, {"record": world.records["NL-ENL"].slug, "opinion": "pinned"}):
        assert client.post(at("advise", sent), said).status_code == 404


def test_a_decided_application_takes_no_more_advice(client, world):
    row = factories.rejected(world)
    client.force_login(world.broker)
    assert press(client, row, world.records["DE-NDS"], "pinned").status_code == 409
    assert at("suggestions", row) not in client.get(at("change", row)).text
    assert "so nothing can be recommended any more" in client.get(at("suggestions", row)).text


def test_the_action_asks_for_permission_before_the_state(world):
    row, record = factories.rejected(world), world.records["DE-NDS"]
    for person, error in ((world.host_broker, PermissionDenied), (world.broker, IllegalMove)):
        with pytest.raises(error):
            advice.advise(
                row, record, opinion=Opinion.PINNED, by=Actor.person(person), now=world.now
            )


def test_the_applicant_sees_first_what_the_broker_recommends(client, world):
    row = factories.returned(world)
    describe(row, world)
    draft_rows.set_hosts(row, hosts=[], by=Actor.person(world.sme), now=world.now)
    by = Actor.person(world.broker)
    for code, opinion in (("NL-SNL", Opinion.PINNED), ("DE-NDS", Opinion.DISMISSED)):
        advice.advise(row, world.records[code], opinion=opinion, by=by, now=world.now)
    page = hosts_page(client, world, row)
    assert names(page.context["suggested"].suggestions) == ["South Netherlands", "Wallonia"]
    assert page.text.count("Recommended by your broker") == 1


def test_the_page_costs_the_same_for_few_and_many_records(client, world, sent):
    client.force_login(world.broker)
    few = cost(client, at("suggestions", sent))
    provider = world.records["DE-NDS"].provider
    for number in range(6):
        made = catalogue.add_record(
            provider,
            slug=f"more-{number}",
            kind="facility",
            fields=RecordFields(title=f"More {number}", summary="More", voucher_kinds=["insight"]),
            confirmed_on=factories.NOW.date(),
            by=factories.SET_UP,
            now=factories.NOW,
        )
        catalogue.publish(made, by=factories.SET_UP, now=factories.NOW)
        competent(made)
    assert len(cost(client, at("suggestions", sent))) == len(few)
