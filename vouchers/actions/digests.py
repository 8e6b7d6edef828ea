"""One digest a day for each member of staff: what waits, and what has happened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.enums import MailTime
from portal.models import DigestLine, User
from portal.permissions import Actor
from portal.queue import enqueue
from portal.workflow import action
from vouchers.cases.waiting import Item, OnDuty, on_duty, waiting
from vouchers.enums import URGENT_PILES, Pile
from vouchers.notifications import StaffDigest

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """One pile of a digest: its first things, and how many more there are."""

    label: object
    items: Sequence[Item]
    more: int
    is_urgent: bool


@action
def send(*, by: Actor, now: datetime) -> None:
    """Write today's digest to everybody whose 8:00 has come; who has nothing to read gets none.

    Twice or late makes no difference: each person's day is noted. The actor is the clock.
    """
    due = [person for person in on_duty(now=now) if person.is_due(now)]
    # Who runs at the same time leaves these alone.
    rows = User.objects.filter(pk__in=[person.user.pk for person in due])
    free = {row.pk: row for row in rows.select_for_update(skip_locked=True, no_key=True)}
    due = [person for person in due if _is_open(person, free, now=now)]
    if not due:
        return
    items, news = waiting(now=now), _news(due)
    for person in due:
        _write(person, items, news[person.user.pk], now=now)
    DigestLine.objects.filter(user__in=[person.user.pk for person in due], told_at=None).update(
        told_at=now, text="", url=""
    )


def _is_open(person: OnDuty, free: dict[int, User], *, now: datetime) -> bool:
    row, today = free.get(person.user.pk), person.today(now)
    return row is not None and (row.digest_on is None or row.digest_on < today)


def _news(due: Iterable[OnDuty]) -> dict[int, list[DigestLine]]:
    found = defaultdict(list)
    people = {person.user.pk: person.user for person in due}
    for line in DigestLine.objects.filter(user__in=people, told_at=None).order_by("pk"):
        user = people[line.user_id]
        # A person may have chosen otherwise since.
        if user.staff_mails.get(line.kind) != MailTime.NEVER:
            found[line.user_id].append(line)
    return found


def _write(
    person: OnDuty, items: Iterable[Item], news: Sequence[DigestLine], *, now: datetime
) -> None:
    today = person.today(now)
    User.objects.filter(pk=person.user.pk).update(digest_on=today)
    own = [item for item in items if person.minds(item)]
    if not (own or news):
        return
    extra = {
        "piles": _piles(own, today),
        "count": len(own),
        "news": news,
        "today": today,
        "now": now,
    }
    digest = StaffDigest(person.user, today.isoformat(), extra)
    # It names firms and visitors: its text goes once it is sent.
    enqueue(*digest.letters(), now=now, is_private=True)


def _piles(items: Iterable[Item], today: date) -> list[Shown]:
    found: dict[Pile, list[Item]] = {pile: [] for pile in Pile}
    for item in items:
        found[item.seen(today)].append(item)
    return [
        Shown(pile.label, rows[:SHOWN], max(len(rows) - SHOWN, 0), pile in URGENT_PILES)
        for pile, rows in found.items()
        if rows
    ]
