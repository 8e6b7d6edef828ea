"""Whose turn it is on the reserve list of a region and call: strictly in order."""

from collections.abc import Iterator

from django.db.models import Q

from vouchers.cases.ranking import place_in, with_places
from vouchers.cases.room import room_in
from vouchers.enums import ApplicationState, EntryKind
from vouchers.models import Application, LedgerEntry, Pot
from vouchers.rules import reserve
from vouchers.rules.verdict import Verdict

BRINGS_MONEY = (EntryKind.ALLOCATE, EntryKind.RELEASE, EntryKind.RECOVER)


def turn_of(application: Application) -> Verdict:
    """Whether an application on the reserve list may be signed: no other stands before it."""
    if application.state != ApplicationState.RESERVE:
        return Verdict()
    row = with_places(Application.objects.filter(pk=application.pk)).get()
    place = place_in(row)
    if place is None or place.rank == 1:
        return Verdict()
    return reserve.check_turn(place.rank, first=row.peers[0]["number"])


def whose_turn() -> Iterator[tuple[Application, LedgerEntry]]:
    """Return who is first on each list and fits, with the ledger line that last brought money."""
    waiting = Application.objects.filter(
        state=ApplicationState.RESERVE, call__programme__is_historic=False
    )
    lists = waiting.order_by().values_list("call", "home_region").distinct()
    for call, region in lists:
        row = with_places(waiting.filter(call=call, home_region=region)).first()
        if row is None:
            continue
        first = waiting.select_related(
            "call__programme", "home_region", "organisation", "voucher_type", "offer"
        ).get(pk=row.peers[0]["id"])
        pot = Pot.objects.select_related("programme").get(
            programme=first.call.programme_id, region=region
        )
        line = _last_money(pot)
        if line and first.amount and room_in(pot, first.call).takes(first.amount):
            yield first, line


def _last_money(pot: Pot) -> LedgerEntry | None:
    lines = LedgerEntry.objects.filter(Q(pot=pot, kind__in=BRINGS_MONEY) | Q(to_pot=pot))
    return lines.order_by("-pk").first()
