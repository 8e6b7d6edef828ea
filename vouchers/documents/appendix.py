"""The appendix to an award: what was changed after it was accepted, and who approved it."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from vouchers.documents.award_letter import Signed
from vouchers.documents.frame import Addressed, addressed, broker_of
from vouchers.models import AwardChange


class AppendixFacts(Addressed):
    """What `vouchers/pdf/appendix.html` prints."""

    award_number: str
    agreement_number: str
    change: str
    asked: str
    asked_at: datetime
    answer: str
    new_end: date | None
    new_claim_by: datetime | None
    signature: Signed


def appendix_title(change: AwardChange, *, language: str) -> str:
    """Return the appendix's title."""
    with override(language):
        return _("Appendix to award %(number)s") % {"number": change.award.number}


def appendix_facts(change: AwardChange, *, language: str) -> AppendixFacts:
    """Freeze what was asked and approved just now."""
    with override(language):
        return _facts(change)


def _facts(change: AwardChange) -> AppendixFacts:
    award = change.award
    application, agreement = award.application, getattr(award, "agreement", None)
    assert change.answered_at is not None  # noqa: S101  just approved
    return AppendixFacts(
        **addressed(application),
        award_number=award.number,
        agreement_number=str(agreement) if agreement else "",
        change=str(change.get_kind_display()),
        asked=change.text,
        asked_at=change.asked_at,
        answer=change.answer,
        new_end=award.ends_on if change.is_extension else None,
        new_claim_by=award.claim_by if change.is_extension else None,
        signature=Signed(
            name=str(change.answered_by or ""),
            role=broker_of(application.home_region),
            signed_at=change.answered_at,
        ),
    )
