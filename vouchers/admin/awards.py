"""Awards at the desk: calendar, what is missing, money; cancelled or revoked by a button."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.models import User
from portal.permissions import Actor, actor, signed_in
from portal.templatetags.portal_ui import instant
from vouchers.actions import vouchers
from vouchers.admin.aid_register import enter, export, register
from vouchers.admin.audit_file import award_archive
from vouchers.admin.files import document_download
from vouchers.admin.history import history_of
from vouchers.admin.keyset import newest, page
from vouchers.admin.panels import Asked, Verb, VerbAdmin
from vouchers.enums import AwardState, ClaimState
from vouchers.forms.award import CancelForm, RevokeForm
from vouchers.models import Award
from vouchers.permissions import may_take_file, sees_private_parts
from vouchers.workflow import AWARD

BY_OFFER = newest("offered_at")
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


def _cancel(award: Award, *, by: Actor, now: datetime, **given: Any) -> str:
    vouchers.cancel(award, **given, by=by, now=now)
    return gettext("Cancelled. What was not paid is back in the pot.")


def _revoke(award: Award, *, by: Actor, now: datetime, **given: Any) -> str:
    vouchers.revoke(award, **given, by=by, now=now)
    return gettext("Revoked.")


_ALL: tuple[Verb[Award], ...] = (
    Verb(
        name="cancel",
        label=_("Cancel the award"),
        transition=AWARD.CANCEL,
        form=CancelForm,
        run=_cancel,
        lead=_("What is not paid returns to the region's pot."),
        tone="danger",
    ),
    Verb(
        name="revoke",
        label=_("Revoke and recover"),
        transition=AWARD.REVOKE,
        form=RevokeForm,
        run=_revoke,
        lead=_("The award was not due. Book what has come back."),
        tone="danger",
    ),
)
AWARD_VERBS: Mapping[str, Verb[Award]] = {verb.name: verb for verb in _ALL}


def for_desk(user: User) -> QuerySet[Award]:
    """Return the awards whose application the person sees at the desk."""
    return Award.objects.for_desk(user)


@admin.register(Award)
class AwardAdmin(VerbAdmin[Award]):
    """Awards, newest first, and one award."""

    verbs = AWARD_VERBS

    def get_urls(self) -> list[URLPattern]:
        """Add the award letter and the aid register."""
        whole = self.page("<str:reference>/file/", require_safe(self.audit), "file")
        letter = self.page("<str:reference>/letter/", require_safe(self.letter), "letter")
        listed = self.page("register/", partial(register, site=self.admin_site), "register")
        noted = self.page("register/enter/", enter, "register_enter")
        file = self.page("register/<slug:kind>/", export, "register_file")
        return [whole, letter, listed, noted, file, *super().get_urls()]

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
        found = page(rows.only(*NARROW), request.GET, BY_OFFER)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Awards"),
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
            "accepted_by",
            "application__call__programme",
            "application__organisation",
            "application__voucher_type",
            "application__home_region",
            "application__host_region",
        )
        found = rows.prefetch_related("claims").filter(**wanted).first()
        if found is None:
            raise Http404
        return found

    def show(self, request: HttpRequest, row: Award, asked: Asked | None = None) -> HttpResponse:
        """Draw the page of one award; the host region sees no money lines."""
        by = actor(request)
        is_private = sees_private_parts(by, row.application)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Award %(number)s") % {"number": row.number},
            "award": row,
            "application": row.application,
            "programme": row.application.call.programme,
            "missing": missing_from(row),
            "letter": row.letter if is_private else None,
            "claims": row.claims.exclude(state=ClaimState.DRAFT) if is_private else [],
            "entries": row.entries.select_related("by") if is_private else [],
            "may_take_file": may_take_file(by, row),
            "history": history_of(row, is_private=is_private),
            "panels": self.panels(row, str(row.pk), by=by, now=clock.now(), asked=asked),
            "form": asked.form if asked else None,
        }
        return TemplateResponse(request, "admin/vouchers/award/desk.html", context)

    def audit(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Give everything of the award as one archive."""
        row = self.find(signed_in(request), reference)
        return award_archive(request, row)

    def letter(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Give the award letter, to those who may read all of the application."""
        row = self.find(signed_in(request), reference)
        if not sees_private_parts(actor(request), row.application):
            raise Http404
        return document_download(row.letter, request=request, of=row.application)


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
    return _claim_missing(award, zone)


def _claim_missing(award: Award, zone: str) -> str:
    filed = {claim.state for claim in award.claims.all()}
    if ClaimState.FILED in filed:
        return gettext("The broker checks the claim")
    when = {"when": instant(award.claim_by, zone)}
    if ClaimState.RETURNED in filed:
        return gettext("The applicant completes the claim by %(when)s") % when
    return gettext("The applicant claims by %(when)s") % when
