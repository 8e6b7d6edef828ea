"""The papers of an award: documents, files that people gave, and letters, each with its hash."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, cast

import pikepdf
from django.db.models import Model, Q
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from portal.exports import folded
from portal.models import Document, OutgoingMail, Upload
from portal.uploads import file_hash, pieces_of
from vouchers.cases.threads import in_hand
from vouchers.models import Agreement, AppealDocument, Award, Claim, ClaimLine

APPLICATION, UPLOADS, DECISION = "1-application", "2-uploads", "3-decision"
AGREEMENT, CLAIMS, PAYMENTS, MAILS = "4-agreement", "5-claims", "6-payments", "7-mails"
FOLDERS = {
    "application_copy": APPLICATION,
    "agreement": AGREEMENT,
    "appendix": AGREEMENT,
    "payment_advice": PAYMENTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One file of the archive; `sha256` is what the portal noted when it was stored."""

    path: str
    title: str
    at: datetime
    by: str
    sha256: str
    pieces: Callable[[], Iterable[bytes]]
    size: int
    pages: int | None
    is_sound: bool
    note: str = ""


def about[M: Model](model: type[M], subjects: Iterable[Model]) -> Any:
    """Return the rows of a model that name one of the subjects, oldest first."""
    wanted = Q(pk__in=[])
    for row in subjects:
        wanted |= Q(subject_type=row._meta.label_lower, subject_id=row.pk)
    return model._base_manager.filter(wanted).order_by("pk")


def papers_of(
    award: Award, documents: list[Document], claims: list[Claim], issuers: dict[int, str]
) -> list[Paper]:
    """Return the papers in the order of their folders; `issuers` says who issued each document."""
    application = award.application
    found = [_document(row, issuers.get(row.pk, "")) for row in documents]
    given = application.attachments.select_related("upload", "question")
    found += [_upload(one.upload, UPLOADS, one.question.label) for one in given]
    appeals = AppealDocument.objects.filter(appeal__application=application)
    of_appeal = appeals.select_related("upload")
    found += [_upload(one.upload, DECISION, _("Document of the appeal")) for one in of_appeal]
    found += _of_agreement(award)
    for claim in claims:
        for line in in_hand().filter(claim=claim):
            found += _proofs(line, f"{CLAIMS}/{claim.number}")
    subjects = [application, award, *claims]
    found += [_mail(mail) for mail in about(OutgoingMail, subjects).filter(is_private=False)]
    return sorted(_distinct(found), key=lambda paper: paper.path.partition("/")[0])


def _of_agreement(award: Award) -> Iterator[Paper]:
    """What was signed on paper, and the proofs that came with wishes for more time."""
    agreement: Agreement | None = getattr(award, "agreement", None)
    if agreement and agreement.paper:
        yield _upload(agreement.paper, AGREEMENT, _("Agreement signed on paper"))
    for change in award.changes.exclude(proof=None).select_related("proof"):
        if change.proof:
            yield _upload(change.proof, AGREEMENT, _("Proof that the work has begun"))


def _proofs(line: ClaimLine, folder: str) -> Iterator[Paper]:
    replaced = [
        pair
        for note in line.notes.all()
        for pair in (
            (note.old_receipt, _("Receipt %(number)d, replaced since")),
            (note.old_proof, _("Proof of payment of receipt %(number)d, replaced since")),
        )
    ]
    for upload, title in (
        (line.receipt, _("Receipt %(number)d")),
        (line.proof_of_payment, _("Proof of payment of receipt %(number)d")),
        *replaced,
    ):
        if upload is not None:
            yield _upload(upload, folder, title % {"number": line.position})


def _document(document: Document, by: str) -> Paper:
    folder = FOLDERS.get(document.kind, DECISION)
    title = f"{document.number}: {document.title}"
    notes = []
    if document.withdrawn_at:
        notes.append(_("withdrawn"))
    if document.erased_at:
        notes.append(_("erased, its number and hash stay"))
    elif not document.file:
        notes.append(_("its file is not made yet"))
    return _stored(
        document.file,
        f"{folder}/{folded(f'{document.number}.pdf')}",
        title=title,
        at=document.issued_at,
        by=by,
        sha256=document.sha256,
        note=", ".join(notes),
    )


def _upload(upload: Upload, folder: str, title: str) -> Paper:
    """A file that a person gave; while it waits for the scanner it stays where it is."""
    return _stored(
        None if upload.held_at else upload.file,
        f"{folder}/{folded(f'{upload.pk}-{upload.name}')}",
        title=f"{title}: {upload.name}",
        at=upload.uploaded_at,
        by=str(upload.uploaded_by or ""),
        sha256=upload.sha256,
        note=_("waits for the virus scanner") if upload.held_at else "",
    )


def _stored(
    file: FieldFile | None,
    path: str,
    *,
    title: str,
    at: datetime,
    by: str,
    sha256: str,
    note: str,
) -> Paper:
    paper = partial(Paper, path=path, title=title, at=at, by=by, sha256=sha256)
    if not file or not file.storage.exists(file.name or ""):
        lost = note or _("its file is gone")
        return paper(pieces=tuple, size=0, pages=None, is_sound=bool(note), note=lost)
    return paper(
        pieces=lambda: pieces_of(file),
        size=file.size,
        pages=_pages(file),
        is_sound=file_hash(file) == sha256,
        note=note,
    )


def _pages(file: FieldFile) -> int | None:
    """Count the pages of a PDF; None for everything else."""
    if not str(file.name).endswith(".pdf"):
        return None
    try:
        with (
            file.storage.open(file.name or "") as stored,
            pikepdf.open(cast("BinaryIO", stored)) as opened,
        ):
            return len(opened.pages)
    except (pikepdf.PdfError, RuntimeError, ValueError):
        return None


def _mail(mail: OutgoingMail) -> Paper:
    heads = {
        "From": mail.sender,
        "To": ", ".join(mail.to),
        "Reply-To": mail.reply_to,
        "Date": (mail.sent_at or mail.created_at).isoformat(),
        "State": mail.state,
        "Message-ID": mail.message_id,
        "Subject": mail.subject,
    }
    head = "".join(f"{name}: {said}\n" for name, said in heads.items() if said)
    content = f"{head}\n{mail.body}".encode()
    return Paper(
        path=f"{MAILS}/{folded(f'{mail.pk}-{mail.kind}.txt')}",
        title=mail.subject,
        at=mail.sent_at or mail.created_at,
        by=mail.sender,
        sha256=hashlib.sha256(content).hexdigest(),
        pieces=lambda: [content],
        size=len(content),
        pages=None,
        is_sound=True,
    )


def table(path: str, title: str, content: bytes, *, at: datetime) -> Paper:
    """Return a table that the portal writes for the archive itself."""
    return Paper(
        path=path,
        title=title,
        at=at,
        by=_("the portal, by itself"),
        sha256=hashlib.sha256(content).hexdigest(),
        pieces=lambda: [content],
        size=len(content),
        pages=None,
        is_sound=True,
    )


def _distinct(papers: Iterable[Paper]) -> Iterator[Paper]:
    """Number a path that comes again: some systems do not tell small letters from capitals."""
    seen: set[str] = set()
    for paper in papers:
        path, number = paper.path, 1
        while path.lower() in seen:
            number += 1
            stem, dot, ending = paper.path.rpartition(".")
            path = f"{stem}-{number}{dot}{ending}"
        seen.add(path.lower())
        yield paper if path == paper.path else replace(paper, path=path)
