"""Drafting a claim: report, account and receipts, before it is filed."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied

from portal import uploads
from portal.permissions import Actor
from portal.uploads import Checked
from portal.workflow import IllegalMove, action, record
from vouchers.cases import local_day
from vouchers.enums import AwardState
from vouchers.models import Claim, ClaimLine, CostKind
from vouchers.permissions import is_claimant
from vouchers.rules import receipts
from vouchers.rules.receipts import Receipt
from vouchers.rules.verdict import Verdict, combine
from vouchers.workflow import CLAIM


@dataclass(frozen=True, slots=True)
class LineFields:
    """One receipt; amounts in EUR, VAT apart."""

    kind: CostKind
    paid_on: date
    supplier: str
    receipt_number: str
    item: str
    amount: Decimal
    vat: Decimal


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
    outside the award or is in the claim already.
    """
    locked = editable(claim, by=by)
    check_line(locked, line, now=now).require()
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
    check_line(locked, line, apart_from=row.pk, now=now).require()
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
    """Take a receipt out of a claim that is not filed."""
    locked = editable(row.claim, by=by)
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


def check_line(claim: Claim, line: LineFields, *, apart_from: int = 0, now: datetime) -> Verdict:
    """Return what the law says of a receipt; `apart_from` is the line that it replaces."""
    award = claim.award
    rows = claim.lines.exclude(pk=apart_from).values_list("supplier", "receipt_number")
    return combine(
        receipts.check_day(
            line.paid_on,
            starts_on=award.starts_on,
            ends_on=award.ends_on,
            today=local_day(now, award.application.home_region),
        ),
        receipts.check_once(
            Receipt(line.supplier, line.receipt_number), (Receipt(*row) for row in rows)
        ),
    )


def _journal(claim: Claim, verb: str, *, by: Actor, now: datetime) -> None:
    record(claim, verb, by=by, now=now, chain=claim.journal_chain)


def _columns(line: LineFields) -> dict[str, object]:
    return {column.name: getattr(line, column.name) for column in fields(line)}
