"""Tasks at the desk: what did not settle itself."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.accounts.forms import sent
from portal.actions.staff_tasks import AlreadyDone, finish, may_finish
from portal.admin.desk import DeskAdmin
from portal.models import StaffTask
from portal.permissions import actor, is_staff_member


class FinishForm(forms.Form):
    """What was done."""

    note = forms.CharField(
        label=gettext_lazy("What did you do?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        help_text=gettext_lazy("Such as: telephoned, the address is corrected."),
        error_messages={"required": gettext_lazy("Say what you did")},
    )


@admin.register(StaffTask)
class StaffTaskAdmin(DeskAdmin[StaffTask]):
    """Open tasks first; each is closed with a word on what was done."""

    may_view = staticmethod(is_staff_member)
    list_display = ["kind", "key", "region", "times", "opened_at", "done_at", "done_by"]
    list_filter = [("done_at", admin.EmptyFieldListFilter), "kind"]
    ordering = ["done_at", "-opened_at"]
    fields = [
        "kind",
        "key",
        "region",
        "programme",
        "mail",
        "said",
        "times",
        "opened_at",
        "done_at",
        "done_by",
        "note",
    ]

    def get_urls(self) -> list[URLPattern]:
        """Add the form that closes."""
        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            self.page("<path:object_id>/finish/", both(self.finish), "finish"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer to close what is open."""
        row = context["original"]
        if row.done_at is None and may_finish(actor(request), row):
            address = self.address("finish", row.pk)
            context["links"] = [{"label": gettext("Done"), "address": address}]
        return super().render_change_form(request, context, *args, **kwargs)

    def finish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what was done, and close the task."""
        row, by = self.row(request, object_id), actor(request)
        if not may_finish(by, row):
            raise PermissionDenied
        form = FinishForm(sent(request))
        if form.is_valid():
            try:
                finish(row, **form.cleaned_data, by=by, now=clock.now())
            except AlreadyDone:
                messages.warning(request, gettext("A colleague has closed it already."))
            else:
                messages.success(request, gettext("The task is closed."))
            return HttpResponseRedirect(self.address("changelist"))
        title = gettext("Close the task")
        return self.form_page(request, form, title=title, submit=title, lead=str(row))
