"""Which firms are one undertaking: a page beside the desk, which it costs nothing."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.forms import sent
from portal.models import Organisation
from portal.permissions import actor, signed_in
from vouchers.actions import undertakings
from vouchers.admin import dossier as dossiers
from vouchers.admin.files import upload_download
from vouchers.cases import local_day
from vouchers.cases.undertakings import (
    adjustments_of,
    candidates,
    linked_by_profile,
    members_of,
)
from vouchers.forms.undertakings import JoinForm, PartForm
from vouchers.models import Application
from vouchers.permissions import may_group

PAGE = "admin/vouchers/application/undertaking.html"
BOTH = require_http_methods(["GET", "HEAD", "POST"])


@BOTH
def undertaking(request: HttpRequest, reference: str, site: AdminSite) -> HttpResponse:
    """Show the firms of the applicant's undertaking, and join another."""
    row, user = _row(request, reference), signed_in(request)
    form = JoinForm(
        sent(request),
        candidates=candidates(row, seen_by=user),
        visible=Organisation.objects.visible_to(user).exclude(pk=row.organisation_id),
    )
    if form.is_valid() and _joined(request, row, form):
        return _back(row)
    known = list(members_of(row))
    context = {
        **_page(request, row, site, title=_("Firms of one undertaking")),
        "members": known if len(known) > 1 else [],
        "adjustments": adjustments_of(row),
        "linked": [entry.name for entry in linked_by_profile(row.organisation)],
        "form": form,
    }
    return TemplateResponse(request, PAGE, context)


def _joined(request: HttpRequest, row: Application, form: JoinForm) -> bool:
    firm, reason = form.cleaned_data["firm"], form.cleaned_data["reason"]
    try:
        undertakings.join(row, firm, reason=reason, by=actor(request), now=clock.now())
    except undertakings.AnotherState:
        words = _("The firm is in another country, which counts its own aid")
    except undertakings.AlreadyOne:
        words = _("The firm is of this undertaking already")
    else:
        messages.success(request, _("%(firm)s is now of the same undertaking.") % {"firm": firm})
        return True
    form.add_error("number", words)
    return False


@BOTH
def part(request: HttpRequest, reference: str, firm: int, site: AdminSite) -> HttpResponse:
    """Ask why, and take a firm out of the undertaking."""
    row = _row(request, reference)
    member = get_object_or_404(members_of(row), pk=firm)
    now = clock.now()
    files = request.FILES if request.method == "POST" else None
    form = PartForm(sent(request), files, today=local_day(now, row.home_region))
    if form.is_valid():
        reason, by = form.cleaned_data["reason"], actor(request)
        try:
            undertakings.part(row, member, reason=reason, split=form.split, by=by, now=now)
        except undertakings.StandsAlone:
            messages.error(request, _("The firm is not of this undertaking any more."))
        else:
            said = {"firm": member}
            messages.success(request, _("%(firm)s is an undertaking of its own.") % said)
        return _back(row)
    title = _("Take %(firm)s out of the undertaking") % {"firm": member}
    context = {
        **_page(request, row, site, title=title),
        "form": form,
        "member": member,
    }
    return TemplateResponse(request, PAGE, context)


@require_safe
def proof(request: HttpRequest, reference: str, upload: int) -> HttpResponseBase:
    """Give the document by which aid was divided."""
    row = _row(request, reference)
    found = adjustments_of(row).filter(document=upload).first()
    if found is None:
        raise Http404
    return upload_download(found.document, request=request, of=row)


def _row(request: HttpRequest, reference: str) -> Application:
    """Return the row: 404 where it is not visible, 403 for those who only read it."""
    row: Application = dossiers.find(signed_in(request), reference)
    if not may_group(actor(request), row):
        raise PermissionDenied
    return row


def _page(request: HttpRequest, row: Application, site: AdminSite, *, title: str) -> dict[str, Any]:
    return {**site.each_context(request), "title": title, "application": row}


def _back(row: Application) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:vouchers_application_undertaking", args=[str(row)]))
