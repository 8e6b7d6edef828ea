"""Noting what was entered in the de minimis register."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal.permissions import Actor
from portal.workflow import action, record
from vouchers.models import Award, RegisterEntry, grants
from vouchers.permissions import may_register


@action
def enter(numbers: Mapping[int, str], *, by: Actor, now: datetime) -> int:
    """Note that these awards stand in the register with their right amount; return how many.

    `numbers` holds the register's number by award, or nothing. What stands there already with the
    same amount and number is left alone. Raises PermissionDenied, and then notes none.
    """
    rows = grants().select_related("application__home_region", "pot__programme", "register_entry")
    changed = 0
    for award in rows.filter(pk__in=numbers).select_for_update(of=("self",), no_key=True):
        if not may_register(by, award):
            raise PermissionDenied("enter")
        changed += _enter(award, numbers[award.pk], by=by, now=now)
    return changed


def _enter(award: Award, number: str, *, by: Actor, now: datetime) -> bool:
    due = award.due  # type: ignore[attr-defined]
    entry = getattr(award, "register_entry", None)
    number = number or (entry.number if entry else "")
    if entry and (entry.amount, entry.number) == (due, number):
        return False
    said = {"amount": due, "number": number, "entered_at": now, "entered_by": by.user}
    RegisterEntry.objects.update_or_create(award=award, defaults=said)
    verb = "correct_register" if entry else "enter_register"
    chain = award.journal_chain
    record(award, verb, by=by, now=now, chain=chain, amount=due, number=number)
    return True
