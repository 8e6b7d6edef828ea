"""Files of the desk, given as downloads only; who opened one is journalled."""

from collections.abc import Iterable

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase

from portal import clock, uploads
from portal.actions.reads import note_export, note_read
from portal.enums import DocumentState, Thing
from portal.models import Document, Programme, Upload
from portal.permissions import actor, signed_in
from vouchers.models import Application, Award

PDF = "application/pdf"


def document_download(
    document: Document | None, *, request: HttpRequest, of: Application
) -> HttpResponseBase:
    """Return an issued document's PDF; 404 while there is none."""
    if document is None or document.state != DocumentState.READY:
        raise Http404
    note_opened(request, of, Thing.DOCUMENT, document.number)
    return FileResponse(
        document.file.open("rb"),
        as_attachment=True,
        filename=f"{document.number}.pdf",
        content_type=PDF,
    )


def upload_download(upload: Upload, *, request: HttpRequest, of: Application) -> HttpResponseBase:
    """Return a file that a person gave. Raises FileHeld while it waits for the scanner."""
    stored = uploads.opened(upload, user=signed_in(request))
    note_opened(request, of, Thing.FILE, str(upload.pk))
    return FileResponse(
        stored, as_attachment=True, filename=upload.name, content_type=upload.content_type
    )


def note_opened(request: HttpRequest, application: Application, thing: Thing, which: str) -> None:
    """Journal that a member of staff opened something of the firm that applied."""
    if request.method == "GET":
        note_read(
            application.organisation,
            thing,
            which=which,
            chain=application.journal_chain,
            by=actor(request),
            now=clock.now(),
        )


def note_listed(request: HttpRequest, thing: Thing, awards: Iterable[Award]) -> None:
    """Journal that a member of staff took away a list on which these awards' firms stand."""
    firms: dict[Programme, list[int]] = {}
    for award in awards:
        firms.setdefault(award.pot.programme, []).append(award.application.organisation_id)
    if request.method == "GET":
        note_export(thing, firms, by=actor(request), now=clock.now())
