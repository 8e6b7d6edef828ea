"""From an application to its case, and what the law says of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from portal.models import ProgrammeRegion
from vouchers.cases.aid import Past, new_aid, past_of
from vouchers.cases.places import holidays_of, local_day, place_of
from vouchers.cases.profiles import Statement, confirmed_of
from vouchers.enums import (
    LIVE_AWARD,
    AidBasis,
    ApplicationState,
)
from vouchers.models import (
    Application,
    ChangeRequest,
    Host,
)
from vouchers.rules import crossing, eligibility, group_size, sme
from vouchers.rules.conduct import Conduct
from vouchers.rules.deadlines import Pause, Promise
from vouchers.rules.limits import Held, Limits
from vouchers.rules.sectors import Activity
from vouchers.rules.sme import Figures, SizeClass
from vouchers.rules.verdict import Verdict, combine

COUNTED_IN_CALL = frozenset(ApplicationState) - {
    ApplicationState.DRAFT,
    ApplicationState.INELIGIBLE,
    ApplicationState.REJECTED,
    ApplicationState.WITHDRAWN,
    ApplicationState.NOT_RECOMMENDED,
}


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


def _held(application: Application, past: Past) -> Held:
    """Return what the undertaking has of the voucher type beside this application."""
    same = [other for other in past.others if other.voucher_type == application.voucher_type_id]
    in_call = (o for o in same if o.call == application.call_id and o.state in COUNTED_IN_CALL)
    return Held(
        in_call=sum(1 for _other in in_call),
        open_awards=sum(1 for other in same if other.award_state in LIVE_AWARD),
        in_lifetime=sum(1 for other in same if other.granted_on is not None),
        same_partner_and_topic=any(o.granted_on for o in same) and _repeats(application, past),
    )


def _repeats(application: Application, past: Past) -> bool:
    return _has_had_it(application) if past.has_had_it is None else past.has_had_it


def with_repeats(rows: QuerySet[Application]) -> QuerySet[Any]:
    """Note on each row, as `has_had_it`, whether its undertaking has had this partner and topic."""
    partners = Host.objects.filter(application=OuterRef(OuterRef("pk")), record__isnull=False)
    earlier = Application.objects.filter(
        undertaking=OuterRef("undertaking"),
        title__iexact=OuterRef("title"),
        hosts__record__in=partners.values("record"),
        award__granted_on__isnull=False,
    )
    return rows.annotate(has_had_it=Exists(earlier.exclude(pk=OuterRef("pk")).exclude(title="")))


def _has_had_it(application: Application) -> bool:
    """Whether the undertaking has had a voucher with one of these partners on this topic."""
    records = [host.record_id for host in application.hosts.all() if host.record_id]
    if not records or not application.title:
        return False
    earlier = Application.objects.filter(
        undertaking=application.undertaking_id,
        title__iexact=application.title,
        hosts__record__in=records,
        award__granted_on__isnull=False,
    )
    return earlier.exclude(pk=application.pk).exists()


def case_of(
    application: Application,
    *,
    now: datetime,
    submission: eligibility.Submission | None = None,
    past: Past | None = None,
) -> eligibility.Case:
    """Return the case as form, desk, submit and award put it to the law; routes stand apart.

    `past` is what the undertaking has beside it, for who has read it.
    """
    day = local_day(now, application.home_region)
    figures = figures_of(application)
    past = past or past_of(application)
    profile = confirmed_of(application.organisation)
    return eligibility.Case(
        on=day,
        firm=_firm(figures, profile),
        route=None,
        request=_request(application),
        count=eligibility.Count(
            limits=Limits(
                per_call=application.terms.max_per_call,
                per_lifetime=application.terms.max_per_programme,
            ),
            held=_held(application, past),
        ),
        aid=new_aid(application, application.amount, on=day, past=past),
        submission=submission,
        activity=_activity(application, profile),
        conduct=_conduct(profile),
    )


def _firm(figures: Figures | None, profile: Statement | None) -> eligibility.Firm | None:
    """Return the firm with everybody of its confirmed profile; years after the figures are out."""
    if figures is None or profile is None:
        return eligibility.Firm(figures=figures) if figures else None
    known = tuple(one for one in profile.figures if one.year <= figures.year)
    return eligibility.Firm(
        figures=figures,
        group=replace(profile, figures=known).group,
        taken_over=bool(profile.is_taken_over),
        is_estimate=profile.is_estimate,
    )


def _activity(application: Application, profile: Statement | None) -> Activity | None:
    """Return the firm's activity where the aid basis leaves sectors out."""
    if profile is None or application.terms.aid_basis != AidBasis.DE_MINIMIS:
        return None
    return profile.activity


def _conduct(profile: Statement | None) -> Conduct | None:
    return None if profile is None else Conduct(is_insolvent=bool(profile.is_insolvent))


def size_of_firm(application: Application, *, on: date) -> SizeClass | None:
    """Return the firm's class on the day, with everybody of its confirmed profile."""
    figures = figures_of(application)
    firm = _firm(figures, confirmed_of(application.organisation))
    if firm is None:
        return None
    if firm.group is None:
        return sme.classify(firm.figures, on=on)
    return group_size.size_of(firm.group, on=on, taken_over=firm.taken_over).size


def codes_of(application: Application) -> set[str]:
    """Return the codes of the programme's regions."""
    named = ProgrammeRegion.objects.filter(programme=application.call.programme_id)
    return set(named.values_list("region__code", flat=True))


def routes_of(
    application: Application, *, codes: set[str] | None = None
) -> list[eligibility.Route]:
    """Return the route to each host under the voucher type's crossing rule.

    `codes` are those of the programme's regions, for who has read them.
    """
    regions = codes_of(application) if codes is None else codes
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


def verdict_on(
    application: Application,
    *,
    now: datetime,
    submission: eligibility.Submission | None = None,
    past: Past | None = None,
    codes: set[str] | None = None,
) -> Verdict:
    """Return what the law says of the application now: of its case and of each host's route."""
    routes = (
        crossing.check(route.rule, home=route.home, host=route.host, regions=route.regions)
        for route in routes_of(application, codes=codes)
    )
    case = case_of(application, now=now, submission=submission, past=past)
    return combine(*routes, eligibility.check(case))


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
