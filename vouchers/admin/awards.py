"""Awards at the desk: calendar, what is missing, money; cancelled or revoked by a button."""

from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.views.decorators.http import require_safe

from portal import clock
from portal.models import User
from portal.permissions import actor, signed_in
from portal.templatetags.portal_ui import instant
from vouchers.admin.aid_register import enter, export, register
from vouchers.admin.audit_file import award_archive
from vouchers.admin.award_verbs import AWARD_VERBS
from vouchers.admin.files import document_download, upload_download
from vouchers.admin.history import history_of
from vouchers.admin.keyset import newest, page
from vouchers.admin.panels import Asked, VerbAdmin
from vouchers.admin.queue import TabLink
from vouchers.cases import local_day
from vouchers.enums import AwardState, ClaimState
from vouchers.models import Award, AwardChange
from vouchers.models.awards import AwardQuerySet
from vouchers.permissions import may_take_file, sees_private_parts

BY_OFFER = newest("offered_at")


class AwardTab(StrEnum):
    """The piles of awards."""

    ALL = "all"
    OVERDUE = "overdue"


TABS: Mapping[AwardTab, Promise] = {
    AwardTab.ALL: pgettext_lazy("awards", "All"),
    AwardTab.OVERDUE: pgettext_lazy("awards", "Overdue: ended without a claim"),
}
LONGEST_ID = 18
NARROW = (
    "number",
    "amount",
    "state",
    "offered_at",
    "ends_on",
    "application__reference",
    "application__told_at",
    "application__organisation__name",
    "application__home_region__code",
    "application__home_region__time_zone",
    "application__host_region__code",
    "application__voucher_type__name",
    "application__voucher_type__kind",
)


def for_desk(user: User) -> AwardQuerySet:
    """Return the awards whose application the person sees at the desk."""
    return Award.objects.for_desk(user)


@admin.register(Award)
class AwardAdmin(VerbAdmin[Award]):
    """Awards, newest first, and one award."""

    verbs = AWARD_VERBS

    def get_urls(self) -> list[URLPattern]:
        """Add the award letter and the aid register."""
        papers = [
            self.page(f"<str:reference>/{name}/", require_safe(getattr(self, name)), name)
            for name in ("letter", "agreement", "paper")
        ]
        whole = self.page("<str:reference>/file/", require_safe(self.audit), "file")
        listed = self.page("register/", partial(register, site=self.admin_site), "register")
        noted = self.page("register/enter/", enter, "register_enter")
        file = self.page("register/<slug:kind>/", export, "register_file")
        proof = self.page("<str:reference>/proof/<int:pk>/", require_safe(self.proof), "proof")
        return [whole, *papers, proof, listed, noted, file, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the awards of the person's regions and programmes."""
        rows = for_desk(signed_in(request)).select_related(
            "application__organisation",
            "application__home_region",
            "application__host_region",
            "application__voucher_type",
        )
        now = clock.now()
        tab = AwardTab.OVERDUE if request.GET.get("tab") == AwardTab.OVERDUE else AwardTab.ALL
        late = rows.overdue(now)
        shown = late if tab == AwardTab.OVERDUE else rows
        is_late = Exists(late.filter(pk=OuterRef("pk")))
        found = page(shown.annotate(is_late=is_late).only(*NARROW), request.GET, BY_OFFER)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Awards"),
            "tabs": _tabs(tab, all=rows.count(), overdue=late.count()),
            "tab": tab.value,
            "rows": found.rows,
            "previous_url": found.previous,
            "next_url": found.next,
        }
        return TemplateResponse(request, "admin/vouchers/award/list.html", context)

    def find(self, user: User, reference: str) -> Award:
        """Return an award by its number or id; 404 where the person does not see it."""
        by_id = reference.isdecimal() and len(reference) <= LONGEST_ID
        wanted = {"pk": int(reference)} if by_id else {"number": reference}
        rows = for_desk(user).select_related(
            "pot__region",
            "letter",
            "agreement__text",
            "agreement__signed",
            "agreement__paper",
            "agreement__filed_by",
            "accepted_by",
            "application__call__programme",
            "application__organisation",
            "application__voucher_type",
            "application__home_region",
            "application__host_region",
        )
        changes = AwardChange.objects.select_related("asked_by", "answered_by", "proof", "appendix")
        rows = rows.prefetch_related("claims", Prefetch("changes", changes))
        found = rows.filter(**wanted).first()
        if found is None:
            raise Http404
        return found

    def show(self, request: HttpRequest, row: Award, asked: Asked | None = None) -> HttpResponse:
        """Draw the page of one award; the host region sees no money lines."""
        by = actor(request)
        is_private = sees_private_parts(by, row.application)
        agreement, changes = getattr(row, "agreement", None), list(row.changes.all())
        now = clock.now()
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Award %(number)s") % {"number": row.number},
            "award": row,
            "application": row.application,
            "programme": row.application.call.programme,
            "missing": missing_from(row),
            "letter": row.letter if is_private else None,
            "agreement": agreement if is_private else None,
            "changes": changes if is_private else [],
            "is_overdue": row.is_overdue(today=local_day(now, row.application.home_region)),
            "claims": row.claims.exclude(state=ClaimState.DRAFT) if is_private else [],
            "entries": row.entries.select_related("by") if is_private else [],
            "may_take_file": may_take_file(by, row),
            "history": history_of(row, agreement, *changes, is_private=is_private),
            "panels": self.panels(row, str(row.pk), by=by, now=now, asked=asked),
            "form": asked.form if asked else None,
        }
        return TemplateResponse(request, "admin/vouchers/award/desk.html", context)

    def audit(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Give everything of the award as one archive."""
        row = self.find(signed_in(request), reference)
        return award_archive(request, row)

    def letter(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Give the award letter."""
        row = self._private(request, reference)
        return document_download(row.letter, request=request, of=row.application)

    def agreement(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Give the agreement, with the signatures once all have signed."""
        award = self._private(request, reference)
        row = getattr(award, "agreement", None)
        paper = row.signed or row.text if row else None
        return document_download(paper, request=request, of=award.application)

    def paper(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Give the agreement that was signed on paper."""
        award = self._private(request, reference)
        row = getattr(award, "agreement", None)
        if row is None or row.paper is None:
            raise Http404
        return upload_download(row.paper, request=request, of=award.application)

    def proof(self, request: HttpRequest, reference: str, pk: int) -> HttpResponseBase:
        """Give the proof of start that came with the wish for more time."""
        award = self._private(request, reference)
        rows = award.changes.exclude(proof=None)
        change = get_object_or_404(rows.select_related("proof"), pk=pk)
        assert change.proof is not None  # noqa: S101  the query asks for one
        return upload_download(change.proof, request=request, of=award.application)

    def _private(self, request: HttpRequest, reference: str) -> Award:
        """Return an award to those who may read all of its application."""
        row = self.find(signed_in(request), reference)
        if not sees_private_parts(actor(request), row.application):
            raise Http404
        return row


def _tabs(current: AwardTab, **counts: int) -> list[TabLink]:
    return [
        TabLink(str(label), counts[tab.value], f"?tab={tab}", tab == current)
        for tab, label in TABS.items()
    ]


def missing_from(award: Award) -> str:
    """Say whose turn it is and until when; empty where nothing is missing."""
    zone = award.application.home_region.time_zone
    if award.state == AwardState.OFFERED and award.answer_by is None:
        return gettext("The applicant has not been told yet")
    if award.state == AwardState.OFFERED:
        return gettext("The applicant answers by %(when)s") % {
            "when": instant(award.answer_by, zone)
        }
    if award.state != AwardState.ACCEPTED:
        return ""
    agreement = getattr(award, "agreement", None)
    if agreement and agreement.is_open:
        return gettext("%(partner)s signs the agreement by %(when)s") % {
            "partner": agreement.partner,
            "when": instant(agreement.sign_by, zone),
        }
    return _claim_missing(award, zone)


def _claim_missing(award: Award, zone: str) -> str:
    filed = {claim.state for claim in award.claims.all()}
    if ClaimState.FILED in filed:
        return gettext("The broker checks the claim")
    when = {"when": instant(award.claim_by, zone)}
    if ClaimState.RETURNED in filed:
        return gettext("The applicant completes the claim by %(when)s") % when
    return gettext("The applicant claims by %(when)s") % when
