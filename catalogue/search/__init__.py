"""Find records: by words and facets with counts that equal the results, and by a need in words."""

from catalogue.search.advice import Advice, advice_on, recommended
from catalogue.search.counting import Counts
from catalogue.search.criteria import FACETS, OWN, Criteria, own_region
from catalogue.search.finding import PAGE_SIZE, Found, count_without_words, find
from catalogue.search.matching import LONGEST_NEED, Suggestion, offered_to, suggest

__all__ = [
    "FACETS",
    "LONGEST_NEED",
    "OWN",
    "PAGE_SIZE",
    "Advice",
    "Counts",
    "Criteria",
    "Found",
    "Suggestion",
    "advice_on",
    "count_without_words",
    "find",
    "offered_to",
    "own_region",
    "recommended",
    "suggest",
]
