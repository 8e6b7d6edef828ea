"""What invented applications say: partner, answers, costs, files, and what was submitted of it."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

import pikepdf
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from portal.models import Upload
from portal.permissions import Actor
from portal.site.makedata import consents
from portal.site.makedata.plans import DAY, Life
from portal.site.makedata.stage import Stage
from portal.site.makedata.words import text
from portal.workflow import as_json, digest, record
from vouchers.actions.drafts import DECLARATIONS
from vouchers.enums import ApplicationState, QuestionKind
from vouchers.models import Answer, Application, Attachment, CostLine, Host, Question, Submission
from vouchers.rules import milestones
from vouchers.rules.milestones import Milestone
from vouchers.snapshots import consent_of

FILE = "uploads/synthetic-quote.pdf"
WORDS = 60


@dataclass(slots=True)
class Written:
    """A life and its row, with what was submitted."""

    life: Life
    row: Application
    submission: Submission | None = None


def write(stage: Stage, written: Sequence[Written], rng: Random) -> None:
    """Write partners, answers, costs, files and submissions."""
    hosts = Host.objects.bulk_create(_host(stage, one, rng) for one in written)
    lives = [(one.life, host) for one, host in zip(written, hosts, strict=True)]
    confirmed = consents.write(stage, lives)
    costs = CostLine.objects.bulk_create(_cost(one) for one in written)
    files = _attach(written)
    answers = {one.row.pk: _answers(stage, one, rng) for one in written}
    Answer.objects.bulk_create(answer for some in answers.values() for answer in some)
    for one, host, cost in zip(written, hosts, costs, strict=True):
        if at := one.life.when(ApplicationState.SUBMITTED):
            given = {answer.question_id: answer.value for answer in answers[one.row.pk]}
            said = consent_of(confirmed.get(host.pk))
            content = _content(one, {host: said}, cost, _sections(one, given, files))
            one.submission = _submission(one, content, at)
    Submission.objects.bulk_create(one.submission for one in written if one.submission)


def _host(stage: Stage, one: Written, rng: Random) -> Host:
    region = one.life.host
    records = stage.records[region.pk]
    chosen = rng.choice(records) if records else None
    return Host(
        application=one.row,
        record=chosen,
        name=str(chosen.provider) if chosen else f"Institute of {region.name}",
        region=region,
        country=region.country,
        contact_email=chosen.contact_email if chosen else f"lab@{region.slug}.example",
    )


def _cost(one: Written) -> CostLine:
    kind = one.life.offer.costs[0]
    amount = one.row.amount or Decimal(0)
    return CostLine(application=one.row, kind=kind, item="Work with the partner", amount=amount)


def _attach(written: Sequence[Written]) -> set[tuple[int, int]]:
    """Attach one shared file where a form wants one; return the pairs of application, question."""
    asked = [
        (one, question)
        for one in written
        for question in one.life.offer.questions
        if question.kind == QuestionKind.FILE and question.is_required
    ]
    uploads = Upload.objects.bulk_create(_upload(one) for one, _question in asked)
    Attachment.objects.bulk_create(
        Attachment(application=one.row, question=question, upload=upload)
        for (one, question), upload in zip(asked, uploads, strict=True)
    )
    return {(one.row.pk, question.pk) for one, question in asked}


def _upload(one: Written) -> Upload:
    size, sha256 = _shared_file()
    return Upload(
        name="quote.pdf",
        content_type="application/pdf",
        size=size,
        sha256=sha256,
        file=FILE,
        uploaded_by=one.life.firm.owner,
        uploaded_at=one.life.at[0],
    )


_known: dict[str, tuple[int, str]] = {}


def _shared_file() -> tuple[int, str]:
    """Store the one-page PDF that all share, once; return its size and hash."""
    if FILE not in _known or not default_storage.exists(FILE):
        pdf, out = pikepdf.new(), io.BytesIO()
        pdf.add_blank_page()
        pdf.save(out, deterministic_id=True)
        if default_storage.exists(FILE):
            default_storage.delete(FILE)
        default_storage.save(FILE, ContentFile(out.getvalue()))
        _known[FILE] = len(out.getvalue()), hashlib.sha256(out.getvalue()).hexdigest()
    return _known[FILE]


def _answers(stage: Stage, one: Written, rng: Random) -> list[Answer]:
    return [
        Answer(
            application=one.row,
            question=question,
            value=_value(stage, question, rng),
            saved_at=one.life.at[0],
            saved_by=one.life.firm.owner,
        )
        for question in one.life.offer.questions
        if question.kind not in {QuestionKind.FILE, QuestionKind.COST_TABLE}
    ]


def _value(stage: Stage, question: Question, rng: Random) -> Any:
    kind = QuestionKind(question.kind)
    if kind == QuestionKind.LONG_TEXT:
        return text(rng, WORDS)
    if kind == QuestionKind.CHOICE:
        return rng.choice(question.choices)[0]
    if kind == QuestionKind.DATE:
        later = 150 if question.key.endswith(("ends_on", "until")) else 45
        return (stage.now + later * DAY).date().isoformat()
    if kind == QuestionKind.MILESTONES:
        return milestones.write([Milestone((stage.now + 90 * DAY).date(), "First results are in")])
    fixed = {QuestionKind.YES_NO: "yes", QuestionKind.NUMBER: "3", QuestionKind.MONEY: "1000.00"}
    return fixed.get(kind, "A short answer")


def _sections(
    one: Written, given: dict[int, Any], files: set[tuple[int, int]]
) -> list[dict[str, Any]]:
    sections: dict[str, dict[str, Any]] = {}
    for question in one.life.offer.questions:
        empty = {"code": question.section, "title": question.section_title, "answers": []}
        answer = {
            "key": question.key,
            "label": question.label,
            "kind": question.kind,
            "value": given.get(question.pk),
            "seen_by_host": question.seen_by_host,
        }
        if question.kind == QuestionKind.FILE:
            has_file = (one.row.pk, question.pk) in files
            answer["value"] = ["quote.pdf"] if has_file else []
            answer["hashes"] = [_shared_file()[1]] if has_file else []
        sections.setdefault(question.section, empty)["answers"].append(answer)
    return list(sections.values())


def _content(
    one: Written,
    hosts: dict[Host, dict[str, Any] | None],
    cost: CostLine,
    sections: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return what `vouchers.snapshots.content_of` would, without asking the database again."""
    row, firm, figures = one.row, one.row.organisation, one.life.firm.figures
    return {
        "call": row.call.code,
        "voucher_type": row.voucher_type.code,
        "title": row.title,
        "sector": row.sector,
        "bottleneck": row.bottleneck,
        "amount": row.amount,
        "organisation": {
            "name": firm.name,
            "country": firm.country,
            "region": row.home_region.code,
            "register_number": firm.register_number,
            "address": firm.address,
        },
        "hosts": [
            {
                "name": host.name,
                "region": one.life.host.code,
                "country": host.country,
                "record": host.record.slug if host.record else "",
                "contact_name": host.contact_name,
                "contact_email": host.contact_email,
                "website": host.website,
                "consent": said,
            }
            for host, said in hosts.items()
        ],
        "sections": sections,
        "costs": [
            {
                "kind": cost.kind.code,
                "item": cost.item,
                "amount": cost.amount,
                "vat": Decimal("0.00"),
            }
        ],
        "figures": {
            "year": figures.year,
            "headcount": figures.headcount,
            "turnover": figures.turnover,
            "balance_sheet": figures.balance_sheet,
            "is_estimate": figures.is_estimate,
        },
        "declared_aid": [],
        "is_export_tied": row.is_export_tied,
    }


def _submission(one: Written, content: dict[str, Any], at: datetime) -> Submission:
    frozen = as_json(content)
    return Submission(
        application=one.row,
        number=1,
        at=at,
        by=one.life.firm.owner,
        content=frozen,
        content_hash=digest(frozen),
    )


def journal(one: Written, *, by: Actor, now: datetime) -> None:
    """Journal what was received and declared."""
    if one.submission is None:
        return
    chain = one.row.journal_chain
    record(
        one.submission,
        "submitted",
        by=by,
        now=now,
        chain=chain,
        number=one.row.reference,
        content_hash=one.submission.content_hash,
        within_grace=False,
    )
    declared = sorted(DECLARATIONS)
    record(one.submission, "declare", by=by, now=now, chain=chain, declarations=declared)
