"""An application's content as plain data: hashed, printed, compared and shown at the desk."""

from collections.abc import Iterable
from typing import Any, NotRequired, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery

from vouchers.enums import QuestionKind
from vouchers.models import Answer, Application, Attachment, PartnerConsent, Question
from vouchers.rules.conditions import asked_among


class ShownAnswer(TypedDict):
    """A question and its answer; `value` as stored, files by name with their SHA-256 beside."""

    key: str
    label: str
    kind: str
    value: Any
    seen_by_host: bool
    hashes: NotRequired[list[str]]


class Section(TypedDict):
    """A section of the form."""

    code: str
    title: str
    answers: list[ShownAnswer]


def asked_of(application: Application) -> list[Any]:
    """Return the form's questions in order, each with its stored value `given` and its `files`."""
    answers = Answer.objects.filter(application=application, question=OuterRef("pk"))
    files = Attachment.objects.filter(application=application, question=OuterRef("pk"))
    return list(
        Question.objects.filter(question_set=application.question_set_id).annotate(
            given=Subquery(answers.order_by().values("value")),
            files=ArraySubquery(files.order_by("pk").values("upload__name")),
            hashes=ArraySubquery(files.order_by("pk").values("upload__sha256")),
        )
    )


def sections_of(application: Application, asked: Iterable[Any] | None = None) -> list[Section]:
    """Return the form's sections with their answers; `asked` is what asked_of() found, if known."""
    sections: dict[str, Section] = {}
    for question in asked_among(asked_of(application) if asked is None else asked):
        section = sections.setdefault(
            question.section,
            Section(code=question.section, title=question.section_title, answers=[]),
        )
        section["answers"].append(_shown(question))
    return list(sections.values())


def _shown(question: Any) -> ShownAnswer:
    shown = ShownAnswer(
        key=question.key,
        label=question.label,
        kind=question.kind,
        value=question.given,
        seen_by_host=question.seen_by_host,
    )
    if question.kind == QuestionKind.FILE:
        # A file that was exchanged must change the content's hash, whatever its name.
        shown["value"], shown["hashes"] = question.files, question.hashes
    return shown


def content_of(application: Application, asked: Iterable[Any] | None = None) -> dict[str, Any]:
    """Return everything that a submission freezes; amounts are in EUR.

    `asked` is what asked_of() found, if known.
    """
    organisation = application.organisation
    return {
        "call": application.call.code,
        "voucher_type": application.voucher_type.code,
        "title": application.title,
        "sector": application.sector,
        "bottleneck": application.bottleneck,
        "amount": application.amount,
        "organisation": {
            "name": organisation.name,
            "country": organisation.country,
            "region": application.home_region.code,
            "register_number": organisation.register_number,
            "address": organisation.address,
        },
        "hosts": [
            {
                "name": host.name,
                "region": host.region.code if host.region else "",
                "country": host.country,
                "record": host.record.slug if host.record else "",
                "contact_name": host.contact_name,
                "contact_email": host.contact_email,
                "website": host.website,
                "consent": consent_of(host.confirmed),
            }
            for host in application.hosts.all()
        ],
        "sections": sections_of(application, asked),
        "costs": [
            {
                "kind": line.kind.code,
                "item": line.item,
                "amount": line.amount,
                "vat": line.vat,
            }
            for line in application.cost_lines.all()
        ],
        "figures": _figures(application),
        "declared_aid": [
            {
                "granted_on": aid.granted_on,
                "authority": aid.authority,
                "member_state": aid.member_state,
                "amount": aid.amount,
            }
            for aid in organisation.declared_aid.all()
        ],
        "is_export_tied": application.is_export_tied,
        **_profile(application),
    }


def _profile(application: Application) -> dict[str, Any]:
    """Return the class and activity that somebody has confirmed for the firm, if anybody has."""
    profile = getattr(application.organisation, "profile", None)
    if profile is None or profile.confirmed is None:
        return {}
    names = ("size", "definition", "year", "nace_code", "nace_revision", "contributions", "mark")
    said = {name: profile.confirmed[name] for name in names}
    return {"profile": {**said, "confirmed_at": profile.confirmed_at}}


def consent_of(consent: PartnerConsent | None) -> dict[str, Any] | None:
    """Return what a partner confirmed; the price in EUR without VAT."""
    if consent is None:
        return None
    return {
        "work": consent.work,
        "price": consent.price,
        "starts_on": consent.starts_on,
        "ends_on": consent.ends_on,
        "has_conflict": consent.has_conflict,
        "conflict": consent.conflict,
        "signatory_name": consent.signatory_name,
        "signatory_role": consent.signatory_role,
        "given_at": consent.answered_at,
    }


def _figures(application: Application) -> dict[str, Any] | None:
    year = application.figures_year
    rows = application.organisation.figures.all()
    row = next((row for row in rows if row.year == year), None)
    if row is None:
        return None
    return {
        "year": row.year,
        "headcount": row.headcount,
        "turnover": row.turnover,
        "balance_sheet": row.balance_sheet,
        "is_estimate": row.is_estimate,
    }


def words_of(title: str, sections: Iterable[Section]) -> str:
    """Return what the applicant wrote about the project: its title and every answer in words."""
    texts = [
        str(answer["value"] or "")
        for section in sections
        for answer in section["answers"]
        if answer["kind"] in {QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT}
    ]
    return "\n".join(text for text in [title, *texts] if text)
