"""The copy of a draft: what was written so far, which nobody has sent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.workflow import as_json
from vouchers.documents.contents import AnswerFacts, ContentFacts, SectionFacts, content_facts
from vouchers.documents.frame import printed
from vouchers.models import Application
from vouchers.snapshots import asked_of, content_of

TEMPLATE = "vouchers/pdf/draft_copy.html"


class DraftCopyFacts(ContentFacts):
    """What `vouchers/pdf/draft_copy.html` prints; the instant is aware."""

    written_until: datetime
    typed: list[SectionFacts]


def draft_copy_title(*, language: str) -> str:
    """Return the copy's title."""
    with override(language):
        return _("Draft of an application")


def draft_copy_facts(application: Application, *, language: str) -> DraftCopyFacts:
    """Return what a draft says, also what is typed and not stored yet."""
    asked = asked_of(application)
    with override(language):
        content = as_json(content_of(application, asked))
        has_aid = application.aid_declared_at is not None
        facts = content_facts(application, content, asked, has_aid=has_aid)
        facts["title_of_project"] = facts["title_of_project"] or _("No title yet")
        return DraftCopyFacts(
            **facts,
            written_until=application.saved_at or application.started_at,
            typed=list(_typed(application, asked)),
        )


def _typed(application: Application, asked: list[Any]) -> Iterator[SectionFacts]:
    """Return what could not be read as an answer, as it was typed."""
    titles = {**_titles(), **{question.section: question.section_title for question in asked}}
    labels = {question.key: question.label for question in asked}
    for code, fields in application.typed.items():
        answers = [
            AnswerFacts(
                question=labels.get(name, name),
                answer=said if isinstance(said, str) else ", ".join(said),
            )
            for name, said in fields.items()
        ]
        if answers:
            yield SectionFacts(title=titles.get(code, code), answers=answers)


def _titles() -> dict[str, str]:
    return {
        "about": _("About your project"),
        "organisation": _("Your organisation"),
        "hosts": _("Your partner"),
        "aid": _("De minimis declaration"),
        "costs": _("Costs"),
    }


def draft_copy_pdf(application: Application, *, language: str, now: datetime) -> bytes:
    """Return the draft as a file that nobody keeps. Raises pdf.PdfUnavailable."""
    facts = as_json(draft_copy_facts(application, language=language))
    title = draft_copy_title(language=language)
    return printed(TEMPLATE, facts, title=title, language=language, now=now)
