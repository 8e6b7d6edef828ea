"""Suggest records for a need in plain words, each with the words and competences that matched."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Case, F, Func, Value, When

from catalogue.enums import Opinion
from catalogue.models import Competence, Record, RecordQuerySet
from catalogue.rules import matching
from catalogue.rules.common_words import COMMON
from catalogue.rules.matching import Candidate, Match, Meaning, Phrase
from portal.enums import Locale, VoucherKind
from portal.models import Region

SUGGESTED = 5
LONGEST_NEED = 5000
SHOWN_WORDS = 6
# These languages write several words as one: Plasmastabilität speaks of plasma and of stability.
COMPOUNDING = frozenset({Locale.DE, Locale.NL})
SHORTEST_COMPOUND, SHORTEST_PART = 8, 5
# Beyond so many records that share competences with a need, those that share most are read.
READ = 600
# The phrases of competences that share a word with the need, each read in its own language.
_PHRASES = """
    SELECT term.slug, phrase.language, phrase.lexemes, phrase.is_name
    FROM catalogue_competencephrase AS phrase
    JOIN catalogue_competence AS term ON term.id = phrase.competence_id
    WHERE phrase.language = ANY(%s) AND phrase.lexemes && %s::text[]
    ORDER BY phrase.id
"""
_VOCABULARY = """
    SELECT DISTINCT word FROM catalogue_competencephrase, unnest(lexemes) AS word
    WHERE language = %s AND length(word) >= %s
"""
# Each word of the need with its lexeme in each language; the language is the one whose stop words
# it has most of.
_LEXEMES = """
    SELECT token.text, code, (tsvector_to_array(to_tsvector(catalogue_config(code), token.text)))[1]
    FROM unnest(%s::text[]) WITH ORDINALITY AS token (text, place),
        unnest(ARRAY['en', 'de', 'fr', 'nl']) AS code
    ORDER BY token.place, code
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A record that may answer a need, with the reasons."""

    record: Record
    competences: Sequence[Competence]
    words: Sequence[str]
    is_pinned: bool = False


def suggest(
    need: str,
    *,
    home: Region | None,
    now: datetime,
    voucher: VoucherKind | None = None,
    opinions: Mapping[int, str] | None = None,
    limit: int = SUGGESTED,
) -> list[Suggestion]:
    """Return up to five records outside the home region, best first; none without a competence.

    Only records are suggested whose provider has accepted the access rules in force, one of each
    provider. `opinions` are a broker's by record: what was pinned comes first whatever its words,
    what was dismissed never.
    """
    said = opinions or {}
    pinned = [pk for pk, opinion in said.items() if opinion == Opinion.PINNED]
    rows = offered_to(home, voucher, now)
    matches, lexemes = _matches(need, rows.exclude(pk__in=[*said]), limit)
    first = [
        Match(pk, 0, 0, (), ()) for pk in rows.filter(pk__in=pinned).values_list("pk", flat=True)
    ]
    return _shown([*first, *matches][:limit], lexemes, pinned)


def _matches(need: str, rows: RecordQuerySet, limit: int) -> tuple[list[Match], Mapping[str, str]]:
    text = " ".join(need.replace("\0", "").split())[:LONGEST_NEED]
    languages, lexemes = _read(text)
    number = Competence.objects.count()
    meant = matching.meanings(_phrases(languages), languages, number)
    if not meant:
        return [], lexemes
    return matching.rank(_candidates(rows, meant, lexemes), meant, limit), lexemes


def _read(text: str) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Return the text's lexemes in its own language and in English, and each with its word.

    In the first answer a lexeme may be a part of the word that it comes from, or hold it.
    """
    words = list(dict.fromkeys(re.findall(r"[^\W\d_][\w-]+", text)))
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES, [words])
        rows = cursor.fetchall()
    stops = Counter(code for _word, code, lexeme in rows if lexeme is None)
    own = max(Locale.values, key=lambda code: stops[code])
    plain = {word for word, code, lexeme in rows if code == own and lexeme is None} | COMMON
    lexemes: dict[str, str] = {}
    languages: dict[str, dict[str, str]] = {own: {}, Locale.EN.value: {}}
    for word, code, lexeme in rows:
        if lexeme and code in languages and word.lower() not in plain:
            languages[code][lexeme] = lexeme
            lexemes.setdefault(lexeme, word)
    if own in COMPOUNDING:
        languages[own] = {**_parts(languages[own], own), **languages[own]}
    return languages, lexemes


def _parts(words: Iterable[str], language: str) -> dict[str, str]:
    """Return the vocabulary's lexemes that are part of a word of the need, or hold it as theirs."""
    with connection.cursor() as cursor:
        cursor.execute(_VOCABULARY, [language, SHORTEST_PART])
        known = [lexeme for (lexeme,) in cursor.fetchall()]
    return {
        lexeme: word
        for word in words
        if len(word) >= SHORTEST_PART
        for lexeme in known
        if _is_part(word, lexeme) or _is_part(lexeme, word)
    }


def _is_part(word: str, part: str) -> bool:
    """Whether a long word begins or ends with another one."""
    return len(word) >= max(SHORTEST_COMPOUND, len(part) + 3) and (
        word.startswith(part) or word.endswith(part)
    )


def _phrases(need: Mapping[str, Mapping[str, str]]) -> list[Phrase]:
    """Return the phrases of competences that share a word with the need."""
    words = sorted({lexeme for some in need.values() for lexeme in some})
    with connection.cursor() as cursor:
        cursor.execute(_PHRASES, [[*need], words])
        rows = cursor.fetchall()
    found = [Phrase(slug, code, tuple(lexemes), named) for slug, code, lexemes, named in rows]
    return [one for one in found if not need[one.language].keys().isdisjoint(one.lexemes)]


def offered_to(home: Region | None, voucher: VoucherKind | None, now: datetime) -> RecordQuerySet:
    """Return the records outside a region that take a voucher, or any, under the rules in force."""
    rows = Record.objects.offered(now)
    if home is not None:
        rows = rows.exclude(region=home)
    return rows.filter(voucher_kinds__contains=[voucher]) if voucher else rows


def _candidates(
    rows: RecordQuerySet, meant: Mapping[str, Meaning], lexemes: Mapping[str, str]
) -> list[Candidate]:
    """Read the records that share most with the need, each with the lexemes that it shares."""
    shared: Any = Value(0.0, output_field=models.FloatField())
    for slug, meaning in meant.items():
        shared += Case(
            When(terms__contains=[slug], then=Value(meaning.strength)), default=Value(0.0)
        )
    found = (
        rows.filter(terms__overlap=[*meant])
        .order_by(shared.desc(), F("confirmed_on").desc(), "pk")
        .values_list("pk", "provider", "terms", _shared_lexemes(lexemes))[:READ]
    )
    return [
        Candidate(pk, provider, frozenset(terms), dict(one.split("/") for one in some))
        for pk, provider, terms, some in found
    ]


def _shared_lexemes(lexemes: Iterable[str]) -> Func:
    """Return the record's lexemes among these, each with the weight of its first place."""
    texts = ArrayField(models.TextField())
    return Func(
        F("search"),
        Value([*lexemes], output_field=texts),
        template="ARRAY(SELECT word.lexeme || '/' || coalesce(word.weights[1], 'D')"
        " FROM unnest(%(expressions)s))",
        arg_joiner=") AS word WHERE word.lexeme = ANY(",
        output_field=texts,
    )


def _shown(
    matches: Sequence[Match], lexemes: Mapping[str, str], pinned: Sequence[int]
) -> list[Suggestion]:
    rows = Record.objects.select_related("region", "provider__organisation").defer(
        "description", "keywords", "search"
    )
    records = rows.in_bulk([match.pk for match in matches])
    slugs = {slug for match in matches for slug in match.competences}
    terms = {term.slug: term for term in Competence.objects.filter(slug__in=slugs)}
    return [
        Suggestion(
            records[match.pk],
            [terms[slug] for slug in match.competences],
            list(dict.fromkeys(lexemes[one] for one in match.lexemes))[:SHOWN_WORDS],
            is_pinned=match.pk in pinned,
        )
        for match in matches
    ]
