"""What the rules say of a draft now: the panel beside the form."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext

from portal.money import ZERO
from vouchers.cases import (
    Past,
    codes_of,
    figures_of,
    local_day,
    past_of,
    place_of,
    size_of_firm,
    verdict_on,
)
from vouchers.cases.profiles import confirmed_of
from vouchers.cases.room import room_in
from vouchers.enums import ApplicationState, CrossingRule
from vouchers.models import Application, Host, Pot
from vouchers.reasons import arithmetic, sentence
from vouchers.rules import crossing, eligibility
from vouchers.rules.sme import LINES, Figures, SizeClass
from vouchers.rules.verdict import LineCode, Verdict
from vouchers.views.headroom import AidRoom, rooms_of
from vouchers.views.partners import (
    Partner,
    partners_of,
)
from vouchers.words import SIZE_WORDS

HALF, FIFTH = Decimal("0.5"), Decimal("0.2")


@dataclass(frozen=True, slots=True)
class Crossing:
    """A host's route, and whether the voucher may join the two."""

    home: str
    host: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """The checks beside the form; every answer comes from the law."""

    closes_at: datetime
    zone: str
    home_zone: str
    is_answer: bool
    figures: Figures | None
    size: str
    is_sme: bool
    crossing_title: str
    routes: list[Crossing]
    partners: list[Partner]
    aids: list[AidRoom]
    band: str
    is_band_low: bool
    reasons: list[str]
    arithmetic: list[str]
    has_profile: bool
    checked_at: datetime


def panel_of(application: Application, *, now: datetime) -> Panel:
    """Return what deadline, size, route, aid and money say of the draft now."""
    prefetch_related_objects([application], "organisation__figures")
    past, codes = past_of(application), codes_of(application)
    returned = application.state == ApplicationState.RETURNED and application.answer_by is not None
    call, home = application.call, application.home_region
    figures = figures_of(application)
    size = size_of_firm(application, on=local_day(now, home))
    band, is_low = band_of(application)
    verdict = verdict_now(application, now=now, past=past, codes=codes)
    return Panel(
        closes_at=(application.answer_by if returned else None) or application.window.closes_at,
        zone=home.time_zone if returned else call.time_zone,
        home_zone=home.time_zone,
        is_answer=returned,
        figures=figures,
        size=str(SIZE_WORDS[size]) if size else "",
        is_sme=size is not SizeClass.NOT_SME,
        crossing_title=_crossing_title(application),
        routes=_routes(application, codes),
        partners=_partners(application),
        aids=rooms_of(application, past, on=local_day(now, home)),
        band=band,
        is_band_low=is_low,
        reasons=sentences(verdict),
        arithmetic=[arithmetic(line) for line in verdict.arithmetic if line.code in OF_SIZE],
        has_profile=confirmed_of(application.organisation) is not None,
        checked_at=now,
    )


OF_SIZE = frozenset({LineCode.SIZE_CONTRIBUTION, LineCode.SIZE_OF_YEAR, *LINES.values()})


def verdict_now(
    application: Application,
    *,
    now: datetime,
    past: Past | None = None,
    codes: set[str] | None = None,
) -> Verdict:
    """Return what the submission would be told now; a returned one has its own deadline."""
    submission = None
    if application.state == ApplicationState.DRAFT:
        submission = eligibility.Submission(
            window=application.window, started_at=application.started_at, now=now
        )
    return verdict_on(application, now=now, submission=submission, past=past, codes=codes)


def sentences(verdict: Verdict) -> list[str]:
    """Return the reasons against, as sentences."""
    return [sentence(reason) for reason in verdict.reasons]


def _crossing_title(application: Application) -> str:
    rule = application.terms.crossing_rule
    if rule == CrossingRule.OTHER_COUNTRY:
        return gettext("Other country")
    return gettext("Other region")


def _routes(application: Application, codes: set[str]) -> list[Crossing]:
    return [_route(application, host, codes) for host in application.hosts.all()]


def _partners(application: Application) -> list[Partner]:
    if not application.terms.needs_consent:
        return []
    return partners_of(application, list(application.hosts.all()))


def _route(application: Application, host: Host, codes: set[str]) -> Crossing:
    home = application.home_region
    place = place_of(host.region, host.name, host.country)
    verdict = crossing.check(
        application.terms.crossing_rule,
        home=place_of(home),
        host=place,
        regions=codes,
    )
    return Crossing(home.name, place.name, verdict.ok)


def band_of(application: Application) -> tuple[str, bool]:
    """Return the region's money as a band, never in euros, and whether it is nearly used up."""
    pots = Pot.objects.filter(
        programme=application.call.programme_id, region=application.home_region_id
    )
    pot = pots.select_related("programme").first()
    room = room_in(pot, application.call) if pot else None
    if room is None or room.left <= 0:
        return gettext("Used up: new awards go to the reserve list"), True
    terms = application.terms
    if not room.takes(application.amount or (terms.amount if terms.is_lump_sum else ZERO)):
        return gettext("Not enough left for this voucher: it would go to the reserve list"), True
    if room.share > HALF:
        return gettext("More than half left"), False
    if room.share > FIFTH:
        return gettext("Less than half left"), False
    return gettext("Less than a fifth left"), True
