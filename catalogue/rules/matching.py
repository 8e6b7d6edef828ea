"""Which records answer a need: scored by the competences and words that they share with it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

# How much a lexeme says by where a record has it: title, keywords, summary, description.
WEIGHTS = {"A": 1.0, "B": 1.0, "C": 1.0, "D": 0.8}
NAME_COUNTS = 1.5
# A phrase of which only some words are there counts by this power of its share.
COVERAGE = 2.0
# Each further competence of a record counts by this factor of the one before.
FURTHER = 0.8
TEXT_SHARE = 1.0
# So many records more would have each word: in a small catalogue one record proves no rarity.
SMOOTHING = 2
# So many words are told of each competence.
TOLD = 3
# Below this a competence is mentioned by chance.
LEAST = 0.3


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a competence that shares lexemes with a need."""

    competence: str
    language: str
    lexemes: tuple[str, ...]
    is_name: bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """How strongly a need means a competence, and by which of its lexemes, the strongest first."""

    strength: float
    lexemes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that has one of the competences: its terms, and which lexemes of the need it has."""

    pk: int
    provider: int
    terms: frozenset[str]
    lexemes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """A record with its score, and the competences and lexemes of the need that made it."""

    pk: int
    provider: int
    score: float
    competences: tuple[str, ...]
    lexemes: tuple[str, ...]


def meanings(
    phrases: Iterable[Phrase], need: Mapping[str, Mapping[str, str]], competences: int
) -> dict[str, Meaning]:
    """Return the competences that a need means.

    `need` has its lexemes by language, each with the one it comes from: that counts once.

    A word counts the more the fewer of the vocabulary's competences have it, and once a competence:
    by the phrase of which most is there.
    """
    rows = list(phrases)
    having: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        for lexeme in row.lexemes:
            having.setdefault((row.language, lexeme), set()).add(row.competence)
    best: dict[str, dict[str, float]] = {}
    for row in rows:
        worth = {
            lexeme: log(1 + competences / len(having[row.language, lexeme]))
            for lexeme in row.lexemes
        }
        there = [lexeme for lexeme in row.lexemes if lexeme in need[row.language]]
        share = sum(worth[lexeme] for lexeme in there) / sum(worth.values())
        factor = share**COVERAGE * (NAME_COUNTS if row.is_name else 1.0)
        words = best.setdefault(row.competence, {})
        for lexeme in there:
            root = need[row.language][lexeme]
            words[root] = max(words.get(root, 0.0), worth[lexeme] * factor)
    found = {
        competence: Meaning(sum(words.values()), tuple(sorted(words, key=lambda one: -words[one])))
        for competence, words in best.items()
    }
    return {name: meaning for name, meaning in found.items() if meaning.strength >= LEAST}


def rank(candidates: Sequence[Candidate], meant: Mapping[str, Meaning], limit: int) -> list[Match]:
    """Return the best match of each provider, best first; equal ones in the order they came.

    Five records of one provider would be one suggestion.
    """
    seen = Counter(lexeme for one in candidates for lexeme in one.lexemes)
    every = len(candidates) + SMOOTHING
    rare = {lexeme: log(every / (number + SMOOTHING)) for lexeme, number in seen.items()}
    matches = [_match(one, meant, rare) for one in candidates]
    best: dict[int, Match] = {}
    for match in sorted(matches, key=lambda match: -match.score):
        best.setdefault(match.provider, match)
    return [*best.values()][:limit]


def _match(one: Candidate, meant: Mapping[str, Meaning], rare: Mapping[str, float]) -> Match:
    terms = sorted((t for t in one.terms if t in meant), key=lambda t: -meant[t].strength)
    by_terms = sum(meant[term].strength * FURTHER**place for place, term in enumerate(terms))
    worth = {lexeme: rare[lexeme] * WEIGHTS[weight] for lexeme, weight in one.lexemes.items()}
    shared = sorted(worth, key=lambda lexeme: -worth[lexeme])
    # The reader sees first what the need said of the competences, then what the record says too.
    reasons = [lexeme for term in terms for lexeme in meant[term].lexemes[:TOLD]]
    score = by_terms + TEXT_SHARE * sum(worth.values())
    lexemes = tuple(dict.fromkeys([*reasons, *shared]))
    return Match(one.pk, one.provider, score, tuple(terms), lexemes)
