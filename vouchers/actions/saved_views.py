"""Addresses of the queue that people keep under a name."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal.models import Programme, Region
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor, may_set_up
from portal.workflow import action, record
from vouchers.models import SavedView


class NameTaken(Exception):
    """The person has a view of this name already."""


def may_change(by: Actor, view: SavedView) -> bool:
    """Only its owner."""
    return by.user is not None and view.owner_id == by.user.pk


def may_share(by: Actor, scope: Programme | Region) -> bool:
    """A manager of the programme, or of one that names the region."""
    return may_set_up(by, scope)


@action
def keep(*, name: str, query: str, by: Actor, now: datetime) -> SavedView:
    """Keep an address of the queue. Raises PermissionDenied for who is not staff, and NameTaken."""
    if by.user is None or not by.user.is_staff:
        raise PermissionDenied("keep")
    _check_name(by, name)
    return SavedView.objects.create(owner_id=by.user.pk, name=name, query=query, saved_at=now)


def _check_name(by: Actor, name: str, *, apart_from: SavedView | None = None) -> None:
    own = SavedView.objects.filter(owner=by.user, name=name)
    if (own.exclude(pk=apart_from.pk) if apart_from else own).exists():
        raise NameTaken(name)


@action
def rename(view: SavedView, *, name: str, by: Actor) -> None:
    """Call an own view otherwise. Raises PermissionDenied and NameTaken."""
    row = _locked(view, by)
    _check_name(by, name, apart_from=row)
    row.name = name
    row.save(update_fields=["name"])


@action
def share(view: SavedView, *, scope: Programme | Region | None, by: Actor, now: datetime) -> None:
    """Show an own view to all staff of a programme or region, or to nobody else any more.

    Raises PermissionDenied.
    """
    row = _locked(view, by)
    if scope is not None and not may_share(by, scope):
        raise PermissionDenied("share")
    row.programme = scope if isinstance(scope, Programme) else None
    row.region = scope if isinstance(scope, Region) else None
    row.save(update_fields=["programme", "region"])
    chain = row.programme.code if row.programme else PORTAL_CHAIN
    record(row, "share", by=by, now=now, chain=chain, scope=str(scope or ""), query=row.query)


@action
def delete(view: SavedView, *, by: Actor) -> None:
    """Forget an own view. Raises PermissionDenied."""
    _locked(view, by).delete()


def _locked(view: SavedView, by: Actor) -> SavedView:
    row = SavedView.objects.select_for_update(of=("self",), no_key=True).get(pk=view.pk)
    if not may_change(by, row):
        raise PermissionDenied("change")
    return row
