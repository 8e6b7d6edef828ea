"""Counting blocked checks: by day, programme, voucher type, region and rule."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from portal.models import Programme, Region
from portal.permissions import Actor
from portal.workflow import action
from vouchers.cases import local_day
from vouchers.models import RefusedCheck, VoucherType


@action
def count_refusals(
    codes: Iterable[str],
    *,
    programme: Programme,
    voucher_type: VoucherType | None,
    region: Region | None,
    by: Actor,
    now: datetime,
) -> None:
    """Add one to the count of each rule that said no; the actor leaves no trace."""
    day = local_day(now, region) if region else now.date()
    rows = [
        RefusedCheck(
            day=day, programme=programme, voucher_type=voucher_type, region=region, rule=code
        )
        for code in dict.fromkeys(codes)
    ]
    for row in rows:
        key = {"day": day, "programme": programme, "rule": row.rule}
        where = {"voucher_type": voucher_type, "region": region}
        same = RefusedCheck.objects.filter(**key, **where)
        if not same.update(count=F("count") + 1):
            RefusedCheck.objects.bulk_create([row], ignore_conflicts=True)
