"""The front page, the statements, and the two switches every page carries."""

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from catalogue.rules import region_map
from portal import clock
from portal.context_processors import THEME_COOKIE, THEMES
from portal.models import Programme, Region
from portal.site.call_banner import CALLS, banner
from portal.templatetags.portal_ui import country_name, voucher_class
from vouchers.actions.leaving import months_of
from vouchers.enums import KeptFile
from vouchers.models import Call, CostKind, VoucherType
from vouchers.rules.deadlines import Openness
from vouchers.rules.retention import DEFAULT_PERIODS

CATALOGUE = "/catalogue/"
BROKERS = "/brokers/"
COSTS_ON_A_CARD = 3
CALLS_LOOKED_AT = 20
THEME_AGE = timedelta(days=365)
# Which regions the published stories joined, as home and host.
STORIES = [
    ("DK-DNK", "DE-NDS"),
    ("BE-WAL", "DK-DNK"),
    ("NL-ENL", "DE-NDS"),
    ("DE-NDS", "BE-WAL"),
]


@dataclass(frozen=True, slots=True)
class Card:
    """A voucher as the front page shows it; the amount is in EUR."""

    hue: str
    name: str
    amount: Decimal
    is_lump_sum: bool
    summary: str
    costs: Sequence[str]
    address: str


@dataclass(frozen=True, slots=True)
class Point:
    """A region on the map and in the list of brokers."""

    name: str
    short_code: str
    country: str
    address: str
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the call, the vouchers, the brokers, published figures and stories."""
    now = clock.now()
    call = _call_to_show(now)
    programme = call.programme if call else _running_programme()
    regions = _regions(programme)
    spots = region_map.spots([(float(r.latitude or 0), float(r.longitude or 0)) for r in regions])
    places = dict(zip([region.code for region in regions], spots, strict=True))
    context = {
        "banner": banner(call, now),
        "vouchers": _cards(programme, call),
        "points": [_point(region, places[region.code]) for region in regions],
        "arcs": [
            region_map.arc(places[home_code], places[host_code])
            for home_code, host_code in STORIES
            if home_code in places and host_code in places
        ],
        "catalogue_address": CATALOGUE,
        "programme": programme,
    }
    return render(request, "portal/site/home.html", context)


@login_not_required
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Tell the history of the programmes, from FASILIS on."""
    return render(request, "portal/site/about.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is stored about people, why, for how long and what they may ask for."""
    months = months_of()
    periods = [(kind.label, months[kind], DEFAULT_PERIODS[kind].basis) for kind in KeptFile]
    context = {"brokers_address": BROKERS, "periods": periods}
    return render(request, "portal/site/privacy.html", context)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Publish the statement in the shape of Commission Implementing Decision (EU) 2018/1523."""
    return render(request, "portal/site/accessibility.html", {"brokers_address": BROKERS})


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in a cookie; anything else lets the device decide again."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = HttpResponseRedirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES and theme:
        response.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=THEME_AGE,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(THEME_COOKIE)
    return response


def _call_to_show(now: datetime) -> Call | None:
    """Prefer the open call that closes first, then the next planned, then the last closed."""
    public = Call.objects.public().filter(programme__is_historic=False)
    calls = list(public.select_related("programme").order_by("-opens_at")[:CALLS_LOOKED_AT])
    open_now = [call for call in calls if call.window.openness(now) == Openness.OPEN]
    planned = [call for call in calls if call.window.openness(now) == Openness.NOT_YET_OPEN]
    if open_now:
        return min(open_now, key=lambda call: call.closes_at)
    if planned:
        return min(planned, key=lambda call: call.opens_at)
    return max(calls, key=lambda call: call.closes_at, default=None)


def _running_programme() -> Programme | None:
    return Programme.objects.filter(is_historic=False).first()


def _regions(programme: Programme | None) -> list[Region]:
    placed = Region.objects.filter(latitude__isnull=False, longitude__isnull=False)
    if programme:
        placed = placed.filter(programmes__programme=programme)
    return list(placed.order_by("name"))


def _point(region: Region, spot: region_map.Spot) -> Point:
    return Point(
        name=region.name,
        short_code=region.code.rpartition("-")[2],
        country=country_name(region.country),
        address=f"{BROKERS}{region.slug}/",
        x=spot.x,
        y=spot.y,
        label_x=spot.label_x,
        label_y=spot.label_y,
        anchor=spot.anchor,
    )


def _cards(programme: Programme | None, call: Call | None) -> list[Card]:
    eligible = Prefetch("cost_kinds", CostKind.objects.filter(is_eligible=True))
    types = VoucherType.objects.filter(programme=programme, is_offered=True)
    if call:
        types = types.filter(offers__call=call)
    return [
        Card(
            hue=voucher_class(kind.kind),
            name=kind.name,
            amount=kind.amount,
            is_lump_sum=kind.is_lump_sum,
            summary=kind.summary,
            costs=[cost.label for cost in [*kind.cost_kinds.all()][:COSTS_ON_A_CARD]],
            address=f"{CALLS}{call.slug}/{kind.code}/" if call else CALLS,
        )
        for kind in types.prefetch_related(eligible)
    ]


@login_not_required
@require_safe
def emblem(request: HttpRequest, code: str) -> FileResponse:
    """Show a programme's emblem, which funders want on every page."""
    programme = get_object_or_404(Programme.objects.exclude(emblem=""), code=code)
    kind = mimetypes.guess_type(programme.emblem.name or "")[0]
    response = FileResponse(programme.emblem.open("rb"), content_type=kind)
    patch_cache_control(response, public=True, max_age=3600)
    return response
