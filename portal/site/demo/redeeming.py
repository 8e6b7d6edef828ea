"""What becomes of an award of the demo: accepted, signed, claimed and paid by the real actions."""

from decimal import Decimal
from functools import cache
from io import BytesIO

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal import uploads
from portal.permissions import Actor
from portal.site.demo.life import DAY, Life
from vouchers.actions import claim_drafts, claims, provider_answers, vouchers
from vouchers.enums import EndReason
from vouchers.models import Award, Claim
from vouchers.permissions import PARTNER


@cache
def _paper(title: str) -> bytes:
    """Return a one-page PDF that stands for a quote or receipt; another title, another file."""
    pdf, out = pikepdf.new(), BytesIO()
    pdf.add_blank_page()
    pdf.docinfo["/Title"] = title
    pdf.save(out)
    return out.getvalue()


def file(name: str, title: str = "") -> uploads.Checked:
    """Return a file that stands for what somebody uploads."""
    paper = _paper(title or name)
    return uploads.check(SimpleUploadedFile(name, paper, content_type="application/pdf"))


def _award(life: Life) -> Award:
    return Award.objects.get(application=life.it)


def accept(life: Life, sme: dict[str, str]) -> None:
    """Accept the offer as its firm."""
    vouchers.accept(
        _award(life),
        signatory_name=f"Director of {sme['name']}",
        signatory_role="Director",
        by=life.sme,
        now=life.after(3),
        link_now=timezone.now(),
    )


def _sign_agreement(life: Life) -> None:
    """Let the provider sign, without which nothing is claimed."""
    agreement = getattr(_award(life), "agreement", None)
    if agreement is not None:
        provider_answers.sign(
            agreement,
            signatory_name=f"Contact of {agreement.partner}"[:120],
            signatory_role="Head of the facility",
            by=PARTNER,
            now=life.after(1),
        )


def decline(life: Life, _sme: dict[str, str]) -> None:
    """Decline the offer."""
    vouchers.decline(
        _award(life), reason="The partner has no time this year.", by=life.sme, now=life.after(4)
    )


def lapse(life: Life, _sme: dict[str, str]) -> None:
    """Let the offer lapse unanswered."""
    vouchers.lapse(_award(life), reason=EndReason.NO_ANSWER, by=Actor.clock(), now=life.after(15))


def cancel(life: Life, _sme: dict[str, str]) -> None:
    """Cancel the award."""
    vouchers.cancel(
        _award(life),
        reason="The partner closed its laboratory.",
        by=life.broker(),
        now=life.after(5),
    )


def claim(life: Life, sme: dict[str, str]) -> None:
    """Claim, once the provider has signed."""
    _sign_agreement(life)
    by, now = life.sme, life.after(6)
    claim = claims.start(_award(life), by=by, now=now)
    claim_drafts.fill(
        claim,
        report=f"{life.row['result']} We met twice and agreed on the next step.",
        iban="NL91ABNA0417164300",
        account_holder=sme["name"],
        by=by,
        now=now,
    )
    if claims.asks_for_vat(claim.award):
        claim_drafts.say_vat(claim, deducts_vat=True, by=by, now=now)
    host = life.it.hosts.get()
    for place, cost in enumerate(life.it.cost_lines.select_related("kind"), start=1):
        number = f"{now:%Y}-{life.it.pk:03}{place}"
        claim_drafts.add_line(
            claim,
            line=claim_drafts.LineFields(
                kind=cost.kind,
                paid_on=(now - 2 * DAY).date(),
                supplier=host.name,
                receipt_number=number,
                item=cost.item,
                amount=cost.amount,
                vat=Decimal(0),
            ),
            receipt=file("receipt.pdf", f"Receipt {number}"),
            proof_of_payment=file("bank-statement.pdf", f"Payment of {number}"),
            by=by,
            now=now,
        )
    claims.file(claim, by=by, now=now)


def _current_claim(life: Life) -> Claim:
    return Claim.objects.get(award__application=life.it)


def return_claim(life: Life, _sme: dict[str, str]) -> None:
    """Send the claim back."""
    claims.send_back(
        _current_claim(life),
        message="The second receipt shows no date of payment. Please add the bank statement.",
        by=life.broker(),
        now=life.after(2),
    )


def approve_claim(life: Life, _sme: dict[str, str]) -> None:
    """Approve the claim."""
    claims.approve(_current_claim(life), eligible={}, by=life.broker(), now=life.after(2))


def pay(life: Life, _sme: dict[str, str]) -> None:
    """Pay the claim."""
    claims.pay(
        _current_claim(life),
        payment_reference=f"LSV {life.it.reference}",
        by=life.finance(),
        now=life.after(2),
    )
