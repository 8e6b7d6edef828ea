"""One verb for many applications: each in a transaction of its own, or left as it was."""

from collections.abc import Callable
from datetime import datetime

from portal.permissions import Actor
from portal.workflow import action, lock
from vouchers.actions.forecast import Outcome
from vouchers.cases import AROUND
from vouchers.models import Application


class TurnedOut(Exception):
    """It would have become something else than was foreseen, so nothing was done."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.became = state


type Run = Callable[[Application, Outcome, Actor, datetime], object]


@action
def carry_out(outcome: Outcome, run: Run, *, by: Actor, now: datetime) -> None:
    """Run one verb on one application, whole or not at all.

    Raises TurnedOut where it ends otherwise than foreseen, and whatever the verb raises.
    """
    row = lock(outcome.application, *AROUND)
    run(row, outcome, by, now)
    if row.state != outcome.state:
        raise TurnedOut(row.state)
