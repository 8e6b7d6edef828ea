"""Changing what an announced call says: with a reason, a second manager, and a mail to all."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from portal.actions import setup
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import action, as_json, hold, lock, move, record
from vouchers.enums import ApplicationState, CallChangeState, CallState
from vouchers.models import Application, Call, CallChange
from vouchers.notifications import CallChangeAsked, CallChanged
from vouchers.permissions import is_manager_of_call
from vouchers.workflow import CALL_CHANGE

CHANGEABLE = ("name", "text", "decisions_by", "closes_at")


class NothingChanged(Exception):
    """What is asked for is what the call says already."""


class NotLater(Exception):
    """A closing instant may only move to a later one that is still to come."""


class StillDraft(Exception):
    """A draft of a call is edited freely."""


class ChangeWaits(Exception):
    """Another change of the call waits for a second manager."""


@action
def ask(
    call: Call, *, changes: Mapping[str, Any], reason: str, by: Actor, now: datetime
) -> CallChange:
    """Ask a second manager to change texts or to let the call close later.

    Raises PermissionDenied, StillDraft, ChangeWaits, NothingChanged and NotLater.
    """
    row = lock(call, "programme")
    if not is_manager_of_call(by, row) or by.user is None:
        raise PermissionDenied("change")
    if row.state == CallState.DRAFT:
        raise StillDraft
    if CallChange.objects.filter(call=row, state=CallChangeState.WAITING).exists():
        raise ChangeWaits
    new = {n: v for n, v in changes.items() if n in CHANGEABLE and v != getattr(row, n)}
    if not new:
        raise NothingChanged
    _require_later(row, new, now=now)
    change = CallChange.objects.create(
        call=row,
        old=as_json({name: getattr(row, name) for name in new}),
        new=as_json(new),
        reason=reason,
        asked_by=by.user,
        asked_at=now,
    )
    hold(change)
    record(
        change,
        "ask",
        by=by,
        now=now,
        chain=row.journal_chain,
        after=change.state,
        new=change.new,
        reason=reason,
    )
    notify(CallChangeAsked(change), now=now)
    return change


@action
def agree(change: CallChange, *, by: Actor, now: datetime) -> None:
    """Make the change, and tell everybody who has a draft. Raises NotLater and IllegalMove."""
    call = lock(change.call, "programme")
    new = read_changes(change.new)
    _require_later(call, new, now=now)
    move(change, CALL_CHANGE.AGREE, by=by, now=now, also=lambda _row: _decided(by, now))
    setup.edit(call, new, by=by, now=now, chain=call.journal_chain, reason=change.reason)
    drafts = Application.objects.filter(call=call, state=ApplicationState.DRAFT)
    for draft in drafts.select_related("call__programme", "home_region", "offer"):
        notify(CallChanged(draft, once=str(change.pk), extra={"change": change}), now=now)


@action
def refuse(change: CallChange, *, by: Actor, now: datetime) -> None:
    """Leave the call as it is; who asked may take the wish back this way too."""
    move(change, CALL_CHANGE.REFUSE, by=by, now=now, also=lambda _row: _decided(by, now))


def read_changes(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Read changes as JSON keeps them: an instant and a day are text there."""
    new = dict(stored)
    if new.get("closes_at"):
        new["closes_at"] = datetime.fromisoformat(new["closes_at"])
    if new.get("decisions_by"):
        new["decisions_by"] = date.fromisoformat(new["decisions_by"])
    return new


def _require_later(call: Call, new: Mapping[str, Any], *, now: datetime) -> None:
    closes_at = new.get("closes_at")
    if closes_at is not None and not (closes_at > call.closes_at and closes_at > now):
        raise NotLater


def _decided(by: Actor, now: datetime) -> dict[str, object]:
    return {"decided_by": by.user, "decided_at": now}
