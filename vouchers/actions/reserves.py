"""The end of a reserve list: who still waits is told that no money came back in time."""

from datetime import datetime

from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import action, move
from vouchers.actions.applications import void_signatures
from vouchers.actions.awards import journal_told
from vouchers.enums import ApplicationState, RejectReason
from vouchers.models import Application, Decision
from vouchers.notifications import ReserveEnded
from vouchers.workflow import APPLICATION


@action
def end(application: Application, *, by: Actor, now: datetime) -> None:
    """End the wait of one application. Raises IllegalMove and PermissionDenied.

    It is the calendar's end and nobody's judgement, so there is nothing to appeal against.
    """
    told = {"decided_at": now, "told_at": now}
    move(application, APPLICATION.END_RESERVE, by=by, now=now, also=lambda _row: told)
    void_signatures(application, now=now)
    application.decisions.filter(replaced_at=None).update(replaced_at=now)
    decision = Decision.objects.create(
        application=application,
        outcome=ApplicationState.REJECTED,
        reason=RejectReason.NO_MONEY,
        decided_at=now,
        told_at=now,
    )
    journal_told(decision, by=by, now=now)
    notify(ReserveEnded(application, once=str(decision.pk)), now=now)
