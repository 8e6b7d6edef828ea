"""Awards of invented applications: offered, accepted, claimed and paid, with their ledger lines."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.models import User
from portal.permissions import Actor
from portal.site.makedata.answers import Written
from portal.site.makedata.decisions import broker
from portal.site.makedata.money import Numbers, amount_of
from portal.site.makedata.plans import DAY
from portal.site.makedata.stage import Stage
from portal.workflow import record
from vouchers.actions.ledger import line_facts
from vouchers.enums import AwardState, ClaimState, EntryKind
from vouchers.models import Award, Claim, ClaimLine, LedgerEntry
from vouchers.rules.deadlines import award_calendar

ACCEPTED_AFTER = 2 * DAY
STARTED_AFTER = 3 * DAY
FILED_AFTER = 5 * DAY
APPROVED_AFTER = 7 * DAY
PAID_AFTER = 9 * DAY
OFFERED, ACCEPTED, COMPLETED = AwardState.OFFERED, AwardState.ACCEPTED, AwardState.COMPLETED


def write(stage: Stage, written: Sequence[Written], numbers: Numbers) -> None:
    """Write awards, claims and ledger lines, with their lines in the journal."""
    rows = Award.objects.bulk_create(_award(stage, one, numbers) for one in written)
    pairs = list(zip(written, rows, strict=True))
    claims = [_claim(stage, one, award) for one, award in pairs if one.life.way.claim]
    Claim.objects.bulk_create(claims)
    ClaimLine.objects.bulk_create(_receipt(claim) for claim in claims)
    by_award = {claim.award_id: claim for claim in claims}
    lines = [
        line for one, award in pairs for line in _lines(stage, one, award, by_award.get(award.pk))
    ]
    for one, award in pairs:
        _journal(stage, one, award, by_award.get(award.pk))
    for line in LedgerEntry.objects.bulk_create(lines):
        by = Actor(line.by, "person")
        record(line, line.kind, by=by, now=line.at, chain=stage.programme.code, **line_facts(line))


def _award(stage: Stage, one: Written, numbers: Numbers) -> Award:
    life, row = one.life, one.row
    terms, zone = row.terms, ZoneInfo(row.home_region.time_zone)
    award = Award(
        application=row,
        pot=stage.pots[row.home_region_id],
        number=numbers.award(life.offer),
        amount=amount_of(life),
        state=life.way.award,
        aid_basis=terms.aid_basis,
        payee=terms.payee,
        offered_at=life.last,
        answer_by=life.last + timedelta(days=stage.programme.acceptance_days),
    )
    if life.way.award != OFFERED:
        accepted_at = life.last + ACCEPTED_AFTER
        award.accepted_at = accepted_at
        award.accepted_by = life.firm.owner
        award.signatory_name, award.signatory_role = life.firm.owner.name, "Director"
        award.granted_on = accepted_at.astimezone(zone).date()
        award.granted_zone = row.home_region.time_zone
        calendar = award_calendar(
            award.granted_on,
            validity_months=terms.validity_months,
            claim_days=terms.claim_days,
        )
        award.starts_on, award.ends_on = calendar.starts_on, calendar.ends_on
        award.claim_by = datetime.combine(calendar.claim_by, time(17), tzinfo=zone)
    if life.way.award == COMPLETED:
        award.completed_at = life.last + APPROVED_AFTER
    return award


def _claim(stage: Stage, one: Written, award: Award) -> Claim:
    region, owner, state = one.row.home_region_id, one.life.firm.owner, one.life.way.claim
    claim = Claim(
        award=award,
        state=state,
        report="We measured what we had planned, and the first series is sold.",
        iban="NL91ABNA0417164300",
        account_holder=one.row.organisation.name,
        started_at=one.life.last + STARTED_AFTER,
        filed_at=one.life.last + FILED_AFTER,
        filed_by=owner,
    )
    if state != ClaimState.FILED:
        claim.approved_at, claim.approved_by = one.life.last + APPROVED_AFTER, stage.brokers[region]
        claim.approved_amount = award.amount
    if state == ClaimState.PAID:
        claim.paid_at, claim.paid_by = one.life.last + PAID_AFTER, stage.finance[region]
        claim.payment_reference = award.number
    return claim


def _receipt(claim: Claim) -> ClaimLine:
    return ClaimLine(
        claim=claim,
        kind_id=claim.award.application.offer.voucher_type.cost_kinds.all()[0].pk,
        paid_on=claim.started_at.date(),
        supplier="Institute of the partner",
        receipt_number=claim.award.number,
        item="Work with the partner",
        amount=claim.award.amount,
        eligible_amount=claim.approved_amount,
    )


def _lines(stage: Stage, one: Written, award: Award, claim: Claim | None) -> Iterator[LedgerEntry]:
    home = stage.brokers[one.row.home_region_id]
    moments: list[tuple[EntryKind, datetime, User | None]] = []
    moments.append((EntryKind.RESERVE, award.offered_at, home))
    if award.accepted_at:
        moments.append((EntryKind.COMMIT, award.accepted_at, one.life.firm.owner))
    if claim and claim.paid_at:
        moments.append((EntryKind.PAY, claim.paid_at, claim.paid_by))
    for kind, at, by in moments:
        yield LedgerEntry(pot=award.pot, award=award, kind=kind, amount=award.amount, at=at, by=by)


def _journal(stage: Stage, one: Written, award: Award, claim: Claim | None) -> None:
    home, owner = broker(stage, one), Actor.person(one.life.firm.owner)
    moments: list[tuple[Award | Claim, str, str, datetime | None, Actor]] = [
        (award, "offer", OFFERED, award.offered_at, home),
        (award, "accept", ACCEPTED, award.accepted_at, owner),
    ]
    if claim:
        paid_by = Actor(claim.paid_by, "person")
        moments += [
            (claim, "start", ClaimState.DRAFT, claim.started_at, owner),
            (claim, "file", ClaimState.FILED, claim.filed_at, owner),
            (claim, "approve", ClaimState.APPROVED, claim.approved_at, home),
            (award, "complete", COMPLETED, award.completed_at, home),
            (claim, "pay", ClaimState.PAID, claim.paid_at, paid_by),
        ]
    for row, verb, after, at, by in moments:
        if at is not None:
            record(row, verb, by=by, now=at, chain=stage.programme.code, after=after)
