"""The SME appeals against a decision."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.middleware import keeps_text
from portal.permissions import actor
from vouchers.actions import appeals
from vouchers.forms.fields import PlainTextField
from vouchers.rules.verdict import Refused
from vouchers.views.checks import sentences
from vouchers.views.finding import own
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


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, address: str) -> HttpResponse:
    """Show the form while there is a decision to appeal against, and file the appeal."""
    row, now = own(request, address), clock.now()
    decision = appeals.appealable(row)
    if decision is None and request.method != "POST":
        raise Http404
    form = AppealForm(request.POST if request.method == "POST" else None)
    refusals = sentences(appeals.appeal_time(decision, now=now)) if decision else []
    if form.is_valid() and not refusals:
        try:
            appeals.file(row, text=form.cleaned_data["text"], by=actor(request), now=now)
        except Refused as refused:
            refusals = sentences(refused.verdict)
        else:
            messages.success(request, gettext("We have your appeal."))
            return redirect(page(row))
    context = {
        "application": row,
        "decision": decision,
        "form": form,
        "refusals": refusals,
        "programme": row.call.programme,
    }
    status = 409 if refusals and request.method == "POST" else 200
    return render(request, "vouchers/applicant/appeal.html", context, status=status)
