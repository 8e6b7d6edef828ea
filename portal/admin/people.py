"""People, organisations and memberships."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.actions.organisations import MEMBERSHIP_VERBS
from portal.actions.reads import reads_of
from portal.actions.tables import MEMBERSHIP
from portal.admin.desk import DeskAdmin, DeskInline
from portal.enums import Thing
from portal.models import JournalEntry, Membership, Organisation, ProgrammeRole, RegionRole, User
from portal.permissions import actor, is_overseer, signed_in
from portal.workflow import available

READS_A_PAGE = 100


class RegionRoleInline(DeskInline):
    """Regional roles of a person, past ones too."""

    model = RegionRole
    fk_name = "user"
    fields = ["role", "region", "organisation", "starts_at", "ends_at", "given_by"]


class ProgrammeRoleInline(DeskInline):
    """Programme roles of a person, past ones too."""

    model = ProgrammeRole
    fk_name = "user"
    fields = ["role", "programme", "starts_at", "ends_at", "given_by"]


@admin.register(User)
class UserAdmin(DeskAdmin[User]):
    """People, read-only: they look after their own account."""

    may_view = staticmethod(is_overseer)
    list_display = ["email", "name", "language", "is_active", "joined_at"]
    list_filter = ["is_active", "language"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_active", "joined_at", "last_login"]
    inlines = [RegionRoleInline, ProgrammeRoleInline]


class MembershipInline(DeskInline):
    """Who acts for an organisation."""

    model = Membership
    fields = ["user", "is_owner", "state", "asked_at", "decided_at", "decided_by"]
    show_change_link = True


@admin.register(Organisation)
class OrganisationAdmin(DeskAdmin[Organisation]):
    """Organisations, read-only: their owners look after them."""

    list_display = ["name", "legal_form", "city", "country", "region"]
    list_filter = ["region", "country"]
    search_fields = ["name", "register_number", "vat_number"]
    fields = [
        "name",
        "legal_form",
        "is_sole_trader",
        "register_number",
        "vat_number",
        "country",
        "region",
        "address",
        "city",
        "website",
        "email",
    ]
    inlines = [MembershipInline]

    def get_urls(self) -> list[URLPattern]:
        """Add the page that tells who read what."""
        seen = self.page("<path:object_id>/reads/", require_safe(self.reads_view), "reads")
        return [seen, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer the page to those who oversee a programme."""
        if is_overseer(actor(request)):
            address = self.address("reads", context["original"].pk)
            context["links"] = [{"label": gettext("Who read what"), "address": address}]
        return super().render_change_form(request, context, *args, **kwargs)

    def reads_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Tell who of the staff read what of a firm, newest first."""
        row, by = self.row(request, object_id), actor(request)
        if not is_overseer(by):
            raise PermissionDenied
        found = reads_of(row, seen_by=signed_in(request))
        page = Paginator(found, READS_A_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Who read what"),
            "subtitle": str(row),
            "opts": self.opts,
            "original": row,
            "rows": [(entry, _thing(entry)) for entry in page],
            "previous_url": _turn(page.number - 1) if page.has_previous() else "",
            "next_url": _turn(page.number + 1) if page.has_next() else "",
        }
        return TemplateResponse(request, "portal/admin/reads.html", context)


def _thing(entry: JournalEntry) -> str:
    """Name what was read, with its number where it has one."""
    thing = dict(Thing.choices).get(entry.data["thing"], entry.data["thing"])
    return " ".join(filter(None, [str(thing), entry.data.get("which", "")]))


def _turn(number: int) -> str:
    return f"?{urlencode({'page': number})}"


@admin.register(Membership)
class MembershipAdmin(DeskAdmin[Membership]):
    """Requests to act for an organisation; a broker answers where no owner does."""

    list_display = ["organisation", "user", "is_owner", "state", "asked_at", "decided_by"]
    list_filter = ["state", "is_owner"]
    search_fields = ["organisation__name", "user__email", "user__name"]
    fields = ["organisation", "user", "is_owner", "state", "asked_at", "decided_at", "decided_by"]

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons of the workflow table."""
        moved = self.page(
            "<path:object_id>/<slug:verb>/move/", require_POST(self.move_view), "move"
        )
        return [moved, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer what the table allows now."""
        membership = context["original"]
        context["buttons"] = [
            {"label": t.label, "address": self.address("move", membership.pk, t.name)}
            for t in available(MEMBERSHIP, membership, actor(request))
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def move_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Do what the button says."""
        membership = self.row(request, object_id)
        act = MEMBERSHIP_VERBS.get(verb)
        if act is None:
            raise Http404
        act(membership, by=actor(request), now=clock.now())
        messages.success(request, gettext("Done. The person has been told by e-mail."))
        return HttpResponseRedirect(self.address("changelist"))
