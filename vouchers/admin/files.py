"""Files of the desk, given as downloads only."""

from django.http import FileResponse, Http404

from portal import uploads
from portal.enums import DocumentState
from portal.models import Document, Upload, User


def document_download(document: Document | None) -> FileResponse:
    """Return an issued document's PDF; 404 while there is none."""
    if document is None or document.state != DocumentState.READY:
        raise Http404
    return FileResponse(
        document.file.open("rb"),
        as_attachment=True,
        filename=f"{document.number}.pdf",
        content_type="application/pdf",
    )


def upload_download(upload: Upload, *, user: User) -> FileResponse:
    """Return a file that a person gave. Raises FileHeld while it waits for the scanner."""
    return FileResponse(
        uploads.opened(upload, user=user),
        as_attachment=True,
        filename=upload.name,
        content_type=upload.content_type,
    )
