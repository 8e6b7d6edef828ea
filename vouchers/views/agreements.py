"""An agreement: read and filed on paper by the firm, signed by the provider without an account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock, uploads
from portal.accounts.mail_links import link_view
from portal.enums import LinkPurpose
from portal.middleware import keeps_text
from portal.models import MailLink
from portal.permissions import actor, signed_in
from portal.workflow import IllegalMove
from vouchers.actions import agreements, provider_answers
from vouchers.actions.provider_answers import Paper
from vouchers.enums import AgreementState
from vouchers.forms.agreements import (
    PaperForm,
    ProviderDeclineForm,
    ProviderSignForm,
    days_to_sign,
)
from vouchers.models import Agreement, Award
from vouchers.permissions import sees_private_parts
from vouchers.rules.verdict import Refused
from vouchers.views.applicant import download
from vouchers.views.checks import sentences
from vouchers.views.holding import about, find, own, pdf, refuse
from vouchers.workflow import AGREEMENT

DONE = "vouchers.agreement"
MONTH = 30 * 24 * 3600


def _agreement(award: Award) -> Agreement:
    row: Agreement | None = getattr(award, "agreement", None)
    if row is None:
        raise Http404
    return row


def _read(request: HttpRequest, address: str) -> Agreement:
    """Return the agreement of an award of which the person may read all."""
    award = find(request, address)
    if not sees_private_parts(actor(request), award.application):
        raise PermissionDenied
    return _agreement(award)


@require_safe
def agreement_pdf(request: HttpRequest, address: str) -> FileResponse:
    """Give the text, with the signatures once all have signed."""
    row = _read(request, address)
    return pdf(row.signed or row.text)


@require_safe
def agreement_paper(request: HttpRequest, address: str) -> HttpResponseBase:
    """Give the paper that was filed."""
    row = _read(request, address)
    if row.paper is None:
        raise Http404
    content = uploads.opened(row.paper, user=signed_in(request))
    return download(content, name=row.paper.name, content_type=row.paper.content_type)


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def file_paper(request: HttpRequest, address: str) -> HttpResponse:
    """Ask for the agreement that the provider has signed on paper."""
    row = _agreement(own(request, address))
    now, sent = clock.now(), request.method == "POST"
    if not agreements.is_asked(row, now=now):
        if sent:
            raise IllegalMove(row, AGREEMENT.FILE)
        return redirect("award", address)
    given = (request.POST, request.FILES) if sent else ()
    form = PaperForm(*given, days=days_to_sign(row, now=now))
    status = 200
    if sent:
        status = 422
        if form.is_valid():
            try:
                paper = Paper(**form.cleaned_data)
                provider_answers.file_paper(row, paper=paper, by=actor(request), now=now)
            except Refused as refused:
                refuse(form, refused)
                status = 409
            else:
                messages.success(request, gettext("The signed agreement is filed."))
                return redirect("award", address)
    context = {**about(row.award), "agreement": row, "form": form}
    return render(request, "vouchers/agreement/paper.html", context, status=status)


def _renew(_request: HttpRequest, link: MailLink) -> bool:
    return agreements.renew(link, now=clock.now(), link_now=timezone.now())


@link_view(LinkPurpose.AGREEMENT, renew=_renew)
def provider_agreement(request: HttpRequest, link: MailLink, token: str) -> HttpResponse:
    """Show the text and take the provider's answer; only the buttons act."""
    agreement = agreements.behind(link)
    if not agreements.is_asked(agreement, now=clock.now()):
        return _closed(request, agreement)
    if request.method != "POST":
        form = ProviderSignForm(agreement=agreement)
        return _page(request, agreement, form, ProviderDeclineForm())
    form = ProviderSignForm(request.POST, agreement=agreement)
    no = ProviderDeclineForm(request.POST)
    try:
        answered = _answer(request, token, form, no)
    except Refused:
        return _closed(request, agreement)
    if answered is None:
        return _page(request, agreement, form, no, status=422)
    return redirect("provider_agreement_done", signing.dumps(answered.pk, salt=DONE))


def _answer(
    request: HttpRequest, token: str, form: ProviderSignForm, no: ProviderDeclineForm
) -> Agreement | None:
    """Sign or decline; None where the form has errors now."""
    now, link_now = clock.now(), timezone.now()
    if request.POST.get("answer") == "decline":
        form.errors.clear()
        if not no.is_valid():
            return None
        return provider_answers.decline_by_link(
            token, **no.cleaned_data, now=now, link_now=link_now
        )
    no.errors.clear()
    if not form.is_valid():
        return None
    names = {n: form.cleaned_data[n] for n in ("signatory_name", "signatory_role")}
    return provider_answers.sign_by_link(token, **names, now=now, link_now=link_now)


def _closed(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Say that no signature counts any more, and why."""
    reasons: list[str] = []
    if agreement.is_open:
        reasons = sentences(agreements.signing_time(agreement, now=clock.now()))
    context = {**_shown(agreement), "reasons": reasons}
    return render(request, "vouchers/agreement/closed.html", context, status=410)


def _page(
    request: HttpRequest,
    agreement: Agreement,
    form: ProviderSignForm,
    no: ProviderDeclineForm,
    *,
    status: int = 200,
) -> HttpResponse:
    wrong = no if no.is_bound and no.errors else form
    context = {**_shown(agreement), "form": form, "no": no, "wrong": wrong}
    return render(request, "vouchers/agreement/page.html", context, status=status)


def _shown(agreement: Agreement) -> dict[str, Any]:
    return {**about(agreement.award), "agreement": agreement, "text": agreement.text.facts}


@login_not_required
@never_cache
@require_safe
def provider_agreement_done(request: HttpRequest, token: str) -> HttpResponse:
    """Say thank you; the token stands for the answer."""
    try:
        pk = signing.loads(token, salt=DONE, max_age=MONTH)
    except signing.BadSignature:
        raise Http404 from None
    answered = Agreement.objects.exclude(state=AgreementState.OPEN)
    agreement = get_object_or_404(answered.select_related(*agreements.AROUND), pk=pk)
    return render(request, "vouchers/agreement/done.html", _shown(agreement))
