"""Claims: started, filed, sent back, approved by the broker, paid by somebody else."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied

from portal.money import ZERO
from portal.permissions import Actor
from portal.queue import issue_document, notify
from portal.workflow import IllegalMove, action, move, record
from vouchers import documents
from vouchers.actions import agreements, claim_drafts, ledger, vouchers
from vouchers.enums import AwardState, ClaimState, Payee
from vouchers.models import Award, Claim
from vouchers.notifications import ClaimFiled, ClaimPaid, ClaimReturned
from vouchers.permissions import is_holder
from vouchers.rules import limits
from vouchers.rules.deadlines import check_claim
from vouchers.rules.verdict import Verdict
from vouchers.workflow import CLAIM


class ClaimNotComplete(Exception):
    """The claim misses something; `missing` names what."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@action
def start(award: Award, *, by: Actor, now: datetime) -> Claim:
    """Start a claim of an accepted award, or go on with the one that is open.

    Raises PermissionDenied, IllegalMove, and Refused for a new one after the day to claim.
    """
    locked = _locked(award)
    if not is_holder(by, locked):
        raise PermissionDenied("claim")
    if locked.state != AwardState.ACCEPTED:
        raise IllegalMove(locked, CLAIM.FILE)
    claim = locked.claims.exclude(state=ClaimState.PAID).first()
    if claim is not None:
        return claim
    claim_time(locked, now=now).require()
    claim = Claim.objects.create(award=locked, number=locked.claims.count() + 1, started_at=now)
    record(claim, "start", by=by, now=now, chain=claim.journal_chain, after=claim.state)
    return claim


def _locked(award: Award) -> Award:
    """Lock the award before its claim, so that what happens to it waits."""
    return Award.objects.select_for_update(of=("self",), no_key=True).get(pk=award.pk)


def claim_time(award: Award, *, now: datetime) -> Verdict:
    """Return whether there is still time to claim; the instant is told in the home region's zone.

    It holds for the first filing: what the region sends back may come again later.
    """
    if award.claim_by is None:
        return Verdict()
    zone = ZoneInfo(award.application.home_region.time_zone)
    return check_claim(award.claim_by.astimezone(zone), now=now)


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
        award.application.terms.amount_rule,
        award=award.amount,
        eligible=eligible_total(claim),
    )


def pays_itself(award: Award) -> bool:
    """Whether the region's partner organisation buys the work, so that no account is needed."""
    return award.payee == Payee.PARTNER


def missing_in(claim: Claim) -> list[str]:
    """Return what a claim, begun or not, still needs: report, account, receipts with proof."""
    names = ["report"] if pays_itself(claim.award) else ["report", "iban", "account_holder"]
    missing = [name for name in names if not getattr(claim, name)]
    lines = list(claim.lines.all()) if claim.pk else []
    if not lines and not claim.award.application.terms.is_lump_sum:
        missing.append("lines")
    missing += [f"receipt-{line.position}" for line in lines if line.receipt_id is None]
    missing += [f"proof-{line.position}" for line in lines if line.proof_of_payment_id is None]
    return missing


@action
def file(claim: Claim, *, by: Actor, now: datetime) -> None:
    """Send the claim to the home region.

    Raises PermissionDenied, IllegalMove, Refused (too late for the first time, or the provider has
    not signed) and ClaimNotComplete.
    """
    award = _locked(claim.award)
    locked = claim_drafts.editable(claim, by=by)
    if locked.filed_at is None:
        claim_time(award, now=now).require()
    agreements.signatures_of(award).require()
    missing = missing_in(locked)
    if missing:
        raise ClaimNotComplete(missing)
    move(
        claim,
        CLAIM.FILE,
        by=by,
        now=now,
        also=lambda _row: {"filed_at": now, "filed_by": by.user},
        claimed=eligible_total(locked),
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
    _locked(claim.award)
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
        line.eligible_amount = max(ZERO, min(eligible.get(line.pk, line.amount), line.amount))
        line.save(update_fields=["eligible_amount"])
    amount = payable(claim)
    if amount <= ZERO:
        raise ClaimNotComplete(["eligible"])
    return {"approved_at": now, "approved_by": by.user, "approved_amount": amount}


@action
def pay(claim: Claim, *, payment_reference: str, by: Actor, now: datetime) -> None:
    """Mark an approved claim as paid; what the award still holds returns to the pot.

    Raises PermissionDenied, and IllegalMove also where the award was revoked meanwhile.
    """
    award = _locked(claim.award)
    claim.refresh_from_db()
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
    if award.state != AwardState.COMPLETED:
        raise IllegalMove(award, CLAIM.PAY)
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
