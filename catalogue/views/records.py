"""A record as its provider sees it: written, previewed, sent to the broker, kept as versions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue import actions
from catalogue.enums import RevisionState
from catalogue.forms.record import RecordForm
from catalogue.models import Record, Revision
from catalogue.permissions import may_confirm, may_edit
from catalogue.rules.completeness import missing_in
from catalogue.snapshots import (
    compared,
    content_of,
    described,
    filled,
    photos_of,
    pictures,
)
from catalogue.views.holding import change_of, content_now, is_busy, record_of, to_edit
from catalogue.views.public import record_context
from catalogue.views.standing import row
from catalogue.workflow import REVISION
from portal import clock
from portal.middleware import KEPT_TEXT, keeps_text, kept
from portal.permissions import actor
from portal.workflow import IllegalMove, available

type Verb = Callable[..., None]
VERBS: Mapping[str, tuple[Verb, str | Promise]] = {
    REVISION.SUBMIT.name: (
        actions.submit_revision,
        _("The change is with the broker. You get a message when it is public."),
    ),
    REVISION.TAKE_BACK.name: (
        actions.take_back_revision,
        _("You can edit the change again."),
    ),
    REVISION.DISCARD.name: (
        actions.discard_revision,
        _("The change is discarded. What is public stays as it was."),
    ),
}


@require_safe
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """Show where a record and its change stand, and the versions that were published."""
    one = record_of(request, slug)
    change, by = change_of(request, one), actor(request)
    context = {
        "row": row(one, change, now=clock.now()),
        "record": one,
        "change": change,
        "is_busy": is_busy(one, change),
        "verbs": [t for t in available(REVISION, change, by) if t.name in VERBS] if change else [],
        "missing": labels(missing_in(change.content)) if change else [],
        "may_edit": may_edit(by, one),
        "may_confirm": may_confirm(by, one) and one.confirmed_on is not None,
        "versions": one.versions.select_related("published_by"),
        **_changed(one, change),
    }
    return render(request, "catalogue/provider/record.html", context)


def _changed(one: Record, change: Revision | None) -> dict[str, Any]:
    if change is None:
        return {"differences": [], "photos": None}
    now_public = content_of(one)
    return {
        "differences": compared(now_public, change.content),
        "photos": pictures(one, now_public, change.content),
    }


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a change; the first time it is kept, it starts from what is in force."""
    one = to_edit(request, slug)
    change = change_of(request, one)
    posted, busy = request.method == "POST", is_busy(one, change)
    if busy and not posted:
        return render(request, "catalogue/provider/busy.html", {"record": one}, status=409)
    if change and change.state == RevisionState.SUBMITTED and not posted:
        return redirect("provider_record", slug)
    content = content_now(one, change)
    data = request.POST if posted else kept(request)
    form = RecordForm(data, record=filled(one, content), content=content)
    if posted and form.is_valid() and not busy:
        return _keep(request, one, change, form)
    if posted and busy:
        return _busy(request, one, form)
    return _form(request, one, change, form)


def _keep(
    request: HttpRequest, one: Record, change: Revision | None, form: RecordForm
) -> HttpResponse:
    """Keep what was written, and send it where the button says so."""
    try:
        change = actions.write_revision(
            one, changes=form.changes(), by=actor(request), now=clock.now()
        )
        request.session.pop(KEPT_TEXT, None)
        if "send" in request.POST:
            return _do(request, change, REVISION.SUBMIT.name)
    except actions.RevisionNotComplete as error:
        return _form(request, one, change, form, labels(error.missing))
    except IllegalMove:
        # A colleague, or another window: what was typed here must not be lost.
        form.add_error(None, gettext("The change was sent meanwhile. Take it back, then save"))
        return _form(request, one, change, form, status=409)
    except PermissionDenied:
        if is_busy(one, change_of(request, one)):
            return _busy(request, one, form)
        raise
    messages.success(request, gettext("The draft is kept."))
    return redirect("provider_record", one.slug)


def _busy(request: HttpRequest, one: Record, form: RecordForm) -> HttpResponse:
    """Give the text back: a change was begun meanwhile that the person does not see yet."""
    form.add_error(
        None,
        gettext(
            "Somebody else began a change of this record meanwhile. Keep this page open or copy "
            "your text, and save again once the other change is sent or discarded"
        ),
    )
    return _form(request, one, None, form, status=409)


def _form(
    request: HttpRequest,
    one: Record,
    change: Revision | None,
    form: RecordForm,
    missing: Sequence[tuple[str, str]] = (),
    *,
    status: int = 0,
) -> HttpResponse:
    context = {
        "record": one,
        "change": change,
        "form": form,
        "missing": missing,
        "photos": photos_of(one, content_now(one, change).get("photos", [])),
    }
    code = status or (422 if form.errors or missing else 200)
    return render(request, "catalogue/provider/form.html", context, status=code)


def labels(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return what to say of fields that are empty, with the control to jump to."""
    said = {
        "title": (gettext("Enter a title"), "id_title"),
        "summary": (gettext("Write a summary"), "id_summary"),
        "competences": (gettext("Choose at least one competence"), "id_competences"),
        "access_types": (gettext("Choose how it is reached"), "id_access_types_0"),
    }
    return [said[name] for name in names]


@require_POST
def move(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Send, take back or discard the open change."""
    one = record_of(request, slug)
    change = change_of(request, one)
    if change is None or verb not in VERBS:
        raise Http404
    try:
        return _do(request, change, verb)
    except actions.RevisionNotComplete as error:
        form = RecordForm(record=filled(one, change.content), content=change.content)
        return _form(request, one, change, form, labels(error.missing))


def _do(request: HttpRequest, change: Revision, verb: str) -> HttpResponse:
    """Do what the button says. Raises RevisionNotComplete."""
    act, sentence = VERBS[verb]
    act(change, by=actor(request), now=clock.now())
    messages.success(request, str(sentence))
    return redirect("provider_record", change.record.slug)


@require_POST
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that the record is still true."""
    one = record_of(request, slug)
    actions.confirm(one, by=actor(request), now=clock.now())
    messages.success(request, gettext("The record shows today as the day it was confirmed."))
    return redirect("provider", one.provider_id)


@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the record as everybody will see it once the change is approved; nothing is stored."""
    one = record_of(request, slug)
    change = change_of(request, one)
    content = content_now(one, change)
    shown = filled(one, content)
    now = clock.now()
    if shown.confirmed_on is None:
        shown.confirmed_on = clock.today(one.region.time_zone)
    facilities = Record.objects.public(now).filter(slug__in=content.get("facilities", []))
    context = {
        **record_context(shown, home=None, now=now),
        "facilities": facilities,
        "photos": photos_of(one, content.get("photos", [])),
        "change": change,
        "stored": one,
    }
    return render(request, "catalogue/provider/preview.html", context)


@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show what a record said when it was published."""
    one = record_of(request, slug)
    kept = get_object_or_404(one.versions.select_related("published_by"), number=number)
    [said] = described(kept.content)
    context = {
        "record": one,
        "version": kept,
        "said": [line for line in said if line.text],
        "photos": photos_of(one, kept.content.get("photos", [])),
    }
    return render(request, "catalogue/provider/version.html", context)
