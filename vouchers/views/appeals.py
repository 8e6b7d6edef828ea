"""The SME appeals against a decision."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock, uploads
from portal.middleware import keeps_text
from portal.permissions import actor, signed_in
from vouchers.actions import appeals
from vouchers.actions.appeals import MOST_DOCUMENTS
from vouchers.forms.fields import PlainTextField, UploadsField
from vouchers.models import AppealDocument
from vouchers.rules.verdict import Refused
from vouchers.views.applicant import download
from vouchers.views.checks import sentences
from vouchers.views.finding import own
from vouchers.views.holding import note_refused_files
from vouchers.views.standing import page


class AppealForm(forms.Form):
    """Why the decision is wrong."""

    use_required_attribute = False
    text = PlainTextField(
        label=gettext_lazy("Why is the decision wrong?"),
        limit=3000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "A fact that was read wrongly, a rule that was applied wrongly, or a step that was "
            "left out."
        ),
        error_messages={"required": gettext_lazy("Say why the decision is wrong")},
    )
    documents = UploadsField(
        label=gettext_lazy("Documents"),
        most=MOST_DOCUMENTS,
        required=False,
        help_text=gettext_lazy("Up to 5 files: PDF, PNG or JPEG, each of at most 10 MB."),
    )


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, address: str) -> HttpResponse:
    """Show the form while there is a decision to appeal against, and file the appeal."""
    row, now = own(request, address), clock.now()
    decision = appeals.appealable(row)
    if decision is None and request.method != "POST":
        raise Http404
    sent = request.method == "POST"
    form = AppealForm(request.POST if sent else None, request.FILES if sent else None)
    refusals = sentences(appeals.appeal_time(decision, now=now)) if decision else []
    if form.is_valid() and not refusals:
        try:
            appeals.file(row, **form.cleaned_data, by=actor(request), now=now)
        except Refused as refused:
            refusals = sentences(refused.verdict)
        else:
            messages.success(request, gettext("We have your appeal."))
            return redirect(page(row))
    if sent:
        note_refused_files(form, row, request=request)
    context = {
        "application": row,
        "decision": decision,
        "form": form,
        "refusals": refusals,
        "programme": row.call.programme,
    }
    status = 409 if refusals and request.method == "POST" else 200
    return render(request, "vouchers/applicant/appeal.html", context, status=status)


@require_safe
def document(request: HttpRequest, address: str, pk: int) -> HttpResponseBase:
    """Give a document of the firm's own appeal back."""
    documents = AppealDocument.objects.filter(appeal__application=own(request, address))
    upload = get_object_or_404(documents.select_related("upload"), pk=pk).upload
    content = uploads.opened(upload, user=signed_in(request))
    return download(content, name=upload.name, content_type=upload.content_type)
