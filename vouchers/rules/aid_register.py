"""The register of de minimis aid: which grants belong in it, and within how many working days."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRule:
    """Within how many working days a grant is entered; the day of the grant does not count."""

    act: str
    first: date
    last: date | None
    working_days: int


REGISTER_RULES = (
    RegisterRule(
        act="(EU) 2023/2831, article 6",
        first=date(2026, 1, 1),
        last=None,
        working_days=20,
    ),
)
INSTRUMENT = "Grant"
