"""The address of the search page is read forgivingly."""

import pytest
from django.http import QueryDict

from catalogue.enums import Sort
from catalogue.filters import CatalogueFilter
from catalogue.search import Criteria
from tests.catalogue import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def vocabulary() -> None:
    for code in factories.NAMES:
        factories.region(code)
    factories.term("imaging")


def read(address: str, own: str = "") -> CatalogueFilter:
    return CatalogueFilter(QueryDict(address), own_region=factories.region(own) if own else None)


def test_whole_address():
    asked = read(
        "q=+mass++spectrometry+&kind=facility&kind=expert&region=DE-RHI&country=DE"
        "&competence=imaging&access=mail_in&voucher=insight&certificate=ISO+13485&sort=wait&page=3"
    )
    assert asked.criteria() == Criteria(
        words="mass spectrometry",
        chosen={
            "kind": ("facility", "expert"),
            "region": ("DE-RHI",),
            "country": ("DE",),
            "competence": ("imaging",),
            "access": ("mail_in",),
            "voucher": ("insight",),
            "certificate": ("ISO 13485",),
        },
        sort=Sort.WAIT,
        page=3,
    )
    assert asked.notices() == []


def test_unknown_values_are_named_and_nothing_else_is_lost():
    asked = read("q=food&kind=castle&kind=expert&region=XX&voucher=&sort=price&colour=red")
    assert asked.criteria() == Criteria(words="food", chosen={"kind": ("expert",)})
    assert asked.notices() == [
        "The catalogue has no “castle” in this filter, so it shows all the others.",
        "The catalogue has no “XX” in this filter, so it shows all the others.",
        "The catalogue has no “price” in this filter, so it shows all the others.",
    ]


@pytest.mark.parametrize("page", ["", "0", "-1", "two", "1e9", "99999999999999999999", "²"])
def test_odd_pages_are_the_first(page):
    assert read(f"page={page}").criteria().page in (0, 1)


def test_long_queries_are_cut_and_it_is_said():
    asked = read("q=" + "x" * 10_000)
    assert asked.criteria().words == "x" * 200
    assert asked.notices() == ["We searched for the first 200 characters only."]


@pytest.mark.parametrize("words", ["%00", "!!!", "+", "a%00b"])
def test_signs_alone_search_for_nothing(words):
    assert read(f"q={words}").criteria().words == ("ab" if words.startswith("a") else "")


@pytest.mark.parametrize(
    ("address", "left_out"),
    [
        ("", "NL-ENL"),
        ("own=", "NL-ENL"),
        ("own=1", None),
        ("region=NL-ENL", None),
        ("region=DE-RHI", "NL-ENL"),
    ],
)
def test_own_region_is_left_out_unless_asked_for(address, left_out):
    criteria = read(address, own="NL-ENL").criteria()
    assert (criteria.left_out.code if criteria.left_out else None) == left_out
