"""Roles of staff: invite by mail, end with a successor where one is needed."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext

from portal import clock
from portal.accounts.forms import sent
from portal.actions.people import AlreadyHeld, EndNeeded, LastBroker, end_role, invite_staff
from portal.admin.desk import DeskAdmin
from portal.admin.forms import EndRoleForm, InviteForm, ProgrammeInviteForm, RegionInviteForm
from portal.models import Programme, ProgrammeRole, Region, RegionRole
from portal.permissions import actor, is_overseer, is_staff_member, may_set_up, requires


class RoleAdmin[M: RegionRole | ProgrammeRole](DeskAdmin[M]):
    """Base of both lists of roles."""

    invite_form: ClassVar[type[InviteForm]]
    change_list_template = "portal/admin/role_list.html"
    search_fields = ["user__email", "user__name"]
    date_hierarchy = None

    def get_urls(self) -> list[URLPattern]:
        """Add the forms that invite and end."""
        return [
            self.page("invite/", requires(may_set_up)(self.invite_view), "invite"),
            self.page("<path:object_id>/end/", self.end_view, "end"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer the invitation to those who may invite."""
        invite = self.address("invite") if may_set_up(actor(request)) else ""
        return super().changelist_view(request, {**(extra_context or {}), "invite": invite})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer the end of a role that holds."""
        held = context["original"]
        if _holds(held) and may_set_up(actor(request), _scope(held)):
            context["links"] = [
                {"label": gettext("End this role"), "address": self.address("end", held.pk)}
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def invite_view(self, request: HttpRequest) -> HttpResponse:
        """Ask whom to invite to what, then mail the invitation."""
        form = type(self).invite_form(sent(request), by=actor(request))
        if form.is_valid():
            try:
                link = invite_staff(
                    **form.invitation(),
                    by=actor(request),
                    now=clock.now(),
                    link_now=timezone.now(),
                )
            except AlreadyHeld:
                form.add_error("email", gettext("This person has this role already"))
            except EndNeeded:
                form.add_error("until", gettext("Enter the last day of the audit, today or later"))
            else:
                text = gettext("The invitation to %(email)s is on its way.")
                messages.success(request, text % {"email": link.email})
                return HttpResponseRedirect(self.address("changelist"))
        return self.form_page(
            request,
            form,
            title=gettext("Invite somebody"),
            submit=gettext("Send the invitation"),
            lead=gettext("The invitation is valid for 14 days. The role starts on acceptance."),
        )

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for a successor, then end the role."""
        held = self.row(request, object_id)
        if not may_set_up(actor(request), _scope(held)):
            raise PermissionDenied
        form = EndRoleForm(sent(request))
        if form.is_valid():
            try:
                end_role(held, by=actor(request), now=clock.now(), **form.cleaned_data)
            except LastBroker:
                form.add_error(
                    "successor",
                    gettext("This is the region's last broker: name who takes over"),
                )
            else:
                messages.success(request, gettext("The role has ended."))
                return HttpResponseRedirect(self.address("changelist"))
        return self.form_page(
            request,
            form,
            title=gettext("End this role"),
            submit=gettext("End the role now"),
            lead=gettext("%(role)s. It ends at once, and the person is told by e-mail.")
            % {"role": held},
        )


@admin.register(RegionRole)
class RegionRoleAdmin(RoleAdmin[RegionRole]):
    """Brokers and finance of the regions."""

    may_view = staticmethod(is_staff_member)
    invite_form = RegionInviteForm
    list_display = [
        "user",
        "role",
        "region",
        "organisation",
        "starts_at",
        "ends_at",
        "given_by",
    ]
    list_filter = ["region", "role"]
    fields = ["user", "role", "region", "organisation", "starts_at", "ends_at", "given_by"]


@admin.register(ProgrammeRole)
class ProgrammeRoleAdmin(RoleAdmin[ProgrammeRole]):
    """Managers and auditors of the programmes."""

    may_view = staticmethod(is_overseer)
    invite_form = ProgrammeInviteForm
    list_display = ["user", "role", "programme", "starts_at", "ends_at", "given_by"]
    list_filter = ["programme", "role"]
    fields = ["user", "role", "programme", "starts_at", "ends_at", "given_by"]


def _scope(held: RegionRole | ProgrammeRole) -> Region | Programme:
    return held.region if isinstance(held, RegionRole) else held.programme


def _holds(held: RegionRole | ProgrammeRole) -> bool:
    return type(held).objects.current(clock.now()).filter(pk=held.pk).exists()
