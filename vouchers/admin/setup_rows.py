"""Rows on the pages of a manager's set-up."""

from typing import Any

from portal.admin import DeskInline
from portal.permissions import Actor, is_manager
from vouchers.actions import setup
from vouchers.models import CostKind, Criterion, RegionTerms
from vouchers.rules.terms import REGIONAL


def may_edit(by: Actor, obj: Any = None) -> bool:
    """A manager of the row's programme; of any where no row is given."""
    if not is_manager(by):
        return False
    programme = getattr(obj, "programme", None)
    return programme is None or setup.may_manage(by, programme)


class SetupInline(DeskInline):
    """Rows on a set-up page."""

    may_add = staticmethod(is_manager)
    may_change = staticmethod(may_edit)


class CostKindInline(SetupInline):
    """What the voucher pays and what it does not."""

    model = CostKind
    extra = 1
    fields = ["code", "label", "hint", "is_eligible", "order"]


class RegionTermsInline(SetupInline):
    """What single regions agree otherwise; a published call keeps what it promised."""

    model = RegionTerms
    extra = 0
    fields = ["region", *REGIONAL]


class CriterionInline(SetupInline):
    """What assessors score."""

    model = Criterion
    extra = 1
    fields = ["code", "name", "weight", "order"]
