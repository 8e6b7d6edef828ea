"""The payment advice: what was accepted, what was paid, what returned."""

from datetime import date
from decimal import Decimal
from typing import TypedDict

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.models import Document
from portal.money import ZERO
from portal.templatetags.portal_ui import currency, day, money, quantity
from vouchers.cases import local_day
from vouchers.cases.claims import cost_of, settlement_of, vat_of
from vouchers.documents.frame import Addressed, Line, added_words, addressed
from vouchers.enums import TextUse
from vouchers.models import Application, Claim, ClaimLine
from vouchers.reasons import sentence
from vouchers.rules.claims import Vat

SHOWN_OF_ACCOUNT = 4


class ReceiptFacts(TypedDict):
    """One receipt of the claim in EUR; `original` names what a foreign receipt says, and its rate.

    Claimed is what could be eligible of it: without VAT, unless the voucher pays that.
    """

    receipt: str
    date: date
    supplier: str
    decision: str
    original: str
    claimed: Decimal
    accepted: Decimal


class PaymentAdviceFacts(Addressed):
    """What `vouchers/pdf/payment_advice.html` prints; amounts in EUR."""

    claim_number: str
    award_number: str
    award_amount: Decimal
    amount_paid: Decimal
    payee_name: str
    payee_account: str
    paid_on: date | None
    payment_reference: str
    claim_lines: list[ReceiptFacts]
    vat_rule: str
    totals: list[Line]
    returned: Decimal
    next_step: str
    added: list[str]


def advices_of(claim: Claim) -> QuerySet[Document]:
    """Return the advices of a claim, newest first: each payment that was made has its own."""
    subject = {"subject_type": claim._meta.label_lower, "subject_id": claim.pk}
    return Document.objects.filter(kind="payment_advice", **subject)


def payment_advice_title(claim: Claim, *, language: str) -> str:
    """Return the advice's title."""
    with override(language):
        return _("Payment advice %(number)s") % {"number": claim.award.number}


def payment_advice_facts(claim: Claim, *, language: str) -> PaymentAdviceFacts:
    """Freeze what the payment advice says of a claim that was just paid."""
    with override(language):
        return _facts(claim, claim.award.application)


def _facts(claim: Claim, application: Application) -> PaymentAdviceFacts:
    award, paid = claim.award, claim.approved_amount or ZERO
    lines = list(claim.lines.select_related("kind"))
    vat = vat_of(award, claim)
    settled = settlement_of(award, claim)
    return PaymentAdviceFacts(
        **addressed(application),
        claim_number=str(claim),
        award_number=award.number,
        award_amount=award.amount,
        amount_paid=paid,
        payee_name=claim.account_holder or application.organisation.name,
        payee_account=masked(claim.iban),
        paid_on=local_day(claim.paid_at, application.home_region) if claim.paid_at else None,
        payment_reference=claim.payment_reference,
        claim_lines=[_receipt(line, vat) for line in lines],
        vat_rule="" if settled.is_lump_sum else sentence(vat.reason),
        totals=[
            Line(label=_("Eligible costs"), amount=settled.eligible),
            Line(label=_("Paid"), amount=paid),
        ],
        returned=settled.returns,
        next_step=_("This was the final payment. Your award is complete."),
        added=added_words(TextUse.ADVICE, application),
    )


def masked(iban: str) -> str:
    """Show country and end of an account: enough to recognise it, too little to use it."""
    account = iban.replace(" ", "")
    if not account:
        return ""
    return f"{account[:2]}\N{HORIZONTAL ELLIPSIS}{account[-SHOWN_OF_ACCOUNT:]}"


def _receipt(line: ClaimLine, vat: Vat) -> ReceiptFacts:
    cost = cost_of(line)
    claimed = line.amount + line.vat if vat.is_eligible else line.amount
    accepted = cost.eligible(vat)
    return ReceiptFacts(
        receipt=line.receipt_number,
        date=line.paid_on,
        supplier=line.supplier,
        decision=_decision(claimed, accepted),
        original=_original(line),
        claimed=claimed,
        accepted=accepted,
    )


def _original(line: ClaimLine) -> str:
    """Say what a receipt in another currency was about, and at which rate it became euros."""
    if not line.is_foreign:
        return ""
    return _(
        "%(amount)s and %(vat)s VAT; 1 EUR = %(rate)s %(currency)s on %(day)s. Source: %(source)s"
    ) % {
        "amount": currency(line.original_amount, line.currency),
        "vat": currency(line.original_vat, line.currency),
        "rate": quantity(line.rate),
        "currency": line.currency,
        "day": day(line.rate_on),
        "source": line.get_rate_source_display(),
    }


def _decision(claimed: Decimal, accepted: Decimal) -> str:
    if accepted == claimed:
        return _("Accepted")
    if accepted == ZERO:
        return _("Not eligible")
    return _("%(amount)s not eligible") % {"amount": money(claimed - accepted)}
