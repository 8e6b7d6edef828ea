"""The map of regions: how many results each holds, and the address that shows only these."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from catalogue.rules.region_map import Spot, spots
from portal.models import Region

# From how many results on a dot has this radius, in units of the map.
RADII = ((0, 6), (1, 8), (5, 10), (15, 12), (40, 15))
# The ring around a chosen dot, and the room between a dot and its label.
RING = 6
GAP = 7
# A label to the right of a dot beyond this would leave the map.
EDGE = 450


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A region with its results; without an address it is no link, without a spot in the list only.

    The radius is in units of the map.
    """

    name: str
    count: int
    address: str
    radius: int
    is_chosen: bool
    is_own: bool
    spot: Spot | None

    @property
    def anchor(self) -> str:
        """Which end of the label stands at the dot: its start, or its end on the left of it."""
        is_left = self.spot is not None and (self.spot.anchor == "end" or self.spot.x > EDGE)
        return "end" if is_left else "start"

    @property
    def label_x(self) -> float:
        """Where the label starts or ends, clear of the dot and of its ring."""
        if self.spot is None:
            return 0
        away = self.radius + GAP + (RING if self.is_chosen else 0)
        return round(self.spot.x + (away if self.anchor == "start" else -away), 1)


def points(
    regions: Iterable[Region],
    *,
    counts: Mapping[str, int],
    addresses: Mapping[str, str],
    own: Region | None = None,
    chosen: Collection[str] = (),
) -> list[MapPoint]:
    """Return one point a region in the order given; counts, addresses and chosen go by code.

    A region that `counts` does not name has no results; one without results is no link.
    """
    rows = [*regions]
    placed = [row for row in rows if row.latitude is not None and row.longitude is not None]
    places = spots((float(row.latitude or 0), float(row.longitude or 0)) for row in placed)
    spot_of = dict(zip([row.code for row in placed], places, strict=True))
    return [
        MapPoint(
            name=row.name,
            count=counts.get(row.code, 0),
            address=addresses.get(row.code, "") if counts.get(row.code) else "",
            radius=_radius(counts.get(row.code, 0)),
            is_chosen=row.code in chosen,
            is_own=row == own,
            spot=spot_of.get(row.code),
        )
        for row in rows
    ]


def _radius(count: int) -> int:
    return max(radius for least, radius in RADII if count >= least)
