"""Claims: started, filed, sent back, approved by the broker, paid by somebody else."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied

from portal.money import ZERO
from portal.permissions import Actor
from portal.queue import issue_document, notify
from portal.workflow import IllegalMove, action, move, record
from vouchers import documents
from vouchers.actions import ledger, vouchers
from vouchers.cases import amount_rule
from vouchers.enums import AwardState, ClaimState
from vouchers.models import Award, Claim
from vouchers.notifications import ClaimFiled, ClaimPaid, ClaimReturned
from vouchers.permissions import is_holder
from vouchers.rules import limits
from vouchers.workflow import AWARD, CLAIM


class ClaimNotComplete(Exception):
    """The claim misses something; `missing` names what."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class ClaimTooLate(Exception):
    """The day to claim has passed; `claim_by` was the last instant."""

    def __init__(self, claim_by: datetime) -> None:
        super().__init__(claim_by.isoformat())
        self.claim_by = claim_by


@action
def start(award: Award, *, by: Actor, now: datetime) -> Claim:
    """Start a claim of an accepted award, or go on with the one that is open."""
    locked = Award.objects.select_for_update(of=("self",), no_key=True).get(pk=award.pk)
    if not is_holder(by, locked):
        raise PermissionDenied("claim")
    if locked.state != AwardState.ACCEPTED:
        raise IllegalMove(locked, AWARD.COMPLETE)
    claim = locked.claims.exclude(state=ClaimState.PAID).first()
    if claim is not None:
        return claim
    claim = Claim.objects.create(award=locked, number=locked.claims.count() + 1, started_at=now)
    record(claim, "start", by=by, now=now, chain=claim.journal_chain, after=claim.state)
    return claim


def eligible_total(claim: Claim) -> Decimal:
    """Return the eligible cost in EUR: what the broker accepted, else what was filed."""
    lines = claim.lines.select_related("kind")
    return sum(
        (
            line.amount if line.eligible_amount is None else line.eligible_amount
            for line in lines
            if line.kind.is_eligible
        ),
        ZERO,
    )


def payable(claim: Claim) -> Decimal:
    """Return what is paid in EUR: the lump sum, or the eligible cost's share up to the award."""
    award = claim.award
    return limits.payment(
        amount_rule(award.application.voucher_type),
        award=award.amount,
        eligible=eligible_total(claim),
    )


def missing_in(claim: Claim) -> list[str]:
    """Return what a claim still needs: a report, the account, receipts with proof of payment."""
    missing = [name for name in ("report", "iban", "account_holder") if not getattr(claim, name)]
    lines = list(claim.lines.all())
    if not lines and not claim.award.application.voucher_type.is_lump_sum:
        missing.append("lines")
    missing += [f"receipt-{line.position}" for line in lines if line.receipt_id is None]
    missing += [f"proof-{line.position}" for line in lines if line.proof_of_payment_id is None]
    return missing


@action
def file(claim: Claim, *, by: Actor, now: datetime) -> None:
    """Send the claim to the home region. Raises ClaimNotComplete and ClaimTooLate."""
    claim.refresh_from_db()
    if claim.award.claim_by is not None and now > claim.award.claim_by:
        raise ClaimTooLate(claim.award.claim_by)
    missing = missing_in(claim)
    if missing:
        raise ClaimNotComplete(missing)
    move(
        claim,
        CLAIM.FILE,
        by=by,
        now=now,
        also=lambda _row: {"filed_at": now, "filed_by": by.user},
        claimed=eligible_total(claim),
    )
    notify(ClaimFiled(claim, once=now.isoformat()), now=now)


@action
def send_back(claim: Claim, *, message: str, by: Actor, now: datetime) -> None:
    """Send a claim back with what is missing."""
    move(claim, CLAIM.SEND_BACK, by=by, now=now, also=lambda _row: {"returned_message": message})
    notify(ClaimReturned(claim, once=now.isoformat()), now=now)


@action
def approve(claim: Claim, *, eligible: dict[int, Decimal], by: Actor, now: datetime) -> Decimal:
    """Approve a claim with the eligible amount in EUR of each line; returns what will be paid.

    The award is complete with it: a claim carries the final report. Raises ClaimNotComplete where
    nothing is eligible.
    """
    move(
        claim,
        CLAIM.APPROVE,
        by=by,
        now=now,
        also=lambda row: _approval(row, eligible, by=by, now=now),
    )
    vouchers.complete(claim.award, by=by, now=now)
    return claim.approved_amount or ZERO


def _approval(
    claim: Claim, eligible: dict[int, Decimal], *, by: Actor, now: datetime
) -> dict[str, object]:
    for line in claim.lines.all():
        line.eligible_amount = min(eligible.get(line.pk, line.amount), line.amount)
        line.save(update_fields=["eligible_amount"])
    amount = payable(claim)
    if amount <= ZERO:
        raise ClaimNotComplete(["eligible"])
    return {"approved_at": now, "approved_by": by.user, "approved_amount": amount}


@action
def pay(claim: Claim, *, payment_reference: str, by: Actor, now: datetime) -> None:
    """Mark an approved claim as paid; what the award still holds returns to the pot."""
    move(
        claim,
        CLAIM.PAY,
        by=by,
        now=now,
        also=lambda _row: {
            "paid_at": now,
            "paid_by": by.user,
            "payment_reference": payment_reference,
        },
        amount=claim.approved_amount,
    )
    claim.refresh_from_db()
    award = Award.objects.get(pk=claim.award_id)
    ledger.pay(award, amount=claim.approved_amount or ZERO, by=by, now=now)
    ledger.release_rest(award, reason="", by=by, now=now)
    language = claim.filed_by.language if claim.filed_by else "en"
    issue_document(
        documents.PAYMENT_ADVICE,
        claim,
        number=f"{award.number}-P{claim.number}",
        title=documents.payment_advice_title(claim, language=language),
        facts=documents.payment_advice_facts(claim, language=language),
        language=language,
        programme=award.application.call.programme,
        by=by,
        now=now,
    )
    notify(ClaimPaid(claim), now=now)
