"""Partners suggested from what a draft says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue.search import Suggestion, advice_on
from portal.enums import VoucherKind
from vouchers.models import Application
from vouchers.snapshots import sections_of, words_of

# From so many words on a text says what the project is about.
LEAST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Suggested:
    """Suggestions, those that the broker recommends first, and whether the text says enough."""

    is_described: bool
    suggestions: Sequence[Suggestion]


def suggested(row: Application, *, now: datetime) -> Suggested:
    """Return records outside the home region that take the voucher and fit the text."""
    text = words_of(row.title, sections_of(row))
    is_described = len(text.split()) >= LEAST_WORDS
    advice = advice_on(
        row,
        text if is_described else "",
        home=row.home_region,
        voucher=VoucherKind(row.voucher_type.kind),
        now=now,
        chosen={host.record_id for host in row.hosts.all() if host.record_id},
    )
    return Suggested(is_described, advice.suggestions)
