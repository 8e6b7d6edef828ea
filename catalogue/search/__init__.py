"""Find records: by words and facets with counts that equal the results, and by a need in words."""

from catalogue.search.counting import Counts
from catalogue.search.criteria import FACETS, OWN, Criteria, own_region
from catalogue.search.finding import PAGE_SIZE, Found, count_without_words, find
from catalogue.search.matching import LONGEST_NEED, Suggestion, suggest

__all__ = [
    "FACETS",
    "LONGEST_NEED",
    "OWN",
    "PAGE_SIZE",
    "Counts",
    "Criteria",
    "Found",
    "Suggestion",
    "count_without_words",
    "find",
    "own_region",
    "suggest",
]
