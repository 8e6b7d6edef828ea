"""The same receipt, or the same file, in another claim: of any firm, call and region."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Lower

from portal.models import User
from portal.money import ZERO
from vouchers.enums import AwardState, ClaimState
from vouchers.models import Award, Claim, ClaimLine
from vouchers.rules.receipts import Claimed, Receipt

# One file in very many claims is told by the first of them.
MOST = 50
SENT = frozenset({ClaimState.FILED, ClaimState.APPROVED, ClaimState.PAID})


@dataclass(frozen=True, slots=True)
class Again:
    """Where a receipt stands once more; `claim` is None where the reader may only know of it."""

    claim: Claim | None
    is_file: bool


def used_again(claim: Claim, *, seen_by: User) -> dict[int, list[Again]]:
    """Return for each line of a claim where its receipt or a file of it was claimed before.

    By supplier and number however they are written, and by the content of the files.
    """
    lines = list(claim.lines.all())
    others = list(_candidates(claim, lines))
    if not others:
        return {}
    ids = {other.claim_id for other in others}
    visible = set(
        Claim.objects.for_desk(seen_by).filter(pk__in=ids).order_by().values_list("pk", flat=True)
    )
    found = {line.pk: [*_matches(line, others, visible)] for line in lines}
    return {pk: again for pk, again in found.items() if again}


def _candidates(claim: Claim, lines: list[ClaimLine]) -> Iterator[ClaimLine]:
    if not lines:
        return
    numbers = {line.receipt_number.lower() for line in lines}
    hashes = {found for line in lines for found in _hashes(line)}
    rows = ClaimLine.objects.annotate(lower=Lower("receipt_number")).filter(
        Q(lower__in=numbers)
        | Q(receipt__sha256__in=hashes)
        | Q(proof_of_payment__sha256__in=hashes)
    )
    rows = rows.exclude(claim=claim).exclude(claim__filed_at=None)
    yield from rows.select_related("claim__award", "receipt", "proof_of_payment").order_by("pk")[
        :MOST
    ]


def _matches(line: ClaimLine, others: list[ClaimLine], visible: set[int]) -> Iterator[Again]:
    told = set[tuple[int, bool]]()
    for other in others:
        is_same = receipt_of(line).matches(receipt_of(other))
        is_file = bool(_hashes(line) & _hashes(other))
        key = (other.claim_id, not is_same)
        if (is_same or is_file) and key not in told:
            told.add(key)
            yield Again(other.claim if other.claim_id in visible else None, is_file=not is_same)


def receipt_of(line: ClaimLine) -> Receipt:
    """Return what tells the receipt from others."""
    return Receipt(line.supplier, line.receipt_number)


def claimed_elsewhere(award: Award, receipt: Receipt, file: str) -> list[Claimed]:
    """Return what the firm's claims of other awards hold under this number or with this file.

    What can no more be paid does not count: drafts of awards that have ended, and receipts of which
    nothing was accepted. Other firms' claims are not told to a firm; the desk sees them.
    """
    rows = ClaimLine.objects.annotate(lower=Lower("receipt_number")).filter(
        Q(lower=receipt.number.lower()) | Q(receipt__sha256=file),
        Q(claim__state__in=SENT) | Q(claim__award__state=AwardState.ACCEPTED),
        claim__award__application__organisation=award.application.organisation_id,
    )
    rows = rows.exclude(claim__award=award).exclude(eligible_amount=ZERO)
    return [
        Claimed(
            receipt_of(row), file=row.receipt.sha256 if row.receipt else "", claim=str(row.claim)
        )
        for row in rows.select_related("claim__award", "receipt").order_by("pk")
    ]


def _hashes(line: ClaimLine) -> set[str]:
    return {file.sha256 for file in (line.receipt, line.proof_of_payment) if file}
