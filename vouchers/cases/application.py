"""An application as the law is asked about it."""

from collections.abc import Iterable
from datetime import date, datetime

from vouchers.cases.aid import Other, history_of, others_of
from vouchers.cases.amounts import amount_rule
from vouchers.cases.firm import figures_of
from vouchers.cases.places import local_day
from vouchers.cases.routes import routes_of
from vouchers.enums import LIVE_AWARD, AidBasis, ApplicationState
from vouchers.models import Application
from vouchers.rules import crossing, eligibility
from vouchers.rules.deminimis import NewAid
from vouchers.rules.limits import Held, Limits
from vouchers.rules.verdict import Verdict, combine

COUNTED_IN_CALL = frozenset(ApplicationState) - {
    ApplicationState.DRAFT,
    ApplicationState.INELIGIBLE,
    ApplicationState.REJECTED,
    ApplicationState.WITHDRAWN,
    ApplicationState.NOT_RECOMMENDED,
}


def case_of(
    application: Application, *, now: datetime, submission: eligibility.Submission | None = None
) -> eligibility.Case:
    """Return the case as form, desk, submit and award put it to the law; routes stand apart."""
    day = local_day(now, application.home_region)
    figures = figures_of(application)
    others = others_of(application.undertaking_id, apart_from=application.pk)
    return eligibility.Case(
        on=day,
        firm=eligibility.Firm(figures=figures) if figures else None,
        route=None,
        request=_request(application),
        count=eligibility.Count(
            limits=Limits(per_call=application.voucher_type.max_per_call),
            held=_held(application, others),
        ),
        aid=_new_aid(application, day, others),
        submission=submission,
    )


def _held(application: Application, others: Iterable[Other]) -> Held:
    """Return what the undertaking has of the voucher type beside this application."""
    same = [other for other in others if other.voucher_type == application.voucher_type_id]
    in_call = (o for o in same if o.call == application.call_id and o.state in COUNTED_IN_CALL)
    return Held(
        in_call=sum(1 for _other in in_call),
        open_awards=sum(1 for other in same if other.award_state in LIVE_AWARD),
    )


def _request(application: Application) -> eligibility.Request | None:
    if application.amount is None:
        return None
    return eligibility.Request(
        rule=amount_rule(application.voucher_type), amount=application.amount
    )


def _new_aid(application: Application, day: date, others: list[Other]) -> NewAid | None:
    if application.voucher_type.aid_basis != AidBasis.DE_MINIMIS or application.amount is None:
        return None
    undertaking = application.undertaking_id
    return NewAid(
        granted_on=day,
        undertaking=str(undertaking),
        member_state=application.home_region.country,
        amount=application.amount,
        history=tuple(history_of(undertaking, others)),
        export_tied=application.is_export_tied,
    )


def verdict_on(
    application: Application, *, now: datetime, submission: eligibility.Submission | None = None
) -> Verdict:
    """Return what the law says of the application now: of its case and of each host's route."""
    routes = (
        crossing.check(route.rule, home=route.home, host=route.host, regions=route.regions)
        for route in routes_of(application)
    )
    return combine(*routes, eligibility.check(case_of(application, now=now, submission=submission)))
