"""Search finds what is public, and its counts equal its results."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue import actions
from catalogue.enums import RecordKind, Sort
from catalogue.models import Record
from catalogue.search import Criteria, find, finding, own_region
from tests.catalogue import factories
from tests.catalogue.factories import IMPORTER, NOW, TODAY

pytestmark = pytest.mark.django_db

VALUES = {
    "kind": ["facility", "equipment", "expert", "service"],
    "region": ["DE-RHI", "DK-DNK", "NL-ENL"],
    "country": ["DE", "DK", "NL"],
    "competence": ["imaging", "genomics", "toxicology"],
    "voucher": ["meet_greet", "insight", "collaboration"],
    "access": ["physical", "remote", "mail_in"],
    "certificate": ["GLP", "GMP"],
    "field": ["omics", "cell_culture"],
    "language": ["de", "en"],
    "trl": ["2", "4", "9"],
}
ODD_WORDS = [
    *("!!!", "& |", "'", '"', "\\", "-", "()", ":*", "a:b & !c", "<->", "%_", "-genomics"),
    *("\N{DNA DOUBLE HELIX}", "\N{ARABIC LETTER MEEM}", "x" * 10_000, "a b " * 2_500),
]


def titles(found) -> list[str]:
    return [row.title for row in found.records]


def shown(**asked) -> list[str]:
    return titles(find(Criteria(**asked), now=NOW))


@pytest.fixture
def catalogue() -> None:
    """Eighteen records that differ in every facet; six belong to providers without rules."""
    rules = factories.rules()
    terms = [factories.term(slug) for slug in VALUES["competence"]]
    for number, code in enumerate(VALUES["region"] * 6):
        owner = factories.provider(code, accepts=rules if number % 3 else None)
        factories.record(
            owner,
            title=f"Testing laboratory {number:02}" if number % 2 else f"Advice {number:02}",
            kind=RecordKind(VALUES["kind"][number % 4]),
            competences=tuple(terms[: number % 4]),
            access_types=VALUES["access"][number % 3 :],
            voucher_kinds=VALUES["voucher"][: 1 + number % 3],
            certificates=VALUES["certificate"][number % 3 :],
            sub_domains=VALUES["field"][number % 3 :],
            languages=VALUES["language"][: number % 3],
            trl_from=1 + number % 4 if number % 5 else None,
            trl_to=4 + number % 4 if number % 5 else None,
        )


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(),
        Criteria("testing"),
        Criteria(chosen={"kind": ("facility", "expert")}),
        Criteria("laboratory", {"voucher": ("insight",)}),
        Criteria(chosen={"voucher": ("meet_greet",), "country": ("DE", "DK")}),
        Criteria(chosen={"competence": ("imaging", "genomics"), "access": ("mail_in",)}),
        Criteria(chosen={"certificate": ("GLP",), "region": ("NL-ENL",), "kind": ("service",)}),
        Criteria(chosen={"trl": ("2", "9"), "field": ("omics",), "region": ("NL-ENL", "DK-DNK")}),
        Criteria("advice", {"language": ("en",), "country": ("NL",)}),
    ],
)
@pytest.mark.parametrize("leaves_own_out", [False, True])
def test_counts_equal_the_results(catalogue, criteria, leaves_own_out):
    if leaves_own_out:
        criteria = replace(criteria, left_out=factories.region("DK-DNK"))
    counts = find(criteria, now=NOW).counts

    def results(name, *values):
        chosen = {**criteria.chosen, name: values}
        return len(find(replace(criteria, chosen=chosen), now=NOW).records)

    assert {
        (name, value): counts.by_value.get((name, value), 0)
        for name, values in VALUES.items()
        for value in values
    } == {
        (name, value): results(name, value) for name, values in VALUES.items() for value in values
    }
    assert counts.total == len(find(criteria, now=NOW).records)
    used = [name for name in VALUES if criteria.chosen.get(name)]
    assert {name: counts.without[name] for name in used} == {name: results(name) for name in used}


def test_counts_know_what_dropping_the_own_region_gives(catalogue):
    counts = find(Criteria(left_out=factories.region("DK-DNK")), now=NOW).counts
    assert (counts.total, counts.without["own"], counts.unfiltered) == (12, 18, 18)


def test_search_shows_only_what_is_public():
    factories.record(title="Draft", is_public=False)
    hidden = factories.record(title="Hidden")
    actions.hide(hidden, reason="Moved", by=IMPORTER, now=NOW)
    factories.record(title="Twelve months", confirmed_on=TODAY - timedelta(days=365))
    factories.record(title="One day less", confirmed_on=TODAY - timedelta(days=364))
    assert shown() == ["One day less"]


def test_a_record_with_two_of_the_terms_is_found_once():
    terms = (factories.term("imaging"), factories.term("genomics"))
    factories.record(title="Both", competences=terms)
    found = find(Criteria(chosen={"competence": ("imaging", "genomics")}), now=NOW)
    assert (titles(found), found.counts.total) == (["Both"], 1)


def test_voucher_facet_needs_the_rules_in_force():
    old = factories.rules()
    factories.record(factories.provider(accepts=old), title="Old", voucher_kinds=["insight"])
    new = factories.rules()
    factories.record(factories.provider(accepts=new), title="New", voucher_kinds=["insight"])
    factories.record(title="None", voucher_kinds=["insight"])
    found = find(Criteria(chosen={"voucher": ("insight",)}), now=NOW)
    assert (titles(found), found.counts.by_value["voucher", "insight"]) == (["New"], 1)
    rows = find(Criteria(sort=Sort.NAME), now=NOW).records
    assert {row.title: row.is_offered for row in rows} == {
        "New": True,
        "None": False,
        "Old": False,
    }
    assert [row.title for row in Record.objects.offered(NOW)] == ["New"]


def test_rules_count_from_the_instant_they_are_published():
    first = factories.rules()
    factories.record(factories.provider(accepts=first), title="Lab")
    later = NOW + timedelta(days=1)
    actions.publish_access_rules(factories.programme(), text="New.", by=IMPORTER, now=later)
    assert [Record.objects.offered(at).count() for at in (NOW, later)] == [1, 0]


@pytest.mark.parametrize(
    ("words", "is_spelled"),
    [
        ("mass spectrometry", False),
        ("spectrometers", False),
        ("Massenspektrometrie", False),
        ("liege", False),
        ("Liège", False),
        ("orbitrap", False),
        ("institut exemple", False),
        ("mas spectrometery", True),
        ("orbitrpa", True),
    ],
)
def test_words_are_found(words, is_spelled):
    spectrometry = factories.term(
        "mass-spectrometry", "Mass spectrometry", de="Massenspektrometrie"
    )
    factories.record(
        factories.provider(name="Institut Exemple"),
        title="Spectrometer hall, Liège",
        competences=(spectrometry,),
        techniques=["Orbitrap"],
    )
    factories.record(title="Fermentation pilot")
    found = find(Criteria(words), now=NOW)
    assert (titles(found), found.spelled) == (["Spectrometer hall, Liège"], is_spelled)


def test_similar_words_must_all_be_there():
    factories.record(title="Genomics core")
    assert shown(words="genmoics telescope") == []


@pytest.mark.parametrize("words", ODD_WORDS)
def test_no_query_is_an_error(words):
    factories.record(title="Genomics core")
    assert find(Criteria(words), now=NOW).page == 1


def test_best_match_prefers_the_title():
    factories.record(title="Freezer", description="Also used for genomics")
    factories.record(title="Genomics core")
    assert shown(words="genomics") == ["Genomics core", "Freezer"]


def test_what_was_not_confirmed_for_nine_months_sinks():
    factories.record(title="Genomics genomics", confirmed_on=TODAY - timedelta(days=270))
    factories.record(title="Freezer", description="Also used for genomics")
    assert shown(words="genomics") == ["Freezer", "Genomics genomics"]
    assert shown() == ["Freezer", "Genomics genomics"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NAME, ["alpha", "Beta", "Gamma"]),
        (Sort.WAIT, ["Gamma", "alpha", "Beta"]),
        (Sort.FRESHNESS, ["Beta", "Gamma", "alpha"]),
        (Sort.RELEVANCE, ["Beta", "Gamma", "alpha"]),
    ],
)
def test_sort(sort, expected):
    day = timedelta(days=1)
    factories.record(title="alpha", lead_time_days=20, confirmed_on=TODAY - 9 * day)
    factories.record(title="Beta", lead_time_days=None)
    factories.record(title="Gamma", lead_time_days=5, confirmed_on=TODAY - 3 * day)
    assert shown(sort=sort) == expected


@pytest.mark.parametrize("words", ["", "laboratory"])
def test_pages_hold_every_result_once(monkeypatch, words):
    monkeypatch.setattr(finding, "PAGE_SIZE", 2)
    monkeypatch.setattr(finding, "RANKED", 4)
    expected = {factories.record(title=f"Laboratory {number}").title for number in range(7)}
    pages = [shown(words=words, page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert {title for page in pages for title in page} == expected
    last = find(Criteria(words, page=99), now=NOW)
    assert (last.page, last.pages, titles(last)) == (4, 4, pages[3])


def test_search_asks_as_often_for_many_as_for_few(catalogue):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            find(Criteria("testing", {"voucher": ("insight",)}), now=NOW)
        return len(captured)

    few = queries()
    rules = factories.rules()
    owner = factories.provider(accepts=rules)
    term = factories.term("screening")
    for number in range(300):
        factories.record(
            owner,
            title=f"Testing {number}",
            competences=(term,),
            voucher_kinds=["insight"],
        )
    assert (few, queries()) == (8, 8)


@pytest.mark.parametrize(
    ("codes", "expected"), [([], None), (["NL-ENL"], "NL-ENL"), (["NL-ENL", "DK-DNK"], None)]
)
def test_own_region_is_that_of_all_organisations(codes, expected):
    user = factories.person()
    for code in codes:
        organisation = factories.provider(code).organisation
        organisation.memberships.create(user=user, state="active", asked_at=NOW)
    own = own_region(user)
    assert (own.code if own else None) == expected
