"""What the pages of a provider stand on: its rows, and what may be done with them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from catalogue.models import Provider, Record, Revision
from catalogue.permissions import may_edit
from catalogue.snapshots import content_of
from portal.permissions import actor, signed_in


def provider_of(request: HttpRequest, pk: int) -> Provider:
    """Return a provider that the person acts for or looks after. Raises Http404."""
    rows = Provider.objects.visible_to(signed_in(request)).select_related(
        "organisation", "region", "accepted_rules__programme"
    )
    return get_object_or_404(rows, pk=pk)


def record_of(request: HttpRequest, slug: str) -> Record:
    """Return a record, public or not, of such a provider. Raises Http404."""
    rows = Record.objects.visible_to(signed_in(request)).select_related(
        "provider__organisation", "provider__accepted_rules__programme", "region"
    )
    return get_object_or_404(rows, slug=slug)


def to_edit(request: HttpRequest, slug: str) -> Record:
    """Return a record that the person may change. Raises Http404 and PermissionDenied."""
    record = record_of(request, slug)
    if not may_edit(actor(request), record):
        raise PermissionDenied
    return record


def change_of(request: HttpRequest, record: Record) -> Revision | None:
    """Return the open change of the record, where the person sees it."""
    change = Revision.objects.visible_to(signed_in(request)).open().filter(record=record).first()
    if change is not None:
        # What is loaded already need not be asked for again.
        change.record = record
    return change


def is_busy(record: Record, change: Revision | None) -> bool:
    """Whether somebody else writes a change that the person does not see yet."""
    return change is None and record.revisions.open().exists()


def content_now(record: Record, change: Revision | None) -> Mapping[str, Any]:
    """Return what the change says, or without one what is in force."""
    return change.content if change else content_of(record)
