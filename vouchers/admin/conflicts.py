"""Conflicts of interest at the desk: one's own, those to judge, and the report."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.accounts.forms import sent
from portal.admin import DeskAdmin
from portal.exports import stream_csv
from portal.models import User
from portal.permissions import actor, is_overseer, is_staff_member, signed_in
from portal.workflow import IllegalMove, Transition
from vouchers.actions import conflicts
from vouchers.admin import dossier as dossiers
from vouchers.enums import ConflictKind, ConflictState, PartyRole
from vouchers.exports import CONFLICTS
from vouchers.forms.conflicts import DeclareForm, JudgeForm
from vouchers.models import Application, ConflictOfInterest
from vouchers.permissions import is_concerned
from vouchers.workflow import CONFLICT

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@admin.register(ConflictOfInterest)
class ConflictAdmin(DeskAdmin[ConflictOfInterest]):
    """Who is kept from which application, why, and who has judged it."""

    may_view = staticmethod(is_staff_member)
    change_list_template = "admin/vouchers/conflict_list.html"
    list_display = ["application", "person", "tie", "state", "found_at", "judged_by"]
    list_filter = ["state", "kind"]
    list_select_related = ["application", "person", "judged_by"]
    fields = [
        "number",
        "person",
        "tie",
        "statement",
        "state",
        "found_at",
        "colleagues",
        "judged_by",
        "judged_at",
        "reason",
    ]
    readonly_fields = ["number", "tie", "colleagues"]

    @admin.display(description=gettext_lazy("Application"))
    def number(self, row: ConflictOfInterest) -> str:
        """The number, the voucher and the region: all that a barred person may know."""
        application = row.application
        return f"{application}, {application.voucher_type}, {application.home_region}"

    @admin.display(description=gettext_lazy("Conflict"))
    def tie(self, row: ConflictOfInterest) -> str:
        """What speaks for it, as a sentence."""
        return tie_words(row)

    @admin.display(description=gettext_lazy("Who can take it"))
    def colleagues(self, row: ConflictOfInterest) -> str:
        """The home region's brokers whom nothing bars."""
        home = row.application.home_region
        barring = row.application.conflicts.barring()
        others = User.objects.get_queryset().brokers_of(home, now=clock.now())
        names = [str(user) for user in others.exclude(pk__in=barring.values("person"))]
        nobody = gettext("Nobody in %(region)s: a manager must invite another broker")
        return ", ".join(names) or nobody % {"region": home}

    def get_urls(self) -> list[URLPattern]:
        """Add the report and the three answers."""
        aside = require_POST(self.step_aside)
        return [
            self.page("report.csv", require_safe(self.report), "report"),
            self.page("<path:object_id>/step-aside/", aside, "step_aside"),
            self.page("<path:object_id>/confirm/", BOTH(self.confirm), "confirm"),
            self.page("<path:object_id>/clear/", BOTH(self.clear), "clear"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer the report to managers and auditors."""
        report = self.address("report") if is_overseer(actor(request)) else ""
        return super().changelist_view(request, {**(extra_context or {}), "report": report})

    def report(self, request: HttpRequest) -> HttpResponseBase:
        """Give every conflict of the person's programmes as a table."""
        if not self.has_view_permission(request) or not is_overseer(actor(request)):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related(
            "application__call__programme",
            "application__home_region",
            "application__voucher_type",
            "person",
            "judged_by",
        )
        name = f"conflicts-of-interest-{clock.now():%Y-%m-%d}.csv"
        excel = request.GET.get("excel") == "1"
        return stream_csv(CONFLICTS, rows, filename=name, excel=excel)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer the answers that this person may give now."""
        row, by = context["original"], actor(request)
        context["title"] = gettext("Conflict of interest")
        if is_concerned(by, row):
            context["note"] = _own_words(row)
        else:
            desk = reverse("admin:vouchers_application_change", args=[row.application.reference])
            context["links"] = [{"label": gettext("Open the application"), "address": desk}]
            context["links"] += self.offers([CONFLICT.CLEAR, CONFLICT.CONFIRM], row, request)
        if CONFLICT.STEP_ASIDE in _offered(row, by):
            label = gettext("Step aside: a colleague takes it")
            context["buttons"] = [{"label": label, "address": self.address("step_aside", row.pk)}]
        return super().render_change_form(request, context, *args, **kwargs)

    def step_aside(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Confirm one's own conflict."""
        row = self.row_for(request, object_id, CONFLICT.STEP_ASIDE)
        conflicts.step_aside(row, by=actor(request), now=clock.now())
        messages.success(request, gettext("You have stepped aside. A colleague takes it."))
        return HttpResponseRedirect(self.address("changelist"))

    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say that a conflict stands."""
        return self._judge(
            request,
            object_id,
            CONFLICT.CONFIRM,
            conflicts.confirm,
            title=gettext("The conflict stands"),
            lead=gettext("The application stays hidden from %(person)s."),
        )

    def clear(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say that there is none."""
        return self._judge(
            request,
            object_id,
            CONFLICT.CLEAR,
            conflicts.clear,
            title=gettext("Clear the conflict"),
            lead=gettext("%(person)s sees the application again and may handle it."),
        )

    def _judge(
        self,
        request: HttpRequest,
        object_id: str,
        verb: Transition,
        act: Callable[..., None],
        *,
        title: str,
        lead: str,
    ) -> HttpResponse:
        row = self.row_for(request, object_id, verb)
        if row.state not in verb.sources:
            raise IllegalMove(row, verb)
        form = JudgeForm(sent(request))
        if form.is_valid():
            act(row, **form.cleaned_data, by=actor(request), now=clock.now())
            messages.success(
                request, gettext("Judged. %(person)s is told.") % {"person": row.person}
            )
            return HttpResponseRedirect(self.address("change", row.pk))
        said = lead % {"person": row.person}
        return self.form_page(request, form, title=title, submit=title, lead=said)


def _offered(row: ConflictOfInterest, by: Any) -> list[Transition]:
    return [verb for verb in CONFLICT if row.state in verb.sources and verb.permits(by, row)]


def _own_words(row: ConflictOfInterest) -> str:
    if row.state == ConflictState.CLEARED:
        return gettext("A second person has cleared it: you see the application again.")
    return gettext(
        "You do not see this application, in no list, file, letter or search. A second person may "
        "clear the conflict and must say why."
    )


TIES = {
    ConflictKind.DECLARED: gettext_lazy("Declared (%(party)s)"),
    ConflictKind.MEMBER: gettext_lazy("Acts for %(evidence)s (%(party)s)"),
    ConflictKind.EMPLOYER: gettext_lazy("Works for %(evidence)s (%(party)s)"),
    ConflictKind.EARLIER: gettext_lazy(
        "Took part in an earlier application or consent of %(evidence)s (%(party)s)"
    ),
    ConflictKind.DOMAIN: gettext_lazy("Writes from %(evidence)s (%(party)s)"),
}


def tie_words(row: ConflictOfInterest) -> str:
    """Return what ties the person to the application, with its evidence."""
    said = {"evidence": row.evidence, "party": PartyRole(row.party).label}
    return TIES[ConflictKind(row.kind)] % said


@BOTH
def declare(request: HttpRequest, reference: str, site: admin.AdminSite) -> HttpResponse:
    """Ask to whom the person is close, and hide the application from them."""
    row: Application = dossiers.find(signed_in(request), reference)
    form = DeclareForm(sent(request))
    if form.is_valid():
        conflicts.declare(row, **form.cleaned_data, by=actor(request), now=clock.now())
        messages.success(
            request,
            gettext("%(number)s is hidden from you. Your colleagues are told to take it over.")
            % {"number": row},
        )
        return HttpResponseRedirect(reverse("admin:vouchers_conflictofinterest_changelist"))
    context = {
        **site.each_context(request),
        "title": gettext("Conflict of interest"),
        "application": row,
        "form": form,
    }
    return TemplateResponse(request, "admin/vouchers/application/conflict.html", context)
