"""Claiming: report and account, checking, sending, and what became of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock, uploads
from portal.middleware import KEPT_TEXT, keeps_text, kept
from portal.models import Document, Upload
from portal.permissions import Actor, actor, signed_in
from portal.sepa import grouped
from portal.workflow import IllegalMove
from vouchers import documents
from vouchers.actions import accounts, claim_drafts, claims
from vouchers.actions.accounts import AccountStands
from vouchers.actions.claims import ClaimNotComplete
from vouchers.cases.claims import rows_of, settlement_of, vat_of
from vouchers.cases.threads import told_of
from vouchers.enums import AwardState, ClaimState
from vouchers.forms.claim import AccountForm, ReportForm, SendForm, VatForm
from vouchers.models import Award, Claim, ClaimLine
from vouchers.reasons import sentence
from vouchers.rules.verdict import Refused
from vouchers.views.checks import sentences
from vouchers.views.holding import claim_of, find, missing_for, own, pdf, refuse
from vouchers.views.progress import Task
from vouchers.workflow import CLAIM

MakeForm = Callable[..., Form]
Write = Callable[..., None]
TONES: Mapping[str, str] = {
    ClaimState.DRAFT: "",
    ClaimState.FILED: "info",
    ClaimState.RETURNED: "warn",
    ClaimState.APPROVED: "ok",
    ClaimState.PAID: "ok",
}


@require_safe
def claim(request: HttpRequest, address: str) -> HttpResponse:
    """Show what a claim needs, or where the claim that was sent stands."""
    award = own(request, address)
    row = claim_of(award)
    if row is None and award.state != AwardState.ACCEPTED:
        return redirect("award", address)
    context = about(award, row)
    context["tasks"] = _tasks(context) if context["is_open"] else []
    context["advice"] = _advice(row) if row else None
    return render(request, "vouchers/applicant/claim.html", context)


def about(award: Award, row: Claim | None) -> dict[str, Any]:
    """Return what every page of a claim shows."""
    application = award.application
    is_first = row is None or row.filed_at is None
    now = clock.now()
    payment, asks_for_vat = settlement_of(award, row), claims.asks_for_vat(award)
    refusals = sentences(claims.claim_time(award, now=now)) if is_first else []
    return {
        "award": award,
        "application": application,
        "zone": application.home_region.time_zone,
        "programme": application.call.programme,
        "claim": row,
        "tone": TONES[row.state] if row else "",
        "is_open": is_open(award, row) and not refusals,
        "shows_deadline": is_open(award, row) and claims.claim_time(award, now=now).ok,
        "refusals": refusals if award.state == AwardState.ACCEPTED else [],
        "rows": rows_of(row, told_of(row)) if row else [],
        "has_questions": bool(row and any(t.open for t in told_of(row).values())),
        "payment": payment,
        "above": sentence(payment.above) if payment.above else "",
        "vat_rule": sentence(vat_of(award, row).reason) if asks_for_vat else "",
        "missing": missing_for(award, row),
        "account": grouped(row.iban) if row else "",
        "needs_account": not claims.pays_itself(award),
    }


def is_open(award: Award, row: Claim | None) -> bool:
    """Whether the claim can still be written."""
    begun = row is None or row.state in CLAIM.FILE.sources
    return begun and award.state == AwardState.ACCEPTED


def _tasks(context: dict[str, Any]) -> list[Task]:
    row, award = context["claim"], context["award"]
    has_report = bool(row and row.report)
    tasks = [_task("report", gettext("Report"), award, is_done=has_report)]
    if context["needs_account"]:
        has_account = bool(row and row.iban and row.account_holder)
        tasks.append(_task("account", gettext("Account"), award, is_done=has_account))
    if context["vat_rule"]:
        says_vat = bool(row and row.deducts_vat is not None)
        tasks.append(_task("vat", pgettext("task", "VAT"), award, is_done=says_vat))
    return [*tasks, _receipts_task(context), _check_task(context)]


def _task(code: str, name: str, award: Award, *, is_done: bool) -> Task:
    url = reverse(f"claim_{code}", args=[award.application.address])
    if is_done:
        return Task(code, name, "", url, pgettext("task", "Completed"), "ok", "check-lg")
    return Task(code, name, "", url, gettext("Not started"), "info", "")


def _receipts_task(context: dict[str, Any]) -> Task:
    rows, name = context["rows"], gettext("Receipts")
    lines = [row.line for row in rows]
    address = context["application"].address
    url = "#receipts" if lines else reverse("claim_receipt_new", args=[address])
    if any(line.receipt_id is None or line.proof_of_payment_id is None for line in lines):
        note = gettext("A file is missing")
        return Task("receipts", name, note, url, gettext("In progress"), "warn", "")
    if any(row.thread and row.thread.open for row in rows):
        note = gettext("A question waits for your answer")
        return Task("receipts", name, note, url, gettext("In progress"), "warn", "")
    if lines:
        return Task("receipts", name, "", url, pgettext("task", "Completed"), "ok", "check-lg")
    if context["payment"].is_lump_sum:
        return Task("receipts", name, "", url, pgettext("task", "Optional"), "line", "")
    return Task("receipts", name, "", url, gettext("Not started"), "info", "")


def _check_task(context: dict[str, Any]) -> Task:
    name = gettext("Check your claim and send")
    if context["missing"]:
        note = gettext("Opens when all tasks above are completed")
        return Task("check", name, note, "", gettext("Cannot start yet"), "", "")
    url = reverse("claim_check", args=[context["application"].address])
    return Task("check", name, "", url, gettext("Ready to check"), "info", "")


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, address: str) -> HttpResponse:
    """Write the report."""
    return _details(request, own(request, address), ReportForm, gettext("Report"), _write_words)


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, address: str) -> HttpResponse:
    """Name the account."""
    award = own(request, address)
    row = claim_of(award)
    if row is not None and (row.account_refused_at or row.account_corrected_at):
        return _correct_account(request, award, row)
    make = partial(AccountForm, award=award)
    return _details(request, award, make, gettext("Account"), _write_words)


def _correct_account(request: HttpRequest, award: Award, row: Claim) -> HttpResponse:
    """Name another account for an approved claim, where the bank refused the one it had."""
    stored = {"iban": grouped(row.iban), "account_holder": row.account_holder}
    if request.method != "POST" and row.account_refused_at is None:
        return redirect("claim", award.application.address)
    form = AccountForm(request.POST or kept(request), initial=stored, award=award)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {**about(award, row), "form": form, "title": gettext("Correct the account")}
        return render(request, "vouchers/applicant/claim_form.html", context, status=status)
    try:
        accounts.correct(row, **form.cleaned_data, by=actor(request), now=clock.now())
    except AccountStands:
        messages.warning(
            request, gettext("Nobody waits for another account any more, so yours stays as it is.")
        )
    else:
        messages.success(request, gettext("Thank you. We pay to the account that you named now."))
    request.session.pop(KEPT_TEXT, None)
    return redirect("claim", award.application.address)


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def vat(request: HttpRequest, address: str) -> HttpResponse:
    """Say whether the firm can deduct VAT; a lump sum does not ask."""
    award = own(request, address)
    if not claims.asks_for_vat(award):
        raise Http404
    make = partial(VatForm, award=award)
    return _details(request, award, make, pgettext("task", "VAT"), _write_vat)


def _write_words(row: Claim, form: Any, *, by: Actor, now: datetime) -> None:
    values = {name: getattr(row, name) for name in ("report", "iban", "account_holder")}
    claim_drafts.fill(row, **{**values, **form.cleaned_data}, by=by, now=now)


def _write_vat(row: Claim, form: Any, *, by: Actor, now: datetime) -> None:
    claim_drafts.say_vat(row, deducts_vat=form.says_yes, by=by, now=now)


def _details(
    request: HttpRequest, award: Award, make: MakeForm, title: str, write: Write
) -> HttpResponse:
    row = claim_of(award)
    stored = {
        "report": row.report if row else "",
        "iban": grouped(row.iban) if row else "",
        "account_holder": row.account_holder if row else award.application.organisation.name,
        **VatForm.stored(row.deducts_vat if row else None),
    }
    status = 200
    if request.method == "POST":
        form = make(request.POST)
        status = 422
        if form.is_valid():
            answer, status = _fill(request, award, form, write)
            if answer:
                return answer
    elif not is_open(award, row):
        return redirect("claim", award.application.address)
    else:
        form = make(kept(request), initial=stored)
    context = {**about(award, row), "form": form, "title": title}
    return render(request, "vouchers/applicant/claim_form.html", context, status=status)


def _fill(
    request: HttpRequest, award: Award, form: Form, write: Write
) -> tuple[HttpResponse | None, int]:
    """Store what was typed; no answer where the law says no."""
    by, now = actor(request), clock.now()
    try:
        row = claims.start(award, by=by, now=now)
    except Refused as refused:
        refuse(form, refused)
        return None, 409
    write(row, form, by=by, now=now)
    request.session.pop(KEPT_TEXT, None)
    return redirect("claim", award.application.address), 302


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, address: str) -> HttpResponse:
    """Check the claim, declare and send."""
    award = own(request, address)
    row = claim_of(award)
    if row is None or (request.method != "POST" and not is_open(award, row)):
        return redirect("claim", address)
    if request.method != "POST":
        return _check(request, award, row, SendForm())
    if row.state == ClaimState.FILED:
        # Pressed twice: the first press has sent it.
        return redirect("claim", address)
    form = SendForm(request.POST)
    return (
        _send(request, award, row, form) if form.is_valid() else _check(request, award, row, form)
    )


def _send(request: HttpRequest, award: Award, row: Claim, form: SendForm) -> HttpResponse:
    try:
        claims.file(row, by=actor(request), now=clock.now())
    except ClaimNotComplete:
        return _check(request, award, row, form)
    except Refused as refused:
        refuse(form, refused)
        return _check(request, award, row, form, status=409)
    except IllegalMove as late:
        if late.obj.state != ClaimState.FILED:
            raise
    request.session.pop(KEPT_TEXT, None)
    messages.success(request, gettext("Your claim is sent. Your Access Broker checks it now."))
    return redirect("claim", award.application.address)


def _check(
    request: HttpRequest, award: Award, row: Claim, form: SendForm, *, status: int = 0
) -> HttpResponse:
    claim = claim_of(award) or row
    files = [f for line in claim.lines.all() for f in (line.receipt, line.proof_of_payment)]
    has_held_files = any(file and file.held_at for file in files)
    context = {**about(award, claim), "form": form, "has_held_files": has_held_files}
    code = status or (422 if form.is_bound else 200)
    return render(request, "vouchers/applicant/claim_check.html", context, status=code)


@require_safe
def claim_file(request: HttpRequest, address: str, pk: int) -> FileResponse:
    """Give a receipt or a proof of payment, to its SME and to staff who see the claim."""
    award = find(request, address)
    seen = Claim.objects.visible_to(signed_in(request)).filter(award=award)
    lines = ClaimLine.objects.filter(claim__in=seen)
    files = Upload.objects.filter(
        Q(receipt_lines__in=lines)
        | Q(proof_lines__in=lines)
        | Q(replaced_receipts__line__in=lines)
        | Q(replaced_proofs__line__in=lines)
    )
    upload = get_object_or_404(files.distinct(), pk=pk)
    return FileResponse(
        uploads.opened(upload, user=signed_in(request)),
        as_attachment=True,
        filename=upload.name,
        content_type=upload.content_type,
    )


@require_safe
def advice(request: HttpRequest, address: str) -> FileResponse:
    """Give the payment advice, to its SME and to staff who see the claim."""
    award = find(request, address)
    seen = Claim.objects.visible_to(signed_in(request)).filter(award=award)
    return pdf(_advice(get_object_or_404(seen, state=ClaimState.PAID)))


def _advice(row: Claim) -> Document | None:
    return documents.advices_of(row).first()
