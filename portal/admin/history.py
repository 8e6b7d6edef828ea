"""A journal entry as people read it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from portal.models import JournalEntry

NOTHING = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with its details, each a name and a value."""

    entry: JournalEntry
    details: list[tuple[str, str]]


def lines(entries: Iterable[JournalEntry], *, with_details: bool) -> list[Line]:
    """Return the entries as lines; details are for those who see all of a case."""
    return [Line(entry, list(_details(entry.data)) if with_details else []) for entry in entries]


def _details(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Tell a change as old and new value, a new row by its values, anything else as it is."""
    old, new = data.get("old", {}), data.get("new", {})
    for name in new:
        now = _shown(new[name])
        yield name, f"{_shown(old[name])} \N{RIGHTWARDS ARROW} {now}" if name in old else now
    for name, value in data.items():
        if name not in {"old", "new", "fields"} and value not in ("", None):
            yield name, _shown(value)


def _shown(value: Any) -> str:
    return NOTHING if value in ("", None, [], {}) else str(value)
