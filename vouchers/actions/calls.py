"""Setting up programmes' vouchers and calls, and keeping the calls' calendar."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied

from portal.enums import Role
from portal.models import Programme, Region
from portal.permissions import Actor
from portal.workflow import action, as_json, move, record
from vouchers.cases.readiness import missing_in
from vouchers.enums import CallState
from vouchers.models import (
    Call,
    CallVoucherType,
    CostKind,
    Criterion,
    Pot,
    PotCeiling,
    Question,
    QuestionSet,
    VoucherType,
)
from vouchers.permissions import is_manager_of_call as may_publish
from vouchers.workflow import CALL


def _require_manager(by: Actor, programme: Programme) -> None:
    if not (by.is_importer or by.has_role(Role.MANAGER, programme)):
        raise PermissionDenied("set up")


@action
def add_voucher_type(
    programme: Programme, *, by: Actor, now: datetime, **fields: Any
) -> VoucherType:
    """Add a voucher type; amounts are EUR."""
    _require_manager(by, programme)
    voucher_type = VoucherType.objects.create(programme=programme, **fields)
    record(voucher_type, "add", by=by, now=now, chain=programme.code, **as_json(fields))
    return voucher_type


@action
def set_cost_kinds(
    voucher_type: VoucherType, *, kinds: Iterable[dict[str, Any]], by: Actor, now: datetime
) -> None:
    """Name the eligible and ineligible kinds of cost; kinds in use stay."""
    _require_manager(by, voucher_type.programme)
    rows = list(kinds)
    for order, fields in enumerate(rows):
        CostKind.objects.update_or_create(
            voucher_type=voucher_type, code=fields["code"], defaults={**fields, "order": order}
        )
    record(
        voucher_type,
        "set_cost_kinds",
        by=by,
        now=now,
        chain=voucher_type.programme.code,
        kinds=[row["code"] for row in rows],
    )


@action
def set_criteria(
    voucher_type: VoucherType, *, criteria: Iterable[dict[str, Any]], by: Actor, now: datetime
) -> None:
    """Name the weighted criteria of a competitive type."""
    _require_manager(by, voucher_type.programme)
    for order, fields in enumerate(criteria):
        Criterion.objects.update_or_create(
            voucher_type=voucher_type, code=fields["code"], defaults={**fields, "order": order}
        )
    record(voucher_type, "set_criteria", by=by, now=now, chain=voucher_type.programme.code)


@action
def publish_questions(
    programme: Programme,
    *,
    code: str,
    questions: Iterable[dict[str, Any]],
    by: Actor,
    now: datetime,
) -> QuestionSet:
    """Publish the next version of a form; earlier versions stay as they are."""
    _require_manager(by, programme)
    last = QuestionSet.objects.filter(programme=programme, code=code).first()
    question_set = QuestionSet.objects.create(
        programme=programme, code=code, version=last.version + 1 if last else 1, published_at=now
    )
    Question.objects.bulk_create(
        Question(question_set=question_set, order=order, **fields)
        for order, fields in enumerate(questions)
    )
    record(
        question_set,
        "publish",
        by=by,
        now=now,
        chain=programme.code,
        version=question_set.version,
    )
    return question_set


@action
def add_pot(programme: Programme, *, region: Region, by: Actor, now: datetime) -> Pot:
    """Give a region its pot in the programme; money follows by an allocation."""
    _require_manager(by, programme)
    pot = Pot.objects.create(programme=programme, region=region)
    record(pot, "add", by=by, now=now, chain=programme.code, region=region.code)
    return pot


@action
def add_call(programme: Programme, *, by: Actor, now: datetime, **fields: Any) -> Call:
    """Add a call as a draft; its instants are aware and shown in its named zone."""
    _require_manager(by, programme)
    call = Call.objects.create(programme=programme, **fields)
    record(call, "add", by=by, now=now, chain=programme.code, after=call.state, **as_json(fields))
    return call


@action
def offer(
    call: Call,
    voucher_type: VoucherType,
    *,
    question_set: QuestionSet | None,
    by: Actor,
    now: datetime,
) -> CallVoucherType:
    """Offer a voucher type in a call, with the form that applicants fill in."""
    _require_manager(by, call.programme)
    row = CallVoucherType.objects.create(
        call=call,
        voucher_type=voucher_type,
        question_set=question_set,
        holds_letters=voucher_type.holds_letters,
    )
    record(row, "offer", by=by, now=now, chain=call.programme.code, voucher=voucher_type.code)
    return row


@action
def set_ceiling(call: Call, *, pot: Pot, amount: Decimal, by: Actor, now: datetime) -> PotCeiling:
    """Set how much of a pot, in EUR, the call may use."""
    _require_manager(by, call.programme)
    ceiling, _created = PotCeiling.objects.update_or_create(
        pot=pot, call=call, defaults={"amount": amount}
    )
    record(ceiling, "set", by=by, now=now, chain=call.programme.code, amount=amount)
    return ceiling


class NotReady(Exception):
    """The call lacks something; `missing` says what, in sentences."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing


@action
def schedule(call: Call, *, by: Actor, now: datetime) -> None:
    """Publish a call: everybody sees when it opens and closes.

    Raises PermissionDenied, and NotReady for a person while something is missing; history may
    have had calls of which less is known.
    """
    missing = [] if by.is_importer else missing_in(call, now=now)
    if missing and may_publish(by, call):
        raise NotReady(missing)
    move(call, CALL.SCHEDULE, by=by, now=now)
    _freeze_terms(call)


def _freeze_terms(call: Call) -> None:
    """Keep a copy of the terms, so that later changes of the type do not reach the call."""
    rows = call.offers.select_related("voucher_type")
    for row in rows.prefetch_related("voucher_type__regional__region"):
        kind = row.voucher_type
        row.terms = as_json({**kind.stated_terms(), "criteria": kind.stated_criteria()})
        row.save(update_fields=["terms"])


@action
def keep_calendar(*, by: Actor, now: datetime) -> list[Call]:
    """Journal the openings and closings that have come; whether a call is open never waits."""
    moved = []
    for call in Call.objects.filter(state=CallState.SCHEDULED, opens_at__lte=now):
        move(call, CALL.OPEN, by=by, now=now)
        _freeze_terms(call)
        moved.append(call)
    for call in Call.objects.filter(state=CallState.OPEN):
        if now > call.window.last_instant + call.window.grace:
            move(call, CALL.CLOSE, by=by, now=now)
            moved.append(call)
    return moved


@action
def publish_results(call: Call, *, by: Actor, now: datetime) -> None:
    """Say that the call is decided."""
    move(call, CALL.PUBLISH, by=by, now=now)


@action
def copy_call(
    call: Call,
    *,
    code: str,
    name: str,
    opens_at: datetime,
    closes_at: datetime,
    by: Actor,
    now: datetime,
) -> Call:
    """Make the next call from this one: same voucher types, forms and ceilings, as a draft."""
    _require_manager(by, call.programme)
    copy = Call.objects.create(
        programme=call.programme,
        code=code,
        slug=code.lower(),
        name=name,
        opens_at=opens_at,
        closes_at=closes_at,
        time_zone=call.time_zone,
        grace_seconds=call.grace_seconds,
        text=call.text,
        reserve_order=call.reserve_order,
    )
    for row in call.offers.all():
        CallVoucherType.objects.create(
            call=copy,
            voucher_type=row.voucher_type,
            question_set=_newest(row.question_set),
            holds_letters=row.holds_letters,
            opens_at=_moved(row.opens_at, by=opens_at - call.opens_at),
            closes_at=_moved(row.closes_at, by=closes_at - call.closes_at),
        )
    for ceiling in call.ceilings.all():
        PotCeiling.objects.create(pot=ceiling.pot, call=copy, amount=ceiling.amount)
    record(
        copy, "copy", by=by, now=now, chain=call.programme.code, after=copy.state, source=call.code
    )
    return copy


def _newest(question_set: QuestionSet | None) -> QuestionSet | None:
    """Return the newest published version of a form."""
    if question_set is None:
        return None
    versions = QuestionSet.objects.filter(
        programme=question_set.programme_id, code=question_set.code, published_at__isnull=False
    )
    return versions.order_by("-version").first() or question_set


def _moved(instant: datetime | None, *, by: timedelta) -> datetime | None:
    """Return a voucher type's own instant as far from the call's as before."""
    return instant + by if instant else None
