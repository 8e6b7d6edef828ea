"""Which records of the catalogue have proved themselves: how many vouchers each was host of."""

from datetime import datetime

from django.db.models import Count

from catalogue.actions.records import set_vouchers_before
from portal.permissions import Actor
from portal.workflow import action
from vouchers.enums import AwardState
from vouchers.models import Host


@action
def count_vouchers(*, by: Actor, now: datetime) -> int:
    """Count the accepted vouchers of every record; return how many records changed.

    A voucher that ended without use proves nothing. Counting twice changes nothing.
    """
    proven = Host.objects.filter(
        record__isnull=False,
        application__award__state__in=[AwardState.ACCEPTED, AwardState.COMPLETED],
    )
    counts = dict(proven.values("record").annotate(n=Count("pk")).values_list("record", "n"))
    return set_vouchers_before(counts, by=by, now=now)
