"""A returned application that nobody answers: what was submitted stands again, word for word."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.models import Upload
from portal.permissions import Actor
from portal.workflow import action, as_json, record
from vouchers.actions.hosts import put_back
from vouchers.enums import QuestionKind
from vouchers.models import (
    Answer,
    Application,
    Attachment,
    CostLine,
    DeclaredAid,
    EnterpriseFigures,
    Question,
)
from vouchers.snapshots import content_of

BASICS = ("title", "sector", "bottleneck", "is_export_tied")


@action
def restore(application: Application, *, by: Actor, now: datetime) -> None:
    """Let everything be again as in the last submission, and keep apart what was not sent.

    The firm can read and take away what it wrote meanwhile (`unsent`). Aid that was declared
    before or since counts: a declaration can only be completed.
    """
    submission = application.submissions.last()
    if submission is None:
        return
    frozen, meanwhile = submission.content, as_json(content_of(application))
    put_back(application, by=by, now=now)
    if meanwhile == frozen and not application.typed:
        return
    application.unsent = {"content": meanwhile, "typed": application.typed}
    application.typed = {}
    for name in BASICS:
        setattr(application, name, frozen[name])
    application.amount = Decimal(frozen["amount"]) if frozen["amount"] else None
    _figures(application, frozen["figures"])
    application.save(update_fields=["unsent", "typed", "amount", "figures_year", *BASICS])
    _answers(application, frozen["sections"], now=now)
    _costs(application, frozen["costs"])
    _aid(application, frozen["declared_aid"])
    record(application, "restore", by=by, now=now, chain=application.journal_chain)


def _figures(application: Application, frozen: Mapping[str, Any] | None) -> None:
    application.figures_year = frozen["year"] if frozen else None
    if frozen:
        EnterpriseFigures.objects.update_or_create(
            organisation=application.organisation,
            year=frozen["year"],
            defaults={name: value for name, value in frozen.items() if name != "year"},
        )


def _answers(
    application: Application, sections: Iterable[Mapping[str, Any]], *, now: datetime
) -> None:
    frozen = {answer["key"]: answer for part in sections for answer in part["answers"]}
    stored = {row.question_id: row for row in application.answers.all()}
    for question in Question.objects.filter(question_set=application.question_set_id):
        answer = frozen.get(question.key)
        if answer is None:
            continue
        if question.kind == QuestionKind.FILE:
            _files(application, question, answer.get("hashes", []))
        elif question.pk in stored or answer["value"] is not None:
            Answer.objects.update_or_create(
                application=application,
                question=question,
                defaults={"value": answer["value"], "saved_at": now},
            )


def _files(application: Application, question: Question, hashes: list[str]) -> None:
    """Attach again what was submitted; a file that was taken away is stored still."""
    attached = application.attachments.filter(question=question).select_related("upload")
    here = {attachment.upload.sha256: attachment for attachment in attached}
    for sha256, attachment in here.items():
        if sha256 not in hashes:
            attachment.delete()
    for sha256 in hashes:
        if sha256 not in here:
            upload = Upload.objects.filter(sha256=sha256, attachment=None).last()
            if upload is not None:
                Attachment.objects.create(application=application, question=question, upload=upload)


def _costs(application: Application, frozen: Iterable[Mapping[str, Any]]) -> None:
    kinds = {kind.code: kind for kind in application.voucher_type.cost_kinds.all()}
    application.cost_lines.all().delete()
    CostLine.objects.bulk_create(
        CostLine(
            application=application,
            position=position,
            kind=kinds[line["kind"]],
            item=line["item"],
            amount=Decimal(line["amount"]),
            vat=Decimal(line.get("vat", 0)),
        )
        for position, line in enumerate(frozen, start=1)
        if line["kind"] in kinds
    )


def _aid(application: Application, frozen: Iterable[Mapping[str, Any]]) -> None:
    """Add back what was declared then and is missing now."""
    for line in frozen:
        DeclaredAid.objects.get_or_create(
            organisation=application.organisation,
            granted_on=date.fromisoformat(line["granted_on"]),
            authority=line["authority"],
            member_state=line["member_state"],
            amount=Decimal(line["amount"]),
        )
