"""What differs between two texts, word by word."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

LONGEST = 3000
# A comma behind a word is no part of it: a list may go on there.
_WORDS = re.compile(r"\s+|[^\s,]+|,")


class Piece(NamedTuple):
    """Words that both texts have, or that only this one has."""

    text: str
    is_changed: bool


def words(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Mark the words that only the old text has, and those that only the new one has.

    Texts of more than LONGEST words count as wholly different: comparing takes quadratic time.
    """
    old_words, new_words = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old_words), len(new_words)) > LONGEST:
        return [Piece(before, True)], [Piece(after, True)]
    blocks = SequenceMatcher(None, old_words, new_words, autojunk=False).get_opcodes()
    old = [("".join(old_words[a:b]), tag != "equal") for tag, a, b, _c, _d in blocks]
    new = [("".join(new_words[c:d]), tag != "equal") for tag, _a, _b, c, d in blocks]
    return list(_pieces(old)), list(_pieces(new))


def _pieces(found: Sequence[tuple[str, bool]]) -> Iterator[Piece]:
    """Join what is marked alike; a blank between two marked words is marked with them."""
    shown = [pair for pair in found if pair[0]]
    last = len(shown) - 1
    marks = [
        is_changed or (not text.strip() and 0 < at < last and shown[at - 1][1] and shown[at + 1][1])
        for at, (text, is_changed) in enumerate(shown)
    ]
    pairs = zip(shown, marks, strict=True)
    for mark, run in groupby(pairs, key=lambda pair: pair[1]):
        yield Piece("".join(text for (text, _is_changed), _mark in run), mark)
