"""Absences at the desk: a broker enters one with a deputy, and takes it back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.accounts.forms import sent
from portal.admin import DeskAdmin
from portal.enums import Role
from portal.models import RegionRole
from portal.permissions import actor, is_staff_member, signed_in
from portal.templatetags.portal_ui import day
from vouchers.actions import absences
from vouchers.actions.absences import AwayThen, DaysPast, may_end
from vouchers.actions.entrusting import NotABroker
from vouchers.forms.absences import AbsenceForm
from vouchers.models import Absence

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@admin.register(Absence)
class AbsenceAdmin(DeskAdmin[Absence]):
    """Who is away in the regions that one sees, and who stands in."""

    may_view = staticmethod(is_staff_member)
    change_list_template = "admin/vouchers/absence_list.html"
    list_display = ["person", "region", "starts_on", "ends_on", "deputy", "ended_at"]
    list_filter = ["region"]
    fields = ["person", "region", "starts_on", "ends_on", "deputy", "entered_at", "ended_at"]

    def get_urls(self) -> list[URLPattern]:
        """Add the form that enters, and the button that takes back."""
        return [
            self.page("enter/", BOTH(self.enter), "enter"),
            self.page("<path:object_id>/end/", BOTH(self.end), "end"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer the form to brokers."""
        is_broker = bool(signed_in(request).region_ids(Role.BROKER))
        enter = self.address("enter") if is_broker else ""
        return super().changelist_view(request, {**(extra_context or {}), "enter": enter})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer to take back what holds."""
        row = context["original"]
        if row.ended_at is None and may_end(actor(request), row):
            address = self.address("end", row.pk)
            context["links"] = [{"label": gettext("Take it back"), "address": address}]
        return super().render_change_form(request, context, *args, **kwargs)

    def enter(self, request: HttpRequest) -> HttpResponse:
        """Ask from when to when, and who stands in."""
        user, now = signed_in(request), clock.now()
        regions = user.region_ids(Role.BROKER)
        if not regions:
            raise PermissionDenied
        roles = RegionRole.objects.current(now).filter(
            role=Role.BROKER, region__in=regions, user__is_active=True
        )
        form = AbsenceForm(sent(request), of=user, roles=roles)
        if form.is_valid():
            try:
                row = absences.enter(**form.cleaned_data, by=actor(request), now=now)
            except NotABroker:
                form.refuse_deputy()
            except DaysPast:
                form.refuse_days()
            except AwayThen as error:
                form.refuse_clash(error.absence)
            else:
                words = gettext("%(deputy)s stands in for you from %(first)s to %(last)s.")
                said = {
                    "deputy": row.deputy,
                    "first": day(row.starts_on),
                    "last": day(row.ends_on),
                }
                messages.success(request, words % said)
                return HttpResponseRedirect(self.address("changelist"))
        return self.form_page(
            request,
            form,
            title=gettext("Enter an absence"),
            submit=gettext("Enter"),
            lead=gettext(
                "In these days your applications are on your deputy's list too, and mails about "
                "them go to your deputy, who decides in their own name."
            ),
        )

    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Be back, or stay after all."""
        row, by = self.row(request, object_id), actor(request)
        if not may_end(by, row):
            raise PermissionDenied
        if request.method == "POST":
            absences.end(row, by=by, now=clock.now())
            messages.success(request, gettext("The absence is taken back."))
            return HttpResponseRedirect(self.address("changelist"))
        title = gettext("Take the absence back")
        return self.form_page(request, forms.Form(), title=title, submit=title, lead=str(row))
