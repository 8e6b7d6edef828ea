"""Changes of announced calls at the desk: asked by one manager, agreed to by another."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from portal import clock
from portal.admin import DeskAdmin
from portal.permissions import actor, is_overseer
from portal.templatetags.portal_ui import day, instant
from portal.workflow import available
from vouchers.actions import call_changes
from vouchers.models import CallChange
from vouchers.workflow import CALL_CHANGE

VERBS = {"agree": call_changes.agree, "refuse": call_changes.refuse}


@admin.register(CallChange)
class CallChangeAdmin(DeskAdmin[CallChange]):
    """What was changed after a call was announced, why, and who agreed."""

    may_view = staticmethod(is_overseer)
    list_display = ["call", "state", "asked_by", "asked_at", "decided_by"]
    list_filter = ["state"]
    fields = [
        "call",
        "state",
        "what",
        "reason",
        "asked_by",
        "asked_at",
        "decided_by",
        "decided_at",
    ]
    readonly_fields = ["what"]

    @admin.display(description=gettext_lazy("What changes"))
    def what(self, row: CallChange) -> SafeString:
        """Show each text and instant before and after."""
        old, new = (call_changes.read_changes(part) for part in (row.old, row.new))
        fields = {f.name: f.verbose_name for f in row.call._meta.concrete_fields}
        lines = (
            (fields[name], _shown(row, old.get(name)), _shown(row, value))
            for name, value in new.items()
        )
        return format_html_join("", "<p>{}: {} → {}</p>", lines)

    def get_urls(self) -> list[URLPattern]:
        """Add the two answers."""
        answer = self.page("<path:pk>/verb/<slug:verb>/", require_POST(self.verb), "verb")
        return [answer, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer the answers that the person may give now."""
        row = context["original"]
        context["buttons"] = [
            {"label": t.label, "address": self.address("verb", row.pk, t.name)}
            for t in available(CALL_CHANGE, row, actor(request))
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def verb(self, request: HttpRequest, pk: str, verb: str) -> HttpResponse:
        """Agree or refuse."""
        row = self.row(request, pk)
        if verb not in VERBS:
            raise PermissionDenied(verb)
        try:
            VERBS[verb](row, by=actor(request), now=clock.now())
        except call_changes.NotLater:
            messages.error(request, gettext("The new end is past. Refuse this, and ask anew."))
        else:
            done = {
                "agree": gettext("The call is changed, and everybody with a draft is told."),
                "refuse": gettext("The call stays as it is."),
            }
            messages.success(request, done[verb])
        return redirect(self.address("change", row.pk))


def _shown(row: CallChange, value: Any) -> str:
    if value in (None, ""):
        return gettext("nothing")
    if isinstance(value, str):
        return value
    return instant(value, row.call.time_zone) if hasattr(value, "hour") else day(value)
