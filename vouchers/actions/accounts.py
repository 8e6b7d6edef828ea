"""The account of an approved claim: asked for again when the bank refused it, and corrected."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import IllegalMove, action, record
from vouchers.cases.payments import open_batch
from vouchers.enums import OUR_SIDE, BankReason, ClaimState, Payee
from vouchers.models import Award, Claim
from vouchers.notifications import PaymentRefused
from vouchers.permissions import is_claimant, may_bounce
from vouchers.rules.payments import check_free
from vouchers.workflow import CLAIM

ACCOUNT = ("account_holder", "iban")


class AccountStands(Exception):
    """Nobody has asked for another account: it was corrected already, or the claim is paid."""


@action
def ask_again(
    claim: Claim,
    *,
    code: str = "",
    note: str,
    came_back: bool = False,
    by: Actor,
    now: datetime,
) -> None:
    """Ask the applicant for another account, in the bank's words; until then nothing is paid.

    Raises PermissionDenied, IllegalMove unless the claim waits for payment, and Refused while an
    open batch has it.
    """
    if not may_bounce(by, claim):
        raise PermissionDenied("ask_account")
    lock_award(claim)
    locked = _locked(claim)
    if locked.state != ClaimState.APPROVED:
        raise IllegalMove(locked, CLAIM.PAY)
    check_free(open_batch(locked)).require()
    locked.account_refused_at, locked.account_refusal, locked.account_note = now, code, note
    locked.save(update_fields=["account_refused_at", "account_refusal", "account_note"])
    _journal(locked, "ask_account", by=by, now=now, said={"note": note}, code=code)
    tell(locked, code=code, note=note, came_back=came_back, now=now)


def tell(claim: Claim, *, code: str, note: str, came_back: bool = False, now: datetime) -> None:
    """Write to the applicant what the bank said, and what is to be done."""
    reason = BankReason(code).label if code else ""
    said = {"reason": reason, "note": note, "came_back": came_back}
    notify(PaymentRefused(claim, once=now.isoformat(), extra=said), now=now)


def is_at_fault(claim: Claim, code: str) -> bool:
    """Whether the payee has to mend what the bank refused: not what is ours, nor the partner's."""
    return code not in OUR_SIDE and claim.award.payee != Payee.PARTNER


@action
def correct(claim: Claim, *, account_holder: str, iban: str, by: Actor, now: datetime) -> None:
    """Name another account for an approved claim whose account was refused: payable again.

    Raises PermissionDenied, and AccountStands where nobody asked for another one.
    """
    if not is_claimant(by, claim):
        raise PermissionDenied("correct_account")
    lock_award(claim)
    locked = _locked(claim)
    if locked.state != ClaimState.APPROVED or locked.account_refused_at is None:
        raise AccountStands
    old = {f"old_{name}": getattr(locked, name) for name in ACCOUNT}
    locked.account_holder, locked.iban = account_holder, iban
    locked.account_refused_at, locked.account_corrected_at = None, now
    locked.account_refusal = locked.account_note = ""
    locked.save()
    new = {name: getattr(locked, name) for name in ACCOUNT}
    _journal(locked, "correct_account", by=by, now=now, said={**old, **new})


def _locked(claim: Claim) -> Claim:
    return Claim.objects.select_for_update(of=("self",), no_key=True).get(pk=claim.pk)


def lock_award(claim: Claim) -> None:
    """Lock the award of a claim, which all that happens to the claim locks first."""
    Award.objects.select_for_update(of=("self",), no_key=True).get(pk=claim.award_id)


def _journal(
    claim: Claim, verb: str, *, by: Actor, now: datetime, said: dict[str, str], **data: str
) -> None:
    record(claim, verb, by=by, now=now, chain=claim.journal_chain, personal=said, **data)
