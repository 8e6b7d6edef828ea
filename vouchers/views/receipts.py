"""The receipts of a claim: added, changed and removed one by one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.middleware import KEPT_TEXT, keeps_text, kept
from portal.permissions import actor
from vouchers.actions import claim_drafts, claims, receipt_notes
from vouchers.actions.claim_drafts import LineFields
from vouchers.cases import local_day
from vouchers.cases.receipts import receipt_of
from vouchers.cases.threads import in_hand, thread_of
from vouchers.forms.receipts import AnswerForm, ReceiptForm
from vouchers.models import Award, ClaimLine
from vouchers.rules.verdict import Refused
from vouchers.views.checks import sentences
from vouchers.views.claims import about, is_open
from vouchers.views.holding import claim_of, note_refused_files, own, refuse


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, address: str) -> HttpResponse:
    """Add a receipt."""
    return _edit(request, own(request, address), None)


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, address: str, pk: int) -> HttpResponse:
    """Change a receipt."""
    award = own(request, address)
    return _edit(request, award, _line(award, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, address: str, pk: int) -> HttpResponse:
    """Ask, and take a receipt out of the claim."""
    award = own(request, address)
    line = _line(award, pk)
    if request.method == "POST":
        try:
            claim_drafts.remove_line(line, by=actor(request), now=clock.now())
        except Refused as refused:
            for words in sentences(refused.verdict):
                messages.error(request, words)
        else:
            messages.success(request, gettext("The receipt is removed."))
        return redirect("claim", address)
    if not is_open(award, line.claim):
        return redirect("claim", address)
    context = {**about(award, claim_of(award)), "line": line}
    return render(request, "vouchers/applicant/claim_remove.html", context)


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, address: str, pk: int) -> HttpResponse:
    """Answer what the broker asks about a receipt."""
    award = own(request, address)
    line = _line(award, pk)
    thread = thread_of(line)
    is_asked = is_open(award, line.claim) and bool(thread.open)
    status = 200
    if request.method == "POST":
        form = AnswerForm(request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                receipt_notes.answer(line, **form.cleaned_data, by=actor(request), now=clock.now())
            except Refused as refused:
                refuse(form, refused)
                status = 409
            else:
                request.session.pop(KEPT_TEXT, None)
                messages.success(request, gettext("Your answer is saved."))
                return redirect("claim", address)
    elif not is_asked:
        return redirect("claim", address)
    else:
        form = AnswerForm(kept(request))
    context = {**about(award, claim_of(award)), "form": form, "line": line, "thread": thread}
    return render(request, "vouchers/applicant/claim_answer.html", context, status=status)


def _line(award: Award, pk: int) -> ClaimLine:
    rows = in_hand().select_related("claim")
    return get_object_or_404(rows, claim__award=award, pk=pk)


def _edit(request: HttpRequest, award: Award, line: ClaimLine | None) -> HttpResponse:
    status = 200
    if request.method == "POST":
        form = _form(award, line, request.POST, request.FILES)
        status = 422
        if form.is_valid():
            try:
                return _save(request, award, line, form)
            except Refused as refused:
                refuse(form, refused)
                status = 409
        note_refused_files(form, claim_of(award) or award, request=request)
    elif not is_open(award, claim_of(award)):
        return redirect("claim", award.application.address)
    else:
        form = _form(award, line, kept(request))
    context = {**about(award, claim_of(award)), "form": form, "line": line}
    return render(request, "vouchers/applicant/claim_receipt.html", context, status=status)


def _form(award: Award, line: ClaimLine | None, *data: Any) -> ReceiptForm:
    rows = ClaimLine.objects.filter(claim__award=award).exclude(pk=line.pk if line else 0)
    return ReceiptForm(
        *data,
        award=award,
        others=[receipt_of(row) for row in rows],
        today=local_day(clock.now(), award.application.home_region),
        file=line.receipt.sha256 if line and line.receipt else "",
        initial=ReceiptForm.stored(line) if line else {},
    )


def _save(
    request: HttpRequest, award: Award, line: ClaimLine | None, form: ReceiptForm
) -> HttpResponse:
    by, now = actor(request), clock.now()
    fields = LineFields(**form.line)
    if line is None:
        claim = claims.start(award, by=by, now=now)
        claim_drafts.add_line(claim, line=fields, **form.given, by=by, now=now)
    else:
        try:
            claim_drafts.edit_line(line, line=fields, **form.given, by=by, now=now)
        except ClaimLine.DoesNotExist:
            raise Http404 from None
    request.session.pop(KEPT_TEXT, None)
    messages.success(request, gettext("The receipt is saved."))
    return redirect("claim", award.application.address)
