"""Notes that a region's staff keeps about an application for itself."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal.permissions import Actor
from portal.workflow import action, record
from vouchers.models import Application, Note
from vouchers.permissions import note_side


@action
def write(application: Application, *, text: str, by: Actor, now: datetime) -> Note:
    """Add a note for the person's own region; it is never changed. Raises PermissionDenied.

    The journal says that there is one, in an entry about the note itself: an entry about the
    application would tell the other region.
    """
    side = note_side(by, application)
    if side is None or by.user is None:
        raise PermissionDenied("note")
    note = Note.objects.create(
        application=application, side=side, text=text, written_at=now, written_by=by.user
    )
    record(note, "note", by=by, now=now, chain=application.journal_chain, side=side)
    return note
