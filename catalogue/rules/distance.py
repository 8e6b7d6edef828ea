"""How far two places are apart."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS = 6371.0

type Place = tuple[float, float]


def kilometres(start: Place, end: Place) -> float:
    """Return the great-circle distance in km between places in degrees north and east."""
    north, east = (radians(end[n] - start[n]) for n in (0, 1))
    half = sin(north / 2) ** 2 + cos(radians(start[0])) * cos(radians(end[0])) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(half))
