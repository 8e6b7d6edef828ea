"""Question and answer about one receipt: asked by the broker, answered by the firm, kept."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.core.exceptions import PermissionDenied

from portal import uploads
from portal.models import Upload
from portal.permissions import Actor
from portal.uploads import Checked
from portal.workflow import IllegalMove, action, lock, record
from vouchers.actions.claim_drafts import check_elsewhere, editable
from vouchers.cases.receipts import receipt_of
from vouchers.cases.threads import with_open_question
from vouchers.enums import NoteKind
from vouchers.models import Claim, ClaimLine, ReceiptNote
from vouchers.permissions import is_claim_broker
from vouchers.rules.receipts import still_open
from vouchers.workflow import CLAIM

NO_FILES: Mapping[str, Any] = MappingProxyType({})


@action
def ask(line: ClaimLine, *, text: str, by: Actor, now: datetime) -> None:
    """Ask about a receipt of a filed claim; the question goes out when the claim is sent back.

    Raises PermissionDenied, and IllegalMove where the claim is not filed.
    """
    _checked(line.claim, by=by)
    _note(line, NoteKind.QUESTION, text, by=by, now=now)


@action
def close(line: ClaimLine, *, text: str, by: Actor, now: datetime) -> None:
    """Close the open question of a receipt without an answer; `text` may say why.

    Raises PermissionDenied, IllegalMove where the claim is not filed, and Refused where nothing is
    open.
    """
    _checked(line.claim, by=by)
    _require_open(line)
    _note(line, NoteKind.CLOSED, text, by=by, now=now)


@action
def answer(
    line: ClaimLine,
    *,
    text: str,
    receipt: Checked | None,
    proof_of_payment: Checked | None,
    by: Actor,
    now: datetime,
) -> None:
    """Answer what is open about a receipt, by a text, by files that take the stored ones' place.

    Raises PermissionDenied, IllegalMove where the claim was not sent back, and Refused where
    nothing is open or the file is in another claim of the firm.
    """
    claim = editable(line.claim, by=by)
    row = claim.lines.get(pk=line.pk)
    _require_open(row)
    old_receipt, old_proof = row.receipt, row.proof_of_payment
    if receipt:
        check_elsewhere(claim.award, receipt_of(row), receipt.sha256).require()
        row.receipt = uploads.store(receipt, by=by, now=now)
    if proof_of_payment:
        row.proof_of_payment = uploads.store(proof_of_payment, by=by, now=now)
    row.save(update_fields=["receipt", "proof_of_payment"])
    files = {
        "new_receipt": receipt is not None,
        "new_proof": proof_of_payment is not None,
        "old_receipt": old_receipt if receipt else None,
        "old_proof": old_proof if proof_of_payment else None,
    }
    _note(row, NoteKind.ANSWER, text, files=files, by=by, now=now)


def let_go(upload: Upload) -> None:
    """Point to a replaced file no more, because it must not stay; inside an action."""
    ReceiptNote.objects.filter(old_receipt=upload).update(old_receipt=None)
    ReceiptNote.objects.filter(old_proof=upload).update(old_proof=None)


@action
def mark_read(claim: Claim, *, by: Actor, now: datetime) -> None:
    """Note that the home region has read the claim, in one statement without a lock.

    It decides nothing, so the journal does not hold it. Raises PermissionDenied.
    """
    if not is_claim_broker(by, claim):
        raise PermissionDenied("read")
    Claim.objects.filter(pk=claim.pk).update(read_at=now)


def _checked(claim: Claim, *, by: Actor) -> None:
    """Lock a claim that the home region checks now."""
    locked = lock(claim)
    if not is_claim_broker(by, locked):
        raise PermissionDenied("ask")
    if locked.state not in CLAIM.SEND_BACK.sources:
        raise IllegalMove(locked, CLAIM.SEND_BACK)


def _require_open(line: ClaimLine) -> None:
    rows = with_open_question(ClaimLine.objects.filter(pk=line.pk))
    still_open(line.position, is_open=rows.exists()).require()


def _note(
    line: ClaimLine,
    kind: NoteKind,
    text: str,
    *,
    files: Mapping[str, Any] = NO_FILES,
    by: Actor,
    now: datetime,
) -> None:
    if by.user is None:
        raise PermissionDenied(kind)
    ReceiptNote.objects.create(line=line, kind=kind, text=text, at=now, by=by.user, **files)
    record(
        line.claim,
        f"receipt_{kind}",
        by=by,
        now=now,
        chain=line.claim.journal_chain,
        personal={"text": text} if text else None,
        receipt=line.position,
    )
