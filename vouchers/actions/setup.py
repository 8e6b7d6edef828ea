"""Changing what was set up: every edit is journalled, and an announced call keeps its terms."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model

from portal.actions import setup
from portal.enums import Role
from portal.models import Programme, Region
from portal.permissions import Actor
from portal.workflow import action
from vouchers.actions import ledger
from vouchers.enums import CallState
from vouchers.models import (
    Call,
    CallVoucherType,
    CostKind,
    Criterion,
    LedgerEntry,
    Pot,
    PotCeiling,
    Question,
    QuestionSet,
    RegionTerms,
    TextBlock,
    VoucherType,
)

TEXTS = frozenset({"name", "text", "decisions_by"})


class TakesNoPart(Exception):
    """The programme does not name the region."""


class TermsAnnounced(Exception):
    """A call has announced these terms; `names` are the fields that may not change any more."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def may_manage(by: Actor, programme: Programme) -> bool:
    """Whether the actor is a manager of the programme."""
    return by.is_importer or by.has_role(Role.MANAGER, programme)


def is_announced(voucher_type: VoucherType) -> bool:
    """Whether a call that offers the type has been published."""
    return voucher_type.offers.exclude(call__state=CallState.DRAFT).exists()


def frozen_fields(obj: Model | None, *, now: datetime) -> frozenset[str]:
    """Return the fields of a set-up row that may not change any more.

    Once a call has opened, its texts too change only with a second manager.
    """
    if isinstance(obj, VoucherType) and is_announced(obj):
        return frozenset({"programme", "code", "short_code", "kind"})
    if isinstance(obj, QuestionSet):
        is_published = obj.published_at is not None
        return frozenset({"programme", "code", "version", "published_at"} if is_published else ())
    if isinstance(obj, Call) and obj.state != CallState.DRAFT:
        names = {f.name for f in Call._meta.concrete_fields if f.editable}
        return frozenset(names - TEXTS if now < obj.opens_at else names)
    return frozenset()


@action
def create(obj: Model, *, by: Actor, now: datetime) -> Model:
    """Store a set-up row. Raises PermissionDenied, and TermsAnnounced in a published call."""
    programme = _programme_of(obj)
    _require(by, programme)
    if isinstance(obj, CallVoucherType | PotCeiling) and obj.call.state != CallState.DRAFT:
        raise TermsAnnounced(["call"])
    _require_draft(obj)
    return setup.create(obj, by=by, now=now, chain=programme.code)


@action
def edit(obj: Model, changes: Mapping[str, Any], *, by: Actor, now: datetime) -> Model:
    """Change a set-up row. Raises PermissionDenied and TermsAnnounced."""
    programme = _programme_of(obj)
    _require(by, programme)
    late = sorted(frozen_fields(obj, now=now) & set(changes))
    if isinstance(obj, CallVoucherType) and obj.call.state != CallState.DRAFT:
        late = sorted(set(changes) - {"holds_letters"})
    if late:
        raise TermsAnnounced(late)
    _require_draft(obj)
    return setup.edit(obj, changes, by=by, now=now, chain=programme.code)


@action
def add_budget(
    programme: Programme, *, region: Region, amount: Decimal, reason: str, by: Actor, now: datetime
) -> LedgerEntry:
    """Allocate an amount in EUR to a region's pot, which begins with its first money.

    Raises PermissionDenied, and TakesNoPart where the programme does not name the region.
    """
    _require(by, programme)
    # Two managers at once must not begin the same pot.
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if not programme.regions.filter(region=region).exists():
        raise TakesNoPart(region)
    pot = Pot.objects.filter(programme=programme, region=region).first()
    if pot is None:
        pot = Pot(programme=programme, region=region)
        create(pot, by=by, now=now)
    return ledger.allocate(pot, amount=amount, reason=reason, by=by, now=now)


def _require_draft(obj: Model) -> None:
    if isinstance(obj, Question) and obj.question_set.published_at is not None:
        raise TermsAnnounced(["question_set"])


def _require(by: Actor, programme: Programme) -> None:
    if not may_manage(by, programme):
        raise PermissionDenied("set up")


def _programme_of(obj: Model) -> Programme:
    if isinstance(obj, Question):
        return obj.question_set.programme
    if isinstance(obj, VoucherType | Call | Pot | QuestionSet | TextBlock):
        return obj.programme
    if isinstance(obj, CostKind | Criterion | RegionTerms):
        return obj.voucher_type.programme
    if isinstance(obj, CallVoucherType | PotCeiling):
        return obj.call.programme
    raise TypeError(obj)
