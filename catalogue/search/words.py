"""Typed words as a query over four languages, with the synonyms of competences."""

import re
from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db import connection, models
from django.db.models import Q, Value

# A word or a phrase in quotes, with a minus before it where it must not be found.
_ITEM = re.compile(r'(?<!\S)(-)?(?:"([^"]+)"?|([^\s"]+))')
SPELLED_WORDS = 8
# Which items of a query mean a competence: its phrase has all its words in the item.
_SYNONYMS = """
    SELECT item.place, array_agg(DISTINCT term.slug ORDER BY term.slug)
    FROM unnest(%s::text[]) WITH ORDINALITY AS item (text, place)
    JOIN catalogue_competencephrase AS phrase
        ON to_tsvector(catalogue_config(phrase.language), item.text) @@ phrase.query
    JOIN catalogue_competence AS term ON term.id = phrase.competence_id
    GROUP BY item.place
"""


class WordsQuery(SearchQuery):
    """A query over four languages: every item, in the shape any language gives it; no excluded."""

    def __init__(
        self, items: Sequence[str], markers: Sequence[str] = (), excluded: Sequence[str] = ()
    ) -> None:
        """Take what must be found, for each item its competences as lexemes, and what must not."""
        texts = ArrayField(models.TextField())
        some = [*items], [*markers] or [""] * len(items), [*excluded]
        self.function, self.config, self.invert = "catalogue_query", None, False
        models.Func.__init__(self, *(Value(one, output_field=texts) for one in some))


def query_of(words: str) -> SearchQuery:
    """Return what the words ask: each of them, or a competence that it means; never an excluded.

    A whole query that means a competence, such as "size exclusion", finds it too.
    """
    asked: list[str] = []
    excluded: list[str] = []
    for sign, phrase, word in _ITEM.findall(words):
        text = f'"{phrase}' if phrase else word
        (excluded if sign else asked).append(text)
    whole = " ".join(asked)
    means = _meanings([*asked, whole])
    plain = WordsQuery(asked, [means.get(place, "") for place in range(len(asked))], excluded)
    if len(asked) < 2 or len(asked) not in means:
        return plain
    return plain | WordsQuery(["-"], [means[len(asked)]], excluded)


def _meanings(items: list[str]) -> dict[int, str]:
    """Return the markers of the competences that items mean, by the item's place."""
    with connection.cursor() as cursor:
        cursor.execute(_SYNONYMS, [items])
        found = cursor.fetchall()
    return {place - 1: " | ".join(f"'={slug}'" for slug in slugs) for place, slugs in found}


def by_spelling(words: str) -> Q | None:
    """Return what records with every word, or one spelled like it in title or keywords, meet."""
    asked = re.findall(r"(?<![-\w])\w{3,}", words)[:SPELLED_WORDS]
    if not asked:
        return None
    every = Q()
    for word in asked:
        every &= (
            Q(search=WordsQuery([word]))
            | Q(title__trigram_word_similar=word)
            | Q(keywords__trigram_word_similar=word)
        )
    return every
