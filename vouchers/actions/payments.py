"""Payment batches: made of approved claims, executed, refused or sent back by the bank.

A batch is locked before the awards of its claims; all that touches one goes through here.
"""

import hashlib
from collections.abc import Collection
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal import sepa
from portal.models import Counter
from portal.money import ZERO
from portal.permissions import Actor
from portal.workflow import IllegalMove, Transition, action, lock, move, record
from vouchers.actions import accounts, claims, ledger
from vouchers.actions.ledger import PotExhausted
from vouchers.cases import local_day
from vouchers.cases.payments import Debtor, debtor_of, executed_at, payable_by, with_batches
from vouchers.documents.instruction import Transfer, instruction_file
from vouchers.enums import AwardState, InstructionState
from vouchers.models import Award, Claim, Instruction, PaymentBatch, Pot
from vouchers.permissions import may_instruct
from vouchers.rules.payments import check_executed, check_execution
from vouchers.rules.verdict import Refused, Verdict
from vouchers.workflow import BATCH, CLAIM, INSTRUCTION

# What stops one payment of a batch and leaves the others alone.
STOPS = (PermissionDenied, IllegalMove, PotExhausted, Refused)


class NotPayable(Exception):
    """Some of the claims cannot be instructed; `problems` says which and why."""

    def __init__(self, problems: list[tuple[Claim, Verdict]]) -> None:
        super().__init__(", ".join(str(claim) for claim, _verdict in problems))
        self.problems = problems


@action
def make(
    pot: Pot, *, chosen: Collection[Claim], execution_date: date, by: Actor, now: datetime
) -> PaymentBatch:
    """Freeze the payments of approved claims of one pot, with the file for the bank.

    All or none. Raises PermissionDenied, Refused for a day that is past, NotPayable, and
    InvalidInstruction where the bank's schema refuses the file.
    """
    if not may_instruct(by, pot) or by.user is None:
        raise PermissionDenied("make_batch")
    check_execution(execution_date, today=local_day(now, pot.region)).require()
    rows = _locked(pot, chosen)
    verdicts = [(row, payable_by(row, by.user)) for row in rows]
    problems = [(row, verdict) for row, verdict in verdicts if not verdict.ok]
    if problems or not rows:
        raise NotPayable(problems)
    debtor = debtor_of(pot)
    code, region = pot.programme.code, pot.region.code
    number = f"{code}-{region}-{Counter.objects.next(f'batch:{code}:{region}'):04}"
    transfers = [_transfer(row) for row in rows]
    file = ""
    if debtor.iban:
        file = instruction_file(
            number,
            made_at=now,
            execution_date=execution_date,
            debtor=debtor,
            transfers=transfers,
        )
    batch = PaymentBatch.objects.create(
        pot=pot,
        number=number,
        execution_date=execution_date,
        total=sum((one.amount for one in transfers), ZERO),
        count=len(transfers),
        instruction=file,
        sha256=hashlib.sha256(file.encode()).hexdigest() if file else "",
        made_at=now,
        made_by=by.user,
        **_snapshot(debtor),
    )
    for row, transfer in zip(rows, transfers, strict=True):
        _instruct(batch, row, transfer, by=by, now=now)
    record(
        batch,
        "make_batch",
        by=by,
        now=now,
        chain=batch.journal_chain,
        after=batch.state,
        number=number,
        amount=batch.total,
        count=batch.count,
        sha256=batch.sha256,
    )
    return batch


def _locked(pot: Pot, chosen: Collection[Claim]) -> list[Claim]:
    """Lock the awards, then the claims, each in one order, and read what became of them."""
    awards = Award.objects.filter(claims__in=chosen, pot=pot).order_by("pk")
    list(awards.select_for_update(of=("self",), no_key=True))
    rows = Claim.objects.filter(pk__in=[claim.pk for claim in chosen], award__pot=pot)
    return list(with_batches(rows).order_by("pk").select_for_update(of=("self",), no_key=True))


def _transfer(claim: Claim) -> Transfer:
    """Return the payment of a claim in the letters that banks take; a second try has its own id."""
    award = claim.award
    tries = claim.instructions.count()
    again = f"-{tries + 1}" if tries else ""
    with override(award.application.home_region.language):
        remittance = _("%(programme)s voucher %(number)s, claim %(claim)s") % {
            "programme": award.pot.programme.short_name,
            "number": award.number,
            "claim": claim.number,
        }
    return Transfer(
        name=sepa.latin(claim.account_holder, sepa.LONGEST_NAME),
        iban=claim.iban,
        amount=claim.approved_amount or ZERO,
        end_to_end_id=sepa.latin(f"{award.number}-P{claim.number}{again}", sepa.LONGEST_ID),
        remittance=sepa.latin(remittance, sepa.LONGEST_REMITTANCE),
    )


def _snapshot(debtor: Debtor) -> dict[str, str]:
    return {"debtor_name": debtor.name, "debtor_iban": debtor.iban, "debtor_bic": debtor.bic}


def _instruct(
    batch: PaymentBatch, claim: Claim, transfer: Transfer, *, by: Actor, now: datetime
) -> None:
    Instruction.objects.create(
        batch=batch,
        claim=claim,
        amount=transfer.amount,
        name=transfer.name,
        iban=transfer.iban,
        end_to_end_id=transfer.end_to_end_id,
        remittance=transfer.remittance,
    )
    record(
        claim,
        "instruct",
        by=by,
        now=now,
        chain=claim.journal_chain,
        batch=batch.number,
        amount=transfer.amount,
    )


def execute(
    batch: PaymentBatch, *, executed_on: date, payment_reference: str, by: Actor, now: datetime
) -> list[Instruction]:
    """Mark every open payment as paid, each in a transaction of its own; return what stays open.

    A payment stays open where the person approved the claim, or where its award was revoked.
    Raises PermissionDenied, IllegalMove for a batch that is closed, and Refused for the day.
    """
    if not BATCH.CLOSE.permits(by, batch):
        raise PermissionDenied(BATCH.CLOSE.name)
    if batch.state not in BATCH.CLOSE.sources:
        raise IllegalMove(batch, BATCH.CLOSE)
    region = batch.pot.region
    made_on, today = local_day(batch.made_at, region), local_day(now, region)
    check_executed(executed_on, made_on=made_on, today=today).require()
    left = []
    for instruction in batch.instructions.filter(state=InstructionState.OPEN).order_by("pk"):
        try:
            pay(
                instruction,
                paid_at=executed_at(executed_on, region, now=now),
                payment_reference=payment_reference,
                by=by,
                now=now,
            )
        except STOPS:
            left.append(instruction)
    return left


@action
def pay(
    instruction: Instruction, *, paid_at: datetime, payment_reference: str, by: Actor, now: datetime
) -> None:
    """Mark one payment of a batch and its claim as paid. Raises as `claims.pay` does."""
    batch = lock(instruction.batch, "pot__programme", "pot__region")
    claims.pay(
        instruction.claim,
        payment_reference=payment_reference,
        paid_at=paid_at,
        of_batch=batch.number,
        by=by,
        now=now,
    )
    move(instruction, INSTRUCTION.PAY, by=by, now=now, also=lambda _row: {"settled_at": now})
    _close(batch, by=by, now=now)


@action
def refuse(instruction: Instruction, *, code: str, note: str, by: Actor, now: datetime) -> None:
    """Take a payment that the bank refused out of its batch: the claim stays approved.

    Where the account is at fault, the applicant is asked for another one.
    Raises PermissionDenied and IllegalMove.
    """
    batch = lock(instruction.batch, "pot__programme", "pot__region")
    accounts.lock_award(instruction.claim)
    _settle(instruction, INSTRUCTION.REFUSE, code=code, note=note, by=by, now=now)
    if accounts.is_at_fault(instruction.claim, code):
        accounts.ask_again(instruction.claim, code=code, note=note, by=by, now=now)
    _close(batch, by=by, now=now)


@action
def bounce(claim: Claim, *, code: str, note: str, by: Actor, now: datetime) -> None:
    """Take a payment back that the bank has returned: the claim waits for payment again.

    The ledger books the money as committed again; what the award did not use stays with the pot.
    Raises PermissionDenied, and IllegalMove also where the award was revoked meanwhile: money
    that comes back then is booked as recovered.
    """
    paid = claim.instructions.filter(state=InstructionState.PAID).select_related("batch").first()
    if paid is not None:
        lock(paid.batch)
    award = Award.objects.select_for_update(of=("self",), no_key=True).get(pk=claim.award_id)
    claim.refresh_from_db()
    amount, reference = claim.approved_amount or ZERO, claim.payment_reference
    move(
        claim,
        CLAIM.BOUNCE,
        by=by,
        now=now,
        also=lambda _row: {"paid_at": None, "paid_by": None, "payment_reference": ""},
        personal={"note": note} if note else None,
        amount=amount,
        code=code,
        payment_reference=reference,
    )
    if award.state != AwardState.COMPLETED:
        raise IllegalMove(award, CLAIM.BOUNCE)
    ledger.bounce(award, amount=amount, reason=code, by=by, now=now)
    if paid is not None:
        _settle(paid, INSTRUCTION.BOUNCE, code=code, note=note, by=by, now=now)
    if accounts.is_at_fault(claim, code):
        accounts.ask_again(claim, code=code, note=note, came_back=True, by=by, now=now)
    else:
        accounts.tell(claim, code=code, note=note, came_back=True, now=now)


@action
def discard(batch: PaymentBatch, *, reason: str, by: Actor, now: datetime) -> None:
    """Undo a batch that never went to the bank: its claims can be paid again.

    Raises PermissionDenied, and IllegalMove once a payment of it is paid.
    """
    locked = lock(batch, "pot__programme", "pot__region")
    move(
        locked,
        BATCH.DISCARD,
        by=by,
        now=now,
        also=lambda _row: {"closed_at": now},
        reason=reason,
    )
    rows = locked.instructions.exclude(state=InstructionState.REFUSED).order_by("pk")
    for row in rows:
        move(row, INSTRUCTION.DISCARD, by=by, now=now, also=lambda _row: {"settled_at": now})


def _settle(
    row: Instruction, arrow: Transition, *, code: str, note: str, by: Actor, now: datetime
) -> None:
    move(
        row,
        arrow,
        by=by,
        now=now,
        also=lambda _row: {"code": code, "note": note, "settled_at": now},
        personal={"note": note} if note else None,
        code=code,
    )


def _close(batch: PaymentBatch, *, by: Actor, now: datetime) -> None:
    if not batch.instructions.filter(state=InstructionState.OPEN).exists():
        move(batch, BATCH.CLOSE, by=by, now=now, also=lambda _row: {"closed_at": now})
