"""Words are found in four languages, by their synonyms, and by where a place is."""

import pytest

from catalogue.enums import Sort
from catalogue.models import Record
from catalogue.rules.distance import kilometres
from catalogue.search import Criteria, find
from portal.models import Region
from tests.catalogue import factories
from tests.catalogue.factories import IMPORTER, NOW

pytestmark = pytest.mark.django_db


def shown(**asked) -> list[str]:
    return [row.title for row in find(Criteria(**asked), now=NOW).records]


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "We measured impurities in vaccines", "measuring vaccine impurity"),
        ("de", "Wir prüfen Verunreinigungen in Impfstoffen", "prüfe verunreinigung impfstoffe"),
        ("fr", "La mesure des impuretés d'une protéine purifiée", "mesures protéines purifiées"),
        ("fr", "La mesure des impuretés d'une protéine purifiée", "impurete proteine"),
        ("nl", "Wij meten onzuiverheden in vaccins", "onzuiverheid vaccin"),
    ],
)
def test_words_are_stemmed_in_the_language_of_the_text(language, text, words):
    factories.record(title="Other", summary="Something else")
    factories.record(title="Right", summary=text, text_language=language)
    assert shown(words=words) == ["Right"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("the laboratory for imaging", ["Imaging laboratory"]),
        ("das labor für imaging", []),
        ('"imaging laboratory"', ["Imaging laboratory"]),
        ('"laboratory imaging"', []),
        ("laboratory -imaging", ["Dark laboratory"]),
        ('laboratory -"imaging laboratory"', ["Dark laboratory"]),
        ("the", []),
    ],
)
def test_stop_words_phrases_and_exclusions(words, expected):
    factories.record(title="Imaging laboratory", summary="Pictures")
    factories.record(title="Dark laboratory", summary="Nothing to see")
    found = find(Criteria(words=words), now=NOW)
    assert ([] if found.spelled else [row.title for row in found.records]) == expected


@pytest.fixture
def chromatography():
    """A competence that people call by other words, and a record that has it."""
    term = factories.term(
        "separation",
        "Separation",
        de="Trennung",
        synonyms={"en": ["HPLC", "size exclusion"], "de": ["Säulenchromatographie"]},
    )
    factories.record(title="Column hall", competences=(term,))
    factories.record(title="Other")
    return term


@pytest.mark.parametrize(
    "words",
    ["HPLC", "hplc column", "size exclusion", "säulenchromatographie", "Saulenchromatographie"],
)
def test_a_synonym_finds_the_competence(chromatography, words):
    assert shown(words=words) == ["Column hall"]


def test_a_word_of_a_longer_synonym_is_no_synonym(chromatography):
    assert find(Criteria(words="exclusion"), now=NOW).counts.unfiltered == 0


def test_new_synonyms_find_at_once(chromatography):
    from catalogue import actions

    actions.set_synonyms(chromatography, synonyms={"en": ["FPLC"]}, by=IMPORTER, now=NOW)
    assert (shown(words="FPLC"), shown(words="HPLC")) == (["Column hall"], [])


def place(code: str, latitude: float, longitude: float) -> None:
    factories.region(code)
    Region.objects.filter(code=code).update(latitude=latitude, longitude=longitude)


def test_the_nearest_comes_first_and_unknown_places_last():
    place("DK-DNK", 55.6, 12.5)
    place("DE-RHI", 50.9, 6.9)
    for code, title in {"NL-ENL": "Nowhere", "DE-RHI": "Far", "DK-DNK": "Here"}.items():
        factories.record(factories.provider(code), title=title)
    home = Region.objects.get(code="DK-DNK")
    assert shown(sort=Sort.DISTANCE, origin=home) == ["Here", "Far", "Nowhere"]
    assert shown(sort=Sort.DISTANCE, origin=Region.objects.get(code="NL-ENL")) == [
        *("Far", "Here", "Nowhere")
    ]


def test_most_vouchers_before_comes_first():
    for title, number in {"None": 0, "Many": 7, "Some": 2}.items():
        row = factories.record(title=title)
        Record.objects.filter(pk=row.pk).update(vouchers_before=number)
    assert shown(sort=Sort.PROVEN) == ["Many", "Some", "None"]


def test_distances_are_those_of_the_globe():
    # The metre was made so that a quarter of the globe is ten thousand kilometres.
    assert round(kilometres((0, 4.35), (90, 4.35)), -2) == 10_000
    assert round(kilometres((0, 0), (0, 90)), -2) == 10_000
    assert kilometres((50.85, 4.35), (50.85, 4.35)) == 0
