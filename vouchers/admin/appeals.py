"""Appeals at the desk: read, and answered by somebody who has not decided."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.forms import sent
from portal.admin import DeskAdmin
from portal.permissions import actor, is_staff_member
from vouchers.actions import appeals
from vouchers.admin.files import upload_download
from vouchers.admin.places import place_words
from vouchers.cases.ranking import with_places
from vouchers.enums import AppealState
from vouchers.models import Appeal, Application
from vouchers.permissions import may_answer_appeal

BOTH = require_http_methods(["GET", "HEAD", "POST"])


class AnswerForm(forms.Form):
    """What the applicant is told."""

    answer = forms.CharField(
        label=gettext_lazy("Answer to the applicant"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        help_text=gettext_lazy("It goes out by mail and stands in the journal."),
        error_messages={"required": gettext_lazy("Say why, so that the applicant can follow it")},
    )


@admin.register(Appeal)
class AppealAdmin(DeskAdmin[Appeal]):
    """Appeals with their answers."""

    may_view = staticmethod(is_staff_member)
    list_display = ["application", "state", "filed_at", "answered_at", "answered_by"]
    list_filter = ["state"]
    fields = [
        "application",
        "decision",
        "state",
        "text",
        "filed_at",
        "filed_by",
        "answer",
        "answered_at",
        "answered_by",
    ]

    def get_urls(self) -> list[URLPattern]:
        """Add the documents and the two answers."""
        return [
            self.page("<path:object_id>/file/<int:upload>/", require_safe(self.file), "file"),
            self.page("<path:object_id>/uphold/", BOTH(self.uphold), "uphold"),
            self.page("<path:object_id>/dismiss/", BOTH(self.dismiss), "dismiss"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Lead to the application, and offer the answers to who may give them."""
        row = context["original"]
        desk = reverse("admin:vouchers_application_change", args=[row.application.reference])
        context["links"] = [{"label": gettext("Open the application"), "address": desk}]
        context["links"] += [
            {"label": str(document), "address": self.address("file", row.pk, document.upload_id)}
            for document in row.documents.select_related("upload")
        ]
        if row.state == AppealState.FILED and may_answer_appeal(actor(request), row):
            context["links"] += [
                {"label": gettext("Uphold"), "address": self.address("uphold", row.pk)},
                {"label": gettext("Dismiss"), "address": self.address("dismiss", row.pk)},
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def file(self, request: HttpRequest, object_id: str, upload: int) -> HttpResponseBase:
        """Give a document to who sees the appeal."""
        row = self.row(request, object_id)
        documents = row.documents.select_related("upload")
        document = get_object_or_404(documents, upload=upload)
        return upload_download(document.upload, request=request, of=row.application)

    def uphold(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the decision back."""
        return self._answer(
            request,
            object_id,
            appeals.uphold,
            title=gettext("Uphold the appeal"),
            done=gettext("The appeal is upheld, and the applicant is told."),
        )

    def dismiss(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let the decision stand."""
        return self._answer(
            request,
            object_id,
            appeals.dismiss,
            title=gettext("Dismiss the appeal"),
            done=gettext("The appeal is dismissed, and the applicant is told."),
        )

    def _answer(
        self,
        request: HttpRequest,
        object_id: str,
        act: Callable[..., None],
        *,
        title: str,
        done: str,
    ) -> HttpResponse:
        row, by = self.row(request, object_id), actor(request)
        if not may_answer_appeal(by, row):
            raise PermissionDenied
        form = AnswerForm(sent(request))
        if form.is_valid():
            act(row, **form.cleaned_data, by=by, now=clock.now())
            messages.success(request, done)
            place = place_words(with_places(Application.objects.all()).get(pk=row.application_id))
            if row.state == AppealState.UPHELD and place:
                messages.info(request, place)
            return HttpResponseRedirect(self.address("change", row.pk))
        return self.form_page(request, form, title=title, submit=title, lead=row.text)
