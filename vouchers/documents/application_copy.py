"""The copy of an application: what was submitted, word for word."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.workflow import as_json
from vouchers.documents.contents import ContentFacts, content_facts
from vouchers.enums import Declaration
from vouchers.models import Question, Submission


class ApplicationCopyFacts(ContentFacts):
    """What `vouchers/pdf/application_copy.html` prints; instants aware."""

    application_number: str
    submitted_at: datetime
    submitted_by: str
    application_hash: str
    declarations: list[str]


def application_copy_title(submission: Submission, *, language: str) -> str:
    """Return the copy's title."""
    with override(language):
        return _("Copy of application %(number)s") % {"number": submission.application.reference}


def application_copy_facts(
    submission: Submission, *, language: str, asked: Iterable[Question] | None = None
) -> ApplicationCopyFacts:
    """Freeze the copy of a submission; its content hash is the receipt's.

    `asked` are the form's questions, for who has them at hand.
    """
    application = submission.application
    if asked is None:
        asked = Question.objects.filter(question_set=application.question_set_id)
    with override(language):
        return ApplicationCopyFacts(
            **content_facts(application, as_json(submission.content), asked, has_aid=True),
            application_number=application.reference or "",
            submitted_at=submission.at,
            submitted_by=str(submission.by or ""),
            application_hash=submission.content_hash,
            declarations=[str(declaration.label) for declaration in Declaration],
        )
