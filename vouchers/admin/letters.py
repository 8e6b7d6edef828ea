"""Held letters: read and corrected one by one, told together per call and voucher type."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.accounts.forms import sent
from portal.enums import Locale, Role
from portal.models import User
from portal.notifications import Letter as Mail
from portal.permissions import actor, signed_in
from portal.templatetags.portal_ui import instant
from vouchers.actions import letters as actions
from vouchers.cases.letters import (
    OUTCOMES,
    Letter,
    answer_until,
    appeal_day,
    held,
    letters_of,
    next_release,
    wording_of,
)
from vouchers.enums import ApplicationState
from vouchers.forms.letters import LetterForm, ReleaseForm
from vouchers.models import Application, CallVoucherType, LetterText
from vouchers.notifications import letter_about
from vouchers.workflow import EDIT_LETTER

BOTH = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Pile:
    """The held letters of one call and voucher type, by outcome, and those that differ."""

    offer: CallVoucherType
    outcomes: list[tuple[str, list[Letter]]]
    total: int
    stops: int
    wrong: list[Letter]
    form: ReleaseForm


@require_safe
def letters(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """List what would be told, for a manager's programmes."""
    return _piles(request, site)


@require_POST
def release(request: HttpRequest, offer: int, site: AdminSite) -> HttpResponse:
    """Tell all held decisions of one call and voucher type, or none where a letter differs."""
    row = get_object_or_404(_offers(_manager(request)), pk=offer)
    try:
        told = actions.release(row, by=actor(request), now=clock.now())
    except actions.LettersDiffer:
        messages.error(request, gettext("Nobody was told: letters differ from the record."))
        return _piles(request, site, status=409)
    if told:
        words = ngettext("%(told)s applicant told.", "%(told)s applicants told.", told)
        messages.success(request, words % {"told": told})
    else:
        messages.warning(request, gettext("There was nobody left to tell."))
    return _back()


@require_POST
def schedule(request: HttpRequest, offer: int, site: AdminSite) -> HttpResponse:
    """Set when the held decisions of one call and voucher type are told, or take it back."""
    row = get_object_or_404(_offers(_manager(request)), pk=offer)
    form = _release_form(row, request.POST)
    if form.is_valid():
        at = form.cleaned_data["at"]
        try:
            actions.schedule(row, at=at, by=actor(request), now=clock.now())
        except actions.NotAhead:
            form.add_error("at", gettext("Choose a day and time that lie ahead"))
        except actions.AlreadyReleased:
            form.add_error("at", gettext("These letters have been released already"))
        else:
            when = instant(at, row.call.time_zone)
            said = gettext("The letters go out on %(when)s.") % {"when": when}
            messages.success(request, said if at else gettext("No time is set any more."))
            return _back()
    return _piles(request, site, asked={row.pk: form}, status=422)


@BOTH
def letter(request: HttpRequest, reference: str, site: AdminSite) -> HttpResponse:
    """Show one held letter as it would go out, and change its words."""
    row, now = _row(request, reference), clock.now()
    together = held(application__offer=row.offer)
    at = next_release(row.offer, now=now)
    found = letters_of(together, at=at)
    shown = next((one for one in found if one.decision.application_id == row.pk), None)
    if shown is None:
        raise Http404
    decision, standing = shown.decision, actions.version_of(shown.decision)
    wording = wording_of(decision, language=shown.language)
    start = {"text": decision.message or wording, "version": standing}
    form = LetterForm(sent(request), initial=start)
    if form.is_valid():
        try:
            actions.edit(decision, **form.cleaned_data, by=actor(request), now=now)
        except actions.AnotherVersion:
            words = gettext(
                "A colleague has changed this letter since you opened it. Compare your words with "
                "the last version below, then save again"
            )
            form.add_error("text", words)
            form.data = {**form.data, "version": str(standing)}
        else:
            messages.success(request, gettext("Saved. This is how the letter goes out."))
            return HttpResponseRedirect(request.path)
    context = {
        **site.each_context(request),
        "title": gettext("Letter to %(firm)s") % {"firm": row.organisation},
        "application": row,
        "letter": shown,
        "language": Locale(shown.language).label,
        "mail": _mail(shown, at=at),
        "versions": _versions(shown),
        "is_new": not decision.message,
        "may_release": actions.may_release(actor(request), row.offer),
        "form": form,
    }
    page, status = "admin/vouchers/application/letter.html", 422 if form.errors else 200
    return TemplateResponse(request, page, context, status=status)


def _row(request: HttpRequest, reference: str) -> Application:
    """Return the row: 404 where it is not visible, 403 for those who only read it."""
    rows = Application.objects.for_desk(signed_in(request)).select_related(
        "call__programme", "home_region", "offer", "organisation"
    )
    row = get_object_or_404(rows, reference=reference)
    if not EDIT_LETTER.permits(actor(request), row):
        raise PermissionDenied
    return row


def _mail(letter: Letter, *, at: datetime) -> Mail | None:
    """Return the mail as it would go out; None where nobody acts for the firm."""
    decision, application = letter.decision, letter.decision.application
    written, decision.message = decision.message, letter.text
    if decision.appeal_by:
        decision.appeal_by = appeal_day(application, now=at)
    if decision.outcome == ApplicationState.APPROVED:
        application.award.answer_by = answer_until(application, told_at=at)
    mails = letter_about(decision).letters()
    decision.message = written
    own = (mail for mail in mails if mail.language == letter.language)
    return next(own, next(iter(mails), None))


def _versions(letter: Letter) -> list[LetterText]:
    """Return what was written before, the newest first."""
    return list(letter.decision.letter_texts.select_related("written_by").order_by("-number"))


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


def _piles(
    request: HttpRequest,
    site: AdminSite,
    *,
    asked: dict[int, ReleaseForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = _manager(request), clock.now()
    offers = list(_offers(user))
    decisions = list(held(application__offer__in=offers))
    seen = {
        *Application.objects.for_desk(user).filter(offer__in=offers).values_list("pk", flat=True)
    }
    forms = asked or {}
    piles = []
    for offer in offers:
        own = [one for one in decisions if one.application.offer_id == offer.pk]
        found = letters_of(own, at=next_release(offer, now=now))
        piles.append(_pile(offer, found, seen, forms.get(offer.pk) or _release_form(offer)))
    context = {
        **site.each_context(request),
        "title": gettext("Held letters"),
        "piles": piles,
    }
    template = "admin/vouchers/application/letters.html"
    return TemplateResponse(request, template, context, status=status)


def _pile(offer: CallVoucherType, found: list[Letter], seen: set[int], form: ReleaseForm) -> Pile:
    """Return a pile; letters of applications that the person may not see are counted alone."""
    shown = [one for one in found if one.decision.application_id in seen]
    outcomes = [
        (str(outcome.label), [one for one in shown if one.decision.outcome == outcome])
        for outcome in OUTCOMES
    ]
    wrong = [one for one in found if one.differences]
    return Pile(
        offer=offer,
        outcomes=outcomes,
        total=len(found),
        stops=len(wrong),
        wrong=[one for one in wrong if one.decision.application_id in seen],
        form=form,
    )


def _release_form(offer: CallVoucherType, data: Any = None) -> ReleaseForm:
    zone, at = offer.call.zone, offer.release_at
    start = {"at": at.astimezone(zone).replace(tzinfo=None)} if at else None
    return ReleaseForm(data, initial=start, zone=zone, prefix=f"release-{offer.pk}")


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:vouchers_application_letters"))
