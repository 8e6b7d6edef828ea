"""Other partners that fit an application: a page beside the desk, which it costs nothing."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.forms import OPINIONS, OpinionForm
from catalogue.search import advice_on, offered_to
from portal import clock
from portal.enums import VoucherKind
from portal.permissions import Actor, actor, signed_in
from portal.workflow import available
from vouchers.actions import advice
from vouchers.admin import dossier as dossiers
from vouchers.models import Application
from vouchers.snapshots import words_of
from vouchers.workflow import ADVISE

PAGE = "admin/vouchers/application/suggestions.html"
NAME = "admin:vouchers_application_{}"


def offers_advice(row: Application, by: Actor) -> bool:
    """Whether the person may look for other partners of an application that is still open."""
    return bool(available([ADVISE], row, by))


@require_safe
def suggestions(request: HttpRequest, reference: str, site: AdminSite) -> HttpResponse:
    """Show who else could help, with the reasons and the buttons."""
    row, by = _row(request, reference), actor(request)
    submission = row.submissions.order_by("number").last()
    content = submission.content if submission else {}
    context = {
        **site.each_context(request),
        "title": _("Other partners that fit"),
        "application": row,
        "advice": advice_on(
            row,
            words_of(content.get("title", ""), content.get("sections", [])),
            home=row.home_region,
            voucher=VoucherKind(row.voucher_type.kind),
            now=clock.now(),
            chosen={host.record_id for host in row.hosts.all() if host.record_id},
        ),
        "home": row.home_region.code,
        "advise_url": (
            reverse(NAME.format("advise"), args=[str(row)]) if offers_advice(row, by) else ""
        ),
    }
    return TemplateResponse(request, PAGE, context)


@require_POST
def advise(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep what the person thinks of a suggestion."""
    row, now = _row(request, reference), clock.now()
    rows = offered_to(row.home_region, VoucherKind(row.voucher_type.kind), now)
    form = OpinionForm(request.POST, rows=rows)
    if form.is_valid():
        record, opinion = form.cleaned_data["record"], form.cleaned_data["opinion"]
        advice.advise(row, record, opinion=opinion, by=actor(request), now=now)
        messages.success(request, OPINIONS[opinion] % {"title": record.title})
    elif form.typed:
        messages.error(request, form.refusal())
    else:
        raise Http404
    return HttpResponseRedirect(reverse(NAME.format("suggestions"), args=[str(row)]))


def _row(request: HttpRequest, reference: str) -> Application:
    """Return the row: 404 where it is not visible, 403 for those who only read it."""
    row: Application = dossiers.find(signed_in(request), reference)
    if not ADVISE.permits(actor(request), row):
        raise PermissionDenied
    return row
