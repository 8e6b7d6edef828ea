"""The verbs of the desk: which form each one asks, and which one action it calls."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.permissions import Actor
from portal.templatetags.portal_ui import money
from vouchers.actions import applications, assessments, awards, conflicts, partners, returns
from vouchers.admin.panels import Verb
from vouchers.cases.opened import joined
from vouchers.enums import ApplicationState, Side
from vouchers.forms.award import ConfirmForm, SignForm
from vouchers.forms.desk import (
    AssignForm,
    FurtherForm,
    MessageForm,
    PlainForm,
    ReasonForm,
    RefuseForm,
    ScoreForm,
    SendBackForm,
)
from vouchers.forms.partner import ListPartnerForm, RefusePartnerForm
from vouchers.models import Application, Host
from vouchers.permissions import is_home_broker, signing_sides
from vouchers.workflow import APPLICATION, OPEN_FURTHER


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


def _with_amount(words: Promise) -> Callable[[Application], str]:
    """Name the amount on the button, where it is not to be chosen."""
    return lambda application: words % {"amount": money(application.amount)}


def _criteria(application: Application) -> dict[str, Any]:
    return {"criteria": application.offer.criteria}


def _find_eligible(application: Application, *, by: Actor, now: datetime) -> str:
    applications.find_eligible(application, by=by, now=now)
    return gettext("Found eligible.")


def _find_ineligible(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
    applications.find_ineligible(application, **given, by=by, now=now)
    return gettext("Found ineligible. The applicant is told why and until when to appeal.")


def _send_back(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
    wanted = {name: given[name] for name in ("kind", "message", "answer_by", "opened")}
    applications.send_back(application, **wanted, by=by, now=now)
    return gettext("Sent back. The promise clock stands until the applicant answers.")


def _open_further(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
    wanted = {name: given[name] for name in ("message", "answer_by", "opened")}
    returns.open_further(application, **wanted, by=by, now=now)
    return gettext("Opened. The applicant is told, and the promise clock stands on.")


def _has_closed_answers(_by: Actor, application: Application) -> bool:
    asked = application.change_requests.all()
    return joined(one.opened for one in asked if one.answered_at is None) is not None


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
    # Kept by itself: that the person is refused must not take the finding back.
    conflicts.screen_person(application, given["email"], by=by, now=now)
    assessments.assign(application, assessor=given["email"], by=by, now=now)
    return gettext("%(person)s is asked to assess.") % {"person": given["email"]}


def _score(application: Application, *, by: Actor, now: datetime, **given: Any) -> str:
    assessment = application.assessments.get(assessor=by.user)
    assessments.score(assessment, **given, by=by, now=now)
    return gettext("Your scores are in.")


def _partners(application: Application) -> dict[str, Any]:
    return {"partners": partners.unlisted(application)}


def _refusable(application: Application) -> dict[str, Any]:
    return {"partners": [h for h in partners.unlisted(application) if not h.is_refused]}


def _is_signed_at_home(application: Application) -> bool:
    rows = application.signatures.all()
    return any(row.side == Side.HOME and row.voided_at is None for row in rows)


def _may_list(_by: Actor, application: Application) -> bool:
    # A refusal can be taken back after home's signature has fallen with it.
    waits = partners.unlisted(application)
    return bool(waits) and (_is_signed_at_home(application) or any(h.is_refused for h in waits))


def _may_refuse(_by: Actor, application: Application) -> bool:
    waits = _refusable(application)["partners"]
    return bool(waits) and _is_signed_at_home(application)


@contextmanager
def _found() -> Iterator[None]:
    """A partner that the application names no longer is not there."""
    try:
        yield
    except Host.DoesNotExist:
        raise Http404 from None


def _list_partner(_row: Application, *, host: Host, by: Actor, now: datetime, **given: Any) -> str:
    with _found():
        made = partners.list_partner(host, **given, by=by, now=now)
    return gettext(
        "%(partner)s is a draft record now: complete and publish it in the catalogue."
    ) % {"partner": made.provider}


def _refuse_partner(_row: Application, *, host: Host, reason: str, by: Actor, now: datetime) -> str:
    with _found():
        partners.refuse_partner(host, reason=reason, by=by, now=now)
    return gettext("Refused. The applicant and the home region are told; home's signature fell.")


SCORES = "admin/vouchers/application/score_fields.html"
ALL: tuple[Verb[Application], ...] = (
    Verb(
        name="score",
        label=_("Send your scores"),
        transition=APPLICATION.RECOMMEND,
        form=ScoreForm,
        run=_score,
        tone="primary",
        fields=SCORES,
        is_due=_scores_open,
        given=_criteria,
    ),
    Verb(
        name="sign_host",
        label=_("Confirm"),
        transition=APPLICATION.APPROVE,
        form=ConfirmForm,
        run=_sign(Side.HOST),
        tone="primary",
        suits=_may_sign_for(Side.HOST),
        is_due=_is_unsigned(Side.HOST),
        given=_signed_amount,
        submit=_with_amount(_("Confirm %(amount)s")),
    ),
    Verb(
        name="list_partner",
        label=_("Make it a record"),
        transition=partners.LIST_PARTNER,
        form=ListPartnerForm,
        run=_list_partner,
        lead=_("The applicant named this partner by hand. A draft record starts in your region."),
        is_due=_may_list,
        given=_partners,
    ),
    Verb(
        name="refuse_partner",
        label=_("Refuse this partner"),
        transition=partners.REFUSE_PARTNER,
        form=RefusePartnerForm,
        run=_refuse_partner,
        lead=_("Home's signature falls, and home sends the application back or rejects it."),
        tone="danger",
        is_due=_may_refuse,
        given=_refusable,
        then="changelist",
    ),
    Verb(
        name="sign_home",
        label=_("Approve"),
        transition=APPLICATION.APPROVE,
        form=SignForm,
        run=_sign(Side.HOME),
        tone="primary",
        suits=_may_sign_for(Side.HOME),
        is_due=_is_unsigned(Side.HOME),
        submit=_with_amount(_("Approve %(amount)s")),
    ),
    Verb(
        name="find_eligible",
        label=_("Eligible"),
        transition=APPLICATION.FIND_ELIGIBLE,
        form=PlainForm,
        run=_find_eligible,
        lead=_("Complete, and within the rules of the call."),
        tone="primary",
    ),
    Verb(
        name="assign",
        label=_("Send to assessment"),
        transition=APPLICATION.ASSIGN,
        form=AssignForm,
        run=_assign,
        lead=_("Assessors score; they never sign."),
        also_from=frozenset({ApplicationState.IN_ASSESSMENT}),
    ),
    Verb(
        name="send_back",
        label=_("Ask a question"),
        transition=APPLICATION.SEND_BACK,
        form=SendBackForm,
        run=_send_back,
        lead=_("The application goes back, and the promise clock stands until the answer."),
    ),
    Verb(
        name="open_further",
        label=_("Open further answers"),
        transition=OPEN_FURTHER,
        form=FurtherForm,
        run=_open_further,
        lead=_("Adds to your question. The promise clock stands on."),
        is_due=_has_closed_answers,
    ),
    Verb(
        name="reserve",
        label=_("Put on the reserve list"),
        transition=APPLICATION.RESERVE,
        form=MessageForm,
        run=_reserve,
        lead=_("Good enough, but the money does not reach now."),
        suits=is_home_broker,
    ),
    Verb(
        name="reverse",
        label=_("Move to the reserve list"),
        transition=APPLICATION.REVERSE,
        form=PlainForm,
        run=_reverse,
        lead=_("The applicant does not know of the rejection yet."),
        is_due=lambda _by, application: application.told_at is None,
    ),
    Verb(
        name="reinstate",
        label=_("Reinstate"),
        transition=APPLICATION.REINSTATE,
        form=ReasonForm,
        run=_reinstate,
        lead=_("Takes the finding back. The time of arrival stays."),
    ),
    Verb(
        name="find_ineligible",
        label=_("Ineligible"),
        transition=APPLICATION.FIND_INELIGIBLE,
        form=RefuseForm,
        run=_find_ineligible,
        lead=_("The applicant is told why and may object."),
        tone="danger",
    ),
    Verb(
        name="reject",
        label=_("Reject"),
        transition=APPLICATION.REJECT,
        form=RefuseForm,
        run=_reject,
        lead=_("The applicant is told why and may object."),
        tone="danger",
    ),
)
VERBS: Mapping[str, Verb[Application]] = {verb.name: verb for verb in ALL}
