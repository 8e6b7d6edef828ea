"""Records as plain data: what they say, filled in again, and what differs."""

from catalogue.snapshots.content import content_of, filled, photos_of
from catalogue.snapshots.differences import (
    Difference,
    Pictures,
    Said,
    compared,
    described,
    pictures,
)

__all__ = [
    "Difference",
    "Pictures",
    "Said",
    "compared",
    "content_of",
    "described",
    "filled",
    "photos_of",
    "pictures",
]
