"""Extension tickets at the desk: brokers give them, managers agree to the long ones."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.accounts.forms import sent
from portal.admin import DeskAdmin
from portal.enums import Role
from portal.models import User
from portal.permissions import actor, is_staff_member, signed_in
from portal.workflow import IllegalMove
from vouchers.actions import extensions
from vouchers.actions.extensions import NotLater
from vouchers.enums import ApplicationState, ExtensionState
from vouchers.forms.extensions import ExtensionForm
from vouchers.models import Application, Extension
from vouchers.models.conflicts import barred
from vouchers.permissions import may_agree_to_extension

# A call that closed long ago is decided: nobody joins it any more.
LATEST = timedelta(days=90)
BOTH = require_http_methods(["GET", "HEAD", "POST"])


@admin.register(Extension)
class ExtensionAdmin(DeskAdmin[Extension]):
    """Who got more time, until when, why, and whether it was used."""

    may_view = staticmethod(is_staff_member)
    change_list_template = "admin/vouchers/extension_list.html"
    list_display = ["application", "firm", "until", "state", "given_by", "given_at", "used_at"]
    list_filter = ["state"]
    fields = [
        "application",
        "state",
        "until",
        "reason",
        "given_by",
        "given_at",
        "decided_by",
        "decided_at",
        "used_at",
    ]

    @admin.display(description=gettext("Firm"))
    def firm(self, row: Extension) -> str:
        """The firm that has more time."""
        return str(row.application.organisation)

    def get_urls(self) -> list[URLPattern]:
        """Add the form that gives, and the two answers of a manager."""
        return [
            self.page("give/", BOTH(self.give), "give"),
            self.page("<path:object_id>/agree/", BOTH(self.agree), "agree"),
            self.page("<path:object_id>/refuse/", BOTH(self.refuse), "refuse"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer the form to brokers."""
        give = self.address("give") if _is_broker(signed_in(request)) else ""
        return super().changelist_view(request, {**(extra_context or {}), "give": give})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer a manager the two answers while it waits."""
        row = context["original"]
        if row.state == ExtensionState.WAITING and may_agree_to_extension(actor(request), row):
            context["links"] = [
                {"label": gettext("Agree"), "address": self.address("agree", row.pk)},
                {"label": gettext("Refuse"), "address": self.address("refuse", row.pk)},
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def give(self, request: HttpRequest) -> HttpResponse:
        """Ask which draft gets more time, until when and why."""
        user = signed_in(request)
        if not _is_broker(user):
            raise PermissionDenied
        form = ExtensionForm(sent(request), drafts=_drafts_of(user))
        if form.is_valid():
            now = clock.now()
            try:
                row = extensions.give(**form.cleaned_data, by=actor(request), now=now)
            except NotLater:
                form.refuse_until(now)
            except IllegalMove:
                form.add_error("application", gettext("It has been sent meanwhile"))
            else:
                messages.success(request, _given(row))
                return HttpResponseRedirect(self.address("changelist"))
        return self.form_page(
            request,
            form,
            title=gettext("Give one draft more time"),
            submit=gettext("Give more time"),
            lead=gettext(
                "The call stays closed for all others. What exceeds your programme's days waits "
                "for a manager; the firm is told when it counts."
            ),
        )

    def agree(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let a long extension count."""
        return self._answer(
            request,
            object_id,
            extensions.agree,
            title=gettext("Agree to more time"),
            submit=gettext("Agree"),
            done=gettext("The firm has more time and is told so."),
        )

    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Do not let a long extension count."""
        return self._answer(
            request,
            object_id,
            extensions.refuse,
            title=gettext("Refuse more time"),
            submit=gettext("Refuse"),
            done=gettext("The extension is refused, and the region is told."),
        )

    def _answer(
        self,
        request: HttpRequest,
        object_id: str,
        act: Callable[..., None],
        *,
        title: str,
        submit: str,
        done: str,
    ) -> HttpResponse:
        row, by = self.row(request, object_id), actor(request)
        if not may_agree_to_extension(by, row):
            raise PermissionDenied
        form = forms.Form(sent(request))
        if request.method == "POST":
            try:
                act(row, by=by, now=clock.now())
            except NotLater:
                messages.error(request, gettext("The time that was asked for is past."))
            else:
                messages.success(request, done)
            return HttpResponseRedirect(self.address("change", row.pk))
        return self.form_page(request, form, title=title, submit=submit, lead=str(row.reason))


def _is_broker(user: User) -> bool:
    return bool(user.region_ids(Role.BROKER))


def _drafts_of(user: User) -> QuerySet[Application]:
    """Return the unsent drafts of the person's regions, without those of an own firm."""
    drafts = Application.objects.filter(
        state=ApplicationState.DRAFT,
        home_region__in=user.region_ids(Role.BROKER),
        call__closes_at__gte=clock.now() - LATEST,
    ).exclude(barred(user))
    return drafts.select_related("organisation", "voucher_type", "call", "offer").order_by(
        "organisation__name", "pk"
    )


def _given(row: Extension) -> str:
    if row.state == ExtensionState.WAITING:
        return gettext("A manager must agree to that many days. The managers are asked by mail.")
    return gettext("The firm has more time and is told so.")
