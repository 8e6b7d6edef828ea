"""The voucher on offer, and what has become of it: for the SME that holds it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.enums import DocumentState
from portal.middleware import KEPT_TEXT, keeps_text, kept
from portal.permissions import actor, signed_in
from portal.workflow import IllegalMove, Transition
from vouchers.actions import claims, vouchers
from vouchers.cases.claims import settlement_of
from vouchers.enums import AwardState
from vouchers.forms.award_answer import AcceptForm, DeclineForm
from vouchers.models import Award
from vouchers.permissions import sees_private_parts
from vouchers.rules.verdict import Refused
from vouchers.views.checks import sentences
from vouchers.views.finding import note_read
from vouchers.views.holding import (
    ENTRY_WORDS,
    about,
    claim_of,
    find,
    missing_for,
    own,
    pdf,
    refuse,
)
from vouchers.views.standing import own_applications, standing
from vouchers.workflow import AWARD

ENDED = frozenset(
    {AwardState.DECLINED, AwardState.LAPSED, AwardState.CANCELLED, AwardState.REVOKED}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger line in words; the amount in EUR."""

    at: datetime
    words: str
    reason: str
    amount: Decimal


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def award(request: HttpRequest, address: str) -> HttpResponse:
    """Show the voucher; sent, the form accepts the offer."""
    row = own(request, address)
    if request.method == "POST":
        return _accept(request, row, address)
    initial = {"signatory_name": signed_in(request).name}
    return _show(request, row, AcceptForm(kept(request), award=row, initial=initial))


def _accept(request: HttpRequest, row: Award, address: str) -> HttpResponse:
    by = actor(request)
    _require(AWARD.ACCEPT, row)
    form = AcceptForm(request.POST, award=row)
    if not form.is_valid():
        return _show(request, row, form, status=422)
    try:
        vouchers.accept(row, **form.signatory, by=by, now=clock.now(), link_now=timezone.now())
    except Refused as refused:
        refuse(form, refused)
        # The row in memory says "accepted"; the one that was rolled back does not.
        return _show(request, own(request, address), form, status=409)
    request.session.pop(KEPT_TEXT, None)
    messages.success(request, _accepted(row))
    return redirect("award", address)


def _accepted(row: Award) -> str:
    agreement = getattr(row, "agreement", None)
    if agreement is None:
        return gettext("You have accepted the voucher. The work may start now.")
    return gettext(
        "You have accepted the voucher and signed the agreement. %(partner)s signs it next."
    ) % {"partner": agreement.partner}


def _require(transition: Transition, row: Award) -> None:
    if row.state not in transition.sources:
        raise IllegalMove(row, transition)


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, address: str) -> HttpResponse:
    """Ask why, and decline the offer."""
    row = own(request, address)
    if request.method != "POST" and row.state not in AWARD.DECLINE.sources:
        return redirect("award", address)
    form = DeclineForm(request.POST if request.method == "POST" else kept(request))
    if request.method == "POST":
        _require(AWARD.DECLINE, row)
        if form.is_valid():
            return _decline(request, row, form)
    context = {**about(row), "form": form}
    return render(request, "vouchers/applicant/award_decline.html", context, status=_status(form))


def _decline(request: HttpRequest, row: Award, form: DeclineForm) -> HttpResponse:
    vouchers.decline(row, **form.cleaned_data, by=actor(request), now=clock.now())
    request.session.pop(KEPT_TEXT, None)
    messages.success(request, gettext("You have declined the voucher."))
    return redirect("award", row.application.address)


@require_safe
def letter(request: HttpRequest, address: str) -> FileResponse:
    """Give the award letter, to those who may read all of it."""
    row = find(request, address)
    if not sees_private_parts(actor(request), row.application):
        raise PermissionDenied
    return pdf(row.letter)


def _show(request: HttpRequest, row: Award, form: AcceptForm, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    shown = _standing(request, row, now=now)
    context = {
        **about(row),
        "form": form,
        "standing": shown,
        "is_offered": row.state == AwardState.OFFERED,
        "is_ended": row.state in ENDED,
        "terms": row.letter.facts if row.letter else {},
        "agreement": getattr(row, "agreement", None),
        "changes": row.changes.all(),
        "letter_is_ready": bool(row.letter and row.letter.state == DocumentState.READY),
        "too_late": _too_late(row, now=now),
        "entries": _entries(row),
        **_claim(row, now=now),
    }
    note_read(request, row.application, shown.news)
    return render(request, "vouchers/applicant/award.html", context, status=status)


def _standing(request: HttpRequest, row: Award, *, now: datetime) -> Any:
    listed = own_applications(signed_in(request)).get(pk=row.application_id)
    return standing(listed, now=now)


def _too_late(row: Award, *, now: datetime) -> list[str]:
    """Say that an offer, which the schedule has not ended yet, cannot be accepted any more."""
    if row.state != AwardState.OFFERED:
        return []
    return sentences(vouchers.acceptance_time(row, now=now))


def _claim(row: Award, *, now: datetime) -> dict[str, Any]:
    claim = claim_of(row)
    is_first = claim is None or claim.filed_at is None
    return {
        "claim": claim,
        "missing": missing_for(row, claim) if row.state == AwardState.ACCEPTED else [],
        "payment": settlement_of(row, claim),
        "claim_too_late": sentences(claims.claim_time(row, now=now)) if is_first else [],
    }


def _entries(row: Award) -> list[Entry]:
    return [
        Entry(line.at, str(ENTRY_WORDS[line.kind]), line.reason, line.amount)
        for line in row.entries.all()
    ]


def _status(form: DeclineForm) -> int:
    return 422 if form.is_bound and not form.is_valid() else 200
