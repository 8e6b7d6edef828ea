"""Milestones: what a project will have reached by which day, kept as one line of text each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

MOST = 5
BETWEEN = "\t"


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is reached, and by when."""

    by: date
    what: str


def rows_in(text: str) -> Iterator[tuple[str, str]]:
    """Return day and words of each line, as they were written; a line may lack either."""
    for line in text.splitlines():
        by, _tab, what = line.partition(BETWEEN)
        yield by.strip(), what.strip()


def as_text(rows: Iterable[tuple[str, str]]) -> str:
    """Return the rows that say something as lines of text."""
    return "\n".join(f"{by}{BETWEEN}{what}" for by, what in rows if by or what)


def read(text: str) -> list[Milestone]:
    """Read milestones as they are stored, days as ISO text. Raises ValueError for another text."""
    return [Milestone(date.fromisoformat(by), what) for by, what in rows_in(text)]


def write(milestones: Iterable[Milestone]) -> str:
    """Return milestones as they are stored."""
    return as_text((one.by.isoformat(), one.what) for one in milestones)
