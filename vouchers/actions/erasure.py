"""Erasing a file: what names or describes somebody goes; counts, money, states and hashes stay."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from django.db import models

from catalogue.rules.forgetting import ERASED
from portal import documents, links, outbox, uploads
from portal.models import Document, JournalEntry, Upload
from portal.permissions import Actor
from portal.workflow import action, lock, record
from vouchers.models import Appeal, AppealDocument, Application, Claim, ClaimLine, CoApplicant, Host


@action
def erase_file(application: Application, *, why: str, by: Actor, now: datetime) -> None:
    """Erase what an application, its award and claims say; `why` is a word for the journal.

    State, amounts, dates, regions, class, scores and ledger lines stay: figures of the past must
    not change. Twice does no more than once.
    """
    row = lock(application, "call__programme")
    if row.erased_at is not None:
        return
    subjects = _subjects(row)
    _erase_row(row, now=now)
    _erase_partners(row)
    _erase_people(row)
    _erase_answers(row)
    _erase_decisions(row)
    _erase_award(row)
    _erase_submissions(row, by=by, now=now)
    _erase_letters(subjects, by=by, now=now)
    record(row, "erase", by=by, now=now, chain=row.journal_chain, why=why)


def _subjects(row: Application) -> list[models.Model]:
    """Return the rows of the file about which letters, documents and journal speak."""
    claims = Claim.objects.filter(award__application=row)
    found: Iterable[models.Model] = chain(
        [row],
        row.consents.all(),
        row.co_applicants.all(),
        row.decisions.all(),
        row.submissions.all(),
        row.extensions.all(),
        row.conflicts.all(),
        Appeal.objects.filter(application=row),
        [row.award] if hasattr(row, "award") else [],
        claims,
    )
    return list(found)


def _erase_row(row: Application, *, now: datetime) -> None:
    row.title, row.typed, row.unsent, row.erased_at = "", {}, None, now
    row.save(update_fields=["title", "typed", "unsent", "erased_at"])


def _erase_partners(row: Application) -> None:
    for host in Host.all_rows.filter(application=row):
        # A record of the catalogue is public; who was named by hand may be a person.
        host.name = host.name if host.record_id else ERASED
        host.contact_name = host.contact_email = host.website = host.refusal = ""
        host.save(update_fields=["name", "contact_name", "contact_email", "website", "refusal"])
    for consent in row.consents.all():
        links.forget(data={"consent": consent.pk})
        consent.contact_name = consent.contact_email = consent.conflict = consent.reason = ""
        consent.work = ERASED if consent.work else ""
        consent.signatory_name = ERASED if consent.signatory_name else ""
        consent.signatory_role = ""
        consent.save()


def _erase_people(row: Application) -> None:
    for seat in row.co_applicants.all():
        erase_seat(seat)


def erase_seat(seat: CoApplicant) -> None:
    """Forget to which address an invitation went; inside an action."""
    links.forget(data={"co_applicant": seat.pk})
    seat.email = ""
    seat.save(update_fields=["email"])
    JournalEntry.objects.about(seat).update(personal={})
    outbox.forget([seat])


def _erase_answers(row: Application) -> None:
    row.answers.all().delete()
    files = [attachment.upload for attachment in row.attachments.select_related("upload")]
    row.attachments.all().delete()
    uploads.erase(files)
    row.cost_lines.update(item=ERASED)


def _erase_decisions(row: Application) -> None:
    row.change_requests.update(message=ERASED)
    row.decisions.update(message="")
    row.signatures.update(note="", price_reason="")
    row.assessments.update(feedback="")
    row.extensions.update(reason=ERASED)
    row.conflicts.update(statement="")
    row.conflicts.exclude(reason="").update(reason=ERASED)
    documents = AppealDocument.objects.filter(appeal__application=row)
    files = [document.upload for document in documents.select_related("upload")]
    documents.delete()
    uploads.erase(files)
    appeals = Appeal.objects.filter(application=row)
    appeals.update(text=ERASED)
    appeals.exclude(answer="").update(answer=ERASED)


def _erase_award(row: Application) -> None:
    if not hasattr(row, "award"):
        return
    award = row.award
    award.signatory_name = award.signatory_role = award.end_note = ""
    award.save(update_fields=["signatory_name", "signatory_role", "end_note"])
    award.claims.update(report="", iban="", account_holder="", returned_message="")
    for line in ClaimLine.objects.filter(claim__award=award).select_related(
        "receipt", "proof_of_payment"
    ):
        _erase_receipt(line)


def _erase_receipt(line: ClaimLine) -> None:
    files: list[Upload] = [f for f in (line.receipt, line.proof_of_payment) if f is not None]
    line.receipt = line.proof_of_payment = None
    # The position keeps each line its own in the claim.
    line.supplier = line.item = ERASED
    line.receipt_number = str(line.pk)
    line.save()
    uploads.erase(files)


def _erase_submissions(row: Application, *, by: Actor, now: datetime) -> None:
    for submission in row.submissions.filter(erased_at=None):
        submission.content, submission.erased_at = {}, now
        submission.save(update_fields=["content", "erased_at"])
        record(submission, "erase", by=by, now=now, chain=row.journal_chain)


def _erase_letters(subjects: Iterable[models.Model], *, by: Actor, now: datetime) -> None:
    """Erase mails, documents and the personal part of the journal about these rows."""
    rows = list(subjects)
    outbox.forget(rows)
    for subject in rows:
        JournalEntry.objects.about(subject).update(personal={})
        for document in _documents_about(subject):
            documents.erase(document, by=by, now=now)


def _documents_about(subject: models.Model) -> models.QuerySet[Document]:
    return Document.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk, erased_at=None
    )
