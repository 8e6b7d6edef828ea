"""What a record must say before a broker is asked to publish it."""

from collections.abc import Mapping
from typing import Any

EXPERT = "expert"


def missing_in(content: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields that are still empty; how to reach an expert is no question.

    A searcher needs a title, a summary, a competence to find it by, and a way to use it.
    """
    needed = ["title", "summary", "competences"]
    if content.get("kind") != EXPERT:
        needed.append("access_types")
    return [name for name in needed if not content.get(name)]
