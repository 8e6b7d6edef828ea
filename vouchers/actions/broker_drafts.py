"""Drafts that a broker starts for a firm of its region; the firm declares and sends."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal.models import Organisation
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import action, record
from vouchers.actions import applications
from vouchers.actions.draft_rows import take_over
from vouchers.actions.drafts import BASICS
from vouchers.actions.whole_parts import COSTS, HOSTS
from vouchers.enums import QuestionKind, SeatRole, SeatState
from vouchers.models import Application, CallVoucherType, CoApplicant, Question
from vouchers.notifications import BegunByBroker, members_of
from vouchers.permissions import may_begin_for


class NobodyActs(Exception):
    """Nobody has an account for the firm, so nobody could send what is begun."""


@action
def begin_for(
    offer: CallVoucherType, *, organisation: Organisation, by: Actor, now: datetime
) -> Application:
    """Start a draft for a firm of the broker's region, who may then write all but its own parts.

    The broker holds a seat like any co-applicant: figures, aid and sending stay the firm's, which
    is told by mail. Raises PermissionDenied, NobodyActs, and Refused outside the call's instants.
    """
    region = organisation.region
    if region is None or not may_begin_for(by, organisation):
        raise PermissionDenied("start")
    application = applications.begin(
        offer, organisation=organisation, home_region=region, by=by, now=now
    )
    if by.user is None or not members_of(application):
        raise NobodyActs
    take_over(application, now=now)
    asked = Question.objects.filter(question_set=application.question_set_id)
    sections = set(asked.exclude(kind=QuestionKind.COST_TABLE).values_list("section", flat=True))
    seat = CoApplicant.objects.create(
        application=application,
        email=by.user.email.lower(),
        user=by.user,
        role=SeatRole.EDIT,
        sections=sorted({BASICS, COSTS, HOSTS, *sections}),
        state=SeatState.ACCEPTED,
        invited_at=now,
        invited_by=by.user,
        accepted_at=now,
    )
    record(
        seat,
        "begin_for_firm",
        by=by,
        now=now,
        chain=seat.journal_chain,
        after=seat.state,
        application=application.pk,
    )
    notify(BegunByBroker(application, extra={"broker": by.user}), now=now)
    return application
