"""What staff think of other partners for an application."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from catalogue.actions import set_opinion
from catalogue.enums import Opinion
from catalogue.models import Record
from portal.permissions import Actor
from portal.workflow import IllegalMove, action, lock
from vouchers.models import Application
from vouchers.workflow import ADVISE


@action
def advise(
    application: Application, row: Record, *, opinion: Opinion | None, by: Actor, now: datetime
) -> None:
    """Recommend a partner, leave it out, or take that back, until the application is decided.

    Raises PermissionDenied and IllegalMove.
    """
    locked = lock(application, "call__programme", "home_region")
    if not ADVISE.permits(by, locked):
        raise PermissionDenied(ADVISE.name)
    if locked.state not in ADVISE.sources:
        raise IllegalMove(locked, ADVISE)
    set_opinion(locked, row, opinion=opinion, chain=locked.journal_chain, by=by, now=now)
