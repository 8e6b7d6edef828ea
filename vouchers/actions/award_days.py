"""The end of a running award: firm and provider are reminded before it."""

from datetime import datetime

from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import action
from vouchers.cases import local_day
from vouchers.models import Award
from vouchers.notifications import AwardEndsForPartner, AwardEndsSoon
from vouchers.rules.longer import REMINDERS, reminder_due


@action
def remind_ends(*, by: Actor, now: datetime) -> None:
    """Remind 90, 30 and 7 days before the end, once each; only the nearest after a missed day.

    Who has sent its claim is left alone; an extension counts the days anew.
    """
    near = Award.objects.running(now=now, days=max(REMINDERS)).select_related(
        "agreement",
        "application__call__programme",
        "application__home_region",
        "application__organisation",
        "application__voucher_type",
    )
    for award in near:
        today = local_day(now, award.application.home_region)
        last, since = award.ends_on or today, award.granted_on or today
        days = reminder_due(last, since=since, today=today)
        if days is None:
            continue
        once, extra = f"{last}:{days}", {"days": (last - today).days}
        notify(AwardEndsSoon(award, once, extra), AwardEndsForPartner(award, once, extra), now=now)
