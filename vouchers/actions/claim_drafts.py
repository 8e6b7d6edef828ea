"""Drafting a claim: report, account and receipts, before it is filed."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied

from portal import uploads
from portal.permissions import Actor
from portal.uploads import Checked
from portal.workflow import IllegalMove, action, record
from vouchers.cases import local_day
from vouchers.cases.receipts import claimed_elsewhere, receipt_of
from vouchers.enums import AwardState, Currency
from vouchers.models import Award, Claim, ClaimLine, CostKind
from vouchers.permissions import is_claimant
from vouchers.rules import currencies, receipts
from vouchers.rules.currencies import Rate
from vouchers.rules.receipts import Receipt
from vouchers.rules.verdict import Verdict, combine
from vouchers.workflow import CLAIM


@dataclass(frozen=True, slots=True)
class LineFields:
    """One receipt; amounts in its currency, VAT apart; `rate` where that is not the euro."""

    kind: CostKind
    paid_on: date
    supplier: str
    receipt_number: str
    item: str
    amount: Decimal
    vat: Decimal
    currency: str = Currency.EUR
    rate: Rate | None = None


@action
def fill(
    claim: Claim, *, report: str, iban: str, account_holder: str, by: Actor, now: datetime
) -> Claim:
    """Store report and account. Raises PermissionDenied, and IllegalMove once it is filed."""
    locked = editable(claim, by=by)
    locked.report, locked.iban, locked.account_holder = report, iban, account_holder
    locked.save(update_fields=["report", "iban", "account_holder"])
    _journal(locked, "fill", by=by, now=now)
    return locked


@action
def say_vat(claim: Claim, *, deducts_vat: bool, by: Actor, now: datetime) -> Claim:
    """Store whether the firm can deduct VAT.

    Raises PermissionDenied, and IllegalMove once it is filed.
    """
    locked = editable(claim, by=by)
    locked.deducts_vat = deducts_vat
    locked.save(update_fields=["deducts_vat"])
    record(locked, "say_vat", by=by, now=now, chain=locked.journal_chain, deducts_vat=deducts_vat)
    return locked


@action
def add_line(
    claim: Claim,
    *,
    line: LineFields,
    receipt: Checked | None,
    proof_of_payment: Checked | None,
    by: Actor,
    now: datetime,
) -> ClaimLine:
    """Add a receipt with its files.

    Raises PermissionDenied, IllegalMove once it is filed, and Refused for a receipt that is dated
    outside the award, is in a claim of the firm already, or has a rate that cannot be.
    """
    locked = editable(claim, by=by)
    check_line(locked, line, file=receipt.sha256 if receipt else "", now=now).require()
    last = locked.lines.last()
    made = ClaimLine.objects.create(
        claim=locked,
        position=last.position + 1 if last else 1,
        receipt=uploads.store(receipt, by=by, now=now) if receipt else None,
        proof_of_payment=uploads.store(proof_of_payment, by=by, now=now)
        if proof_of_payment
        else None,
        **_columns(line),
    )
    _journal(locked, "add_line", by=by, now=now)
    return made


@action
def edit_line(
    row: ClaimLine,
    *,
    line: LineFields,
    receipt: Checked | None,
    proof_of_payment: Checked | None,
    by: Actor,
    now: datetime,
) -> ClaimLine:
    """Change a receipt; a file that is not given stays.

    Raises as `add_line` does, and ClaimLine.DoesNotExist where it has just been removed.
    """
    locked = editable(row.claim, by=by)
    row = locked.lines.get(pk=row.pk)
    file = receipt.sha256 if receipt else row.receipt.sha256 if row.receipt else ""
    check_line(locked, line, file=file, apart_from=row.pk, now=now).require()
    for name, value in _columns(line).items():
        setattr(row, name, value)
    if receipt:
        row.receipt = uploads.store(receipt, by=by, now=now)
    if proof_of_payment:
        row.proof_of_payment = uploads.store(proof_of_payment, by=by, now=now)
    row.save()
    _journal(locked, "edit_line", by=by, now=now)
    return row


@action
def remove_line(row: ClaimLine, *, by: Actor, now: datetime) -> None:
    """Take a receipt out of a claim that is not filed.

    Raises PermissionDenied, IllegalMove once it is filed, and Refused once its broker has asked
    about it: the thread stays.
    """
    locked = editable(row.claim, by=by)
    receipts.check_removable(receipt_of(row), is_asked_about=row.notes.exists()).require()
    row.delete()
    _journal(locked, "remove_line", by=by, now=now)


def editable(claim: Claim, *, by: Actor) -> Claim:
    """Return the locked claim if the person may edit it now, and its award still runs."""
    locked = Claim.objects.select_for_update(of=("self",), no_key=True).get(pk=claim.pk)
    if not is_claimant(by, locked):
        raise PermissionDenied("edit")
    if locked.state not in CLAIM.FILE.sources:
        raise IllegalMove(locked, CLAIM.FILE)
    if locked.award.state != AwardState.ACCEPTED:
        raise IllegalMove(locked.award, CLAIM.FILE)
    return locked


def check_line(
    claim: Claim, line: LineFields, *, file: str, apart_from: int = 0, now: datetime
) -> Verdict:
    """Return what the law says of a receipt; `apart_from` is the line that it replaces.

    `file` is the hash of the receipt's file, empty where there is none yet.
    """
    award, receipt = claim.award, Receipt(line.supplier, line.receipt_number)
    today = local_day(now, award.application.home_region)
    others = claim.lines.exclude(pk=apart_from)
    return combine(
        receipts.check_day(
            line.paid_on, starts_on=award.starts_on, ends_on=award.ends_on, today=today
        ),
        receipts.check_once(receipt, map(receipt_of, others)),
        check_elsewhere(award, receipt, file),
        currencies.check_rate(line.rate, amount=line.amount, paid_on=line.paid_on, today=today)
        if line.rate
        else Verdict(),
    )


def check_elsewhere(award: Award, receipt: Receipt, file: str) -> Verdict:
    """Return whether a receipt or the hash of its file is in another claim of the firm."""
    return receipts.check_elsewhere(receipt, file, claimed_elsewhere(award, receipt, file))


def _journal(claim: Claim, verb: str, *, by: Actor, now: datetime) -> None:
    record(claim, verb, by=by, now=now, chain=claim.journal_chain)


def _columns(line: LineFields) -> dict[str, object]:
    plain = {
        "kind": line.kind,
        "paid_on": line.paid_on,
        "supplier": line.supplier,
        "receipt_number": line.receipt_number,
        "item": line.item,
        "currency": line.currency,
    }
    rate = line.rate
    return {
        **plain,
        "amount": currencies.euros(line.amount, rate) if rate else line.amount,
        "vat": currencies.euros(line.vat, rate) if rate else line.vat,
        "original_amount": line.amount if rate else None,
        "original_vat": line.vat if rate else None,
        "rate": rate.per_euro if rate else None,
        "rate_on": rate.on if rate else None,
        "rate_source": rate.source if rate else "",
    }
