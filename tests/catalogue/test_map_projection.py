"""The map's projection meets the borders that are drawn on it."""

import pytest

from catalogue.rules.region_map import Spot, arc, project, spots


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "drawn"),
    [
        ("coast of Belgium and France", 51.09, 2.54, (166.1, 342.5)),
        ("Vaals, where three countries meet", 50.755, 6.02, (281.9, 363.1)),
        ("Basel", 47.59, 7.59, (339.1, 530.8)),
        ("Flensburg fjord", 54.82, 9.44, (387.3, 145.0)),
    ],
)
def test_project_meets_the_drawn_borders(place, latitude, longitude, drawn):
    assert project(latitude, longitude) == pytest.approx(drawn, abs=1.0)


def test_spots_turn_a_label_away_from_a_neighbour_to_the_right():
    strasbourg, stuttgart, copenhagen = spots([(48.57, 7.75), (48.78, 9.18), (55.68, 12.57)])
    assert [strasbourg.anchor, stuttgart.anchor, copenhagen.anchor] == ["end", "start", "start"]
    assert strasbourg.label_x < strasbourg.x < stuttgart.x < stuttgart.label_x


def test_arc_bends_between_two_spots():
    start, end = Spot(0, 0, 0, 0, "start"), Spot(100, 0, 0, 0, "start")
    assert arc(start, end) == "M0 0Q50.0 20.0 100 0"
