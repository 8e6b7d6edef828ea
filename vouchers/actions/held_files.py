"""Files kept while the virus scanner was away: scanned again, then released or removed."""

import logging
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext, override

from portal import uploads
from portal.enums import TaskKind
from portal.models import StaffTask, Upload
from portal.permissions import Actor
from portal.queue import notify
from portal.viruses import NotScanned, Unreachable
from portal.workflow import action, lock, record
from vouchers.actions import applications, claims, receipt_notes, returns
from vouchers.cases import holidays_of, local_day
from vouchers.cases.opened import is_open, opened_in
from vouchers.enums import EDITABLE, ApplicationState, ClaimState, ReturnKind
from vouchers.models import AppealDocument, Application, Attachment, Claim, ClaimLine
from vouchers.notifications import FileRemoved
from vouchers.rules import deadlines
from vouchers.rules.verdict import Refused
from vouchers.workflow import APPLICATION, CLAIM

ANSWER_DAYS = 5

logger = logging.getLogger(__name__)


def scan_held(*, by: Actor, now: datetime) -> None:
    """Scan what waits, oldest first; nothing happens while the scanner is still away."""
    for upload in Upload.objects.filter(held_at__isnull=False).order_by("pk"):
        try:
            virus = uploads.virus_in(upload)
        except Unreachable as reason:
            logger.warning("Held files wait on: nobody answers for ClamAV: %s", reason)
            return
        except NotScanned as reason:
            logger.warning("Upload %s is held on: ClamAV gave no verdict: %s", upload.pk, reason)
            continue
        try:
            settle(upload, virus=virus, by=by, now=now)
        except Refused:
            # The time to answer has just run out: once the application stands, it is asked anew.
            logger.warning("Upload %s is held on: its application is about to stand", upload.pk)


@action
def settle(upload: Upload, *, virus: str, by: Actor, now: datetime) -> None:
    """Release a held file without a virus, and remove one with; once, however often it runs.

    What a removed file leaves open is asked for: of a draft by mail, of what was sent by a question
    that opens its answer alone, and where nobody can answer any more a task tells the region.
    """
    attachment = Attachment.objects.filter(upload=upload).first()
    if attachment is not None:
        row = lock(attachment.application, "call__programme", "home_region", "organisation")
        if _is_held(upload):
            _settle_attachment(attachment, row, virus, by=by, now=now)
        return
    line = ClaimLine.objects.filter(Q(receipt=upload) | Q(proof_of_payment=upload)).first()
    if line is not None:
        claim = lock(line.claim)
        if _is_held(upload):
            _settle_receipt(line, upload, claim, virus, by=by, now=now)
        return
    document = AppealDocument.objects.filter(upload=upload).first()
    if document is not None:
        row = lock(document.appeal.application, "call__programme", "home_region", "organisation")
        if _is_held(upload):
            _settle_document(document, row, virus, by=by, now=now)
        return
    # Its answer was changed meanwhile, so that nobody misses it.
    if _is_held(upload):
        _settle_upload(upload, virus)


def _is_held(upload: Upload) -> bool:
    """Lock the file, and say whether no other run was faster."""
    held = Upload.objects.select_for_update().filter(pk=upload.pk, held_at__isnull=False)
    return held.exists()


def _settle_upload(upload: Upload, virus: str) -> None:
    if virus:
        logger.warning("Upload %s is removed because ClamAV found %s", upload.pk, virus)
        receipt_notes.let_go(upload)
        uploads.erase([upload])
        return
    upload.held_at = None
    upload.save(update_fields=["held_at"])


def _settle_attachment(
    attachment: Attachment, row: Application, virus: str, *, by: Actor, now: datetime
) -> None:
    upload, question = attachment.upload, attachment.question
    _journal(row, upload, virus, by=by, now=now)
    if virus:
        attachment.delete()
    _settle_upload(upload, virus)
    if not virus:
        return
    if row.state in APPLICATION.SEND_BACK.sources:
        applications.send_back(
            row,
            kind=ReturnKind.QUESTION,
            message=_question(row, upload, question.label),
            answer_by=_answer_by(row, now=now),
            opened=[question.key],
            by=by,
            now=now,
        )
        return
    if row.state == ApplicationState.RETURNED and not is_open(opened_in(row), [question.key]):
        message = _question(row, upload, question.label)
        returns.open_further(row, message=message, opened=[question.key], by=by, now=now)
        return
    _tell(row, upload, page="", now=now)
    if row.state not in EDITABLE:
        _ask_region(row, upload, virus, now=now)


def _settle_document(
    document: AppealDocument, row: Application, virus: str, *, by: Actor, now: datetime
) -> None:
    upload = document.upload
    _journal(row, upload, virus, by=by, now=now)
    if virus:
        document.delete()
    _settle_upload(upload, virus)
    if virus:
        # An appeal is filed once: whoever answers it hears of the gap.
        _tell(row, upload, page="", now=now)
        _ask_region(row, upload, virus, now=now)


def _settle_receipt(
    line: ClaimLine, upload: Upload, claim: Claim, virus: str, *, by: Actor, now: datetime
) -> None:
    _journal(claim, upload, virus, by=by, now=now)
    if virus:
        name = "receipt" if line.receipt_id == upload.pk else "proof_of_payment"
        setattr(line, name, None)
        line.save(update_fields=[name])
    _settle_upload(upload, virus)
    if not virus:
        return
    row = claim.award.application
    if claim.state == ClaimState.FILED:
        receipt = gettext("Receipt %(number)s") % {"number": line.position}
        claims.send_back(claim, message=_question(row, upload, receipt), by=by, now=now)
        return
    _tell(row, upload, page="claim/", now=now)
    if claim.state not in CLAIM.FILE.sources:
        _ask_region(row, upload, virus, now=now)


def _question(row: Application, upload: Upload, label: str) -> str:
    giver = upload.uploaded_by
    with override(giver.language if giver else row.home_region.language):
        return gettext(
            "%(label)s: a virus was found in “%(file)s”, which could not be checked when you sent "
            "it. The file is removed. Check your computer and add another one."
        ) % {"label": label, "file": upload.name}


def _answer_by(row: Application, *, now: datetime) -> datetime:
    """Return the end of the fifth working day of the home region."""
    region = row.home_region
    last: date = deadlines.add_working_days(
        local_day(now, region), ANSWER_DAYS, holidays_of(region.country)
    )
    zone = ZoneInfo(region.time_zone)
    return datetime.combine(last, deadlines.END_OF_DAY, tzinfo=zone)


def _tell(row: Application, upload: Upload, *, page: str, now: datetime) -> None:
    extra = {"file": upload.name, "giver": upload.uploaded_by, "page": page}
    notify(FileRemoved(row, once=upload.sha256, extra=extra), now=now)


def _ask_region(row: Application, upload: Upload, virus: str, *, now: datetime) -> None:
    StaffTask.objects.get_or_create(
        kind=TaskKind.VIRUS,
        key=f"{row}: {upload.name}",
        done_at=None,
        defaults={
            "region": row.home_region,
            "programme": row.call.programme,
            "said": virus,
            "opened_at": now,
        },
    )


def _journal(
    row: Application | Claim, upload: Upload, virus: str, *, by: Actor, now: datetime
) -> None:
    record(
        row,
        "remove_file" if virus else "release_file",
        by=by,
        now=now,
        chain=row.journal_chain,
        sha256=upload.sha256,
        virus=virus,
    )
