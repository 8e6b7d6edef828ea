"""Held letters: what a release will tell, per call and voucher type."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.enums import Role
from portal.models import User
from portal.permissions import actor, signed_in
from vouchers.actions import awards
from vouchers.enums import ApplicationState
from vouchers.models import CallVoucherType, Decision

OUTCOMES = (ApplicationState.APPROVED, ApplicationState.RESERVE, ApplicationState.REJECTED)


@dataclass(frozen=True, slots=True)
class Pile:
    """The held decisions of one call and voucher type, by outcome."""

    offer: CallVoucherType
    outcomes: list[tuple[str, list[Decision]]]
    total: int


@require_safe
def letters(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """List what would be told, for a manager's programmes."""
    offers = _offers(_manager(request))
    held = Decision.objects.filter(
        application__offer__in=offers, told_at=None, replaced_at=None, outcome__in=OUTCOMES
    ).select_related("application__organisation")
    decisions = list(held.order_by("application__reference"))
    context = {
        **site.each_context(request),
        "title": gettext("Held letters"),
        "piles": [_pile(offer, decisions) for offer in offers],
    }
    return TemplateResponse(request, "admin/vouchers/application/letters.html", context)


@require_POST
def release(request: HttpRequest, offer: int) -> HttpResponse:
    """Tell all held decisions of one call and voucher type."""
    row = get_object_or_404(_offers(_manager(request)), pk=offer)
    told = awards.release_letters(row, by=actor(request), now=clock.now())
    if told:
        words = ngettext("%(told)s applicant told.", "%(told)s applicants told.", told)
        messages.success(request, words % {"told": told})
    else:
        messages.warning(request, gettext("There was nobody left to tell."))
    return HttpResponseRedirect(reverse("admin:vouchers_application_letters"))


def _manager(request: HttpRequest) -> User:
    user = signed_in(request)
    if not user.programme_ids(Role.MANAGER):
        raise PermissionDenied
    return user


def _offers(user: User) -> QuerySet[CallVoucherType]:
    rows = CallVoucherType.objects.filter(
        holds_letters=True, call__programme__in=user.programme_ids(Role.MANAGER)
    )
    return rows.select_related("call", "voucher_type").order_by(
        "-call__opens_at", "voucher_type__order"
    )


def _pile(offer: CallVoucherType, decisions: list[Decision]) -> Pile:
    own = [decision for decision in decisions if decision.application.offer_id == offer.pk]
    outcomes = [
        (str(outcome.label), [decision for decision in own if decision.outcome == outcome])
        for outcome in OUTCOMES
    ]
    return Pile(offer, outcomes, len(own))
