"""From rows to cases: what the law is asked about an application."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays
from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from portal.models import Organisation, ProgrammeRegion, Region
from vouchers.enums import (
    LIVE_AWARD,
    AidBasis,
    ApplicationState,
    AwardState,
)
from vouchers.models import (
    Application,
    Call,
    ChangeRequest,
    CostLine,
    DeclaredAid,
    Host,
    Undertaking,
    UndertakingMember,
)
from vouchers.rules import crossing, deminimis, eligibility, limits
from vouchers.rules.crossing import Place
from vouchers.rules.deadlines import Pause, Promise
from vouchers.rules.deminimis import AidLine, AidSource, Headroom, NewAid
from vouchers.rules.limits import Held, Limits
from vouchers.rules.sme import Figures
from vouchers.rules.verdict import Verdict, combine

# What law, letters and journal ask of an application: read with its row, in one statement.
AROUND = (
    "call__programme",
    "offer",
    "voucher_type",
    "organisation",
    "home_region",
    "host_region",
    "started_by",
)
COUNTED_IN_CALL = frozenset(ApplicationState) - {
    ApplicationState.DRAFT,
    ApplicationState.INELIGIBLE,
    ApplicationState.REJECTED,
    ApplicationState.WITHDRAWN,
    ApplicationState.NOT_RECOMMENDED,
}
AID_OF_AWARDS = LIVE_AWARD | {AwardState.COMPLETED}


@cache
def holidays_of(country: str) -> frozenset[date]:
    """Return the nation-wide holidays of a country around the programmes' years."""
    return frozenset(holidays.country_holidays(country, years=range(2005, 2041)))


def local_day(now: datetime, region: Region) -> date:
    """Return the calendar day in the region at the instant."""
    return now.astimezone(ZoneInfo(region.time_zone)).date()


def hosts_with_consents() -> QuerySet[Host]:
    """Return partners with what their contacts were asked and answered."""
    return Host.objects.select_related("region", "record").prefetch_related("consents")


def confirmed_price(application: Application) -> Decimal | None:
    """Return what the partners confirmed together, in EUR without VAT; None without consents."""
    given = [host.confirmed for host in application.hosts.all()]
    prices = [consent.price for consent in given if consent and consent.price is not None]
    return sum(prices, Decimal(0)) if prices else None


def price_verdict(application: Application) -> Verdict:
    """Return the law's note where the confirmed price is below the lump sum."""
    price = confirmed_price(application)
    if price is None:
        return Verdict()
    return limits.check_price(application.terms.amount_rule, price)


def load_parts(application: Application, *more: str) -> None:
    """Read partners, costs, figures and `more` once, for all who ask the instance next."""
    prefetch_related_objects(
        [application],
        Prefetch("hosts", hosts_with_consents()),
        Prefetch("cost_lines", CostLine.objects.select_related("kind")),
        "organisation__figures",
        *more,
    )


def place_of(region: Region | None, name: str = "", country: str = "") -> Place:
    """Return where somebody sits; a region outside the portal has no code."""
    if region is None:
        return Place("", country, name)
    return Place(region.code, region.country, region.name)


def figures_of(application: Application) -> Figures | None:
    """Return the figures that the application rests on: its year's, else the newest."""
    year = application.figures_year
    rows = application.organisation.figures.all()
    row = next((row for row in rows if year in {None, row.year}), None)
    if row is None:
        return None
    return Figures(
        year=row.year,
        headcount=row.headcount,
        turnover=row.turnover,
        balance_sheet=row.balance_sheet,
    )


class _Other(NamedTuple):
    """Another application of an undertaking, with its award where it has one."""

    call: int
    voucher_type: int
    state: str
    aid_basis: str | None
    award_state: str | None
    awarded: Decimal
    granted_on: date | None
    country: str
    authority: str


def _others(undertaking: int, *, apart_from: int | None) -> list[_Other]:
    rows = Application.objects.filter(undertaking=undertaking)
    if apart_from:
        rows = rows.exclude(pk=apart_from)
    found = rows.order_by("-award__pk").values_list(
        "call",
        "voucher_type",
        "state",
        "award__aid_basis",
        "award__state",
        "award__amount",
        "award__granted_on",
        "home_region__country",
        "home_region__broker_organisation",
    )
    return [_Other(*row) for row in found]


def aid_history(undertaking: Undertaking, *, apart_from: int | None = None) -> list[AidLine]:
    """Return declared aid and own awards, open offers included, `apart_from` an application."""
    return _history(undertaking.pk, _others(undertaking.pk, apart_from=apart_from))


def _history(undertaking: int, others: Iterable[_Other]) -> list[AidLine]:
    return [*_declared(undertaking), *_own(undertaking, others)]


def _declared(undertaking: int) -> list[AidLine]:
    return [
        AidLine(
            granted_on=aid.granted_on,
            undertaking=str(undertaking),
            member_state=aid.member_state,
            authority=aid.authority,
            amount=aid.amount,
            source=AidSource.DECLARED,
        )
        for aid in DeclaredAid.objects.filter(
            organisation__undertaking_member__undertaking=undertaking
        )
    ]


def _own(undertaking: int, others: Iterable[_Other]) -> list[AidLine]:
    return [
        AidLine(
            granted_on=other.granted_on,
            undertaking=str(undertaking),
            member_state=other.country,
            authority=other.authority,
            amount=other.awarded,
            source=AidSource.AWARDED if other.granted_on else AidSource.OFFERED,
        )
        for other in others
        if other.aid_basis == AidBasis.DE_MINIMIS and other.award_state in AID_OF_AWARDS
    ]


def headroom_of(undertaking: Undertaking, *, member_state: str, on: date) -> Headroom:
    """Return what the undertaking may still receive from the Member State on the day, in EUR."""
    return deminimis.headroom(
        aid_history(undertaking), undertaking=str(undertaking.pk), member_state=member_state, on=on
    )


def _held(application: Application, others: Iterable[_Other]) -> Held:
    """Return what the undertaking has of the voucher type beside this application."""
    same = [other for other in others if other.voucher_type == application.voucher_type_id]
    in_call = (o for o in same if o.call == application.call_id and o.state in COUNTED_IN_CALL)
    return Held(
        in_call=sum(1 for _other in in_call),
        open_awards=sum(1 for other in same if other.award_state in LIVE_AWARD),
    )


def case_of(
    application: Application, *, now: datetime, submission: eligibility.Submission | None = None
) -> eligibility.Case:
    """Return the case as form, desk, submit and award put it to the law; routes stand apart."""
    day = local_day(now, application.home_region)
    figures = figures_of(application)
    others = _others(application.undertaking_id, apart_from=application.pk)
    return eligibility.Case(
        on=day,
        firm=eligibility.Firm(figures=figures) if figures else None,
        route=None,
        request=_request(application),
        count=eligibility.Count(
            limits=Limits(per_call=application.terms.max_per_call),
            held=_held(application, others),
        ),
        aid=_new_aid(application, day, others),
        submission=submission,
    )


def routes_of(application: Application) -> list[eligibility.Route]:
    """Return the route to each host under the voucher type's crossing rule."""
    named = ProgrammeRegion.objects.filter(programme=application.call.programme_id)
    regions = set(named.values_list("region__code", flat=True))
    return [
        eligibility.Route(
            rule=application.terms.crossing_rule,
            home=place_of(application.home_region),
            host=place_of(host.region, host.name, host.country),
            regions=regions,
        )
        for host in application.hosts.all()
    ]


def _request(application: Application) -> eligibility.Request | None:
    if application.amount is None:
        return None
    return eligibility.Request(rule=application.terms.amount_rule, amount=application.amount)


def _new_aid(application: Application, day: date, others: list[_Other]) -> NewAid | None:
    if application.terms.aid_basis != AidBasis.DE_MINIMIS or application.amount is None:
        return None
    undertaking = application.undertaking_id
    return NewAid(
        granted_on=day,
        undertaking=str(undertaking),
        member_state=application.home_region.country,
        amount=application.amount,
        history=tuple(_history(undertaking, others)),
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


def promise_of(
    application: Application, *, asked: Iterable[ChangeRequest] | None = None
) -> Promise:
    """Return the promise clock: working days of the home region, standing while returned.

    `asked` are the application's change requests, for who has them at hand.
    """
    region = application.home_region
    pauses = application.change_requests.all() if asked is None else asked
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
