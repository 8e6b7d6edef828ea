"""A need in plain words leads to records elsewhere that share competences and words with it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.actions.suggestions import set_opinion
from catalogue.enums import Opinion
from catalogue.models import SuggestionOpinion
from catalogue.rules.matching import Candidate, Meaning, Phrase, meanings, rank
from catalogue.search import suggest
from portal.enums import VoucherKind
from portal.permissions import Actor
from tests.catalogue import factories
from tests.catalogue.factories import NOW

NEED = "Our peptide is gone from the blood after an hour and we cannot say why."


def phrase(competence: str, *lexemes: str, is_name: bool = False) -> Phrase:
    return Phrase(competence, "en", lexemes, is_name)


def strengths(rows, need, competences: int) -> dict[str, float]:
    return {name: one.strength for name, one in meanings(rows, need, competences).items()}


def test_a_phrase_that_is_there_whole_says_more_than_a_part():
    need = {"en": {"half": "half", "life": "life"}}
    rows = [phrase("kinetics", "half", "life"), phrase("storage", "shelf", "life")]
    found = strengths(rows, need, 50)
    assert found["kinetics"] > found["storage"] > 0


def test_a_word_of_many_competences_says_less():
    need = {"en": {"sample": "sample", "orbitrap": "orbitrap"}}
    rows = [phrase("ms", "orbitrap"), *(phrase(name, "sample") for name in ("a", "b", "c"))]
    found = strengths(rows, need, 50)
    assert found["ms"] > found["a"] == found["b"] == found["c"]


def test_parts_of_one_word_count_once():
    need = {"en": {"plasma": "plasmastability", "stability": "plasmastability"}}
    both = strengths([phrase("x", "plasma"), phrase("x", "stability")], need, 50)
    assert both == strengths([phrase("x", "plasma")], need, 50)


def test_ranking_takes_the_best_of_each_provider():
    meant = {"a": Meaning(2.0, ("blood",)), "b": Meaning(1.0, ("hour", "plasma"))}
    rows = [
        Candidate(1, 10, frozenset("b"), {}),
        Candidate(2, 10, frozenset("ab"), {"plasma": "A"}),
        Candidate(3, 11, frozenset("a"), {}),
    ]
    found = rank(rows, meant, 5)
    assert [(one.pk, one.competences, one.lexemes) for one in found] == [
        (2, ("a", "b"), ("blood", "hour", "plasma")),
        (3, ("a",), ("blood",)),
    ]


@pytest.fixture
def stability(db):
    """A competence with everyday words in two languages."""
    return factories.term(
        "stability",
        "Plasma stability",
        de="Plasmastabilität",
        synonyms={"en": ["breaks down", "gone from the blood"], "de": ["Abbau im Blut"]},
    )


@pytest.fixture
def rules(db):
    return factories.rules()


def offer(rules, code: str, title: str, *terms, **fields):
    return factories.record(
        factories.provider(code, accepts=rules), title=title, competences=terms, **fields
    )


def test_suggestions_say_which_words_and_competences_matched(stability, rules):
    right = offer(rules, "DE-RHI", "Degradation", stability, summary="Peptides in blood, by hour")
    offer(rules, "DE-RHI", "Other", factories.term("imaging"), summary="Peptide pictures")
    found = suggest(NEED, home=factories.region("NL-ENL"), now=NOW)
    assert [(one.record, list(one.competences), set(one.words)) for one in found] == [
        (right, [stability], {"gone", "blood", "peptide", "hour"})
    ]


def test_no_suggestion_of_the_own_region_nor_one_that_cannot_be_used(stability, rules):
    offer(rules, "NL-ENL", "Own", stability)
    factories.record(factories.provider("DE-RHI"), title="No rules", competences=(stability,))
    offer(rules, "DE-RHI", "Draft", stability, is_public=False)
    offer(rules, "DE-RHI", "No Insight", stability, voucher_kinds=["meet_greet"])
    offer(rules, "DK-DNK", "Right", stability, voucher_kinds=["insight"])
    home = factories.region("NL-ENL")
    found = suggest(NEED, home=home, now=NOW, voucher=VoucherKind.INSIGHT)
    assert [one.record.title for one in found] == ["Right"]


def test_a_german_need_finds_an_english_record_by_compounds(stability, rules):
    offer(rules, "DK-DNK", "Degradation", stability)
    need = (
        "Wir wissen nicht, wie es um die Stabilität unserer Moleküle steht, wenn sie geimpft sind."
    )
    found = suggest(need, home=None, now=NOW)
    assert [one.record.title for one in found] == ["Degradation"]


@pytest.mark.parametrize(
    "need",
    ["", " ", "xyzzy", "the and of", "!!! ???", "\0", "\N{ARABIC LETTER MEEM}", "word " * 50_000],
)
def test_a_need_without_a_competence_gets_no_suggestion(stability, rules, need):
    offer(rules, "DE-RHI", "Degradation", stability)
    assert suggest(need, home=None, now=NOW) == []


def test_pinned_comes_first_and_dismissed_never(stability, rules):
    offer(rules, "DE-RHI", "Best", stability, summary="Peptide blood hour")
    left_out = offer(rules, "DE-RHI", "Left out", stability)
    pinned = offer(rules, "DK-DNK", "Pinned", factories.term("imaging"))
    subject = factories.provider()
    by = Actor.person(factories.broker())
    for row, opinion in {left_out: Opinion.DISMISSED, pinned: Opinion.PINNED}.items():
        set_opinion(subject, row, opinion=opinion, chain="portal", by=by, now=NOW)
    opinions = SuggestionOpinion.objects.about(subject).by_record()
    found = suggest(NEED, home=None, now=NOW, opinions=opinions)
    assert [(one.record.title, one.is_pinned) for one in found] == [
        ("Pinned", True),
        ("Best", False),
    ]
    set_opinion(subject, left_out, opinion=None, chain="portal", by=by, now=NOW)
    assert SuggestionOpinion.objects.about(subject).by_record() == {pinned.pk: "pinned"}


def test_few_and_many_records_take_the_same_queries(stability, rules):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            suggest(NEED, home=None, now=NOW)
        return len(captured)

    offer(rules, "DE-RHI", "One", stability)
    few = queries()
    for number in range(8):
        offer(rules, "DE-RHI", f"More {number}", stability)
    assert (few, queries()) == (6, 6)
