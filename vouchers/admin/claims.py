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
from portal.exports import stream_csv
from portal.models import User
from portal.permissions import Actor, actor, signed_in
from vouchers.actions import receipt_notes
from vouchers.actions.claims import asks_for_vat
from vouchers.admin.claim_verbs import ASK, CLAIM_VERBS
from vouchers.admin.files import upload_download
from vouchers.admin.history import history_of
from vouchers.admin.keyset import newest, page
from vouchers.admin.panels import Asked, VerbAdmin, offered
from vouchers.admin.payments import payments
from vouchers.admin.queue import TabLink
from vouchers.cases.claims import rows_of, settlement_of, vat_of
from vouchers.cases.receipts import used_again
from vouchers.cases.threads import files_of, has_news, in_hand, threads_of, with_news
from vouchers.enums import ClaimState
from vouchers.exports import RECEIPTS
from vouchers.models import Claim, ClaimLine, Instruction
from vouchers.permissions import is_claim_broker
from vouchers.reasons import sentence

BY_FILING = newest("filed_at")
LONGEST_ID = 18
UNREAD = _("Unread answer")
AROUND_LINES = (
    "kind",
    "claim__award__application__organisation",
    "claim__award__application__home_region",
    "claim__award__application__voucher_type",
    "claim__award__pot__programme",
)


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
        receipts = self.page("receipts.csv", require_safe(self.receipts), "receipts")
        return [file, paid, receipts, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the claims of one pile, newest first."""
        user = signed_in(request)
        rows = Claim.objects.for_desk(user)
        tab = _tab(request, user)
        pile = with_news(_narrow(rows.filter(state=tab.value)))
        found = page(pile, request.GET, BY_FILING)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Claims and payments"),
            "tabs": _tabs(rows, tab),
            "tab": tab.value,
            "tab_label": TABS[tab],
            "unread": UNREAD,
            "rows": found.rows,
            "previous_url": found.previous,
            "next_url": found.next,
        }
        return TemplateResponse(request, "admin/vouchers/claim/list.html", context)

    def find(self, user: User, reference: str) -> Claim:
        """Return a claim that the person sees; 404 otherwise."""
        if not reference.isdecimal() or len(reference) > LONGEST_ID:
            raise Http404
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
        batches = Prefetch("instructions", Instruction.objects.select_related("batch"))
        parts = rows.prefetch_related(Prefetch("lines", in_hand()), batches)
        found = parts.filter(pk=int(reference)).first()
        if found is None:
            raise Http404
        return found

    def read(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Show the claim; once a broker of the home region has opened it, no answer is unread."""
        row, by = self.find(signed_in(request), reference), actor(request)
        if has_news(row) and request.method == "GET" and is_claim_broker(by, row):
            receipt_notes.mark_read(row, by=by, now=clock.now())
        return self.show(request, row, _asked(request, row, by))

    def show(self, request: HttpRequest, row: Claim, asked: Asked | None = None) -> HttpResponse:
        """Draw the desk of one claim."""
        by = actor(request)
        panels = self.panels(row, str(row.pk), by=by, now=clock.now(), asked=asked)
        application = row.award.application
        again = used_again(row, seen_by=signed_in(request))
        settlement = getattr(asked and asked.form, "settlement", None)
        settlement = settlement or settlement_of(row.award, row)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Claim %(claim)s") % {"claim": row},
            "claim": row,
            "award": row.award,
            "application": application,
            "programme": application.call.programme,
            "rows": [(one, again.get(one.line.pk, [])) for one in rows_of(row, threads_of(row))],
            "settlement": settlement,
            "above": sentence(settlement.above) if settlement.above else "",
            "vat_rule": sentence(vat_of(row.award, row).reason) if asks_for_vat(row.award) else "",
            "may_ask": any(panel.form.prefix == ASK.name for panel in panels),
            "news": [UNREAD] if has_news(row) else [],
            "panels": panels,
            "history": history_of(row, is_private=True),
            "form": asked.form if asked else None,
        }
        return TemplateResponse(request, "admin/vouchers/claim/desk.html", context)

    def receipts(self, request: HttpRequest) -> HttpResponseBase:
        """Give every receipt of a pile as CSV, each with its own currency and rate."""
        user = signed_in(request)
        tab = _tab(request, user)
        claims = Claim.objects.for_desk(user).filter(state=tab.value).order_by().values("pk")
        lines = ClaimLine.objects.filter(claim__in=claims).select_related(*AROUND_LINES)
        return stream_csv(
            RECEIPTS,
            lines.order_by("claim", "position").iterator(),
            filename=f"receipts-{tab.value}-{clock.now():%Y-%m-%d}.csv",
            excel=request.GET.get("excel") == "1",
        )

    def file(self, request: HttpRequest, reference: str, upload: int) -> HttpResponseBase:
        """Give a receipt or a proof of payment."""
        row = self.find(signed_in(request), reference)
        files = {file.pk: file for line in row.lines.all() for file in files_of(line)}
        if upload not in files:
            raise Http404
        return upload_download(files[upload], request=request, of=row.award.application)


def _asked(request: HttpRequest, row: Claim, by: Actor) -> Asked | None:
    """Return the form of a question, open at the receipt that the address names."""
    named = request.GET.get("ask", "")
    if named not in {str(line.pk) for line in row.lines.all()} or not offered([ASK], row, by):
        return None
    form = ASK.ask(row, now=clock.now())
    form.initial["line"] = int(named)
    return Asked(ASK, form)


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
