"""The map of regions: dots by number of results, links where there are any, and a list."""

import re

import pytest
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import override

from catalogue.views.region_map import MapPoint, points
from portal.models import Region
from tests.catalogue import factories

pytestmark = pytest.mark.django_db
PLACES = {"DE-RHI": (50.9375, 6.9603), "DK-DNK": (55.6761, 12.5683)}
COUNTS = {"DE-RHI": 12, "NL-ENL": 3}
ADDRESSES = {code: f"?region={code}" for code in factories.NAMES}


@pytest.fixture
def regions() -> list[Region]:
    for code in factories.NAMES:
        region = factories.region(code)
        region.latitude, region.longitude = PLACES.get(code, (None, None))
        region.save()
    return [*Region.objects.all()]


def make(regions, **more) -> list[MapPoint]:
    return points(regions, counts=COUNTS, addresses=ADDRESSES, **more)


def test_points_tell_count_size_and_marks(regions):
    made = make(regions, own=factories.region("DK-DNK"), chosen=["DE-RHI"])
    assert [
        (p.name, p.count, p.address, p.radius, p.is_chosen, p.is_own, p.spot is None) for p in made
    ] == [
        ("Denmark", 0, "", 6, False, True, False),
        ("East Netherlands", 3, "?region=NL-ENL", 8, False, False, True),
        ("Rhineland", 12, "?region=DE-RHI", 10, True, False, False),
    ]


@pytest.mark.parametrize(
    ("count", "radius"), [(0, 6), (1, 8), (4, 8), (5, 10), (15, 12), (39, 12), (40, 15), (9000, 15)]
)
def test_dots_grow_in_few_steps(regions, count, radius):
    made = points(regions[:1], counts={regions[0].code: count}, addresses=ADDRESSES)
    assert made[0].radius == radius


def test_labels_keep_clear_of_dot_and_ring_and_stay_on_the_map(regions):
    made = make(regions, chosen=["DE-RHI"])
    room = {p.name: round(p.label_x - p.spot.x) for p in made if p.spot}
    assert room == {"Denmark": -(6 + 7), "Rhineland": 10 + 6 + 7}


def drawn(made: list[MapPoint]) -> tuple[str, str]:
    """The list and the map of the partial."""
    text = render_to_string("catalogue/public/map.html", {"points": made})
    listed, _start, mapped = text.partition('<svg class="v-map')
    return listed, mapped


def tidy(html: str) -> str:
    return " ".join(strip_tags(html).split())


def test_list_and_map_say_the_same(regions):
    listed, mapped = drawn(make(regions, own=factories.region("DK-DNK"), chosen=["DE-RHI"]))
    assert [tidy(item) for item in re.findall(r"<li.*?</li>", listed, re.DOTALL)] == [
        "Denmark Your region 0 results",
        "East Netherlands 3 results",
        "Rhineland Chosen 12 results",
    ]
    assert re.findall(r'<a href="([^"]*)"', listed) == ["?region=NL-ENL", "?region=DE-RHI"]
    links = re.findall(r'<a href="([^"]*)"\s+aria-label="([^"]*)"([^>]*)>', mapped)
    assert links == [
        ("?region=DE-RHI", "Rhineland, 12 results, show only these", ' aria-current="true"')
    ]
    labels = [tidy(text) for text in re.findall(r"<text.*?</text>", mapped)]
    assert labels == ["Denmark 0", "Rhineland 12"]


def test_names_and_addresses_are_text(regions):
    region = regions[0]
    region.name = "<script>"
    made = points([region], counts={region.code: 1}, addresses={region.code: '?q="><b>'})
    text = "".join(drawn(made))
    assert ("<script>" in text, "<b>" in text) == (False, False)


def test_a_place_is_written_with_a_point_in_every_language(regions):
    """SVG knows no decimal comma: a label with one falls to the corner of the map."""
    with override("de"):
        drawn = render_to_string("catalogue/public/map.html", {"points": make(regions)})
    places = re.findall(r' (?:c?[xy]|r)="([^"]*)"', drawn)
    assert len(places) > 6
    assert [place for place in places if "," in place] == []
