"""The aid register at the desk: what is to be entered or corrected, by its last day."""

from collections.abc import Iterator

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.enums import Thing
from portal.exports import XLSX, Sheet, stream_csv, write_xlsx
from portal.permissions import actor, is_staff_member, requires, signed_in
from vouchers.actions import aid_register
from vouchers.admin.files import note_listed
from vouchers.cases.aid_register import read
from vouchers.exports import AID_REGISTER
from vouchers.models import grants_seen_by, to_register
from vouchers.permissions import may_register

PAGE_SIZE = 50
PAGE = "admin/vouchers/award/register.html"
SOON_DAYS = 7
LONGEST_NUMBER = 60
NAME = "admin:vouchers_award_{}"


@requires(is_staff_member)
@require_safe
def register(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """List what is open, the most urgent first."""
    rows = grants_seen_by(signed_in(request)).filter(to_register())
    shown = Paginator(rows.order_by("granted_on", "pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    found = list(read(rows.filter(pk__in=[row.pk for row in shown])))
    by, today = actor(request), clock.now().date()
    context = {
        **site.each_context(request),
        "title": _("Aid register"),
        "rows": [(grant, (grant.due_on - today).days) for grant in found],
        "soon": SOON_DAYS,
        "page": shown,
        "may_enter": {grant.award.pk for grant in found if may_register(by, grant.award)},
    }
    return TemplateResponse(request, PAGE, context)


@requires(is_staff_member)
@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Give all grants that the person sees as a file, entered ones too."""
    rows = list(read(grants_seen_by(signed_in(request))))
    note_listed(request, Thing.AID_REGISTER, (grant.award for grant in rows))
    name = f"aid-register-{clock.now():%Y-%m-%d}.{kind}"
    if kind == "csv":
        excel = request.GET.get("excel") == "1"
        return stream_csv(AID_REGISTER, rows, filename=name, excel=excel)
    if kind != "xlsx":
        raise Http404
    return HttpResponse(
        write_xlsx(Sheet(_("Aid register"), AID_REGISTER, rows)),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@requires(is_staff_member)
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Note what was entered, with the register's numbers where they were typed."""
    seen = set(grants_seen_by(signed_in(request)).values_list("pk", flat=True))
    chosen = {pk: number for pk, number in _chosen(request) if pk in seen}
    if not chosen:
        messages.error(request, _("Tick what you have entered in the register."))
    else:
        changed = aid_register.enter(chosen, by=actor(request), now=clock.now())
        words = ngettext(
            "%(count)d grant is noted as entered.",
            "%(count)d grants are noted as entered.",
            changed,
        )
        messages.success(request, words % {"count": changed})
    return HttpResponseRedirect(reverse(NAME.format("register")))


def _chosen(request: HttpRequest) -> Iterator[tuple[int, str]]:
    for text in request.POST.getlist("award"):
        if text.isascii() and text.isdigit():
            number = " ".join(request.POST.get(f"number-{text}", "").split())
            yield int(text), number.replace("\0", "")[:LONGEST_NUMBER]
