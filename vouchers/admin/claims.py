"""Claims at the desk: the list, and one claim with its receipts."""

from enum import StrEnum
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.enums import Role
from portal.models import User
from portal.permissions import actor, signed_in
from vouchers.actions.claims import eligible_total, payable
from vouchers.admin.claim_verbs import CLAIM_VERBS
from vouchers.admin.files import upload_download
from vouchers.admin.history import history_of
from vouchers.admin.keyset import newest, page
from vouchers.admin.panels import Asked, VerbAdmin
from vouchers.admin.payments import payments
from vouchers.admin.queue import TabLink
from vouchers.cases.receipts import used_again
from vouchers.enums import ClaimState
from vouchers.models import Claim, ClaimLine

BY_FILING = newest("filed_at")
LONGEST_ID = 18


class ClaimTab(StrEnum):
    """The piles of claims."""

    FILED = "filed"
    APPROVED = "approved"
    PAID = "paid"
    RETURNED = "returned"


TABS = {
    ClaimTab.FILED: _("To check"),
    ClaimTab.APPROVED: _("To pay"),
    ClaimTab.PAID: pgettext_lazy("tab", "Paid"),
    ClaimTab.RETURNED: _("With applicant"),
}
NARROW = (
    "number",
    "state",
    "filed_at",
    "approved_amount",
    "award__number",
    "award__amount",
    "award__application__reference",
    "award__application__organisation__name",
    "award__application__home_region__code",
    "award__application__home_region__time_zone",
    "award__application__voucher_type__name",
    "award__application__voucher_type__kind",
)


@admin.register(Claim)
class ClaimAdmin(VerbAdmin[Claim]):
    """Claims: checked by the broker, paid by somebody else."""

    verbs = CLAIM_VERBS

    def get_urls(self) -> list[URLPattern]:
        """Add the receipts' files and the list of payments."""
        file = self.page("<str:reference>/file/<int:upload>/", require_safe(self.file), "file")
        paid = self.page("payments/", partial(payments, site=self.admin_site), "payments")
        return [file, paid, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the claims of one pile, newest first."""
        user = signed_in(request)
        rows = Claim.objects.for_desk(user)
        tab = _tab(request, user)
        found = page(_narrow(rows.filter(state=tab.value)), request.GET, BY_FILING)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Claims and payments"),
            "tabs": _tabs(rows, tab),
            "tab_label": TABS[tab],
            "rows": found.rows,
            "previous_url": found.previous,
            "next_url": found.next,
        }
        return TemplateResponse(request, "admin/vouchers/claim/list.html", context)

    def find(self, user: User, reference: str) -> Claim:
        """Return a claim that the person sees; 404 otherwise."""
        if not reference.isdecimal() or len(reference) > LONGEST_ID:
            raise Http404
        lines = ClaimLine.objects.select_related("kind", "receipt", "proof_of_payment")
        rows = Claim.objects.for_desk(user).select_related(
            "award__pot",
            "award__application__call__programme",
            "award__application__voucher_type",
            "award__application__organisation",
            "award__application__home_region",
            "filed_by",
            "approved_by",
            "paid_by",
        )
        found = rows.prefetch_related(Prefetch("lines", lines)).filter(pk=int(reference)).first()
        if found is None:
            raise Http404
        return found

    def show(self, request: HttpRequest, row: Claim, asked: Asked | None = None) -> HttpResponse:
        """Draw the desk of one claim."""
        panels = self.panels(row, str(row.pk), by=actor(request), now=clock.now(), asked=asked)
        application = row.award.application
        again = used_again(row, seen_by=signed_in(request))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Claim %(claim)s") % {"claim": row},
            "claim": row,
            "award": row.award,
            "application": application,
            "programme": application.call.programme,
            "lines": [(line, again.get(line.pk, [])) for line in row.lines.all()],
            "eligible": eligible_total(row),
            "payable": payable(row),
            "panels": panels,
            "history": history_of(row, is_private=True),
            "form": asked.form if asked else None,
        }
        return TemplateResponse(request, "admin/vouchers/claim/desk.html", context)

    def file(self, request: HttpRequest, reference: str, upload: int) -> HttpResponseBase:
        """Give a receipt or a proof of payment."""
        row = self.find(signed_in(request), reference)
        files = {
            file.pk: file
            for line in row.lines.all()
            for file in (line.receipt, line.proof_of_payment)
            if file is not None
        }
        if upload not in files:
            raise Http404
        return upload_download(files[upload], request=request, of=row.award.application)


def _tab(request: HttpRequest, user: User) -> ClaimTab:
    """Return the pile that the address names; finance starts with what is to be paid."""
    pays = bool(user.region_ids(Role.FINANCE)) and not user.region_ids(Role.BROKER)
    first = ClaimTab.APPROVED if pays else ClaimTab.FILED
    wanted = request.GET.get("tab", first.value)
    if wanted in ClaimTab:
        return ClaimTab(wanted)
    messages.warning(request, gettext("We do not know this tab, so you see the first one"))
    return first


def _tabs(rows: QuerySet[Claim], current: ClaimTab) -> list[TabLink]:
    counts = rows.order_by().aggregate(
        **{tab.value: Count("pk", filter=Q(state=ClaimState(tab.value))) for tab in ClaimTab}
    )
    return [
        TabLink(
            label=str(TABS[tab]),
            count=counts[tab.value],
            query="?" + urlencode({"tab": tab.value}),
            is_current=tab == current,
        )
        for tab in ClaimTab
    ]


def _narrow(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    return rows.select_related(
        "award__application__organisation",
        "award__application__home_region",
        "award__application__voucher_type",
    ).only(*NARROW)
