"""How long files are kept, and erasing those whose time is over."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.admin import DeskAdmin
from portal.permissions import actor, is_manager, is_overseer
from vouchers.actions import retention
from vouchers.actions.leaving import months_of
from vouchers.enums import KeptFile
from vouchers.models import RetentionPeriod
from vouchers.rules.retention import DEFAULT_PERIODS, Period

AT_ONCE = 200


class PeriodForm(forms.Form):
    """Months that a kind of file is kept."""

    months = forms.IntegerField(label=gettext_lazy("Kept for months"), min_value=1, max_value=600)

    def __init__(self, *args: Any, period: Period, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.period = period
        if period.at_least:
            self.fields["months"].help_text = gettext(
                "At least %(months)s months: %(basis)s demands them."
            ) % {"months": period.at_least, "basis": period.basis}

    def clean_months(self) -> int:
        """Refuse less than the law demands."""
        months: int = self.cleaned_data["months"]
        if months < self.period.at_least:
            raise forms.ValidationError(
                gettext("Enter %(months)s or more: the law demands it")
                % {"months": self.period.at_least}
            )
        return months


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of file with its period and how many are due."""

    kind: KeptFile
    months: int
    basis: str
    due: int


@admin.register(RetentionPeriod)
class RetentionPeriodAdmin(DeskAdmin[RetentionPeriod]):
    """Managers set periods and erase; auditors read."""

    may_view = staticmethod(is_overseer)

    def get_urls(self) -> list[URLPattern]:
        """Replace the form of a row by the form of a kind, which may have no row yet."""
        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            self.page("erase/", require_POST(self.erase), "erase"),
            self.page("period/<slug:kind>/", both(self.period), "period"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show every kind with its period and what is due; nothing is written."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found, months = retention.due(now=clock.now()), months_of()
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Privacy: how long files are kept"),
            "rows": [
                Row(
                    kind,
                    months[kind],
                    DEFAULT_PERIODS[kind].basis,
                    sum(one.kind == kind for one in found),
                )
                for kind in KeptFile
            ],
            "due": found[:AT_ONCE],
            "total": len(found),
            "is_manager": is_manager(actor(request)),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/vouchers/retention.html", context)

    def period(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Show and set the months of one kind."""
        if kind not in KeptFile:
            raise Http404
        if not is_manager(actor(request)):
            raise PermissionDenied
        which = KeptFile(kind)
        form = PeriodForm(
            request.POST if request.method == "POST" else None,
            period=DEFAULT_PERIODS[which],
            initial={"months": months_of()[which]},
        )
        if not form.is_valid():
            return self.form_page(request, form, title=str(which.label), submit=gettext("Save"))
        months = form.cleaned_data["months"]
        retention.set_period(which, months=months, by=actor(request), now=clock.now())
        messages.success(request, gettext("The period is set."))
        return HttpResponseRedirect(self.address("changelist"))

    def erase(self, request: HttpRequest) -> HttpResponse:
        """Erase what is due, some at a time, so that a page never hangs."""
        erased = retention.erase_due(most=AT_ONCE, by=actor(request), now=clock.now())
        words = ngettext("%(erased)s file erased.", "%(erased)s files erased.", erased)
        messages.success(request, words % {"erased": erased})
        return HttpResponseRedirect(self.address("changelist"))
