"""From rows to cases: what the law is asked about an application."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from django.db.models import Count, Q

from portal.models import Organisation, ProgrammeRegion, Region
from vouchers.enums import (
    LIVE_AWARD,
    AidBasis,
    AmountKind,
    ApplicationState,
    AwardState,
    CrossingRule,
)
from vouchers.models import (
    Application,
    Award,
    Call,
    DeclaredAid,
    EnterpriseFigures,
    Undertaking,
    UndertakingMember,
    VoucherType,
)
from vouchers.rules import crossing, deminimis, eligibility
from vouchers.rules.crossing import Place
from vouchers.rules.deadlines import Pause, Promise
from vouchers.rules.deminimis import AidLine, AidSource, Headroom, NewAid
from vouchers.rules.limits import AmountRule, Held, Limits
from vouchers.rules.sme import Figures
from vouchers.rules.verdict import Verdict, combine

COUNTED_IN_CALL = frozenset(ApplicationState) - {
    ApplicationState.DRAFT,
    ApplicationState.INELIGIBLE,
    ApplicationState.REJECTED,
    ApplicationState.WITHDRAWN,
    ApplicationState.NOT_RECOMMENDED,
}


@cache
def holidays_of(country: str) -> frozenset[date]:
    """Return the nation-wide holidays of a country around the programmes' years."""
    return frozenset(holidays.country_holidays(country, years=range(2005, 2041)))


def local_day(now: datetime, region: Region) -> date:
    """Return the calendar day in the region at the instant."""
    return now.astimezone(ZoneInfo(region.time_zone)).date()


def amount_rule(voucher_type: VoucherType) -> AmountRule:
    """Return how much a voucher of the type may be worth."""
    return AmountRule(
        kind=AmountKind(voucher_type.amount_kind),
        amount=voucher_type.amount,
        rate=voucher_type.funding_rate,
    )


def place_of(region: Region | None, name: str = "", country: str = "") -> Place:
    """Return where somebody sits; a region outside the portal has no code."""
    if region is None:
        return Place("", country, name)
    return Place(region.code, region.country, region.name)


def figures_of(application: Application) -> Figures | None:
    """Return the figures that the application rests on: its year's, else the newest."""
    rows = EnterpriseFigures.objects.filter(organisation=application.organisation_id)
    if application.figures_year:
        rows = rows.filter(year=application.figures_year)
    row = rows.first()
    if row is None:
        return None
    return Figures(
        year=row.year,
        headcount=row.headcount,
        turnover=row.turnover,
        balance_sheet=row.balance_sheet,
    )


def aid_history(undertaking: Undertaking, *, apart_from: int | None = None) -> list[AidLine]:
    """Return declared aid and own awards, open offers included, `apart_from` an application."""
    return [
        *_declared(undertaking),
        *_own(undertaking, apart_from),
    ]


def _declared(undertaking: Undertaking) -> list[AidLine]:
    return [
        AidLine(
            granted_on=aid.granted_on,
            undertaking=str(undertaking.pk),
            member_state=aid.member_state,
            authority=aid.authority,
            amount=aid.amount,
            source=AidSource.DECLARED,
        )
        for aid in DeclaredAid.objects.filter(
            organisation__undertaking_member__undertaking=undertaking
        )
    ]


def _own(undertaking: Undertaking, apart_from: int | None) -> list[AidLine]:
    held = Award.objects.filter(
        application__undertaking=undertaking,
        application__voucher_type__aid_basis=AidBasis.DE_MINIMIS,
        state__in=LIVE_AWARD | {AwardState.COMPLETED},
    ).exclude(application=apart_from)
    return [
        AidLine(
            granted_on=award.granted_on,
            undertaking=str(undertaking.pk),
            member_state=award.application.home_region.country,
            authority=award.application.home_region.broker_organisation,
            amount=award.amount,
            source=AidSource.AWARDED if award.granted_on else AidSource.OFFERED,
        )
        for award in held.select_related("application__home_region")
    ]


def headroom_of(undertaking: Undertaking, *, member_state: str, on: date) -> Headroom:
    """Return what the undertaking may still receive from the Member State on the day, in EUR."""
    return deminimis.headroom(
        aid_history(undertaking), undertaking=str(undertaking.pk), member_state=member_state, on=on
    )


def held_by(application: Application) -> Held:
    """Return what the undertaking has of the voucher type beside this application."""
    others = Application.objects.filter(
        undertaking=application.undertaking_id, voucher_type=application.voucher_type_id
    ).exclude(pk=application.pk)
    return Held(
        **others.aggregate(
            in_call=Count(
                "pk", filter=Q(call=application.call_id, state__in=sorted(COUNTED_IN_CALL))
            ),
            open_awards=Count("pk", filter=Q(award__state__in=sorted(LIVE_AWARD))),
        )
    )


def case_of(
    application: Application, *, now: datetime, submission: eligibility.Submission | None = None
) -> eligibility.Case:
    """Return the case as form, desk, submit and award put it to the law; routes stand apart."""
    home = application.home_region
    day = local_day(now, home)
    figures = figures_of(application)
    return eligibility.Case(
        on=day,
        firm=eligibility.Firm(figures=figures) if figures else None,
        route=None,
        request=_request(application),
        count=eligibility.Count(
            limits=Limits(per_call=application.voucher_type.max_per_call),
            held=held_by(application),
        ),
        aid=_new_aid(application, day),
        submission=submission,
    )


def routes_of(application: Application) -> list[eligibility.Route]:
    """Return the route to each host under the voucher type's crossing rule."""
    named = ProgrammeRegion.objects.filter(programme=application.call.programme_id)
    regions = set(named.values_list("region__code", flat=True))
    return [
        eligibility.Route(
            rule=CrossingRule(application.voucher_type.crossing_rule),
            home=place_of(application.home_region),
            host=place_of(host.region, host.name, host.country),
            regions=regions,
        )
        for host in application.hosts.all()
    ]


def _request(application: Application) -> eligibility.Request | None:
    if application.amount is None:
        return None
    return eligibility.Request(
        rule=amount_rule(application.voucher_type), amount=application.amount
    )


def _new_aid(application: Application, day: date) -> NewAid | None:
    if application.voucher_type.aid_basis != AidBasis.DE_MINIMIS or application.amount is None:
        return None
    undertaking = application.undertaking
    return NewAid(
        granted_on=day,
        undertaking=str(undertaking.pk),
        member_state=application.home_region.country,
        amount=application.amount,
        history=tuple(aid_history(undertaking, apart_from=application.pk)),
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


def promise_of(application: Application) -> Promise:
    """Return the promise clock: working days of the home region, standing while returned."""
    region = application.home_region
    pauses = application.change_requests.all()
    return Promise(
        started_at=application.first_submitted_at or application.started_at,
        working_days=application.call.programme.promise_days,
        zone=ZoneInfo(region.time_zone),
        holidays=holidays_of(region.country),
        pauses=tuple(Pause(since=p.asked_at, until=p.answered_at) for p in pauses),
    )


def participating_regions(call: Call) -> list[Region]:
    """Return the regions of the call's programme."""
    named = ProgrammeRegion.objects.filter(programme=call.programme_id)
    return list(Region.objects.filter(pk__in=named.values("region")))


def undertaking_of(organisation: Organisation) -> Undertaking | None:
    """Return the single undertaking of the organisation, if one is known."""
    member = UndertakingMember.objects.filter(organisation=organisation).first()
    return member.undertaking if member else None
