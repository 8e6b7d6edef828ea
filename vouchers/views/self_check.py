"""The eligibility self-check: one question at a time, nothing stored but counts of refusals."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from catalogue.models import Record
from portal import clock
from portal.accounts.visitors import visitor
from portal.models import Region
from vouchers.actions.refused_checks import count_refusals
from vouchers.cases import local_day, participating_regions
from vouchers.cases.self_check import Said, self_check_case
from vouchers.enums import CallState
from vouchers.forms.self_check import ANY, STEPS, Step
from vouchers.models import CallVoucherType
from vouchers.reasons import arithmetic, sentence
from vouchers.rules import eligibility
from vouchers.rules.conduct import Conduct
from vouchers.rules.sme import Figures
from vouchers.rules.verdict import Verdict

NAMES = tuple(STEPS)
VERDICT = "verdict"
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Around:
    """The offers and regions that a check is about."""

    offers: list[CallVoucherType]
    regions: list[Region]

    @classmethod
    def at(cls, now: datetime) -> "Around":
        """Return what is open now; between calls the newest announced one of each programme."""
        known = CallVoucherType.objects.select_related("call__programme", "voucher_type")
        running = known.filter(call__programme__is_historic=False, voucher_type__is_offered=True)
        offers = list(running.filter(pk__in=running.accepting(now).values("pk")))
        if not offers:
            announced = running.exclude(call__state=CallState.DRAFT).order_by("-call__opens_at")
            newest = announced.first()
            offers = [o for o in announced if newest and o.call_id == newest.call_id]
        calls = {offer.call_id: offer.call for offer in offers}.values()
        regions = {r.pk: r for call in calls for r in participating_regions(call)}
        return cls(offers, sorted(regions.values(), key=lambda region: region.name))

    def region(self, code: str) -> Region | None:
        """Return the region with the code; None for one outside."""
        return next((region for region in self.regions if region.code == code), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the law says of one voucher."""

    offer: CallVoucherType
    verdict: Verdict

    @property
    def reasons(self) -> list[str]:
        """Why not, each with its rule."""
        return [sentence(reason) for reason in self.verdict.reasons]

    @property
    def notes(self) -> list[str]:
        """What wants to be seen."""
        return [sentence(note) for note in self.verdict.notes]

    @property
    def lines(self) -> list[str]:
        """The arithmetic."""
        return [arithmetic(line) for line in self.verdict.arithmetic]


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def self_check(request: HttpRequest) -> HttpResponse:
    """Ask the next question, or show the verdict."""
    now = clock.now()
    around = Around.at(now)
    if not around.offers:
        return render(request, "vouchers/public/self_check_none.html")
    if request.method != "POST":
        return _ask(request, around, NAMES[0], _from_address(request, around), is_bound=False)
    here = request.POST.get("step", "")
    if "back" in request.POST:
        return _ask(request, around, _before(here, request.POST), request.POST, is_bound=False)
    here = here if here in STEPS else NAMES[0]
    if not _form(here, request.POST, around, is_bound=True).is_valid():
        return _ask(request, around, here, request.POST, is_bound=True)
    after = _after(here, request.POST)
    if after != VERDICT:
        return _ask(request, around, after, request.POST, is_bound=False)
    return _answer(request, around, now)


def _order(given: QueryDict) -> list[str]:
    """The questions for these answers: who stands alone is not asked about others."""
    return [name for name in NAMES if name != "related" or given.get("around") == "yes"]


def _after(here: str, given: QueryDict) -> str:
    order = [*_order(given), VERDICT]
    return order[order.index(here) + 1] if here in order else order[0]


def _before(here: str, given: QueryDict) -> str:
    order = _order(given)
    return order[max(0, order.index(here) - 1)] if here in order else order[-1]


def _form(name: str, given: QueryDict, around: Around, *, is_bound: bool) -> Step:
    more: dict[str, Any] = {}
    if name == "voucher":
        more = {"offers": around.offers}
    elif name in {"home", "host"}:
        more = {"regions": around.regions}
    if is_bound:
        return STEPS[name](given, **more)
    form = STEPS[name](**more)
    # Going back shows what was typed, whether it could be read or not.
    form.initial = {
        field: given.getlist(field) if field == "applies" else given.get(field)
        for field in form.fields
        if field in given
    }
    return form


def _ask(
    request: HttpRequest, around: Around, name: str, given: QueryDict, *, is_bound: bool
) -> HttpResponse:
    form = _form(name, given, around, is_bound=is_bound)
    order = _order(given)
    context = {
        "form": form,
        "step": name,
        "place": order.index(name) + 1,
        "total": len(order),
        "is_first": name == order[0],
        "is_last": name == order[-1],
        "carried": list(_carried(name, given)),
    }
    return render(request, "vouchers/public/self_check.html", context)


def _carried(here: str, given: QueryDict) -> Iterator[tuple[str, str]]:
    """The answers to the other questions, as typed: the page carries them, nobody stores them."""
    for name, form in STEPS.items():
        if name != here:
            for field in form.base_fields:
                for value in given.getlist(field):
                    yield field, value


def _from_address(request: HttpRequest, around: Around) -> QueryDict:
    """Take a voucher and a partner from a link of a call or of a record."""
    given = QueryDict(mutable=True)
    wanted = request.GET.get("voucher", "")
    for offer in around.offers:
        if f"{offer.call.slug}/{offer.voucher_type.code}" == wanted:
            given["voucher"] = str(offer.pk)
    slug = request.GET.get("record", "").replace("\0", "")
    record = Record.objects.offered(clock.now()).filter(slug=slug).select_related("region").first()
    if record is not None:
        given["host"] = record.region.code
    return given


def _answer(request: HttpRequest, around: Around, now: datetime) -> HttpResponse:
    given = request.POST
    forms = {name: _form(name, given, around, is_bound=True) for name in _order(given)}
    for name, form in forms.items():
        if not form.is_valid():
            return _ask(request, around, name, given, is_bound=True)
    answers: dict[str, Any] = {}
    for form in forms.values():
        answers |= form.cleaned_data
    said = _said(answers, around, now)
    outcomes = [_outcome(said, offer, around, now) for offer in around.offers]
    chosen = next((o for o in outcomes if str(o.offer.pk) == answers["voucher"]), None)
    _count(request, said, chosen, outcomes, now)
    fitting = [one for one in outcomes if one.verdict.ok and one is not chosen]
    context = {
        "chosen": chosen,
        "outcomes": outcomes if answers["voucher"] == ANY else [],
        "fitting": fitting,
        "home": said.home,
        "is_ok": chosen.verdict.ok if chosen else bool(fitting),
        "carried": list(_carried("", given)),
        "knows_aid": answers.get("earlier_aid") is not None,
    }
    return render(request, "vouchers/public/self_check_verdict.html", context)


def _said(answers: dict[str, Any], around: Around, now: datetime) -> Said:
    home = around.region(answers["home"])
    year = (local_day(now, home) if home else now.date()).year - 1
    applies = set(answers["applies"])
    said = Said(
        home=home,
        host=around.region(answers["host"]),
        own=_figures(year, *(answers[name] for name in ("headcount", "turnover", "balance_sheet"))),
        is_primary="is_primary" in applies,
        conduct=Conduct(**dict.fromkeys(applies - {"is_primary"}, True)),
        earlier_aid=answers.get("earlier_aid") or NOTHING,
    )
    return _with_group(said, answers, year) if answers["around"] == "yes" else said


def _with_group(said: Said, answers: dict[str, Any], year: int) -> Said:
    linked = [answers[f"linked_{name}"] for name in ("headcount", "turnover", "balance")]
    partner = [answers[f"partner_{name}"] for name in ("headcount", "turnover", "balance")]
    percent = answers["partner_percent"] or NOTHING
    return replace(
        said,
        linked=_figures(year, *linked) if any(linked) else None,
        partner=_figures(year, *partner) if percent else None,
        partner_percent=percent,
        is_public=answers["public"] == "yes",
    )


def _figures(
    year: int, headcount: Decimal | None, turnover: Decimal | None, balance_sheet: Decimal | None
) -> Figures:
    return Figures(
        year=year,
        headcount=headcount or NOTHING,
        turnover=turnover or NOTHING,
        balance_sheet=balance_sheet or NOTHING,
    )


def _outcome(said: Said, offer: CallVoucherType, around: Around, now: datetime) -> Outcome:
    case = self_check_case(
        said,
        offer,
        regions={region.code for region in participating_regions(offer.call)},
        outside=gettext("a region outside the programme"),
        on=local_day(now, said.home) if said.home else now.date(),
    )
    return Outcome(offer, eligibility.check(case))


def _count(
    request: HttpRequest,
    said: Said,
    chosen: Outcome | None,
    outcomes: list[Outcome],
    now: datetime,
) -> None:
    """Count why a check was blocked; who checks all vouchers is blocked where none fits."""
    if chosen is None and any(one.verdict.ok for one in outcomes):
        return
    about = [chosen] if chosen else outcomes
    codes = [code for one in about for code in one.verdict.codes]
    # A machine that presses the button all day shall not write the statistics.
    if codes and ratelimit.consume(request, action="self_check"):
        count_refusals(
            codes,
            programme=about[0].offer.call.programme,
            voucher_type=chosen.offer.voucher_type if chosen else None,
            region=said.home,
            by=visitor(request),
            now=now,
        )
