"""The undertaking's profile: the interview, the tree, the class, and what the law reads of it."""

import io
from decimal import Decimal

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from portal import tasks
from portal.models import Document, JournalEntry
from portal.permissions import Actor
from portal.site import own_export
from tests.vouchers import factories
from vouchers.actions import draft_rows, drafts, leaving, profiles
from vouchers.cases import verdict_on
from vouchers.cases.profiles import FIRM, confirmed_of
from vouchers.models import Application, EnterpriseFigures, UndertakingProfile
from vouchers.rules.ownership import Control, Kind, Party, Stake
from vouchers.rules.sme import Figures
from vouchers.views.progress import tasks_of

pytestmark = pytest.mark.django_db
ACTIVITY = {"nace_code": "72.10", "nace_revision": "2.1"}
FIGURES = {"year": "2026", "headcount": "40", "turnover": "6,000,000", "balance_sheet": "5,000,000"}
ALONE = {"stands_alone": "yes"}
CONDUCT = {"is_taken_over": "no", "is_insolvent": "no"}
PARTNER = {
    "name": "Sjabloon Holding NV",
    "kind": "enterprise",
    "country": "BE",
    "direction": "holds",
    "other": FIRM,
    "capital": "30",
    "year": "2026",
    "headcount": "100",
    "turnover": "20,000,000",
    "balance_sheet": "15,000,000",
}


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def firm(world):
    return factories.firm_of(world.sme)


@pytest.fixture
def by(world) -> Actor:
    return Actor.person(world.sme)


@pytest.fixture
def sme(client, world) -> Client:
    client.force_login(world.sme)
    return client


def at(firm, *words: str) -> str:
    return "/".join([f"/accounts/organisations/{firm.pk}/profile", *words, ""])


def send(client, firm, step: str, data: dict[str, str], **more):
    """Answer a step as a browser does, with the version that its page has seen."""
    page = client.get(at(firm, *step.split("/")))
    version = str(page.context["profile"].version)
    return client.post(at(firm, *step.split("/")), {"version": version, **data}, **more)


def interview(client, firm, *, around: dict[str, str] = ALONE) -> None:
    for step, data in {
        "activity": ACTIVITY,
        "figures": FIGURES,
        "around": around,
        "conduct": CONDUCT,
    }.items():
        answer = send(client, firm, step, data)
        assert answer.status_code == 302, (step, answer.content.decode())


def test_the_interview_leads_from_question_to_question(sme, firm):
    assert sme.get(at(firm)).status_code == 200
    led = [send(sme, firm, "activity", ACTIVITY).url]
    led.append(send(sme, firm, "figures", FIGURES).url)
    led.append(send(sme, firm, "around", {"stands_alone": "no"}).url)
    assert led == [at(firm, "figures"), at(firm, "around"), at(firm, "group")]
    assert send(sme, firm, "around", ALONE).url == at(firm, "conduct")
    assert send(sme, firm, "conduct", CONDUCT).url == at(firm, "confirm")
    page = sme.get(at(firm, "confirm")).content.decode()
    assert ("Small enterprise" in page, "Staff 40" in page or "40 staff" in page) == (True, True)


def test_confirming_freezes_the_class_and_issues_a_declaration(sme, firm, world):
    interview(sme, firm)
    refused = send(sme, firm, "confirm", {})
    assert (refused.status_code, UndertakingProfile.objects.get().confirmed) == (422, None)
    assert send(sme, firm, "confirm", {"true": "1"}).status_code == 302
    profile = UndertakingProfile.objects.get()
    assert profile.confirmed["size"] == "small"
    assert (profile.confirmed_at, profile.confirmed_by) == (world.now, world.sme)
    assert profiles.is_current(profile)

    tasks.render_document(profile.declaration_id)
    file = sme.get(at(firm, "declaration.pdf").rstrip("/"))
    text = b"".join(file.streaming_content)
    with pikepdf.open(io.BytesIO(text)) as pdf:
        assert len(pdf.pages) == 1
    assert text.startswith(b"%PDF-")
    facts = Document.objects.get(pk=profile.declaration_id).facts
    assert (facts["size"], facts["confirmed_by"], facts["total"]["headcount"]) == (
        "Small enterprise",
        str(world.sme),
        "40.00",
    )


def test_nothing_is_confirmed_before_every_question_is_answered(firm, by, world, sme):
    profiles.set_around(firm, stands_alone=False, by=by, now=world.now)
    with pytest.raises(profiles.ProfileNotComplete) as caught:
        profiles.confirm(firm, by=by, now=world.now)
    assert caught.value.missing == ["activity", "figures", "group", "conduct"]
    assert sme.get(at(firm, "confirm")).url == at(firm)


def test_a_partner_counts_by_its_share_sm10(sme, firm):
    interview(sme, firm, around={"stands_alone": "no"})
    assert send(sme, firm, "group/new", PARTNER).status_code == 302
    page = sme.get(at(firm, "group")).content.decode()
    assert "Partner, counted at 30%" in page
    assert send(sme, firm, "confirm", {"true": "1"}).status_code == 302
    said = UndertakingProfile.objects.get().confirmed
    totals = {name: Decimal(said["total"][name]) for name in ("headcount", "turnover")}
    assert (said["size"], totals) == (
        "medium",
        {"headcount": Decimal(70), "turnover": Decimal(12_000_000)},
    )


def test_a_parent_without_figures_leaves_the_class_open(sme, firm, world):
    interview(sme, firm, around={"stands_alone": "no"})
    bare = {**PARTNER, "capital": "60", "year": "", **dict.fromkeys(list(FIGURES)[1:], "")}
    assert send(sme, firm, "group/new", bare).status_code == 302
    page = sme.get(at(firm, "confirm")).content.decode()
    assert "Enter the figures of Sjabloon Holding NV" in page


def test_the_tree_goes_on_from_each_party(sme, firm, by, world):
    """A fund holds 40 %, a parent 30 %, and a daughter of the parent is linked with it."""
    interview(sme, firm, around={"stands_alone": "no"})
    fund = {
        "name": "Voorbeeld Fonds",
        "kind": "venture_capital",
        "country": "NL",
        "direction": "holds",
        "other": FIRM,
        "capital": "40",
    }
    daughter = {**PARTNER, "name": "Sjabloon Fabriek NV", "direction": "held", "other": "p1"}
    send(sme, firm, "group/new", PARTNER)
    send(sme, firm, "group/new", {**daughter, "capital": "100"})
    assert send(sme, firm, "group/new", fund).status_code == 302
    page = sme.get(at(firm, "group")).content.decode()
    assert page.count("Partner, counted at 30%") == 2
    assert "Investor that does not count" in page

    share = {"holder": "p2", "held": FIRM, "capital": "10"}
    assert send(sme, firm, "group/share", share).status_code == 302
    assert "Partner, counted at 40%" in sme.get(at(firm, "group")).content.decode()
    sme.post(at(firm, "group", "remove"), {"holder": "p2", "held": FIRM})
    sme.post(at(firm, "group", "remove"), {"party": "p1"})
    stakes = UndertakingProfile.objects.get().stakes
    assert [(one["holder"], one["held"]) for one in stakes] == [("p3", FIRM)]


BAD = [
    ("activity", {"nace_code": "72.11", "nace_revision": "2.1"}, "72.11 is no code of this"),
    ("activity", {"nace_code": "biotech", "nace_revision": "2"}, "biotech is no code of this"),
    ("activity", {"nace_code": "", "nace_revision": "2"}, "Enter the NACE code"),
    ("figures", {**FIGURES, "headcount": "many"}, "must be a number"),
    ("figures", {**FIGURES, "before_headcount": "3"}, "Enter all three figures"),
    ("around", {}, "Choose one of the two answers"),
    ("group/new", {**PARTNER, "capital": "100.5"}, "Enter a share from 0 to 100"),
    ("group/new", {**PARTNER, "kind": "business_angel"}, "Enter it, so that we know"),
    ("group/new", {**PARTNER, "year": ""}, "Choose the year of these figures"),
    ("group/new", {**PARTNER, "other": "p9"}, "p9 is not one of the available choices"),
    ("group/share", {"holder": FIRM, "held": FIRM, "capital": "5"}, "Choose two different ones"),
    ("conduct", {"is_taken_over": "maybe"}, "Say whether your firm is insolvent"),
]


@pytest.mark.parametrize(("step", "data", "words"), BAD)
def test_bad_answers_get_a_sentence_and_stay(sme, firm, step, data, words):
    send(sme, firm, "around", {"stands_alone": "no"})
    before = UndertakingProfile.objects.values().get()
    answer = send(sme, firm, step, data)
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (422, True)
    assert UndertakingProfile.objects.values().get() == before


def test_a_code_of_the_old_revision_is_known_as_such(sme, firm):
    old = {"nace_code": "72.11", "nace_revision": "2"}
    assert send(sme, firm, "activity", old).status_code == 302
    assert "Research and experimental development on biotechnology" in (
        sme.get(at(firm)).content.decode()
    )


def test_two_tabs_do_not_overwrite_each_other(sme, firm):
    version = str(sme.get(at(firm, "activity")).context["profile"].version)
    send(sme, firm, "activity", ACTIVITY)
    late = {"version": version, "nace_code": "21.10", "nace_revision": "2.1"}
    warned = sme.post(at(firm, "activity"), late)
    assert (warned.status_code, UndertakingProfile.objects.get().nace_code) == (409, "72.10")
    assert b'value="21.10"' in warned.content
    knowing = {**late, "version": str(warned.context["profile"].version)}
    assert sme.post(at(firm, "activity"), knowing).status_code == 302
    assert UndertakingProfile.objects.get().nace_code == "21.10"


def test_strangers_find_nothing(client, firm, world, by):
    profiles.set_around(firm, stands_alone=True, by=by, now=world.now)
    other = factories.another_sme(world)
    client.force_login(other)
    paths = [at(firm), at(firm, "activity"), at(firm, "group"), at(firm, "confirm")]
    assert [client.get(path).status_code for path in paths] == [404] * 4
    with pytest.raises(PermissionDenied):
        profiles.set_around(firm, stands_alone=False, by=Actor.person(other), now=world.now)
    assert list(UndertakingProfile.objects.visible_to(other)) == []
    assert UndertakingProfile.objects.visible_to(world.broker).count() == 1


def confirmed(firm, by, now, *, nace_code="72.10", insolvent=False, parties=()) -> None:
    how = {"by": by, "now": now}
    figures = Figures(
        year=2026,
        headcount=Decimal(40),
        turnover=Decimal(6_000_000),
        balance_sheet=Decimal(5_000_000),
    )
    profiles.set_activity(
        firm, nace_code=nace_code, nace_revision="2.1", has_separate_accounts=False, **how
    )
    profiles.set_figures_by_year(firm, years=[(figures, False)], **how)
    profiles.set_around(firm, stands_alone=not parties, **how)
    for party, stake in parties:
        profiles.put_party(firm, party=party, stake=stake, **how)
    profiles.set_conduct(firm, is_taken_over=False, is_insolvent=insolvent, **how)
    profiles.confirm(firm, **how)


def big(headcount: int) -> tuple[Party, Stake]:
    figures = Figures(
        year=2026,
        headcount=Decimal(headcount),
        turnover=Decimal(60_000_000),
        balance_sheet=Decimal(60_000_000),
    )
    party = Party(key="", name="Groot NV", kind=Kind.ENTERPRISE, country="BE", figures=(figures,))
    return party, Stake(
        holder="", held=FIRM, capital=Decimal(10), votes=Decimal(10), control=Control.BOARD
    )


CASES = {
    "group": ({"parties": [big(300)]}, "headcount_too_high"),
    "sector": ({"nace_code": "01.11"}, "sector_excluded"),
    "insolvent": ({"insolvent": True}, "insolvent"),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_form_desk_and_submit_read_the_confirmed_profile(world, firm, by, sme, case):
    said, code = CASES[case]
    application = factories.complete_draft(world)
    assert verdict_on(fresh(application), now=world.now).ok
    confirmed(firm, by, world.now, **said)
    assert code in verdict_on(fresh(application), now=world.now).codes
    page = sme.get(f"/applications/{application.address}/about/").content.decode()
    assert "What stands in the way" in page


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def test_what_is_changed_counts_only_once_it_is_confirmed(world, firm, by):
    confirmed(firm, by, world.now)
    profiles.set_conduct(firm, is_taken_over=False, is_insolvent=True, by=by, now=world.now)
    profile = UndertakingProfile.objects.get()
    assert not profiles.is_current(profile)
    assert confirmed_of(fresh(factories.complete_draft(world)).organisation).is_insolvent is False


def test_a_submission_freezes_what_was_confirmed(world, firm, by):
    confirmed(
        firm,
        by,
        world.now,
        parties=[(big(5)[0], Stake(holder="", held=FIRM, capital=Decimal(30), votes=Decimal(30)))],
    )
    application = factories.submitted(world)
    content = application.submissions.get().content
    assert (content["profile"]["size"], content["profile"]["nace_code"]) == ("medium", "72.10")
    assert application.sme_class == "medium"


def test_figures_are_those_of_the_next_application(world, firm, by, sme):
    confirmed(firm, by, world.now)
    page = sme.get(f"/applications/{factories.draft(world).address}/organisation/")
    assert page.context["form"]["headcount"].value() == "40"
    assert EnterpriseFigures.objects.get().year == 2026


def test_the_journal_says_which_step_and_never_what(world, firm, by):
    confirmed(firm, by, world.now)
    entries = JournalEntry.objects.about(UndertakingProfile.objects.get())
    assert [entry.data.get("step") for entry in entries] == [
        "activity",
        "figures",
        "around",
        "conduct",
        "confirm",
        None,
    ]
    assert "72.10" not in str([entry.data for entry in entries])


def test_whom_a_profile_names_is_in_ones_own_data_and_erased_at_ones_wish(world, firm, by):
    angel = Party(key="", name="Vera Voorbeeld", kind=Kind.PERSON, country="NL")
    stake = Stake(holder="", held=FIRM, capital=Decimal(60), votes=Decimal(60))
    confirmed(firm, by, world.now, parties=[(angel, stake)])
    declared = UndertakingProfile.objects.get().declaration
    held = own_export.content(world.sme, now=world.now)["profiles"]
    assert [one["name"] for one in held[0]["parties"]] == ["Vera Voorbeeld"]

    leaving.erase_person(world.sme, by=by, now=world.now, link_now=timezone.now())
    profile = UndertakingProfile.objects.get()
    declared.refresh_from_db()
    left = [profile.parties, profile.stakes, profile.confirmed, profile.declaration, declared.facts]
    assert (left, profile.nace_code) == ([[], [], None, None, {}], "72.10")


@pytest.mark.parametrize(
    ("year", "taken"), [(2026, (2026, "life_sciences", "small")), (2024, (None, "", ""))]
)
def test_the_next_application_begins_with_the_figures_of_the_last_one(world, by, year, taken):
    first = factories.draft(world, "meet_greet")
    figures = Figures(
        year=year,
        headcount=Decimal(40),
        turnover=Decimal(6_000_000),
        balance_sheet=Decimal(5_000_000),
    )
    drafts.set_figures(
        first, figures=figures, is_estimate=False, sector="life_sciences", by=by, now=world.now
    )
    firm = factories.firm_of(world.sme)
    second = draft_rows.begin(world.offers["insight"], organisation=firm, by=by, now=world.now)
    second.refresh_from_db()
    assert (second.figures_year, second.sector, second.sme_class) == taken
    done = {task.code for group in tasks_of(second) for task in group.tasks if task.is_completed}
    assert ("organisation" in done) is (taken[0] is not None)
