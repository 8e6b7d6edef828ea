"""One part of the form at a time: saved by a button, or as it is typed; nothing typed is lost."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.middleware import KEPT_TEXT, keeps_text
from portal.permissions import actor
from portal.templatetags.portal_ui import zone_words
from vouchers.actions.drafts import Saved
from vouchers.actions.whole_parts import WHOLE
from vouchers.cases.opened import opened_in
from vouchers.cases.saved import last_saved
from vouchers.enums import EDITABLE, ApplicationState, QuestionKind
from vouchers.forms.rows import TableForm
from vouchers.models import Application, CoApplicant, Question
from vouchers.rules import deadlines
from vouchers.rules.verdict import Refused
from vouchers.views.answers import answers_of
from vouchers.views.checks import panel_of, sentences
from vouchers.views.finding import may_edit, shared, with_parts
from vouchers.views.holding import note_refused_files
from vouchers.views.parts import About, Aid, Costs, Figures, Part, Questions
from vouchers.views.progress import next_page, pieces_of, tasks_of
from vouchers.views.standing import page
from vouchers.views.totals import totals_of

AUTOSAVE = "X-Autosave"


def part_of(application: Application, code: str) -> Part:
    """Return a part of the form by its address. Raises Http404."""
    title = next(
        (p.name for _heading, pieces in pieces_of(application) for p in pieces if p.code == code),
        None,
    )
    if title is None:
        raise Http404
    fixed: Mapping[str, type[Part]] = {
        "organisation": Figures,
        "aid": Aid,
        "about": About,
        "costs": Costs,
    }
    if code in fixed:
        return fixed[code](application, code, title)
    asked = Question.objects.filter(question_set=application.question_set_id, section=code)
    questions = [q for q in asked if q.kind != QuestionKind.COST_TABLE]
    return Questions(application, code, title, questions)


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, address: str, code: str) -> HttpResponse:
    """Show a part of the form, or save it."""
    row, seat = shared(request, address)
    part = part_of(row, code)
    part.seat = seat
    if not may_edit(request, row, seat, code):
        return read_only(request, row, seat, code)
    opened = opened_in(part.application)
    if not part.is_open(opened):
        return _not_asked(request, part)
    part.opened_keys = opened
    if request.method == "POST":
        return _save(request, part)
    if part.application.state not in EDITABLE:
        return redirect(page(part.application))
    return _open(request, part)


def read_only(
    request: HttpRequest, row: Application, seat: CoApplicant | None, code: str
) -> HttpResponse:
    """Show a part to a co-applicant to whom it was not given; what was sent stands as a whole."""
    if row.state not in EDITABLE:
        return redirect(page(row))
    here = page(row, code)
    context = {
        "application": row,
        "seat": seat,
        "parts": [part for part in answers_of(row) if part.url == here],
        "panel": panel_of(row, now=clock.now()),
        "programme": row.call.programme,
    }
    return render(request, "vouchers/applicant/read_only.html", context)


def _not_asked(request: HttpRequest, part: Part) -> HttpResponse:
    if request.method == "POST":
        raise PermissionDenied
    text = gettext("“%(part)s” stays as you sent it: your broker has not asked about it.")
    messages.info(request, text % {"part": part.title})
    return redirect(page(part.application))


def _open(request: HttpRequest, part: Part) -> HttpResponse:
    now = clock.now()
    data = kept_data(request)
    if data is None:
        return show(request, part, part.opened(now=now), seen=part.seen())
    sent = {n.removeprefix("seen-"): str(data[n]) for n in data if n.startswith("seen-")}
    form = part.form(data, now=now)
    return show(request, part, form, seen={**part.seen(), **sent}, is_kept=True)


def kept_data(request: HttpRequest) -> QueryDict | None:
    """Return what the browser sent here when the session had ended; it is not saved yet."""
    kept = request.session.get(KEPT_TEXT, {})
    return QueryDict(kept["body"]) if kept.get("path") == request.path else None


def _save(request: HttpRequest, part: Part) -> HttpResponse:
    now = clock.now()
    form = part.form(request.POST, request.FILES, now=now)
    if "download" in request.POST:
        return _take_away(part, form)
    try:
        saved = part.keep(form, request.POST, by=actor(request), now=now)
    except Refused as refused:
        return _refused(request, part, form, refused)
    note_refused_files(form, part.application, request=request)
    request.session.pop(KEPT_TEXT, None)
    part.application = saved.application
    if AUTOSAVE in request.headers:
        return _autosaved(request, part, saved, now=now)
    part.application = _reread(part)
    return _saved(request, part, form, saved)


def _reread(part: Part) -> Application:
    return with_parts(Application.objects.all()).get(pk=part.application.pk)


def _saved(request: HttpRequest, part: Part, form: Any, saved: Saved) -> HttpResponse:
    if saved.conflicts:
        return show(request, part, form, seen=saved.seen, conflicts=saved.conflicts, status=409)
    if _wants_rows(request):
        form.quiet()
        return show(request, part, form, seen=saved.seen)
    if "detach" in request.POST or "stay" in request.POST:
        return redirect(page(part.application, part.code))
    if not form.is_valid():
        return show(request, part, form, seen=saved.seen, status=422)
    groups = tasks_of(part.application, part.seat)
    return HttpResponseRedirect(next_page(part.application, groups, after=part.code))


def _wants_rows(request: HttpRequest) -> bool:
    return any(name.endswith(("-add", "-remove")) for name in request.POST)


def _autosaved(request: HttpRequest, part: Part, saved: Saved, *, now: datetime) -> HttpResponse:
    return JsonResponse(
        {
            "saved": saved_words(part.application, at=now),
            # The page has not shown the other text yet, so it must not claim to have seen it.
            "seen": {
                f"seen-{name}": mark
                for name, mark in saved.seen.items()
                if name not in saved.conflicts
            },
            "panel": _new_checks(request, part, now=now) if part.moves_checks else "",
            "problem": _conflict_words() if saved.conflicts else "",
        }
    )


def _new_checks(request: HttpRequest, part: Part, *, now: datetime) -> str:
    application = _reread(part)
    panel = panel_of(application, now=now)
    context = {"panel": panel, "application": application, "seat": part.seat}
    return render_to_string("vouchers/applicant/panel.html", context, request)


def _conflict_words() -> str:
    return gettext(
        "Somebody else has changed this page. Press “Save and continue” to see both texts"
    )


def saved_words(application: Application, *, at: datetime | None = None) -> str:
    """Say when the draft was last saved, to the second and with its zone; `at` is a save of now."""
    zone = application.home_region.time_zone
    local = (at or last_saved(application)).astimezone(ZoneInfo(zone))
    return gettext("Draft saved at %(time)s %(zone)s") % {
        "time": date_format(local, "H:i:s"),
        "zone": zone_words(zone),
    }


def _refused(request: HttpRequest, part: Part, form: Any, refused: Refused) -> HttpResponse:
    said = sentences(refused.verdict)
    if AUTOSAVE in request.headers:
        return JsonResponse({"problem": ". ".join(said)}, status=409)
    return show(request, part, form, seen=part.seen(), refusals=said, status=409)


def show(
    request: HttpRequest,
    part: Part,
    form: Any,
    *,
    seen: Mapping[str, str],
    conflicts: Mapping[str, Any] | None = None,
    refusals: list[str] | None = None,
    is_kept: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Render one part of the form with the panel beside it."""
    application, now = part.application, clock.now()
    context = {
        "application": application,
        "part": part,
        "seat": part.seat,
        "form": form,
        "fields": _fields(part, form, conflicts or {}),
        "seen": {f"seen-{name}": mark for name, mark in seen.items()},
        "problems": part.problems(form) if form.is_bound else [],
        "refusals": refusals or closed_sentences(application, now=now),
        "is_kept": is_kept,
        "has_conflicts": bool(conflicts),
        "stored_lines": _stored_lines(part, now=now) if WHOLE in (conflicts or {}) else [],
        "panel": panel_of(application, now=now),
        "saved": saved_words(application),
        "totals": totals_of(application) if isinstance(form, TableForm) else None,
        "programme": application.call.programme,
    }
    return render(request, part.template, context, status=status)


def _fields(part: Part, form: Any, conflicts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each field with the files that answer it and the text that another browser saved."""
    files = list(part.application.attachments.select_related("upload", "question"))
    return [
        {
            "field": field,
            "files": [file for file in files if file.question.key == field.name],
            "conflict": _other_text(part, field.name, conflicts),
        }
        for field in form
    ]


def _other_text(part: Part, name: str, conflicts: Mapping[str, Any]) -> str:
    if name not in conflicts:
        return ""
    return part.in_words(name, conflicts[name]) or gettext("Nothing: the answer was taken away")


def closed_sentences(application: Application, *, now: datetime) -> list[str]:
    """Return why a draft cannot be saved any more, if so."""
    if application.state == ApplicationState.RETURNED and application.answer_by:
        return sentences(deadlines.check_answer(application.answer_by, now=now))
    window, began = application.window, application.started_at
    return sentences(deadlines.check_submit(window, started_at=began, now=now))


def _stored_lines(part: Part, *, now: datetime) -> list[tuple[str, str]]:
    """Return what another browser has saved of a whole part, as label and words."""
    found = ((field, field.value()) for field in _all_fields(part.opened(now=now)))
    return [
        (str(field.label), _words_of(field, value))
        for field, value in found
        if value not in (None, "", False)
    ]


def _words_of(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("Yes")
    choices = {str(key): str(label) for key, label in getattr(field.field, "choices", [])}
    return choices.get(str(value)) or str(field.field.prepare_value(value))


def _all_fields(form: Any) -> list[Any]:
    rows = list(form.rows) if isinstance(form, TableForm) else []
    return [*form, *(field for row in rows for field in row)]


def _take_away(part: Part, form: Any) -> HttpResponse:
    """Give back what was typed as a text file."""
    fields = _all_fields(form)
    lines = [f"{field.label}\n{field.value() or ''}\n" for field in fields if field.html_name]
    text = "\n".join([part.title, "", *lines])
    return text_file(text, f"{part.application.address}-{part.code}.txt")


def text_file(text: str, name: str) -> HttpResponse:
    """Answer with a text file."""
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
