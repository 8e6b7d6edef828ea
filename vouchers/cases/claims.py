"""From the rows of a claim to what it is worth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from portal.money import ZERO
from vouchers.cases.threads import Thread
from vouchers.models import Award, Claim, ClaimLine
from vouchers.reasons import sentence
from vouchers.rules import claims, currencies
from vouchers.rules.claims import Cost, Settlement, Vat
from vouchers.rules.currencies import Rate


@dataclass(frozen=True, slots=True)
class Row:
    """A receipt as a page shows it: with its thread, and what is odd about its rate."""

    line: ClaimLine
    thread: Thread | None
    oddities: list[str]


NOTHING_CHANGED: Mapping[int, Decimal] = {}


def vat_of(award: Award, claim: Claim | None) -> Vat:
    """Return what the award's terms and the firm say of VAT."""
    return Vat(
        is_paid_by_terms=award.application.terms.pays_vat,
        is_deducted=claim.deducts_vat if claim else None,
    )


def cost_of(line: ClaimLine, accepted: Decimal | None = None) -> Cost:
    """Return a receipt as cost in EUR; `accepted` goes before what the broker has accepted."""
    return Cost(
        net=line.amount,
        vat=line.vat,
        is_paid_kind=line.kind.is_eligible,
        accepted=line.eligible_amount if accepted is None else accepted,
    )


def rate_of(line: ClaimLine) -> Rate | None:
    """Return the rate of a receipt in another currency."""
    if line.rate is None or line.rate_on is None:
        return None
    return Rate(per_euro=line.rate, on=line.rate_on, source=line.rate_source)


def oddities_of(line: ClaimLine) -> list[str]:
    """Say what is possible and yet unusual about the rate of a receipt."""
    rate = rate_of(line)
    notes = currencies.odd(rate, paid_on=line.paid_on).notes if rate else ()
    return [sentence(note) for note in notes]


def rows_of(claim: Claim, threads: Mapping[int, Thread]) -> list[Row]:
    """Return the receipts of a claim as a page shows them."""
    return [Row(line, threads.get(line.pk), oddities_of(line)) for line in claim.lines.all()]


def settlement_of(
    award: Award, claim: Claim | None, *, accepted: Mapping[int, Decimal] = NOTHING_CHANGED
) -> Settlement:
    """Return who bears what of a claim, begun or not, as the ledger will write it.

    `accepted` holds eligible amounts in EUR by the receipts' ids, which nobody has stored yet.
    """
    vat = vat_of(award, claim)
    lines = _lines(claim) if claim and claim.pk else ()
    eligible = sum((cost_of(line, accepted.get(line.pk)).eligible(vat) for line in lines), ZERO)
    rule = award.application.terms.amount_rule
    settled = claims.settle(rule, award=award.amount, eligible=eligible)
    if claim is None or claim.approved_amount is None:
        return settled
    return replace(settled, pays=claim.approved_amount)


def _lines(claim: Claim) -> Iterable[ClaimLine]:
    """Return the receipts with their kinds; a page has them in hand, an action asks for them."""
    if "lines" in getattr(claim, "_prefetched_objects_cache", {}):
        return claim.lines.all()
    return claim.lines.select_related("kind")
