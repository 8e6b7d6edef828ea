"""All payments of a period, or a random sample of them: for auditors, managers and regions."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.enums import Thing
from portal.exports import stream_csv
from portal.models import User
from portal.money import ZERO
from portal.permissions import is_staff_member, requires, signed_in
from vouchers.admin.audit_file import may_take_all, sample_archive
from vouchers.admin.files import note_listed
from vouchers.enums import ClaimState
from vouchers.exports import PAYMENTS
from vouchers.forms.payments import PaymentsForm
from vouchers.models import Claim
from vouchers.rules import sampling

PAGE = "admin/vouchers/claim/payments.html"
# A page shows so many; the file holds all.
MOST = 500


@requires(is_staff_member)
@require_safe
def payments(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """List what was paid; the address keeps a sample's seed, so that it can be drawn again."""
    form = PaymentsForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    if asked.get("sample") and not asked.get("seed"):
        query = {**request.GET.dict(), "seed": secrets.token_hex(4)}
        return HttpResponseRedirect(f"?{urlencode(query)}")
    rows = _paid(signed_in(request), asked.get("first"), asked.get("last"))
    found = list(rows)
    drawn = _drawn(found, asked)
    kind = "" if form.errors else request.GET.get("format")
    is_sample = bool(asked.get("sample") and drawn)
    if kind == "zip" and is_sample:
        period = (asked.get("first"), asked.get("last"))
        return sample_archive(request, drawn, found, seed=asked["seed"], period=period)
    if kind == "csv":
        note_listed(request, Thing.PAYMENTS, (claim.award for claim in drawn))
        name = f"payments-{clock.now():%Y-%m-%d}.csv"
        return stream_csv(PAYMENTS, drawn, filename=name, excel=request.GET.get("excel") == "1")
    context = {
        **site.each_context(request),
        "title": _("Payments"),
        "form": form,
        "rows": drawn[:MOST],
        "number": len(drawn),
        "is_cut": len(drawn) > MOST,
        "of": len(found),
        "total": _total(drawn),
        "seed": asked.get("seed") if asked.get("sample") else "",
        "csv": _address(request, "csv"),
        "zip": _address(request, "zip") if is_sample and may_take_all(request, drawn) else "",
    }
    return TemplateResponse(request, PAGE, context)


def _address(request: HttpRequest, kind: str) -> str:
    return f"?{urlencode({**request.GET.dict(), 'format': kind})}"


def _paid(user: User, first: date | None, last: date | None) -> Iterable[Claim]:
    """Return the payments of the days, both counted, in the portal's zone."""
    rows = Claim.objects.for_desk(user).filter(state=ClaimState.PAID)
    if first:
        rows = rows.filter(paid_at__gte=_midnight(first))
    if last:
        rows = rows.filter(paid_at__lt=_midnight(last + timedelta(days=1)))
    return rows.select_related(
        "award__application__organisation",
        "award__application__home_region",
        "award__application__voucher_type",
        "award__pot__programme",
    ).order_by("paid_at", "pk")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _drawn(found: list[Claim], asked: dict[str, object]) -> list[Claim]:
    size, seed = asked.get("sample"), asked.get("seed")
    if not size:
        return found
    chosen = set(sampling.draw((str(row) for row in found), size=int(str(size)), seed=str(seed)))
    return [row for row in found if str(row) in chosen]


def _total(rows: Iterable[Claim]) -> Decimal:
    return sum((row.approved_amount or ZERO for row in rows), ZERO)
