"""How a person is taken out of a text: every mention of the name and of the address."""

import re
from collections.abc import Iterable
from typing import Any

ERASED = "…"


def without(value: Any, words: Iterable[str]) -> Any:
    """Return a text, or the texts of a list or dictionary, without these words.

    A mention becomes an ellipsis; a text that held nothing else becomes empty.
    """
    known = sorted({word for word in words if word}, key=len, reverse=True)
    if not known:
        return value
    mention = re.compile(
        rf"(?<!\w)(?:{'|'.join(re.escape(word) for word in known)})(?!\w)", re.IGNORECASE
    )
    return _cut(value, mention)


def is_same_name(one: str, other: str) -> bool:
    """Whether one name holds all the words of the other, as with a title or a middle name.

    A name that was changed in any other way may be another person's.
    """
    words, others = set(one.casefold().split()), set(other.casefold().split())
    return words <= others or others <= words


def _cut(value: Any, mention: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return "" if mention.fullmatch(value) else mention.sub(ERASED, value)
    if isinstance(value, dict):
        return {key: _cut(part, mention) for key, part in value.items()}
    if isinstance(value, list):
        return [_cut(part, mention) for part in value]
    return value
