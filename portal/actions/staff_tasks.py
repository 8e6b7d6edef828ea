"""Doing what a task asks for."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal.enums import Role
from portal.models import StaffTask
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.workflow import action, record


class AlreadyDone(Exception):
    """A colleague was faster."""


def may_finish(by: Actor, task: StaffTask) -> bool:
    """A broker of the task's region, or a manager of its programme."""
    return by.has_role(Role.BROKER, task.region) or by.has_role(Role.MANAGER, task.programme)


@action
def finish(task: StaffTask, *, note: str, by: Actor, now: datetime) -> None:
    """Close a task with what was done. Raises PermissionDenied and AlreadyDone."""
    row = StaffTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if not may_finish(by, row):
        raise PermissionDenied("finish")
    if row.done_at is not None:
        raise AlreadyDone
    row.done_at, row.done_by, row.note = now, by.user, note
    row.save(update_fields=["done_at", "done_by", "note"])
    chain = row.programme.code if row.programme else PORTAL_CHAIN
    record(row, "finish", by=by, now=now, chain=chain, personal={"note": note})
