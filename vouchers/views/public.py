"""What everybody may read: calls, and the rules of each voucher."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from portal import clock
from portal.enums import VoucherKind
from vouchers.models import Call, CallVoucherType
from vouchers.rules.deadlines import Openness

TAGS = {
    Openness.NOT_YET_OPEN: ("info", "clock"),
    Openness.OPEN: ("ok", "check-lg"),
    Openness.WITHIN_GRACE: ("", "lock-fill"),
    Openness.CLOSED: ("", "lock-fill"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A call and how it stands now, which its instants decide."""

    call: Call
    openness: Openness
    label: str
    tone: str
    symbol: str

    @property
    def is_open(self) -> bool:
        """Whether a new application can be started."""
        return self.openness is Openness.OPEN

    @property
    def is_planned(self) -> bool:
        """Whether it opens later."""
        return self.openness is Openness.NOT_YET_OPEN


def _shown(call: Call, now: datetime) -> Shown:
    openness = call.window.openness(now)
    labels = {
        Openness.NOT_YET_OPEN: pgettext("call", "Planned"),
        Openness.OPEN: pgettext("call", "Open"),
    }
    tone, symbol = TAGS[openness]
    return Shown(call, openness, labels.get(openness, pgettext("call", "Closed")), tone, symbol)


@login_not_required
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """List every call, the open ones first."""
    now = clock.now()
    public = (
        Call.objects.public().select_related("programme").prefetch_related("offers__voucher_type")
    )
    order = [Openness.OPEN, Openness.NOT_YET_OPEN, Openness.WITHIN_GRACE, Openness.CLOSED]
    rows = sorted((_shown(call, now) for call in public), key=lambda row: order.index(row.openness))
    return render(request, "vouchers/public/calls.html", {"rows": rows})


@login_not_required
@require_safe
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one call: its instants, its vouchers and who decides."""
    row = get_object_or_404(Call.objects.public().select_related("programme"), slug=slug)
    context = {
        "row": _shown(row, clock.now()),
        "call": row,
        "offers": row.offers.select_related("voucher_type"),
        "regions": row.programme.regions.select_related("region"),
        "programme": row.programme,
    }
    return render(request, "vouchers/public/call.html", context)


@login_not_required
@require_safe
def rules(request: HttpRequest, slug: str, voucher_type: str) -> HttpResponse:
    """Show a voucher's rules: amount, terms, what it pays and what it does not."""
    offer = get_object_or_404(
        CallVoucherType.objects.select_related("call__programme", "voucher_type"),
        call__in=Call.objects.public(),
        call__slug=slug,
        voucher_type__code=voucher_type,
    )
    kinds = list(offer.voucher_type.cost_kinds.all())
    context = {
        "row": _shown(offer.call, clock.now()),
        "call": offer.call,
        "offer": offer,
        "voucher_type": offer.voucher_type,
        "terms": offer.general_terms,
        "paid": [kind for kind in kinds if kind.is_eligible],
        "unpaid": [kind for kind in kinds if not kind.is_eligible],
        "criteria": offer.announced_criteria,
        "questions": _headings(offer),
        "example": EXAMPLES.get(offer.voucher_type.kind, ""),
        "programme": offer.call.programme,
    }
    return render(request, "vouchers/public/rules.html", context)


def _headings(offer: CallVoucherType) -> list[str]:
    """Return what the form asks, heading by heading."""
    if offer.question_set is None:
        return []
    titles = offer.question_set.questions.values_list("section_title", flat=True)
    return list(dict.fromkeys(titles))


EXAMPLES: dict[str, str] = {
    VoucherKind.MEET_GREET: "vouchers/public/example_meet_greet.html",
    VoucherKind.INSIGHT: "vouchers/public/example_insight.html",
    VoucherKind.COLLABORATION: "vouchers/public/example_collaboration.html",
}
