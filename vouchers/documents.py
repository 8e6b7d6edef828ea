"""What letters say: kinds, titles and frozen facts of the vouchers' documents."""

from typing import Any

from django.utils.translation import gettext as _

from portal.documents import register
from vouchers.models import Award, Claim, Submission

APPLICATION_COPY = register("application_copy", "vouchers/pdf/application_copy.html")
AWARD_LETTER = register("award_letter", "vouchers/pdf/award_letter.html")
PAYMENT_ADVICE = register("payment_advice", "vouchers/pdf/payment_advice.html")


def award_letter_title(award: Award) -> str:
    """Return the letter's title."""
    return _("Award letter %(number)s") % {"number": award.number}


def payment_advice_title(claim: Claim) -> str:
    """Return the advice's title."""
    return _("Payment advice %(number)s") % {"number": claim.award.number}


def application_copy_facts(submission: Submission) -> dict[str, Any]:
    """Return what the copy of a submission prints."""
    return {"content": submission.content}


def award_letter_facts(award: Award) -> dict[str, Any]:
    """Return what the award letter prints."""
    return {"award_number": award.number, "amount": award.amount}


def payment_advice_facts(claim: Claim) -> dict[str, Any]:
    """Return what the payment advice prints."""
    return {"claim_number": str(claim), "amount_paid": claim.approved_amount}
