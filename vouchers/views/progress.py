"""How far a draft is: the task list."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext, pgettext

from vouchers.actions.applications import unfinished_in
from vouchers.cases.opened import is_open, opened_in
from vouchers.enums import QuestionKind
from vouchers.models import Application, CoApplicant, Question
from vouchers.views.partners import (
    confirmed_lines,
    consent_status,
    is_waiting_for_all,
)
from vouchers.views.standing import page

CONSENT = "consent"
HALF, FIFTH = Decimal("0.5"), Decimal("0.2")


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the task list; `code` is the part's address.

    `waits` says that only somebody else can do something now.
    """

    code: str
    name: str
    note: str
    url: str
    state_label: str
    tone: str
    symbol: str
    waits: bool = False

    @property
    def is_completed(self) -> bool:
        """Whether it was answered whole."""
        return self.tone == "ok"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do in it."""
        return self.tone in {"ok", "line"}


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the task list."""

    title: str
    tasks: list[Task]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the form: its address, name, the keys that it must answer, and those it may."""

    code: str
    name: str
    keys: frozenset[str]
    note: str = ""
    optional: frozenset[str] = frozenset()

    def is_open(self, opened: frozenset[str] | None) -> bool:
        """Whether something in it may be changed; a partner's consent follows the partner."""
        code = "hosts" if self.code == CONSENT else self.code
        return is_open(opened, {code, *self.keys, *self.optional})


def pieces_of(application: Application) -> list[tuple[str, list[Piece]]]:
    """Return the parts of the form under their headings."""
    questions = list(Question.objects.filter(question_set=application.question_set_id))
    hosts = ", ".join(host.name for host in application.hosts.all())
    able = [
        Piece(
            "organisation",
            gettext("Organisation and SME status"),
            frozenset({"figures_year", "sector"}),
        ),
        Piece("hosts", gettext("Your partner"), frozenset({"hosts"}), hosts),
        Piece("aid", gettext("De minimis declaration"), frozenset({"aid_declared_at"})),
    ]
    project = [
        Piece("about", gettext("Title and bottleneck"), frozenset({"title", "bottleneck"})),
        *_sections(questions),
        *_costs(questions, application),
        *_consent(application),
    ]
    return [
        (gettext("Check that you can apply"), able),
        (gettext("Describe your project"), project),
    ]


def _sections(questions: list[Question]) -> list[Piece]:
    sections: dict[str, list[Question]] = {}
    for question in questions:
        if question.kind != QuestionKind.COST_TABLE:
            sections.setdefault(question.section, []).append(question)
    return [
        Piece(
            code,
            asked[0].section_title,
            frozenset(q.key for q in asked if q.is_required),
            optional=frozenset(q.key for q in asked if not q.is_required),
        )
        for code, asked in sections.items()
    ]


def _costs(questions: list[Question], application: Application) -> list[Piece]:
    tables = [q for q in questions if q.kind == QuestionKind.COST_TABLE]
    if not tables and application.terms.is_lump_sum:
        return []
    amount = [] if application.terms.is_lump_sum else ["amount"]
    keys = frozenset([*amount, *(q.key for q in tables if q.is_required)])
    return [Piece("costs", tables[0].section_title if tables else gettext("Amount"), keys)]


def _consent(application: Application) -> list[Piece]:
    if not application.terms.needs_consent:
        return []
    note = ", ".join(confirmed_lines(list(application.hosts.all())))
    return [Piece(CONSENT, gettext("Your partner's consent"), frozenset({CONSENT}), note)]


def tasks_of(application: Application, seat: CoApplicant | None = None) -> list[Group]:
    """Return the task list; sending opens when nothing is missing.

    Who holds a seat only reads the parts that were not given to it, and never sends.
    """
    unfinished = set(unfinished_in(application))
    begun = _begun(application)
    opened = opened_in(application)
    groups = [
        Group(
            title,
            [
                _task_to_read(application, piece)
                if not is_theirs(piece, seat)
                else _task(application, piece, unfinished, begun)
                if piece.is_open(opened)
                else _closed_task(piece)
                for piece in pieces
            ],
        )
        for title, pieces in pieces_of(application)
    ]
    if seat is not None:
        return groups
    return [*groups, Group(gettext("Send it"), [_last_task(application, ready=not unfinished)])]


def is_theirs(piece: Piece, seat: CoApplicant | None) -> bool:
    """Whether the part is the reader's to write; a partner's consent goes with the partner."""
    code = "hosts" if piece.code == CONSENT else piece.code
    return seat is None or seat.may_edit(code)


def _task_to_read(application: Application, piece: Piece) -> Task:
    code = "hosts" if piece.code == CONSENT else piece.code
    url = page(application, code)
    label = pgettext("task", "Read only")
    return Task(piece.code, piece.name, piece.note, url, label, "line", "")


def _begun(application: Application) -> set[str]:
    """Return the keys that have an answer, required or not."""
    answered = application.answers.filter(value__isnull=False)
    return {
        *answered.values_list("question__key", flat=True),
        *application.attachments.values_list("question__key", flat=True),
    }


def _task(application: Application, piece: Piece, unfinished: set[str], begun: set[str]) -> Task:
    if piece.code == CONSENT:
        return _consent_task(application, piece)
    label, tone, symbol = _status(application, piece, unfinished, begun)
    url = page(application, piece.code)
    return Task(piece.code, piece.name, piece.note, url, label, tone, symbol)


def _closed_task(piece: Piece) -> Task:
    """A part that the broker has not asked about: read, not changed."""
    return Task(piece.code, piece.name, piece.note, "", gettext("Not asked about"), "line", "")


def _consent_task(application: Application, piece: Piece) -> Task:
    hosts = list(application.hosts.all())
    label, tone, symbol = consent_status(hosts)
    url, waits = f"{page(application, 'hosts')}#chosen", is_waiting_for_all(hosts)
    return Task(piece.code, piece.name, piece.note, url, label, tone, symbol, waits)


def _status(
    application: Application, piece: Piece, unfinished: set[str], begun: set[str]
) -> tuple[str, str, str]:
    missing = piece.keys & unfinished
    if application.typed.get(piece.code):
        return gettext("Needs correcting"), "bad", "exclamation-triangle-fill"
    if not piece.keys and not piece.optional & begun:
        return pgettext("task", "Optional"), "line", ""
    if not missing:
        return pgettext("task", "Completed"), "ok", "check-lg"
    if missing < piece.keys or (piece.keys | piece.optional) & begun:
        return gettext("In progress"), "warn", ""
    return gettext("Not started"), "info", ""


def _last_task(application: Application, *, ready: bool) -> Task:
    name = gettext("Check your answers and send")
    if ready:
        return Task(
            "check", name, "", page(application, "check"), gettext("Ready to check"), "info", ""
        )
    note = gettext("Opens when all tasks above are completed")
    return Task("check", name, note, "", gettext("Cannot start yet"), "", "")


def next_page(application: Application, groups: list[Group], *, after: str = "") -> str:
    """Return the address of the next task to do: the ones after a part first, then the others.

    The page of the part itself leads nowhere, and a task that waits for somebody else comes last.
    """
    tasks = [task for group in groups for task in group.tasks]
    start = next((n + 1 for n, task in enumerate(tasks) if task.code == after), 0)
    ahead = tasks[start:] + tasks[:start]
    here = page(application, after)
    elsewhere = [t for t in ahead if t.url and t.url.partition("#")[0] != here and not t.is_done]
    found = next((t for t in sorted(elsewhere, key=lambda task: task.waits)), None)
    return found.url if found else page(application)
