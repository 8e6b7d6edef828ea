"""Doing what a task asks for."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef

from portal.actions.notices import TaskOpened
from portal.enums import Role, TaskKind
from portal.models import OutgoingMail, StaffTask
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import action, record

NEWS = timedelta(days=1)


class AlreadyDone(Exception):
    """A colleague was faster."""


def may_finish(by: Actor, task: StaffTask) -> bool:
    """A broker of the task's region, or a manager of its programme."""
    return by.has_role(Role.BROKER, task.region) or by.has_role(Role.MANAGER, task.programme)


@action
def tell_of_bounces(*, by: Actor, now: datetime) -> None:
    """Tell once of each letter that did not arrive, while its task is new. The actor is the clock.

    The outbox opens the task on its way to the wire and writes to nobody itself.
    """
    told = OutgoingMail.objects.filter(kind="task_opened", subject_id=OuterRef("pk"))
    fresh = StaffTask.objects.filter(
        ~Exists(told), kind=TaskKind.BOUNCE, done_at=None, opened_at__gt=now - NEWS
    )
    for task in fresh.select_related("region", "programme").order_by("pk"):
        notify(TaskOpened(task), now=now)


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
