"""What regions left on invented applications: returns, assessments, signatures, decisions."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from portal.permissions import Actor
from portal.site.makedata.answers import Written
from portal.site.makedata.plans import DAY, Life
from portal.site.makedata.stage import Stage
from portal.workflow import record
from vouchers.actions.assessments import weighted_total
from vouchers.cases.letters import appeal_day
from vouchers.enums import DECIDED, ApplicationState, AwardState, RejectReason, ReturnKind, Side
from vouchers.models import Assessment, ChangeRequest, Decision, Signature

S = ApplicationState
POINTS = {S.RECOMMENDED: 4, S.NOT_RECOMMENDED: 2}
REFUSED = frozenset({S.INELIGIBLE, S.REJECTED})


def broker(stage: Stage, one: Written) -> Actor:
    """Return the access broker of the home region."""
    return Actor.person(stage.brokers[one.life.firm.region.pk])


def told_at(life: Life) -> datetime | None:
    """Return when the applicant heard: what is held and was not answered waits."""
    is_answered = life.way.award not in {"", AwardState.OFFERED}
    if life.offer.is_held and not is_answered and life.state != S.INELIGIBLE:
        return None
    return life.last


def write(stage: Stage, written: Sequence[Written]) -> None:
    """Write returns, assessments, signatures and decisions, with their lines in the journal."""
    returned = [one for one in written if one.life.state == S.RETURNED]
    ChangeRequest.objects.bulk_create(_question(stage, one) for one in returned)
    _assess(stage, [one for one in written if one.life.way.assessed])
    _sign(stage, written)
    _decide(stage, [one for one in written if one.life.state in DECIDED])


def _question(stage: Stage, one: Written) -> ChangeRequest:
    return ChangeRequest(
        application=one.row,
        kind=ReturnKind.QUESTION,
        message="Which part of the work does your partner do alone?",
        asked_at=one.life.last,
        asked_by=broker(stage, one).user,
        answer_by=one.life.last + 14 * DAY,
    )


def _assess(stage: Stage, written: Sequence[Written]) -> None:
    rows = Assessment.objects.bulk_create(_assessment(stage, one) for one in written)
    for one, row in zip(written, rows, strict=True):
        about, chain = one.row.pk, one.row.journal_chain
        by, now = broker(stage, one), row.assigned_at
        record(
            row, "assign", by=by, now=now, chain=chain, application=about, assessor=row.assessor_id
        )
        if row.done_at:
            by, now = Actor.person(stage.assessor), row.done_at
            record(row, "score", by=by, now=now, chain=chain, application=about, total=row.total)


def _assessment(stage: Stage, one: Written) -> Assessment:
    assigned_at = one.life.when(S.IN_ASSESSMENT) or one.life.last
    row = Assessment(
        application=one.row,
        assessor=stage.assessor,
        assigned_at=assigned_at,
        assigned_by=broker(stage, one).user,
    )
    if points := POINTS.get(S(one.life.state)):
        criteria = one.life.offer.criteria
        row.scores = dict.fromkeys((criterion.code for criterion in criteria), points)
        row.total = weighted_total(row.scores, criteria)
        row.feedback, row.done_at = "A clear plan.", one.life.last
    return row


def _sign(stage: Stage, written: Sequence[Written]) -> None:
    rows = Signature.objects.bulk_create(row for one in written for row in _signed(stage, one))
    for row in rows:
        record(
            row,
            f"sign_{row.side}",
            by=Actor(row.signed_by, "person"),
            now=row.signed_at,
            chain=row.application.journal_chain,
            application=row.application_id,
            region=row.region.code,
            amount=row.amount,
        )


def _signed(stage: Stage, one: Written) -> Iterator[Signature]:
    """Home signs first; under an award the host has signed too, where the type needs it."""
    life = one.life
    if life.way.signed or life.way.award:
        yield _signature(stage, one, Side.HOME, life.last - timedelta(hours=2))
    if life.way.award and life.offer.row.voucher_type.needs_host_signature:
        yield _signature(stage, one, Side.HOST, life.last)


def _signature(stage: Stage, one: Written, side: Side, at: datetime) -> Signature:
    region = one.life.firm.region if side == Side.HOME else one.life.host
    return Signature(
        application=one.row,
        side=side,
        region=region,
        signed_by=stage.brokers[region.pk],
        organisation=region.broker_organisation,
        amount=one.row.amount or Decimal(0),
        signed_at=at,
    )


def _decide(stage: Stage, written: Sequence[Written]) -> None:
    rows = Decision.objects.bulk_create(_decision(stage, one) for one in written)
    for one, row in zip(written, rows, strict=True):
        if row.told_at:
            record(
                row,
                "tell",
                by=broker(stage, one),
                now=row.told_at,
                chain=one.row.journal_chain,
                application=one.row.pk,
                outcome=row.outcome,
            )


def _decision(stage: Stage, one: Written) -> Decision:
    life, is_refused = one.life, one.life.state in REFUSED
    return Decision(
        application=one.row,
        outcome=life.state,
        reason=RejectReason.QUALITY if is_refused else "",
        message="Other applications were stronger." if is_refused else "",
        decided_at=life.last,
        decided_by=broker(stage, one).user,
        told_at=one.row.told_at,
        appeal_by=appeal_day(one.row, now=life.last) if is_refused else None,
    )
