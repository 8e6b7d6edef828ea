"""The SME's side: its applications, from the first click to the receipt."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock, uploads
from portal.enums import DocumentState
from portal.middleware import keeps_text
from portal.pdf import PdfUnavailable
from portal.permissions import actor, signed_in
from portal.workflow import IllegalMove, available
from vouchers import documents
from vouchers.actions import applications, discarding, drafts
from vouchers.actions.applications import NotComplete
from vouchers.cases.news import news_of
from vouchers.enums import EDITABLE, OPEN_SEAT, ApplicationState, Reader
from vouchers.forms.application import DeclarationForm, WithdrawForm
from vouchers.forms.rows import problems_of
from vouchers.models import AppealDocument, Application, ChangeRequest, CoApplicant, Decision
from vouchers.permissions import seat_of, sees_private_parts
from vouchers.rules.verdict import Refused
from vouchers.views.answers import answers_of, as_text, unsent_as_text
from vouchers.views.checks import panel_of, sentences, verdict_now
from vouchers.views.drafting import closed_sentences, saved_words, text_file
from vouchers.views.finding import find, note_read, own, shared, with_parts
from vouchers.views.progress import next_page, tasks_of
from vouchers.views.standing import (
    award_of,
    only_told,
    own_applications,
    page,
    standing,
    told_state,
)
from vouchers.views.totals import totals_of
from vouchers.workflow import APPLICATION

PAGE_SIZE = 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List one's applications with what to do next."""
    user = signed_in(request)
    shown = Paginator(own_applications(user), PAGE_SIZE).get_page(request.GET.get("page"))
    now, firms = clock.now(), user.organisation_ids
    rows = [
        standing(application, now=now, is_shared=application.organisation_id not in firms)
        for application in shown
    ]
    context = {
        "rows": rows,
        "waiting": [row for row in rows if row.todo.tone == "warn"],
        "page": shown,
    }
    return render(request, "vouchers/applicant/list.html", context)


@require_safe
def application(request: HttpRequest, address: str) -> HttpResponse:
    """Show the task list of a draft, or where a submitted application stands."""
    row, seat = shared(request, address)
    if row.state in EDITABLE:
        return _task_list(request, row, seat)
    return _overview(request, row, seat)


def _task_list(request: HttpRequest, row: Application, seat: CoApplicant | None) -> HttpResponse:
    now = clock.now()
    news = news_of(row, Reader.APPLICANT)
    note_read(request, row, news)
    groups = tasks_of(row, seat)
    tasks = [task for group in groups for task in group.tasks if task.code != "check"]
    context = {
        "seat": seat,
        "people": row.co_applicants.filter(state__in=OPEN_SEAT).count(),
        "application": row,
        "groups": groups,
        "done": sum(task.is_completed for task in tasks),
        "total": sum(task.is_completed or not task.is_done for task in tasks),
        "next_url": next_page(row, groups),
        "panel": panel_of(row, now=now),
        "saved": saved_words(row),
        "refusals": closed_sentences(row, now=now),
        "questions": _open_questions(row),
        "news": news,
        "hosts": list(row.hosts.all()),
        "programme": row.call.programme,
    }
    return render(request, "vouchers/applicant/tasks.html", context)


def _open_questions(row: Application) -> list[ChangeRequest]:
    return list(row.change_requests.filter(answered_at=None))


def _overview(request: HttpRequest, row: Application, seat: CoApplicant | None) -> HttpResponse:
    by, now = actor(request), clock.now()
    with_all = own_applications(signed_in(request)).get(pk=row.pk)
    shown = standing(with_all, now=now, is_shared=seat is not None)
    note_read(request, row, shown.news)
    moves = (APPLICATION.WITHDRAW, APPLICATION.REOPEN) if told_state(row) == row.state else ()
    decision = _told_decision(row)
    context = {
        "application": with_all,
        "seat": seat,
        "standing": shown,
        "submission": row.submissions.last(),
        "award": award_of(with_all),
        "decision": decision,
        "appeal": getattr(decision, "appeal", None),
        "documents": _documents(decision),
        "verbs": {move.name for move in available(moves, row, by)},
        "answers": answers_of(row),
        "programme": row.call.programme,
    }
    return render(request, "vouchers/applicant/overview.html", context)


def _documents(decision: Decision | None) -> list[AppealDocument]:
    """Return what supports the appeal against a decision, if there is one."""
    if decision is None or not hasattr(decision, "appeal"):
        return []
    return list(decision.appeal.documents.select_related("upload"))


def _told_decision(row: Application) -> Decision | None:
    told = row.decisions.filter(told_at__isnull=False, replaced_at=None)
    return told.select_related("appeal").last()


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, address: str) -> HttpResponse:
    """Check the answers, declare and send."""
    if request.method == "POST":
        return _send(request, own(request, address, is_bare=True))
    row = own(request, address)
    if row.state not in EDITABLE:
        return redirect(page(row))
    return _check(request, row, DeclarationForm())


def _send(request: HttpRequest, row: Application) -> HttpResponse:
    form = DeclarationForm(request.POST)
    if row.state in EDITABLE and not form.is_valid():
        return _check(request, row, form, status=422)
    try:
        with only_told():
            sent = drafts.send(row, declarations=form.declared, by=actor(request), now=clock.now())
    except NotComplete:
        return _check(request, row, form, status=422)
    except Refused as refused:
        return _check(request, row, form, refusals=sentences(refused.verdict), status=409)
    except IllegalMove as late:
        # Pressed twice, the first press has sent it: its receipt answers the second press too.
        if late.obj.state != ApplicationState.SUBMITTED:
            raise
        return redirect("application_receipt", str(late.obj))
    return redirect("application_receipt", sent.application.address)


def _check(
    request: HttpRequest,
    row: Application,
    form: DeclarationForm,
    *,
    refusals: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    row, now = with_parts(Application.objects.all()).get(pk=row.pk), clock.now()
    parts = answers_of(row)
    files = [file for part in parts for line in part.lines for file in line.files]
    context = {
        "application": row,
        "form": form,
        "is_over": bool(closed_sentences(row, now=now)),
        "problems": problems_of(form) if form.is_bound else [],
        "refusals": refusals or sentences(verdict_now(row, now=now)),
        "unfinished": [t for g in tasks_of(row)[:-1] for t in g.tasks if not t.is_done],
        "parts": parts,
        "has_held_files": any(file.upload.held_at for file in files),
        "totals": totals_of(row),
        "panel": panel_of(row, now=now),
        "programme": row.call.programme,
    }
    return render(request, "vouchers/applicant/check.html", context, status=status)


@require_safe
def receipt(request: HttpRequest, address: str) -> HttpResponse:
    """Show number, instant and hash of what was received."""
    row, _seat = shared(request, address)
    submissions = list(row.submissions.select_related("document").order_by("-number"))
    if not submissions:
        raise Http404
    context = {
        "application": row,
        "submission": submissions[0],
        "earlier": submissions[1:],
        "is_ready": _is_ready(submissions[0].document),
        "has_held_files": row.attachments.filter(upload__held_at__isnull=False).exists(),
        "programme": row.call.programme,
    }
    return render(request, "vouchers/applicant/receipt.html", context)


def _is_ready(document: Any) -> bool:
    return document is not None and document.state == DocumentState.READY


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, address: str) -> HttpResponse:
    """Take an application back."""
    row = own(request, address)
    if request.method != "POST" and told_state(row) not in APPLICATION.WITHDRAW.sources:
        return redirect("application", row.address)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        context = {"application": row, "form": form, "programme": row.call.programme}
        return render(request, "vouchers/applicant/withdraw.html", context)
    with only_told():
        applications.withdraw(
            row, reason=form.cleaned_data["reason"], by=actor(request), now=clock.now()
        )
    messages.success(request, gettext("Your application is withdrawn."))
    return redirect(page(row))


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, address: str) -> HttpResponse:
    """Edit a withdrawn application again, as long as the call is open."""
    row = own(request, address)
    if request.method != "POST" and row.state not in APPLICATION.REOPEN.sources:
        return redirect("application", row.address)
    refusals: list[str] = []
    if request.method == "POST":
        try:
            with only_told():
                applications.reopen(row, by=actor(request), now=clock.now())
        except Refused as refused:
            refusals = sentences(refused.verdict)
        else:
            messages.success(request, gettext("You can edit your application again."))
            return redirect(page(row))
    context = {"application": row, "refusals": refusals, "programme": row.call.programme}
    status = 409 if refusals else 200
    return render(request, "vouchers/applicant/reopen.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, address: str) -> HttpResponse:
    """Throw away a draft that was never sent."""
    row = own(request, address)
    if row.reference is not None:
        return redirect("application", row.address)
    if request.method == "POST":
        discarding.discard(row, by=actor(request), now=clock.now())
        messages.success(request, gettext("Your draft is deleted."))
        return redirect("applications")
    context = {"application": row, "programme": row.call.programme}
    return render(request, "vouchers/applicant/discard.html", context)


@require_safe
def file(request: HttpRequest, address: str, pk: int) -> HttpResponseBase:
    """Give an attached file back, always as a download."""
    row = find(request, address)
    files = row.attachments.select_related("upload")
    by = actor(request)
    if not (sees_private_parts(by, row) or seat_of(by, row)):
        files = files.filter(question__seen_by_host=True)
    upload = get_object_or_404(files, pk=pk).upload
    opened = uploads.opened(upload, user=signed_in(request))
    return download(opened, name=upload.name, content_type=upload.content_type)


def download(content: Any, *, name: str, content_type: str) -> HttpResponseBase:
    """Answer with a file that no browser opens in the portal's own name."""
    headers: Mapping[str, str] = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    opened = content.open("rb")
    return FileResponse(
        opened, as_attachment=True, filename=name, content_type=content_type, headers=headers
    )


@require_safe
def copy_pdf(request: HttpRequest, address: str) -> HttpResponseBase:
    """Give the copy of what was submitted last, or of a draft as it stands.

    While a submission's copy is being made, the receipt says so.
    """
    row, _seat = shared(request, address)
    last = row.submissions.select_related("document").last()
    if last is None:
        return _draft_pdf(row)
    if last.document is None or not _is_ready(last.document):
        messages.info(request, gettext("The PDF is being made. Try again in a minute."))
        return redirect("application_receipt", row.address)
    return download(
        last.document.file, name=f"{last.document.number}.pdf", content_type="application/pdf"
    )


def _draft_pdf(row: Application) -> HttpResponseBase:
    language = get_language() or settings.LANGUAGE_CODE
    try:
        content = documents.draft_copy_pdf(row, language=language, now=clock.now())
    except PdfUnavailable as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    name = f"{row.address}.pdf"
    return download(ContentFile(content), name=name, content_type="application/pdf")


@require_safe
def copy_text(request: HttpRequest, address: str) -> HttpResponse:
    """Give everything that was written so far as plain text."""
    row, _seat = shared(request, address)
    return text_file(as_text(row), f"{row.address}.txt")


@require_safe
def unsent_text(request: HttpRequest, address: str) -> HttpResponse:
    """Give what was written into a returned application and not sent in time."""
    row, _seat = shared(request, address)
    if not row.unsent:
        raise Http404
    return text_file(unsent_as_text(row), f"{row.address}-unsent.txt")
