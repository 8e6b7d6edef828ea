"""The verbs of the desk: which form each one asks, and which one action it calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.permissions import Actor
from portal.templatetags.portal_ui import money
from portal.workflow import IllegalMove, Transition, available
from vouchers.actions import applications, assessments, awards
from vouchers.enums import ApplicationState, Side
from vouchers.forms.award import ConfirmForm, SignForm
from vouchers.forms.desk import (
    AssignForm,
    DeskForm,
    MessageForm,
    PlainForm,
    ReasonForm,
    RefuseForm,
    ScoreForm,
    SendBackForm,
)
from vouchers.models import Application
from vouchers.permissions import is_home_broker, may_assign, signing_sides
from vouchers.workflow import APPLICATION


@dataclass(frozen=True, slots=True)
class Verb:
    """A button of the desk, offered iff the workflow offers its transition to the person.

    `suits` narrows the transition to a role, `is_due` hides what the person has done already.
    """

    name: str
    label: str | Promise
    transition: Transition
    form: type[DeskForm]
    run: Callable[..., str]
    lead: str | Promise = ""
    tone: str = ""
    suits: Callable[[Actor, Application], bool] = lambda _by, _application: True
    is_due: Callable[[Actor, Application], bool] = lambda _by, _application: True
    given: Callable[[Application], dict[str, Any]] = lambda _application: {}
    also_from: frozenset[str] = frozenset()

    def require(self, application: Application, by: Actor) -> None:
        """Raise PermissionDenied or IllegalMove, in this order, where the verb is not offered."""
        if not (self.transition.permits(by, application) and self.suits(by, application)):
            raise PermissionDenied(self.name)
        if application.state not in self.transition.sources | self.also_from:
            raise IllegalMove(application, self.transition)

    def ask(self, application: Application, *, now: datetime, data: Any = None) -> DeskForm:
        """Return the verb's form, bound when there is data."""
        return self.form(
            data,
            application=application,
            now=now,
            prefix=self.name,
            **self.given(application),
        )


def offered(application: Application, by: Actor) -> list[Verb]:
    """Return the verbs that the workflow offers the person, in the order of the panel."""
    free = {transition.name for transition in available(DESK_ARROWS, application, by)}
    return [
        verb
        for verb in VERBS.values()
        if (verb.transition.name in free or application.state in verb.also_from)
        and verb.transition.permits(by, application)
        and verb.suits(by, application)
        and verb.is_due(by, application)
    ]


def _is_unsigned(side: Side) -> Callable[[Actor, Application], bool]:
    return lambda _by, application: all(
        row.side != side or row.voided_at for row in application.signatures.all()
    )


def _may_sign_for(side: Side) -> Callable[[Actor, Application], bool]:
    return lambda by, application: side in signing_sides(by, application)


def _scores_open(by: Actor, application: Application) -> bool:
    mine = (a for a in application.assessments.all() if by.user and a.assessor_id == by.user.pk)
    return any(assessment.done_at is None for assessment in mine)


def _signed_amount(application: Application) -> dict[str, Any]:
    standing = [row for row in application.signatures.all() if row.voided_at is None]
    home = next((row for row in standing if row.side == Side.HOME), None)
    return {"signed": home.amount if home else application.amount}


def _criteria(application: Application) -> dict[str, Any]:
    return {"criteria": application.voucher_type.criteria.all()}


def _find_eligible(application: Application, *, by: Actor, now: datetime) -> str:
    applications.find_eligible(application, by=by, now=now)
    return gettext("Found eligible.")


def _find_ineligible(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
    applications.find_ineligible(application, **given, by=by, now=now)
    return gettext("Found ineligible. The applicant is told why and until when to appeal.")


def _send_back(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
    wanted = {name: given[name] for name in ("kind", "message", "answer_by")}
    applications.send_back(application, **wanted, by=by, now=now)
    return gettext("Sent back. The promise clock stands until the applicant answers.")


def _sign(side: Side) -> Callable[..., str]:
    def run(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
        award = awards.sign(application, side=side, **given, by=by, now=now)
        if award is not None:
            return gettext("Awarded: %(number)s, %(amount)s.") % {
                "number": award.number,
                "amount": money(award.amount),
            }
        application.refresh_from_db(fields=["state"])
        if application.state == ApplicationState.RESERVE:
            return gettext("The region's money is used up, so this is on the reserve list.")
        return gettext("Signed. Your approval goes to %(region)s to confirm.") % {
            "region": application.host_region
        }

    return run


def _reserve(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
    awards.reserve(application, **given, by=by, now=now)
    return gettext("On the reserve list.")


def _reject(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
    awards.reject(application, **given, by=by, now=now)
    return gettext("Rejected.")


def _reverse(application: Application, *, by: Actor, now: datetime) -> str:
    awards.reverse(application, by=by, now=now)
    return gettext("Moved to the reserve list.")


def _reinstate(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
    applications.reinstate(application, **given, by=by, now=now)
    return gettext("Reinstated. The applicant is told.")


def _assign(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
    assessments.assign(application, assessor=given["email"], by=by, now=now)
    return gettext("%(person)s is asked to assess.") % {"person": given["email"]}


def _score(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
    assessment = application.assessments.get(assessor=by.user)
    assessments.score(assessment, **given, by=by, now=now)
    return gettext("Your scores are in.")


_T = APPLICATION
_ALL = (
    Verb(
        "score",
        _("Send your scores"),
        _T.RECOMMEND,
        ScoreForm,
        _score,
        is_due=_scores_open,
        given=_criteria,
        tone="primary",
    ),
    Verb(
        "sign_host",
        _("Confirm"),
        _T.APPROVE,
        ConfirmForm,
        _sign(Side.HOST),
        suits=_may_sign_for(Side.HOST),
        is_due=_is_unsigned(Side.HOST),
        given=_signed_amount,
        tone="primary",
    ),
    Verb(
        "sign_home",
        _("Approve"),
        _T.APPROVE,
        SignForm,
        _sign(Side.HOME),
        suits=_may_sign_for(Side.HOME),
        is_due=_is_unsigned(Side.HOME),
        tone="primary",
    ),
    Verb(
        "find_eligible",
        _("Eligible"),
        _T.FIND_ELIGIBLE,
        PlainForm,
        _find_eligible,
        _("Complete, and within the rules of the call."),
        tone="primary",
    ),
    Verb(
        "assign",
        _("Send to assessment"),
        _T.ASSIGN,
        AssignForm,
        _assign,
        _("Assessors score; they never sign."),
        suits=may_assign,
        also_from=frozenset({ApplicationState.IN_ASSESSMENT}),
    ),
    Verb(
        "send_back",
        _("Ask a question"),
        _T.SEND_BACK,
        SendBackForm,
        _send_back,
        _("The application goes back, and the promise clock stands until the answer."),
    ),
    Verb(
        "reserve",
        _("Put on the reserve list"),
        _T.RESERVE,
        MessageForm,
        _reserve,
        _("Good enough, but the money does not reach now."),
        suits=is_home_broker,
    ),
    Verb(
        "reverse",
        _("Move to the reserve list"),
        _T.REVERSE,
        PlainForm,
        _reverse,
        _("The applicant does not know of the rejection yet."),
    ),
    Verb(
        "reinstate",
        _("Reinstate"),
        _T.REINSTATE,
        ReasonForm,
        _reinstate,
        _("Takes the finding back. Its time of arrival stays."),
    ),
    Verb(
        "find_ineligible",
        _("Ineligible"),
        _T.FIND_INELIGIBLE,
        RefuseForm,
        _find_ineligible,
        _("The applicant is told why and may appeal."),
        tone="danger",
    ),
    Verb(
        "reject",
        _("Reject"),
        _T.REJECT,
        RefuseForm,
        _reject,
        _("The applicant is told why and may appeal."),
        tone="danger",
    ),
)
VERBS: Mapping[str, Verb] = {verb.name: verb for verb in _ALL}
DESK_ARROWS = tuple(dict.fromkeys(verb.transition for verb in _ALL))
