"""Assessment: assigned, scored, and the last score moves the application on."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied

from portal.models import User
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import IllegalMove, action, move, record
from vouchers.enums import ApplicationState
from vouchers.models import Application, Assessment
from vouchers.notifications import AssessmentAssigned
from vouchers.permissions import may_assign
from vouchers.rules.terms import Weighted
from vouchers.workflow import APPLICATION

TOP_SCORE = 5


class ScoreOutOfRange(Exception):
    """A criterion is missing, unknown, or not scored from 0 to 5."""


class HasConflict(Exception):
    """A conflict of interest bars the person, which nobody has cleared."""


@action
def assign(application: Application, *, assessor: User, by: Actor, now: datetime) -> Assessment:
    """Ask an assessor; the first one moves the application to assessment.

    Raises PermissionDenied, IllegalMove, and HasConflict for one whom a conflict bars.
    """
    if application.state == ApplicationState.ELIGIBLE:
        move(application, APPLICATION.ASSIGN, by=by, now=now)
    elif not may_assign(by, application):
        raise PermissionDenied("assign")
    elif application.state != ApplicationState.IN_ASSESSMENT:
        raise IllegalMove(application, APPLICATION.ASSIGN)
    if application.conflicts.barring().filter(person=assessor).exists():
        raise HasConflict(assessor)
    assessment = Assessment.objects.create(
        application=application, assessor=assessor, assigned_at=now, assigned_by=by.user
    )
    record(
        assessment,
        "assign",
        by=by,
        now=now,
        chain=application.journal_chain,
        application=application.pk,
        assessor=assessor.pk,
    )
    notify(AssessmentAssigned(application, once=str(assessor.pk), assessor=assessor), now=now)
    return assessment


def weighted_total(scores: dict[str, int], criteria: Sequence[Weighted]) -> Decimal:
    """Return the weighted score of 100. Raises ScoreOutOfRange."""
    if set(scores) != {c.code for c in criteria}:
        raise ScoreOutOfRange
    if not all(0 <= score <= TOP_SCORE for score in scores.values()):
        raise ScoreOutOfRange
    weights = sum(c.weight for c in criteria)
    points = sum((Decimal(scores[c.code]) / TOP_SCORE * c.weight for c in criteria), Decimal(0))
    return (points / weights * 100).quantize(Decimal("0.01"))


@action
def score(
    assessment: Assessment, *, scores: dict[str, int], feedback: str, by: Actor, now: datetime
) -> None:
    """Score an application; the last score recommends it or not, by the type's threshold."""
    locked = Application.objects.select_for_update(of=("self",), no_key=True).get(
        pk=assessment.application_id
    )
    if by.user is None or by.user.pk != assessment.assessor_id:
        raise PermissionDenied("score")
    if locked.state != ApplicationState.IN_ASSESSMENT:
        raise IllegalMove(locked, APPLICATION.RECOMMEND)
    assessment.total = weighted_total(scores, locked.offer.criteria)
    assessment.scores, assessment.feedback, assessment.done_at = scores, feedback, now
    assessment.save(update_fields=["total", "scores", "feedback", "done_at"])
    record(
        assessment,
        "score",
        by=by,
        now=now,
        chain=locked.journal_chain,
        application=locked.pk,
        total=assessment.total,
    )
    _move_on(locked, by=by, now=now)


def _move_on(application: Application, *, by: Actor, now: datetime) -> None:
    done = list(application.assessments.all())
    totals = [a.total for a in done if a.total is not None]
    if len(totals) < max(len(done), application.terms.assessors):
        return
    mean = sum(totals, Decimal(0)) / len(totals)
    passed = mean >= application.terms.threshold
    verb = APPLICATION.RECOMMEND if passed else APPLICATION.NOT_RECOMMEND
    move(application, verb, by=by, now=now, score=mean.quantize(Decimal("0.01")))
