"""What the firm asks to change in its running award."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock, uploads
from portal.middleware import keeps_text
from portal.permissions import actor, signed_in
from vouchers.actions import award_changes
from vouchers.forms.award_changes import ChangeForm
from vouchers.models import AwardChange
from vouchers.permissions import sees_private_parts
from vouchers.rules.verdict import Refused
from vouchers.views.applicant import download
from vouchers.views.holding import about, find, own, pdf, refuse
from vouchers.workflow import CHANGE


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def changes(request: HttpRequest, address: str) -> HttpResponse:
    """Show what was asked and answered, and the form while the award runs."""
    row, sent = own(request, address), request.method == "POST"
    form = ChangeForm(*((request.POST, request.FILES) if sent else ()), award=row)
    status = 200
    if sent:
        status = 422
        if form.is_valid():
            try:
                award_changes.ask(row, **form.cleaned_data, by=actor(request), now=clock.now())
            except Refused as refused:
                refuse(form, refused)
                status = 409
            else:
                messages.success(request, gettext("We have told your Access Broker."))
                return redirect("award_changes", address)
    context = {
        **about(row),
        "form": form,
        "changes": row.changes.select_related("proof", "appendix"),
        "may_ask": row.state in CHANGE.sources,
    }
    return render(request, "vouchers/applicant/award_changes.html", context, status=status)


def _change(request: HttpRequest, address: str, pk: int) -> AwardChange:
    """Return a change to those who may read all of the application."""
    award = find(request, address)
    if not sees_private_parts(actor(request), award.application):
        raise PermissionDenied
    return get_object_or_404(award.changes.select_related("proof", "appendix"), pk=pk)


@require_safe
def proof(request: HttpRequest, address: str, pk: int) -> HttpResponseBase:
    """Give the proof of start back."""
    upload = _change(request, address, pk).proof
    if upload is None:
        raise Http404
    content = uploads.opened(upload, user=signed_in(request))
    return download(content, name=upload.name, content_type=upload.content_type)


@require_safe
def appendix(request: HttpRequest, address: str, pk: int) -> FileResponse:
    """Give the appendix of an approved change."""
    return pdf(_change(request, address, pk).appendix)
