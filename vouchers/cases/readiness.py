"""What a call still lacks before it can be published, in sentences for its manager."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext

from portal.enums import Role
from portal.models import ProgrammeRegion, RegionRole
from vouchers.enums import Selection
from vouchers.models import Call, CallVoucherType, Criterion, Pot

WHOLE = 100


def missing_in(call: Call, *, now: datetime) -> list[str]:
    """Return everything that stands between a draft and its publication, part by part."""
    offers = list(call.offers.select_related("voucher_type", "question_set"))
    return [
        *_of_call(call, offers, now=now),
        *(sentence for offer in offers for sentence in _of_offer(offer)),
        *_of_regions(call, now=now),
    ]


def _of_call(call: Call, offers: list[CallVoucherType], *, now: datetime) -> Iterator[str]:
    if not offers:
        yield gettext("The call offers no voucher type.")
    if call.closes_at <= now:
        yield gettext("The call closes in the past.")
    if not call.programme.funding_statement:
        yield gettext("The programme has no funding statement, which every page and letter prints.")
    if not call.programme.regions.exists():
        yield gettext("The programme names no region.")


def _of_offer(offer: CallVoucherType) -> Iterator[str]:
    voucher_type = offer.voucher_type
    name = {"voucher": voucher_type}
    if offer.question_set is None or offer.question_set.published_at is None:
        yield gettext("%(voucher)s has no published form.") % name
    if not voucher_type.rules:
        yield gettext("%(voucher)s has no public rules.") % name
    if not any(kind.is_eligible for kind in voucher_type.cost_kinds.all()):
        yield gettext("%(voucher)s names no cost that it pays.") % name
    if voucher_type.selection == Selection.COMPETITIVE and voucher_type.assessors:
        yield from _of_criteria(offer)
    window, of_call = offer.window, offer.call.window
    if window.opens_at < of_call.opens_at or window.closes_at > of_call.closes_at:
        yield gettext("%(voucher)s opens or closes outside the call.") % name


def _of_criteria(offer: CallVoucherType) -> Iterator[str]:
    weights = Criterion.objects.filter(voucher_type=offer.voucher_type)
    total = sum(weights.values_list("weight", flat=True))
    if total != WHOLE:
        yield gettext("The criteria of %(voucher)s weigh %(total)s percent together, not 100.") % {
            "voucher": offer.voucher_type,
            "total": total,
        }


def _of_regions(call: Call, *, now: datetime) -> Iterator[str]:
    named = ProgrammeRegion.objects.filter(programme=call.programme).select_related("region")
    pots = set(Pot.objects.filter(programme=call.programme).values_list("region", flat=True))
    brokers = set(
        RegionRole.objects.current(now).filter(role=Role.BROKER).values_list("region", flat=True)
    )
    for row in named:
        region = {"region": row.region}
        if row.region_id not in pots:
            yield gettext("%(region)s has no pot.") % region
        if row.region_id not in brokers:
            yield gettext("%(region)s has no access broker.") % region
        if not row.region.team_email:
            yield gettext("%(region)s has no team address.") % region
