"""Writing a form: a version is a draft until it is published, and never changes after that."""

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext

from portal.models import Programme
from portal.permissions import Actor
from portal.workflow import action, record
from vouchers.actions.setup import may_manage
from vouchers.enums import QuestionKind
from vouchers.models import Question, QuestionSet

COPIED = (
    "section",
    "section_title",
    "key",
    "kind",
    "label",
    "help_text",
    "is_required",
    "max_length",
    "choices",
    "shown_if_key",
    "shown_if_value",
    "seen_by_host",
    "order",
)


class FormNotReady(Exception):
    """The form lacks something; `missing` says what, in sentences."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing


@action
def begin_version(programme: Programme, *, code: str, by: Actor, now: datetime) -> QuestionSet:
    """Return the draft of a form's next version, with the questions of the last one.

    A draft that is there already is taken up again. Raises PermissionDenied.
    """
    if not may_manage(by, programme):
        raise PermissionDenied("questions")
    versions = QuestionSet.objects.filter(programme=programme, code=code).order_by("-version")
    last = versions.select_for_update().first()
    if last is not None and last.published_at is None:
        return last
    number = last.version + 1 if last else 1
    draft = QuestionSet.objects.create(programme=programme, code=code, version=number)
    if last is not None:
        Question.objects.bulk_create(
            Question(question_set=draft, **{name: getattr(row, name) for name in COPIED})
            for row in last.questions.all()
        )
    record(draft, "begin", by=by, now=now, chain=programme.code, version=number)
    return draft


@action
def publish_version(question_set: QuestionSet, *, by: Actor, now: datetime) -> QuestionSet:
    """Publish a draft: calls can offer it from now on. Raises FormNotReady, PermissionDenied."""
    programme = question_set.programme
    if not may_manage(by, programme):
        raise PermissionDenied("questions")
    locked = QuestionSet.objects.select_for_update().get(pk=question_set.pk)
    if locked.published_at is not None:
        return locked
    locked.questions.filter(is_left_out=True).delete()
    missing = missing_of(locked)
    if missing:
        raise FormNotReady(missing)
    locked.published_at = now
    locked.save(update_fields=["published_at"])
    record(locked, "publish", by=by, now=now, chain=programme.code, version=locked.version)
    return locked


def missing_of(question_set: QuestionSet) -> list[str]:
    """Return what stands between a draft and its publication, in sentences."""
    asked = list(question_set.questions.filter(is_left_out=False))
    if not asked:
        return [gettext("The form has no question.")]
    return [sentence for place in range(len(asked)) for sentence in _of_question(asked, place)]


def _of_question(asked: list[Question], place: int) -> Iterator[str]:
    question = asked[place]
    name = {"question": question.label}
    if question.kind == QuestionKind.CHOICE and len(question.choices) <= 1:
        yield gettext("“%(question)s” needs at least two answers to choose from.") % name
    tables = [one for one in asked if one.kind == QuestionKind.COST_TABLE]
    if question.kind == QuestionKind.COST_TABLE and tables[0] is not question:
        yield gettext("“%(question)s” is a second cost table: a form has one.") % name
    if question.shown_if_key:
        yield from _of_condition(question, asked[:place])


def _of_condition(question: Question, before: list[Question]) -> Iterator[str]:
    name = {"question": question.label}
    asked = next((one for one in before if one.key == question.shown_if_key), None)
    if asked is None:
        yield gettext("“%(question)s” depends on a question that does not come before it.") % name
    elif question.shown_if_value not in answers_to(asked):
        yield gettext("“%(question)s” waits for an answer that “%(asked)s” does not have.") % {
            **name,
            "asked": asked.label,
        }


def answers_to(question: Question) -> list[str]:
    """Return the answers on which another question can depend."""
    if question.kind == QuestionKind.YES_NO:
        return ["yes", "no"]
    if question.kind == QuestionKind.CHOICE:
        return [str(value) for value, _label in question.choices]
    return []
