"""Drafting: what an SME types is saved as it goes, and never lost to another browser."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import pgettext_lazy

from portal import uploads
from portal.models import JournalEntry
from portal.permissions import Actor
from portal.uploads import Checked
from portal.workflow import IllegalMove, Transition, action, as_json, lock, record
from vouchers.actions import applications
from vouchers.actions.applications import NotComplete
from vouchers.actions.profiles import store_figures
from vouchers.actions.whole_parts import ORGANISATION, WHOLE, cents, is_unseen, mark, whole_of
from vouchers.cases import local_day, size_of_firm
from vouchers.cases.opened import opened_in
from vouchers.enums import EDITABLE, ApplicationState
from vouchers.models import (
    Answer,
    Application,
    Attachment,
    Question,
    Submission,
)
from vouchers.permissions import is_applicant, may_write
from vouchers.rules import deadlines
from vouchers.rules.sme import Figures
from vouchers.rules.verdict import Verdict

# No arrow: it names the verb where somebody edits what is no longer a draft.
EDIT = Transition(
    "edit",
    pgettext_lazy("application", "Save the draft"),
    EDITABLE,
    ApplicationState.DRAFT,
    is_applicant,
)
DECLARATIONS = frozenset({"true", "not_started", "no_double_funding", "publication", "de_minimis"})
TYPE = "type"
BASICS = "about"


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a save.

    `conflicts` holds what another browser saved in the same fields; `seen` the marks that the
    page sends with its next save.
    """

    application: Application
    conflicts: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)


@action
def save_answers(
    application: Application,
    *,
    section: str,
    values: Mapping[str, Any],
    typed: Mapping[str, str] | None = None,
    seen: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> Saved:
    """Store a section's answers; `typed` keeps what cannot be stored yet, as it was typed.

    `seen` holds the mark of each answer as the page showed it. An answer that another browser has
    changed since is not overwritten but returned as a conflict. Raises PermissionDenied,
    IllegalMove, and Refused when the call is closed.
    """
    locked = editable(application, section, by=by, now=now)
    questions = {q.key: q for q in Question.objects.filter(question_set=locked.question_set_id)}
    stored = answers_shown(locked, section)
    given = {**dict.fromkeys(typed or {}), **values}
    raw = dict(typed or {})
    changes, conflicts, marks = _merge(stored, {**given, **raw}, seen or {})
    require_open(locked, changes)
    Answer.objects.bulk_create(
        (
            Answer(
                application=locked,
                question=questions[key],
                value=as_json(given.get(key)),
                saved_at=now,
                saved_by=by.user,
            )
            for key in changes
        ),
        update_conflicts=True,
        unique_fields=["application", "question"],
        update_fields=["value", "saved_at", "saved_by"],
    )
    kept = {key: text for key, text in locked.typed.get(section, {}).items() if key not in changes}
    kept |= {key: raw[key] for key in changes if key in raw}
    if kept == locked.typed.get(section, {}):
        # The answer's own row says when: what is typed on and on costs one row and no more.
        note_typing(locked, section, keys=changes, by=by, now=now)
    else:
        touch(locked, section, keys=changes, typed=kept, by=by, now=now)
    return Saved(locked, conflicts, marks)


def answers_shown(application: Application, section: str) -> dict[str, Any]:
    """Return what a page shows of each answer: as typed where that could not be stored."""
    rows = Answer.objects.filter(application=application)
    values = dict(rows.values_list("question__key", "value"))
    return {**values, **application.typed.get(section, {})}


def _merge(
    stored: Mapping[str, Any], given: Mapping[str, Any], seen: Mapping[str, str]
) -> tuple[list[str], dict[str, Any], dict[str, str]]:
    """Return the keys to write, what somebody else wrote under others, and the marks to show."""
    changes, conflicts, marks = [], {}, {}
    for key, new in given.items():
        current = stored.get(key)
        base = seen.get(key, mark(current))
        if mark(new) == base != mark(current):
            # Only the other browser changed it: its text stays, and this page has not seen it.
            marks[key] = base
            continue
        marks[key] = mark(new)
        if base == mark(current) and mark(new) != base:
            changes.append(key)
        elif mark(new) != mark(current):
            conflicts[key], marks[key] = current, mark(current)
    return changes, conflicts, marks


@action
def set_basics(
    application: Application,
    *,
    values: Mapping[str, str],
    typed: Mapping[str, str] | None = None,
    seen: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> Saved:
    """Store title and bottleneck, as far as they are given. Raises as save_answers."""
    locked = editable(application, BASICS, by=by, now=now)
    raw = dict(typed or {})
    stored = basics_shown(locked)
    changes, conflicts, marks = _merge(stored, {**values, **raw}, seen or {})
    require_open(locked, [BASICS] if changes else [])
    for name in changes:
        setattr(locked, name, values.get(name, ""))
    kept = {key: text for key, text in locked.typed.get(BASICS, {}).items() if key not in changes}
    kept |= {key: raw[key] for key in changes if key in raw}
    touch(locked, BASICS, keys=changes, typed=kept, fields=changes, by=by, now=now)
    return Saved(locked, conflicts, marks)


def basics_shown(application: Application) -> dict[str, Any]:
    """Return what a page shows of title and bottleneck."""
    stored = {"title": application.title, "bottleneck": application.bottleneck}
    return {**stored, **application.typed.get(BASICS, {})}


@action
def set_figures(
    application: Application,
    *,
    figures: Figures,
    is_estimate: bool,
    sector: str,
    seen: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> Saved:
    """Store the organisation's figures of one fiscal year, and rest the application on them.

    `seen` holds the mark of the part as the page showed it, as in all parts saved whole: what
    another browser has saved since is not overwritten but told as a conflict.
    """
    locked = editable(application, ORGANISATION, by=by, now=now)
    require_open(locked, [ORGANISATION])
    amounts = [cents(figures.headcount), cents(figures.turnover), cents(figures.balance_sheet)]
    given = [[figures.year, *amounts, is_estimate], sector]
    if is_unseen(locked, ORGANISATION, seen, stored=given):
        return unseen(locked, ORGANISATION)
    store_figures(locked.organisation_id, [(figures, is_estimate)])
    locked.figures_year, locked.sector = figures.year, sector
    locked.sme_class = size_of_firm(locked, on=local_day(now, locked.home_region)) or ""
    touch(
        locked,
        ORGANISATION,
        keys=["figures", "sector"],
        fields=["figures_year", "sector", "sme_class"],
        by=by,
        now=now,
    )
    return saved_whole(locked, ORGANISATION)


def saved_whole(locked: Application, section: str) -> Saved:
    """Say that a part was saved, with the mark that the page sends next."""
    return Saved(locked, seen={WHOLE: whole_of(locked, section).mark})


def unseen(locked: Application, section: str) -> Saved:
    """Say that another browser has saved the part since, and that nothing was overwritten."""
    current = whole_of(locked, section).mark
    return Saved(locked, conflicts={WHOLE: current}, seen={WHOLE: current})


@action
def keep_typed(
    application: Application,
    *,
    section: str,
    typed: Mapping[str, Any],
    seen: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> Saved:
    """Keep a section as typed, until it can be stored whole."""
    locked = editable(application, section, by=by, now=now)
    require_open(locked, [section])
    if is_unseen(locked, section, seen, typed=typed):
        return unseen(locked, section)
    touch(locked, section, keys=[], typed=typed, by=by, now=now)
    return saved_whole(locked, section)


@action
def attach(
    application: Application, *, question: Question, file: Checked, by: Actor, now: datetime
) -> Attachment:
    """Add a checked file to a question's answer."""
    locked = editable(application, question.section, by=by, now=now)
    require_open(locked, [question.key])
    upload = uploads.store(file, by=by, now=now)
    attachment = Attachment.objects.create(application=locked, question=question, upload=upload)
    touch(locked, question.section, keys=[question.key], by=by, now=now)
    return attachment


@action
def detach(attachment: Attachment, *, by: Actor, now: datetime) -> None:
    """Take a file away; one that was part of a submission stays stored."""
    question, upload = attachment.question, attachment.upload
    locked = editable(attachment.application, question.section, by=by, now=now)
    require_open(locked, [question.key])
    attachment.delete()
    if locked.reference is None:
        upload.delete()
        transaction.on_commit(partial(upload.file.delete, save=False))
    touch(locked, question.section, keys=[question.key], by=by, now=now)


@action
def send(
    application: Application, *, declarations: Collection[str], by: Actor, now: datetime
) -> Submission:
    """Declare and submit. Raises NotComplete, and whatever `applications.submit` raises."""
    missing = DECLARATIONS - set(declarations)
    if missing:
        raise NotComplete(sorted(missing))
    submission = applications.submit(application, by=by, now=now)
    record(
        submission,
        "declare",
        by=by,
        now=now,
        chain=submission.application.journal_chain,
        declarations=sorted(declarations),
    )
    return submission


def editable(application: Application, section: str, *, by: Actor, now: datetime) -> Application:
    """Return the locked row if the person may edit the part now.

    Raises PermissionDenied, IllegalMove, and Refused when the call is closed.
    """
    locked = lock(application, "call__programme", "home_region")
    if not may_write(by, locked, section):
        raise PermissionDenied("edit")
    if locked.state not in EDITABLE:
        raise IllegalMove(locked, EDIT)
    time_left(locked, now=now).require()
    return locked


def require_open(locked: Application, names: Collection[str]) -> None:
    """Raise PermissionDenied for a change of what a returned application was not asked about."""
    opened = opened_in(locked) if names else None
    if opened is not None and not set(names) <= opened:
        raise PermissionDenied("not asked about")


def time_left(application: Application, *, now: datetime) -> Verdict:
    """Whether what can be edited may still be sent: until the call's end, or the answer's."""
    if application.state == ApplicationState.RETURNED and application.answer_by:
        return deadlines.check_answer(application.answer_by, now=now)
    if application.state != ApplicationState.DRAFT:
        return Verdict()
    window, began = application.window, application.started_at
    return deadlines.check_submit(window, started_at=began, now=now)


def touch(
    locked: Application,
    section: str,
    *,
    keys: Collection[str],
    typed: Mapping[str, Any] | None = None,
    fields: Collection[str] = (),
    by: Actor,
    now: datetime,
) -> None:
    """Store what belongs to the application itself, say when, and journal who typed what."""
    kept = {name: texts for name, texts in locked.typed.items() if name != section}
    locked.typed = {**kept, section: dict(typed)} if typed else kept
    locked.saved_at = now
    locked.save(update_fields=["typed", "saved_at", *fields])
    note_typing(locked, section, keys=keys, by=by, now=now)


def note_typing(
    locked: Application, section: str, *, keys: Collection[str], by: Actor, now: datetime
) -> None:
    """Journal who typed which answers of a part: their keys, never their text."""
    if not keys:
        return
    last = JournalEntry.objects.about(locked).filter(verb=TYPE, data__section=section).last()
    who = by.user.pk if by.user else None
    before = set(last.data["keys"]) if last and last.by_id == who else set()
    # One line for each person and answer: a line for each keystroke would bury the rest.
    if set(keys) - before:
        record(
            locked,
            TYPE,
            by=by,
            now=now,
            chain=locked.journal_chain,
            section=section,
            keys=sorted(before | set(keys)),
        )
