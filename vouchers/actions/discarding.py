"""Throwing a draft away: what nobody has received, its firm may forget."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal.permissions import Actor
from portal.workflow import IllegalMove, action, lock, move
from vouchers.actions.erasure import erase_file
from vouchers.enums import ApplicationState
from vouchers.models import Application
from vouchers.permissions import is_applicant
from vouchers.workflow import APPLICATION

DISCARDED = "discarded"


@action
def discard(application: Application, *, by: Actor, now: datetime) -> None:
    """Withdraw a draft that was never sent, and erase what it says and its files at once.

    Raises PermissionDenied for anybody but the firm, and IllegalMove for what has a number: it
    was received, so it is withdrawn and kept as long as its kind of file is.
    """
    row = lock(application, "call__programme")
    if not is_applicant(by, row):
        raise PermissionDenied(DISCARDED)
    if row.reference is not None:
        raise IllegalMove(row, APPLICATION.WITHDRAW)
    if row.state != ApplicationState.WITHDRAWN:
        move(row, APPLICATION.WITHDRAW, by=by, now=now)
    erase_file(row, why=DISCARDED, by=by, now=now)
