"""Whose turn it is on the reserve list of a region and call."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from portal.money import ZERO
from vouchers.cases.places import local_day
from vouchers.cases.ranking import with_places
from vouchers.cases.room import room_in
from vouchers.enums import ApplicationState, EntryKind, ReserveOrder
from vouchers.models import Application, LedgerEntry, Pot
from vouchers.rules import reserve
from vouchers.rules.verdict import Verdict

BRINGS_MONEY = (EntryKind.ALLOCATE, EntryKind.RELEASE, EntryKind.RECOVER)


def turn_of(application: Application) -> Verdict:
    """Whether an application on the reserve list may be signed: who stands before it does not."""
    if application.state != ApplicationState.RESERVE:
        return Verdict()
    rows = _in_order(with_places(Application.objects.filter(pk=application.pk)).get())
    place = [row.pk for row in rows].index(application.pk)
    call, pot = application.call, _pot_of(application)
    return reserve.check_turn(
        [row.amount or ZERO for row in rows],
        place,
        order=ReserveOrder(call.reserve_order),
        left=room_in(pot, call).left,
        names=[str(row) for row in rows],
    )


def _in_order(row: Any) -> list[Application]:
    """Return who stands on the list of the row, which comes from `with_places`, in order."""
    found = Application.objects.in_bulk([peer["id"] for peer in row.peers])
    return [found[peer["id"]] for peer in row.peers]


def _pot_of(application: Application) -> Pot:
    return Pot.objects.select_related("programme").get(
        programme=application.call.programme_id, region=application.home_region_id
    )


def whose_turn() -> Iterator[tuple[Application, LedgerEntry]]:
    """Return who comes next on each list and fits, with the line that last brought money."""
    waiting = _waiting()
    lists = waiting.order_by().values_list("call", "home_region").distinct()
    for call, region in lists:
        row = with_places(waiting.filter(call=call, home_region=region)).first()
        if row is None:
            continue
        rows, pot = _in_order(row), _pot_of(row)
        at = reserve.next_of(
            [one.amount or ZERO for one in rows],
            order=ReserveOrder(row.call.reserve_order),
            left=room_in(pot, row.call).left,
        )
        line = _last_money(pot)
        if line and at is not None:
            yield waiting.get(pk=rows[at].pk), line


def _waiting() -> QuerySet[Application]:
    return Application.objects.filter(
        state=ApplicationState.RESERVE, call__programme__is_historic=False
    ).select_related("call__programme", "home_region", "organisation", "voucher_type", "offer")


def _last_money(pot: Pot) -> LedgerEntry | None:
    lines = LedgerEntry.objects.filter(Q(pot=pot, kind__in=BRINGS_MONEY) | Q(to_pot=pot))
    return lines.order_by("-pk").first()


def left_when_lists_ended(now: datetime) -> Iterator[Application]:
    """Return who still waits on a list whose last day is over in the home region.

    Whoever has not been told yet waits for the letters first.
    """
    ended = _waiting().filter(call__reserve_until__isnull=False, told_at__isnull=False)
    for row in ended.order_by("pk"):
        if row.call.reserve_until and row.call.reserve_until < local_day(now, row.home_region):
            yield row
