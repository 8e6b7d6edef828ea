"""Beside the decision: who looks after the application, and the notes of one's own region."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from portal import clock
from portal.models import User
from portal.permissions import Actor, actor, signed_in
from vouchers.actions import entrusting, staff_notes
from vouchers.actions.entrusting import NotABroker, entrusted, may_entrust
from vouchers.admin.dossier import find
from vouchers.admin.refusals import tell
from vouchers.admin.trail import carried, trail_of
from vouchers.cases import local_day
from vouchers.enums import Side
from vouchers.forms.entrusting import EntrustForm, NoteForm
from vouchers.models import Application
from vouchers.permissions import note_side, note_sides


@dataclass(frozen=True, slots=True)
class Written:
    """A note as the page shows it."""

    side: str
    text: str
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Stand:
    """Who stands in for the one who looks after the application, and until when."""

    deputy: str
    until: date
    is_me: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What stands beside the decision."""

    person: User | None
    stand: Stand | None
    is_mine: bool
    may_take: bool
    entrust: EntrustForm | None
    notes: list[Written]
    note: NoteForm | None
    reads_both: bool


def keeping_of(
    row: Any, *, by: Actor, now: datetime, asked: EntrustForm | NoteForm | None = None
) -> Keeping:
    """Return what the person sees beside the decision; `asked` is a form that came back."""
    person = entrusted(row) if row.is_looked_after else None
    sides, own = note_sides(by, row), note_side(by, row)
    may = may_entrust(by, row)
    me = by.user.pk if by.user else None
    entrust = asked if isinstance(asked, EntrustForm) else _entrust_form(row, person, now=now)
    note = asked if isinstance(asked, NoteForm) else NoteForm(about=row, now=now, prefix="note")
    return Keeping(
        person=person,
        stand=_stand(row, me, now=now) if person else None,
        is_mine=person is not None and person.pk == me,
        may_take=may and any(one["id"] == me for one in row.colleagues),
        entrust=entrust if may else None,
        notes=[_written(note) for note in row.notes if note["side"] in sides],
        note=note if own else None,
        reads_both=len(sides) > 1,
    )


def _entrust_form(row: Any, person: User | None, *, now: datetime) -> EntrustForm:
    chosen = {"person": str(person.pk)} if person else {}
    return EntrustForm(about=row, now=now, prefix="entrust", initial=chosen)


def _stand(row: Any, me: int | None, *, now: datetime) -> Stand | None:
    today = local_day(now, row.home_region)
    for one in row.away:
        until = date.fromisoformat(one["ends_on"])
        if date.fromisoformat(one["starts_on"]) <= today <= until:
            return Stand(one["name"] or one["email"], until, one["deputy"] == me)
    return None


def _written(note: dict[str, Any]) -> Written:
    return Written(
        side=str(Side(note["side"]).label),
        text=note["text"],
        at=datetime.fromisoformat(note["at"]),
        who=note["name"] or note["email"],
    )


type Show = Callable[..., HttpResponse]


@require_POST
def entrust(request: HttpRequest, reference: str, show: Show) -> HttpResponse:
    """Let a broker of the region look after the application: oneself by a button of its own."""
    row, by, now = find(signed_in(request), reference), actor(request), clock.now()
    if not may_entrust(by, row):
        raise PermissionDenied("entrust")
    form = EntrustForm(request.POST, about=row, now=now, prefix="entrust")
    if not form.is_valid():
        return show(request, row, kept=form)
    person = form.cleaned_data["person"]
    fresh = Application.objects.get(pk=row.pk)
    try:
        entrusting.entrust(fresh, to=person, by=by, now=now)
    except NotABroker as error:
        tell(form, error)
        return show(request, row, kept=form)
    words = gettext("Assigned to %(person)s.") if person else gettext("Assigned to nobody.")
    messages.success(request, words % {"person": person})
    return _back(request, reference)


@require_POST
def note(request: HttpRequest, reference: str, show: Show) -> HttpResponse:
    """Add a note for the person's own region."""
    row, by, now = find(signed_in(request), reference), actor(request), clock.now()
    if note_side(by, row) is None:
        raise PermissionDenied("note")
    form = NoteForm(request.POST, about=row, now=now, prefix="note")
    if not form.is_valid():
        return show(request, row, kept=form)
    staff_notes.write(row, **form.cleaned_data, by=by, now=now)
    messages.success(request, gettext("The note is kept, for your region alone."))
    return _back(request, reference)


def _back(request: HttpRequest, reference: str) -> HttpResponse:
    page = reverse("admin:vouchers_application_change", args=[reference])
    return HttpResponseRedirect(page + trail_of(carried(request)))
