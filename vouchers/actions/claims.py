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
from vouchers.cases.claims import cost_of, settlement_of, vat_of
from vouchers.cases.payments import open_batch
from vouchers.cases.threads import open_lines
from vouchers.enums import AwardState, ClaimState, Payee
from vouchers.models import Award, Claim
from vouchers.notifications import ClaimFiled, ClaimPaid, ClaimReturned
from vouchers.permissions import is_holder
from vouchers.rules import receipts
from vouchers.rules.deadlines import check_claim
from vouchers.rules.payments import check_by_hand
from vouchers.rules.verdict import Verdict
from vouchers.workflow import CLAIM


class ClaimNotComplete(Exception):
    """The claim misses something; `missing` names what."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class NothingAsked(Exception):
    """A claim goes back with a message or a question, so that the firm knows what to do."""


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


def pays_itself(award: Award) -> bool:
    """Whether the region's partner organisation buys the work, so that no account is needed."""
    return award.payee == Payee.PARTNER


def asks_for_vat(award: Award) -> bool:
    """Whether receipts decide what is paid, so that it matters who bears their VAT."""
    return not award.application.terms.is_lump_sum


def missing_in(claim: Claim) -> list[str]:
    """Return what a claim, begun or not, still needs: report, account, VAT, receipts, answers."""
    names = ["report"] if pays_itself(claim.award) else ["report", "iban", "account_holder"]
    missing = [name for name in names if not getattr(claim, name)]
    lines = list(claim.lines.all()) if claim.pk else []
    if asks_for_vat(claim.award):
        missing += ["vat"] if claim.deducts_vat is None else []
        missing += [] if lines else ["lines"]
    missing += [f"receipt-{line.position}" for line in lines if line.receipt_id is None]
    missing += [f"proof-{line.position}" for line in lines if line.proof_of_payment_id is None]
    if claim.state == ClaimState.RETURNED:
        missing += [f"answer-{line.position}" for line in open_lines(claim)]
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
        claimed=settlement_of(award, locked).eligible,
    )
    notify(ClaimFiled(claim, once=now.isoformat()), now=now)


@action
def send_back(claim: Claim, *, message: str, by: Actor, now: datetime) -> None:
    """Send a claim back with what is missing and every open question on a receipt.

    Raises PermissionDenied, IllegalMove, and NothingAsked where there is neither.
    """
    move(claim, CLAIM.SEND_BACK, by=by, now=now, also=lambda row: _return(row, message))
    notify(ClaimReturned(claim, once=now.isoformat()), now=now)


def _return(claim: Claim, message: str) -> dict[str, object]:
    if not message and not open_lines(claim):
        raise NothingAsked
    return {"returned_message": message}


@action
def approve(claim: Claim, *, eligible: dict[int, Decimal], by: Actor, now: datetime) -> Decimal:
    """Approve a claim with the eligible amount in EUR of each line; returns what will be paid.

    The award is complete with it: a claim carries the final report. Raises Refused while a question
    on a receipt is open, and ClaimNotComplete where nothing is eligible.
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
    receipts.check_answered(line.position for line in open_lines(claim)).require()
    vat = vat_of(claim.award, claim)
    for line in claim.lines.select_related("kind"):
        accepted = eligible.get(line.pk)
        line.eligible_amount = cost_of(line, accepted).eligible(vat)
        line.save(update_fields=["eligible_amount"])
    amount = settlement_of(claim.award, claim).pays
    if amount <= ZERO:
        raise ClaimNotComplete(["eligible"])
    return {"approved_at": now, "approved_by": by.user, "approved_amount": amount}


@action
def pay(
    claim: Claim,
    *,
    payment_reference: str,
    by: Actor,
    now: datetime,
    paid_at: datetime | None = None,
    of_batch: str = "",
) -> None:
    """Mark an approved claim as paid; what the award still holds returns to the pot.

    `paid_at` is the bank's instant, now where none is given. Raises PermissionDenied, IllegalMove
    also where the award was revoked meanwhile, and Refused while its account is refused or an open
    batch has the claim, unless it is `of_batch` that pays it.
    """
    award = _locked(claim.award)
    claim.refresh_from_db()
    move(
        claim,
        CLAIM.PAY,
        by=by,
        now=now,
        also=lambda _row: {
            "paid_at": paid_at or now,
            "paid_by": by.user,
            "payment_reference": payment_reference,
        },
        amount=claim.approved_amount,
    )
    batch = open_batch(claim)
    if not batch or batch != of_batch:
        check_by_hand(batch, is_refused=claim.account_refused_at is not None).require()
    if award.state != AwardState.COMPLETED:
        raise IllegalMove(award, CLAIM.PAY)
    ledger.pay(award, amount=claim.approved_amount or ZERO, by=by, now=now)
    ledger.release_rest(award, reason="", by=by, now=now)
    language = claim.filed_by.language if claim.filed_by else "en"
    number = _advice_number(claim)
    issue_document(
        documents.PAYMENT_ADVICE,
        claim,
        number=number,
        title=documents.payment_advice_title(claim, language=language),
        facts=documents.payment_advice_facts(claim, language=language),
        language=language,
        programme=award.application.call.programme,
        by=by,
        now=now,
    )
    notify(ClaimPaid(claim, once=number), now=now)


def _advice_number(claim: Claim) -> str:
    """Return the number of the next payment advice: a payment that came back has its own."""
    made = documents.advices_of(claim).count()
    again = f"-{made + 1}" if made else ""
    return f"{claim.award.number}-P{claim.number}{again}"
