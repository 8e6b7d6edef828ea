"""What a broker made of the suggestions for a need or an application."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from catalogue.enums import Opinion
from catalogue.models import Record, SuggestionOpinion
from catalogue.search.matching import SUGGESTED, Suggestion, offered_to, suggest
from portal.enums import VoucherKind
from portal.models import Region


@dataclass(frozen=True, slots=True)
class Advice:
    """Suggestions, those that a broker recommends first, and the records that a broker left out."""

    suggestions: Sequence[Suggestion]
    left_out: Sequence[Record]


def advice_on(
    subject: models.Model,
    need: str,
    *,
    home: Region | None,
    now: datetime,
    voucher: VoucherKind | None = None,
    chosen: Collection[int] = (),
) -> Advice:
    """Return up to five suggestions for the text of a subject, besides what is recommended.

    Records that were chosen already, by their keys, are no suggestion.
    """
    opinions = SuggestionOpinion.objects.about(subject).by_record()
    pinned = [pk for pk, opinion in opinions.items() if opinion == Opinion.PINNED]
    suggestions = suggest(
        need,
        home=home,
        now=now,
        voucher=voucher,
        opinions=opinions,
        limit=SUGGESTED + len(pinned) + len(chosen),
    )
    others = [one for one in suggestions if one.record.pk not in chosen]
    left_out = offered_to(home, voucher, now).filter(pk__in=opinions.keys() - set(pinned))
    return Advice(
        others[: SUGGESTED + len(pinned)],
        list(left_out.select_related("region", "provider__organisation")),
    )


def recommended(subject: models.Model, *, home: Region | None, now: datetime) -> list[Record]:
    """Return the records that a broker recommends for the subject, as far as they are offered."""
    pinned = SuggestionOpinion.objects.about(subject).filter(opinion=Opinion.PINNED)
    rows = offered_to(home, None, now).filter(pk__in=pinned.values("record"))
    return list(rows.select_related("region", "provider__organisation"))
