"""Where regions stand on the engraved map of ``static/img/map.svg``.

The map is a Lambert conformal conic; scale and origin were fitted to its drawn borders, which they
meet within one unit of its 620 by 560.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, log, pi, radians, sin, tan

PARALLELS = radians(48), radians(56)
MERIDIAN = 6
SCALE = 3052.03
ORIGIN = 281.61, -2079.67
LABEL_GAP = 15
# A label to the right would run into a dot in this box.
NEAR_X, NEAR_Y = 150, 25
ARC_BEND = 0.2

_south, _north = PARALLELS
_cone = log(cos(_south) / cos(_north)) / log(tan(pi / 4 + _north / 2) / tan(pi / 4 + _south / 2))
_factor = cos(_south) * tan(pi / 4 + _south / 2) ** _cone / _cone


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map and where its label starts or ends; units of the map's view box."""

    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Return the point of the map for degrees north and east."""
    radius = _factor / tan(pi / 4 + radians(latitude) / 2) ** _cone
    angle = _cone * radians(longitude - MERIDIAN)
    x, y = radius * sin(angle), radius * cos(angle)
    return round(SCALE * x + ORIGIN[0], 1), round(SCALE * y + ORIGIN[1], 1)


def spots(places: Iterable[tuple[float, float]]) -> list[Spot]:
    """Place points given as latitude and longitude; labels keep clear of their neighbours."""
    points = [project(latitude, longitude) for latitude, longitude in places]
    return [_spot(point, points) for point in points]


def arc(start: Spot, end: Spot) -> str:
    """Return an SVG path that bends from one spot to another."""
    bend_x = (start.x + end.x) / 2 - (end.y - start.y) * ARC_BEND
    bend_y = (start.y + end.y) / 2 + (end.x - start.x) * ARC_BEND
    return f"M{start.x} {start.y}Q{bend_x:.1f} {bend_y:.1f} {end.x} {end.y}"


def _spot(point: tuple[float, float], points: Sequence[tuple[float, float]]) -> Spot:
    x, y = point
    crowded = any(0 < x2 - x < NEAR_X and abs(y2 - y) < NEAR_Y for x2, y2 in points)
    gap, anchor = (-LABEL_GAP, "end") if crowded else (LABEL_GAP, "start")
    return Spot(x, y, round(x + gap, 1), round(y + 5, 1), anchor)
