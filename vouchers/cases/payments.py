"""Claims that wait for payment, as the rules of payment batches read them."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery

from portal import sepa
from portal.models import ProgrammeRegion, Region, User
from vouchers.enums import ClaimState, InstructionState, Payee
from vouchers.models import Claim, Instruction, Pot
from vouchers.rules.payments import Payment, check_payable
from vouchers.rules.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Debtor:
    """The account from which a region pays in a programme; no IBAN where none is known."""

    name: str = ""
    iban: str = ""
    bic: str = ""


def debtor_of(pot: Pot) -> Debtor:
    """Return the paying account of the pot's region in its programme."""
    part = ProgrammeRegion.objects.filter(programme=pot.programme_id, region=pot.region_id).first()
    if part is None or not part.debtor_iban:
        return Debtor()
    return Debtor(part.debtor_name, part.debtor_iban, part.debtor_bic)


def with_batches(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Read with each claim what its payment needs, and the number of the batch that has it now."""
    now = Instruction.objects.filter(claim=OuterRef("pk"), state=InstructionState.OPEN)
    return rows.select_related(
        "award__application__home_region",
        "award__application__organisation",
        "award__application__voucher_type",
        "award__pot__programme",
        "award__pot__region",
        "approved_by",
    ).annotate(batch=Subquery(now.values("batch__number")[:1]))


def waiting(user: User) -> QuerySet[Claim]:
    """Return the approved claims that a member of staff sees, pot by pot, the oldest first."""
    rows = Claim.objects.for_desk(user).filter(state=ClaimState.APPROVED)
    order = "award__pot__programme__code", "award__pot__region__name", "approved_at", "pk"
    return with_batches(rows).order_by(*order)


def open_batch(claim: Claim) -> str:
    """Return the number of the open batch that has the claim, else nothing."""
    rows = Instruction.objects.filter(claim=claim, state=InstructionState.OPEN)
    return rows.values_list("batch__number", flat=True).first() or ""


def payable_by(claim: Claim, user: User | None) -> Verdict:
    """Whether the person may instruct the payment of a claim that was read with its batch."""
    account = claim.iban
    return check_payable(
        Payment(
            is_due=claim.state == ClaimState.APPROVED,
            is_own=user is None or claim.approved_by_id == user.pk,
            pays_itself=claim.award.payee == Payee.PARTNER,
            country=account[:2] if claim.account_holder else "",
            fits=sepa.is_iban(account),
            is_reached=sepa.is_in_area(account),
            is_writable=_is_writable(claim.account_holder),
            is_refused=claim.account_refused_at is not None,
            batch=claim.batch or "",  # type: ignore[attr-defined]
        )
    )


def _is_writable(holder: str) -> bool:
    try:
        sepa.latin(holder, sepa.LONGEST_NAME)
    except sepa.NotExpressible:
        return False
    return True


def executed_at(day: date, region: Region, *, now: datetime) -> datetime:
    """Return the instant of a payment that the bank made on the day: now, or noon of a past day."""
    return min(now, datetime.combine(day, time(12), tzinfo=ZoneInfo(region.time_zone)))
