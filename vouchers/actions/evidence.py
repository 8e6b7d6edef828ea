"""What is given out of the portal so that a rewritten journal shows."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.models import JournalEntry, Programme
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import action
from vouchers.notifications import JournalHead


@action
def send_heads(*, by: Actor, now: datetime) -> None:
    """Mail the last hash of each running programme's journal, once a day of its zone."""
    for programme in Programme.objects.filter(is_historic=False):
        day = now.astimezone(ZoneInfo(programme.time_zone)).date()
        heads = [*_heads(programme.code, PORTAL_CHAIN)]
        if heads:
            extra = {"heads": heads, "day": day, "now": now}
            notify(JournalHead(programme, day.isoformat(), extra), now=now)


def _heads(*chains: str) -> Iterator[str]:
    """Return each chain's last entry as a line that `check_integrity --anchors` reads."""
    for chain in chains:
        for head in JournalEntry.objects.filter(chain=chain).order_by("-number")[:1]:
            yield f"{chain},{head.number},{head.hash}"
