"""Appeals against ineligible and rejected: filed in time, answered by somebody else."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied

from portal import uploads
from portal.money import ZERO
from portal.permissions import Actor
from portal.queue import notify
from portal.uploads import Checked
from portal.workflow import IllegalMove, Transition, action, lock, move, record
from vouchers.actions import applications, ledger
from vouchers.actions.ledger import PotExhausted
from vouchers.cases.ranking import is_assessed
from vouchers.enums import AppealState, ApplicationState
from vouchers.models import Appeal, AppealDocument, Application, Decision, Pot
from vouchers.notifications import AppealAnswered, AppealFiled, AppealReceived
from vouchers.permissions import is_applicant
from vouchers.rules import deadlines
from vouchers.rules.verdict import Verdict
from vouchers.workflow import APPEAL, APPLICATION

MOST_DOCUMENTS = 5


class TooManyDocuments(Exception):
    """An appeal takes five documents."""


def appealable(application: Application) -> Decision | None:
    """Return the decision that the applicant may appeal against, if it has been told."""
    if application.state not in {ApplicationState.INELIGIBLE, ApplicationState.REJECTED}:
        return None
    standing = application.decisions.filter(replaced_at=None, told_at__isnull=False)
    return standing.filter(appeal_by__isnull=False, appeal=None).first()


def appeal_time(decision: Decision, *, now: datetime) -> Verdict:
    """Whether the last day to appeal is not over yet in the home region."""
    assert decision.appeal_by is not None  # noqa: S101  appealable() asked for it
    zone = ZoneInfo(decision.application.home_region.time_zone)
    last = datetime.combine(decision.appeal_by, deadlines.END_OF_DAY, tzinfo=zone)
    return deadlines.check_appeal(last, now=now)


@action
def file(
    application: Application,
    *,
    text: str,
    documents: Sequence[Checked] = (),
    by: Actor,
    now: datetime,
) -> Appeal:
    """Appeal once against a decision, with what supports it, until the end of its last day.

    Raises PermissionDenied, IllegalMove (nothing to appeal against), Refused (too late) and
    TooManyDocuments.
    """
    if len(documents) > MOST_DOCUMENTS:
        raise TooManyDocuments
    row = lock(application, "call__programme", "home_region", "organisation")
    if not is_applicant(by, row) or by.user is None:
        raise PermissionDenied("appeal")
    decision = appealable(row)
    if decision is None:
        raise IllegalMove(row, APPLICATION.REINSTATE)
    appeal_time(decision, now=now).require()
    appeal = Appeal.objects.create(
        application=row, decision=decision, text=text, filed_at=now, filed_by=by.user
    )
    for checked in documents:
        upload = uploads.store(checked, by=by, now=now)
        AppealDocument.objects.create(appeal=appeal, upload=upload)
    record(
        appeal,
        "appeal",
        by=by,
        now=now,
        chain=row.journal_chain,
        after=AppealState.FILED,
        personal={"text": text},
        documents=[checked.sha256 for checked in documents],
    )
    notify(AppealFiled(appeal), AppealReceived(appeal), now=now)
    return appeal


@action
def uphold(appeal: Appeal, *, answer: str, by: Actor, now: datetime) -> None:
    """Take the decision back, and put the application where it would be without it.

    An ineligible one is reinstated with its time of arrival. A rejected one whose assessment is not
    complete is eligible again, and is assessed; the others go back into the ranking by their old
    score. Where the pot is empty they are first on the reserve list instead.
    """
    row = lock(appeal.application, "call__programme", "home_region", "organisation", "offer")
    _answer(appeal, APPEAL.UPHOLD, answer, by=by, now=now)
    if row.state == ApplicationState.INELIGIBLE:
        applications.reinstate(row, reason=answer, by=by, now=now)
        return
    assessed = is_assessed(row)
    if row.terms.assessors and not assessed:
        arrow = APPLICATION.FIND_ELIGIBLE_AGAIN
    elif not _has_room(row):
        _put_first(row, answer, by=by, now=now)
        return
    else:
        arrow = APPLICATION.RANK_AGAIN if assessed else APPLICATION.FIND_ELIGIBLE_AGAIN
    applications.undecide(row, arrow, reason=answer, by=by, now=now)


def _has_room(application: Application) -> bool:
    """Whether the region's pot bears the application now; the pot is locked."""
    pot = Pot.objects.get(programme=application.call.programme_id, region=application.home_region)
    try:
        ledger.find_room(pot, application.amount or ZERO, call=application.call)
    except PotExhausted:
        return False
    return True


def _put_first(row: Application, answer: str, *, by: Actor, now: datetime) -> None:
    told = {"decided_at": now, "told_at": now}
    move(row, APPLICATION.UPHOLD, by=by, now=now, also=lambda _row: told)
    row.decisions.filter(replaced_at=None).update(replaced_at=now)
    Decision.objects.create(
        application=row,
        outcome=ApplicationState.RESERVE,
        message=answer,
        decided_at=now,
        decided_by=by.user,
        told_at=now,
    )


@action
def dismiss(appeal: Appeal, *, answer: str, by: Actor, now: datetime) -> None:
    """Let the decision stand, and say why."""
    lock(appeal.application, "call__programme", "home_region", "organisation")
    _answer(appeal, APPEAL.DISMISS, answer, by=by, now=now)


def _answer(appeal: Appeal, arrow: Transition, answer: str, *, by: Actor, now: datetime) -> None:
    said = {"answer": answer, "answered_at": now, "answered_by": by.user}
    move(appeal, arrow, by=by, now=now, also=lambda _row: said)
    notify(AppealAnswered(appeal), now=now)
