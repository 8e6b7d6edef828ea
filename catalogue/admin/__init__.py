"""The catalogue for staff: lists to read, and the buttons of a record."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from catalogue import actions
from catalogue.admin import providers, revisions  # noqa: F401  register their pages
from catalogue.enums import RecordKind
from catalogue.forms import HideForm
from catalogue.models import Competence, Record
from catalogue.permissions import may_confirm, may_name_person
from catalogue.workflow import RECORD
from portal import clock
from portal.admin import DeskAdmin
from portal.permissions import actor
from portal.workflow import available


@admin.register(Record)
class RecordAdmin(DeskAdmin[Record]):
    """Records of the broker's region, the provider's own, or all for managers."""

    list_display = ["title", "kind", "provider", "region", "state", "confirmed_on"]
    list_filter = ["state", "kind", "region"]
    search_fields = ["title", "keywords"]
    list_select_related = ["provider__organisation", "region"]
    fields = [
        "title",
        "slug",
        "kind",
        "provider",
        "facilities",
        "region",
        "state",
        "confirmed_on",
        "summary",
        "description",
        "competences",
        "techniques",
        "access_types",
        "access_modes",
        "voucher_kinds",
        "certificates",
        "languages",
        "lead_time_days",
        "price_kind",
        "sample_conditions",
        "own_rule",
        "trl_from",
        "trl_to",
        "contact_email",
        "website",
    ]

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons' addresses."""
        return [
            self.page("<path:object_id>/publish/", require_POST(self.publish_view), "publish"),
            self.page("<path:object_id>/confirm/", require_POST(self.confirm_view), "confirm"),
            self.page("<path:object_id>/hide/", self.hide_view, "hide"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer what the table allows now; hiding asks for a reason first."""
        row, by = context["original"], actor(request)
        offered = available(RECORD, row, by)
        buttons = [RECORD.PUBLISH] if RECORD.PUBLISH in offered else []
        context["buttons"] = [
            {"label": t.label, "address": self.address(t.name, row.pk)} for t in buttons
        ]
        if may_confirm(by, row):
            label = gettext("Confirm that it is still true")
            context["buttons"].append({"label": label, "address": self.address("confirm", row.pk)})
        page = reverse("provider_record", args=[row.slug])
        links = context["links"] = [{"label": gettext("Changes and versions"), "address": page}]
        if RECORD.HIDE in offered:
            links.append({"label": RECORD.HIDE.label, "address": self.address("hide", row.pk)})
        if row.kind == RecordKind.EXPERT and may_name_person(by, row):
            address = reverse("provider_person", args=[row.slug])
            links.append({"label": gettext("The person behind it"), "address": address})
        return super().render_change_form(request, context, *args, **kwargs)

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the record to everybody."""
        row = self.row(request, object_id)
        try:
            actions.publish(row, by=actor(request), now=clock.now())
        except actions.NotFinished:
            text = gettext("The provider still writes this record. Approve its change instead.")
            messages.error(request, text)
        except actions.PersonHasNotAgreed:
            messages.error(request, gettext("The person of this record has not agreed yet."))
        else:
            messages.success(request, gettext("Everybody can find the record now."))
        return HttpResponseRedirect(self.address("change", row.pk))

    def confirm_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say that the record is still true."""
        row = self.row(request, object_id)
        actions.confirm(row, by=actor(request), now=clock.now())
        messages.success(request, gettext("The record shows today as the day it was confirmed."))
        return HttpResponseRedirect(self.address("change", row.pk))

    def hide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, then take the record off the public pages."""
        row = self.row(request, object_id)
        if not RECORD.HIDE.permits(actor(request), row):
            raise PermissionDenied
        form = HideForm(request.POST or None)
        if form.is_valid():
            actions.hide(row, **form.cleaned_data, by=actor(request), now=clock.now())
            messages.success(request, gettext("The record is not public any more."))
            return HttpResponseRedirect(self.address("change", row.pk))
        return self.form_page(
            request,
            form,
            title=gettext("Hide this record"),
            submit=gettext("Hide the record"),
            lead=str(row),
        )


@admin.register(Competence)
class CompetenceAdmin(DeskAdmin[Competence]):
    """The vocabulary."""

    list_display = ["name", "group"]
    search_fields = ["name"]
    fields = ["slug", "name", "names", "group"]
