"""Find records: by words and facets with counts that equal the results, and by a need in words."""

from catalogue.search.counting import Counts
from catalogue.search.criteria import FACETS, OWN, Criteria, own_region
from catalogue.search.finding import PAGE_SIZE, Found, count_without_words, find

__all__ = [
    "FACETS",
    "OWN",
    "PAGE_SIZE",
    "Counts",
    "Criteria",
    "Found",
    "count_without_words",
    "find",
    "own_region",
]
