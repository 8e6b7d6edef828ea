"""Questions for the broker's team: a list, and pages to answer or close one."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.translation import gettext

from brokers import actions
from brokers.forms import AnswerForm, CloseForm
from brokers.models import Enquiry
from brokers.workflow import ENQUIRY
from portal import clock
from portal.admin import DeskAdmin
from portal.permissions import actor
from portal.workflow import Transition, available


@admin.register(Enquiry)
class EnquiryAdmin(DeskAdmin[Enquiry]):
    """Questions to the broker's region, and those that its own firms asked elsewhere."""

    list_display = ["due_on", "state", "name", "organisation", "region", "home_region", "record"]
    list_display_links = ["due_on", "name"]
    list_filter = ["state", "region"]
    list_select_related = ["region", "home_region", "record"]
    search_fields = ["name", "organisation", "question"]
    ordering = ["-state", "due_on", "pk"]
    fields = [
        "state",
        "due_on",
        "region",
        "home_region",
        "record",
        "name",
        "email",
        "organisation",
        "asked_at",
        "question",
        "answer",
        "answered_at",
        "answered_by",
    ]

    def get_urls(self) -> list[URLPattern]:
        """Add the two pages with a form."""
        return [
            self.page("<path:object_id>/answer/", self.answer_view, "answer"),
            self.page("<path:object_id>/close/", self.close_view, "close"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer what the table allows now."""
        row = context["original"]
        context["links"] = [
            {"label": t.label, "address": self.address(t.name, row.pk)}
            for t in available(ENQUIRY, row, actor(request))
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def answer_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the answer, then mail it."""
        row = self._allowed(request, object_id, ENQUIRY.ANSWER)
        form = AnswerForm(request.POST or None)
        if form.is_valid():
            actions.answer(row, **form.cleaned_data, by=actor(request), now=clock.now())
            messages.success(request, gettext("The answer is on its way."))
            return HttpResponseRedirect(self.address("change", row.pk))
        return self.form_page(
            request,
            form,
            title=gettext("Answer %(name)s") % {"name": row.name},
            submit=str(ENQUIRY.ANSWER.label),
            lead=row.question,
        )

    def close_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, then close without an answer."""
        row = self._allowed(request, object_id, ENQUIRY.CLOSE)
        form = CloseForm(request.POST or None)
        if form.is_valid():
            actions.close_without_answer(
                row, **form.cleaned_data, by=actor(request), now=clock.now()
            )
            messages.success(request, gettext("The question is closed."))
            return HttpResponseRedirect(self.address("change", row.pk))
        return self.form_page(
            request,
            form,
            title=gettext("Close without an answer"),
            submit=str(ENQUIRY.CLOSE.label),
            lead=row.question,
        )

    def _allowed(self, request: HttpRequest, object_id: str, verb: Transition) -> Enquiry:
        """Return the row; a form that nobody may send is refused before it is filled in."""
        row = self.row(request, object_id)
        if not verb.permits(actor(request), row):
            raise PermissionDenied
        return row
