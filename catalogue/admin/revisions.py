"""Changes that wait for the broker: what differs, and the buttons that decide."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalogue import actions
from catalogue.enums import RevisionState
from catalogue.forms.revisions import ReturnForm
from catalogue.models import Revision
from catalogue.snapshots import compared, content_of, pictures
from catalogue.workflow import REVISION
from portal import clock
from portal.admin import DeskAdmin
from portal.permissions import actor
from portal.workflow import available

REFUSALS: Mapping[type[Exception], str | Promise] = {
    actions.ChangedMeanwhile: _(
        "The provider has sent the change again since you opened it. Read it once more."
    ),
    actions.PersonHasNotAgreed: _(
        "The expert has not agreed to be shown. Ask the provider to have the person agree first."
    ),
    actions.NumberTaken: _(
        "Another record of the provider has the same number of its own. Send the change back."
    ),
}


@admin.register(Revision)
class RevisionAdmin(DeskAdmin[Revision]):
    """Changes handed in to the broker's region; those that wait come first, the oldest on top."""

    list_display = ["record", "provider", "region", "state", "submitted_at", "decided_at"]
    list_filter = ["state", "record__region"]
    list_select_related = ["record__provider__organisation", "record__region"]
    search_fields = ["record__title", "record__provider__organisation__name"]
    fields = [
        "record",
        "state",
        "started_by",
        "submitted_at",
        "decided_at",
        "decided_by",
        "note",
    ]
    change_form_template = "catalogue/desk/revision.html"

    @admin.display(description=_("provider"), ordering="record__provider__organisation__name")
    def provider(self, row: Revision) -> str:
        """Name who wrote it."""
        return str(row.record.provider)

    @admin.display(description=_("region"), ordering="record__region")
    def region(self, row: Revision) -> str:
        """Name the region whose broker decides."""
        return str(row.record.region)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """Put those that wait before the others, the oldest first."""
        waits = Case(
            When(state=RevisionState.SUBMITTED, then=Value(0)),
            default=Value(1),
            output_field=models.SmallIntegerField(),
        )
        return [waits.asc(), "submitted_at", "pk"]

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons' addresses."""
        return [
            self.page("<path:object_id>/approve/", require_POST(self.approve_view), "approve"),
            self.page("<path:object_id>/return/", self.return_view, "return"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show what differs, and offer what the table allows now."""
        row: Revision = context["original"]
        offered = available(REVISION, row, actor(request))
        if REVISION.APPROVE in offered:
            sent = urlencode({"sent": row.submitted_at.isoformat() if row.submitted_at else ""})
            address = f"{self.address('approve', row.pk)}?{sent}"
            context["buttons"] = [{"label": REVISION.APPROVE.label, "address": address}]
        record_url = reverse("provider_record", args=[row.record.slug])
        context["links"] = [{"label": gettext("Record and versions"), "address": record_url}]
        if REVISION.RETURN in offered:
            back = {"label": REVISION.RETURN.label, "address": self.address("return", row.pk)}
            context["links"].append(back)
        now_public = content_of(row.record)
        context["differences"] = compared(now_public, row.content)
        context["photos"] = pictures(row.record, now_public, row.content)
        context |= {"title": str(row), "subtitle": None}
        context["is_decided"] = row.state == RevisionState.APPROVED
        return super().render_change_form(request, context, *args, **kwargs)

    def approve_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put the change in force and show the record to everybody."""
        row = self.row(request, object_id)
        try:
            actions.approve_revision(
                row, submitted_at=_sent(request), by=actor(request), now=clock.now()
            )
        except tuple(REFUSALS) as refused:
            messages.error(request, str(REFUSALS[type(refused)]))
        else:
            messages.success(request, gettext("The change is public, and the provider is told."))
        return HttpResponseRedirect(self.address("change", row.pk))

    def return_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask what to correct, then send the change back."""
        row = self.row(request, object_id)
        if not REVISION.RETURN.permits(actor(request), row):
            raise PermissionDenied
        form = ReturnForm(request.POST or None)
        if form.is_valid():
            actions.return_revision(row, **form.cleaned_data, by=actor(request), now=clock.now())
            messages.success(request, gettext("The change went back to the provider."))
            return HttpResponseRedirect(self.address("change", row.pk))
        return self.form_page(
            request,
            form,
            title=gettext("Send this change back"),
            submit=str(REVISION.RETURN.label),
            lead=str(row),
        )


def _sent(request: HttpRequest) -> datetime | None:
    """Return when the change that the page showed was sent."""
    try:
        return parse_datetime(request.GET.get("sent", ""))
    except ValueError:
        return None
