"""A manager's set-up: voucher types, calls, forms and budgets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.admin import DeskAdmin
from portal.permissions import Actor, actor, is_manager
from portal.templatetags.portal_ui import instant
from portal.workflow import available
from vouchers.actions import call_changes, calls, setup
from vouchers.admin.setup_rows import (
    CostKindInline,
    CriterionInline,
    RegionTermsInline,
    SetupInline,
    may_edit,
)
from vouchers.cases.readiness import missing_in
from vouchers.enums import CallState
from vouchers.forms.call_changes import CallChangeForm
from vouchers.forms.setup import (
    CallForm,
    CopyCallForm,
    OfferForm,
    OfferFormSet,
    VoucherTypeForm,
)
from vouchers.models import (
    Call,
    CallVoucherType,
    PotCeiling,
    VoucherType,
)
from vouchers.workflow import CALL


class SetupAdmin[M: models.Model](DeskAdmin[M]):
    """Rows that a manager sets up: written by actions, read-only where terms are announced."""

    may_add = staticmethod(is_manager)
    may_change = staticmethod(may_edit)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Show what a published call has announced, without a field to change it."""
        return sorted(setup.frozen_fields(obj, now=clock.now()) & set(self._shown()))

    def _shown(self) -> list[str]:
        return [f.name for f in self.model._meta.concrete_fields]

    def add_row(self, obj: M, *, by: Actor, now: datetime) -> None:
        """Store the row."""
        setup.create(obj, by=by, now=now)

    def change_row(self, obj: M, changes: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
        """Write what changed."""
        setup.edit(obj, changes, by=by, now=now)

    def add_inline_row(self, obj: models.Model, *, by: Actor, now: datetime) -> None:
        """Store a row of the page."""
        setup.create(obj, by=by, now=now)

    def change_inline_row(
        self, obj: models.Model, changes: Mapping[str, Any], *, by: Actor, now: datetime
    ) -> None:
        """Write what changed in a row of the page."""
        setup.edit(obj, changes, by=by, now=now)


@admin.register(VoucherType)
class VoucherTypeAdmin(SetupAdmin[VoucherType]):
    """Voucher types of the manager's programmes."""

    form = VoucherTypeForm
    list_display = ["name", "programme", "amount_kind", "amount", "selection", "is_offered"]
    list_filter = ["programme"]
    inlines = [CostKindInline, CriterionInline, RegionTermsInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "programme",
                    "code",
                    "short_code",
                    "kind",
                    "name",
                    "summary",
                    "order",
                    "is_offered",
                ]
            },
        ),
        (
            _("Amount and time"),
            {
                "fields": [
                    "amount_kind",
                    "amount",
                    "funding_rate",
                    "validity_months",
                    "claim_days",
                    "pays_vat",
                    "extension_months",
                    "payee",
                    "aid_basis",
                ]
            },
        ),
        (
            _("Who may apply, who signs, who chooses"),
            {
                "fields": [
                    "crossing_rule",
                    "max_per_call",
                    "max_per_programme",
                    "max_hosts",
                    "needs_consent",
                    "needs_host_signature",
                    "needs_agreement",
                    "agreement_days",
                    "selection",
                    "assessors",
                    "threshold",
                    "holds_letters",
                ]
            },
        ),
        (_("Rules page"), {"fields": ["rules_text"]}),
    ]


class OfferInline(SetupInline):
    """Which voucher types the call offers, with which form."""

    model = CallVoucherType
    form = OfferForm
    formset = OfferFormSet
    extra = 1
    named = ("voucher_type", "question_set")
    asked = ("opens_at", "closes_at")

    def _is_read(self, request: HttpRequest, obj: Any) -> bool:
        is_announced = obj is not None and obj.state != CallState.DRAFT
        return is_announced or not self.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Add no voucher to what was announced."""
        is_announced = obj is not None and obj.state != CallState.DRAFT
        return super().has_add_permission(request, obj) and not is_announced

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show instants that cannot be edited with the call's zone."""
        when = tuple(IN_ITS_ZONE.values()) if self._is_read(request, obj) else self.asked
        return [*self.named, *when, "holds_letters"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Keep what the call has announced."""
        return [*self.named, *IN_ITS_ZONE.values()] if self._is_read(request, obj) else []

    @admin.display(description=_("Opens at"))
    def opens(self, offer: CallVoucherType) -> str:
        """Its own first instant, in the call's zone; empty where it is the call's."""
        return instant(offer.opens_at, offer.call.time_zone) or "–"  # noqa: RUF001

    @admin.display(description=_("Closes at"))
    def closes(self, offer: CallVoucherType) -> str:
        """Its own last instant, in the call's zone; empty where it is the call's."""
        return instant(offer.closes_at, offer.call.time_zone) or "–"  # noqa: RUF001


class CeilingInline(SetupInline):
    """How much of a pot the call may use."""

    model = PotCeiling
    extra = 0
    fields = ["pot", "amount"]


# What shows an instant where it is not edited.
IN_ITS_ZONE = {"opens_at": "opens", "closes_at": "closes"}


@admin.register(Call)
class CallAdmin(SetupAdmin[Call]):
    """Calls: drafts are edited freely, published ones keep their terms."""

    form = CallForm
    list_display = ["name", "code", "programme", "state", "opens", "closes"]
    list_filter = ["programme", "state"]
    search_fields = ["name", "code"]
    prepopulated_fields = {"slug": ["code"]}
    inlines = [OfferInline, CeilingInline]

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons' pages."""
        form = require_http_methods(["GET", "HEAD", "POST"])
        return [
            self.page("<path:pk>/verb/<slug:verb>/", require_POST(self.verb), "verb"),
            self.page("<path:pk>/ask/", form(self.ask), "ask"),
            self.page("<path:pk>/preview/", require_safe(self.preview), "preview"),
            self.page("<path:pk>/copy/", form(self.copy), "copy"),
            *super().get_urls(),
        ]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """Suggest an address for a new call only."""
        return {} if obj else {"slug": ["code"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep what the call has announced."""
        fixed = super().get_readonly_fields(request, obj)
        kept = [name for name in fixed if name in CallForm.Meta.fields]
        # Both: the column leaves the form, and what shows it takes its place.
        return [*kept, *(IN_ITS_ZONE[name] for name in kept if name in IN_ITS_ZONE)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show instants that cannot be edited with the call's zone."""
        fixed = self.get_readonly_fields(request, obj)
        is_read_only = obj is not None and not self.has_change_permission(request, obj)
        zoned = {n: m for n, m in IN_ITS_ZONE.items() if is_read_only or m in fixed}
        return [zoned.get(name, name) for name in CallForm.Meta.fields]

    @admin.display(description=_("Opens at"), ordering="opens_at")
    def opens(self, call: Call) -> str:
        """The first instant, in the call's zone."""
        return instant(call.opens_at, call.time_zone)

    @admin.display(description=_("Closes at"), ordering="closes_at")
    def closes(self, call: Call) -> str:
        """The last instant, in the call's zone."""
        return instant(call.closes_at, call.time_zone)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Offer the arrows that the call has now."""
        call = self.row(request, object_id)
        by = actor(request)
        buttons = [
            {"label": t.label, "address": self.address("verb", call.pk, t.name)}
            for t in available(CALL, call, by)
        ]
        links = [
            {"label": gettext("Preview"), "address": self.address("preview", call.pk)},
            {"label": gettext("Make the next call"), "address": self.address("copy", call.pk)},
        ]
        if call.state != CallState.DRAFT:
            label = gettext("Change what was announced")
            links.append({"label": label, "address": self.address("ask", call.pk)})
        extra = {
            "buttons": buttons,
            "links": links if may_edit(by, call) else [],
            "missing": missing_in(call, now=clock.now()) if call.state == CallState.DRAFT else [],
        }
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def verb(self, request: HttpRequest, pk: str, verb: str) -> HttpResponse:
        """Publish a call, or its results."""
        call = self.row(request, pk)
        by, now = actor(request), clock.now()
        if verb == CALL.SCHEDULE.name:
            try:
                calls.schedule(call, by=by, now=now)
            except calls.NotReady as lacks:
                for sentence in lacks.missing:
                    messages.error(request, sentence)
            else:
                messages.success(request, gettext("The call is published."))
        elif verb == CALL.PUBLISH.name:
            calls.publish_results(call, by=by, now=now)
            messages.success(request, gettext("The results are published."))
        else:
            raise PermissionDenied(verb)
        return redirect(self.address("change", call.pk))

    def preview(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Show the call as visitors will see it, with the rules and form of each voucher."""
        call = self.row(request, pk)
        offers = call.offers.select_related("voucher_type", "question_set")
        context = {
            "call": call,
            "back": self.address("change", call.pk),
            "programme": call.programme,
            "regions": call.programme.regions.select_related("region"),
            "offers": [
                {
                    "offer": offer,
                    "terms": offer.general_terms,
                    "kinds": list(offer.voucher_type.cost_kinds.all()),
                }
                for offer in offers.prefetch_related("voucher_type__cost_kinds")
            ],
        }
        return TemplateResponse(request, "vouchers/preview/call.html", context)

    def ask(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Ask a second manager to change what was announced."""
        call = self.row(request, pk)
        if not may_edit(actor(request), call) or call.state == CallState.DRAFT:
            raise PermissionDenied("ask")
        form = CallChangeForm(request.POST if request.method == "POST" else None, call=call)
        if form.is_bound and form.is_valid() and self._asked(request, call, form):
            messages.success(request, gettext("A second manager is asked by mail to agree."))
            return redirect(self.address("change", call.pk))
        return self.form_page(
            request,
            form,
            title=gettext("Change what %(call)s has announced") % {"call": call},
            submit=gettext("Ask a second manager"),
            lead=gettext(
                "Texts may change, and the call may close later. Everybody who has a draft is told."
            ),
        )

    def _asked(self, request: HttpRequest, call: Call, form: CallChangeForm) -> bool:
        reason, by, now = form.cleaned_data["reason"], actor(request), clock.now()
        try:
            call_changes.ask(call, changes=form.changes, reason=reason, by=by, now=now)
        except call_changes.NothingChanged:
            form.add_error(None, gettext("Nothing is different from what the call says now"))
        except call_changes.ChangeWaits:
            form.add_error(None, gettext("Another change of this call waits for an answer"))
        except call_changes.NotLater:
            form.add_error("closes_at", gettext("Enter an instant that is still to come"))
        else:
            return True
        return False

    def copy(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Make the next call from this one."""
        call = self.row(request, pk)
        if not may_edit(actor(request), call):
            raise PermissionDenied("copy")
        form = CopyCallForm(request.POST if request.method == "POST" else None, call=call)
        if form.is_bound and form.is_valid():
            made = calls.copy_call(call, **form.cleaned_data, by=actor(request), now=clock.now())
            messages.success(request, gettext("The next call is a draft. Check it and publish it."))
            return redirect(self.address("change", made.pk))
        return self.form_page(
            request,
            form,
            title=gettext("The next call, from %(call)s") % {"call": call},
            submit=gettext("Make the draft"),
            lead=gettext("Voucher types, forms and ceilings are taken over."),
        )
