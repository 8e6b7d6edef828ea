"""Questions to an applicant: the one that sends an application back, and those that follow it."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import IllegalMove, action, lock, record
from vouchers.cases.opened import opened_in
from vouchers.enums import ReturnKind
from vouchers.models import Application, ChangeRequest
from vouchers.notifications import ChangesRequested
from vouchers.rules import deadlines
from vouchers.workflow import OPEN_FURTHER


def ask(
    application: Application,
    *,
    kind: ReturnKind | str,
    message: str,
    answer_by: datetime,
    opened: Iterable[str],
    by: Actor,
    now: datetime,
) -> ChangeRequest:
    """Write a question down, with the instant until which an answer counts; inside an action."""
    request = ChangeRequest.objects.create(
        application=application,
        kind=kind,
        message=message,
        opened=sorted(opened),
        asked_at=now,
        asked_by=by.user,
        answer_by=answer_by,
    )
    application.answer_by = answer_by
    application.save(update_fields=["answer_by"])
    notify(ChangesRequested(application, once=str(request.pk), extra={"request": request}), now=now)
    return request


@action
def open_further(
    application: Application,
    *,
    message: str,
    opened: Iterable[str],
    answer_by: datetime | None = None,
    by: Actor,
    now: datetime,
) -> ChangeRequest:
    """Open further answers of a returned application; the first question and its answers stay.

    `answer_by` may lie later than before; an earlier instant changes nothing, since the applicant
    was promised the time. The promise clock stands on, and the kind of the return is the first's.
    Raises PermissionDenied, IllegalMove, and Refused once the time to answer is over.
    """
    row = lock(application, "call__programme", "home_region", "organisation", "voucher_type")
    if not OPEN_FURTHER.permits(by, row):
        raise PermissionDenied(OPEN_FURTHER.name)
    first = row.change_requests.filter(answered_at=None).first()
    if row.state not in OPEN_FURTHER.sources or first is None or row.answer_by is None:
        raise IllegalMove(row, OPEN_FURTHER)
    deadlines.check_answer(row.answer_by, now=now).require()
    until = max(row.answer_by, answer_by) if answer_by else row.answer_by
    # Where everything is open already, naming a part must not close the others.
    wanted = sorted(opened) if opened_in(row) is not None else []
    record(
        row,
        OPEN_FURTHER.name,
        by=by,
        now=now,
        chain=row.journal_chain,
        opened=wanted,
        answer_by=until,
    )
    return ask(
        row, kind=first.kind, message=message, answer_by=until, opened=wanted, by=by, now=now
    )
