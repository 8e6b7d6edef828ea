"""How far a draft is, and what the rules say of it: the task list and the panel beside it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext, pgettext

from portal.money import ZERO
from vouchers.actions.applications import unfinished_in
from vouchers.cases import (
    Past,
    codes_of,
    figures_of,
    headroom_of,
    local_day,
    past_of,
    place_of,
    size_of_firm,
    verdict_on,
)
from vouchers.cases.opened import is_open, opened_in
from vouchers.cases.profiles import confirmed_of
from vouchers.cases.room import room_in
from vouchers.enums import AidBasis, ApplicationState, CrossingRule, QuestionKind
from vouchers.models import Application, Host, Pot, Question
from vouchers.reasons import arithmetic, sentence
from vouchers.rules import crossing, eligibility
from vouchers.rules.deminimis import Headroom
from vouchers.rules.periods import NoRuleInForce
from vouchers.rules.sme import LINES, Figures, SizeClass
from vouchers.rules.verdict import LineCode, Verdict
from vouchers.views.partners import (
    Partner,
    confirmed_lines,
    consent_status,
    is_waiting_for_all,
    partners_of,
)
from vouchers.views.standing import page
from vouchers.words import SIZE_WORDS

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


def tasks_of(application: Application) -> list[Group]:
    """Return the task list; sending opens when nothing is missing."""
    unfinished = set(unfinished_in(application))
    begun = _begun(application)
    opened = opened_in(application)
    groups = [
        Group(
            title,
            [
                _task(application, piece, unfinished, begun)
                if piece.is_open(opened)
                else _closed_task(piece)
                for piece in pieces
            ],
        )
        for title, pieces in pieces_of(application)
    ]
    return [*groups, Group(gettext("Send it"), [_last_task(application, ready=not unfinished)])]


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


@dataclass(frozen=True, slots=True)
class Crossing:
    """A host's route, and whether the voucher may join the two."""

    home: str
    host: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Aid:
    """De minimis headroom in EUR with this voucher's part of it."""

    room: Headroom
    asked: Decimal

    @property
    def left_after(self) -> Decimal:
        """What is left when this voucher is granted."""
        return self.room.left - self.asked


@dataclass(frozen=True, slots=True)
class Panel:
    """The checks beside the form; every answer comes from the law."""

    closes_at: datetime
    zone: str
    home_zone: str
    is_answer: bool
    figures: Figures | None
    size: str
    is_sme: bool
    crossing_title: str
    routes: list[Crossing]
    partners: list[Partner]
    aid: Aid | None
    band: str
    is_band_low: bool
    reasons: list[str]
    arithmetic: list[str]
    has_profile: bool
    checked_at: datetime


def panel_of(application: Application, *, now: datetime) -> Panel:
    """Return what deadline, size, route, aid and money say of the draft now."""
    prefetch_related_objects([application], "organisation__figures")
    past, codes = past_of(application), codes_of(application)
    returned = application.state == ApplicationState.RETURNED and application.answer_by is not None
    call, home = application.call, application.home_region
    figures = figures_of(application)
    size = size_of_firm(application, on=local_day(now, home))
    band, is_low = band_of(application)
    verdict = verdict_now(application, now=now, past=past, codes=codes)
    return Panel(
        closes_at=(application.answer_by if returned else None) or application.window.closes_at,
        zone=home.time_zone if returned else call.time_zone,
        home_zone=home.time_zone,
        is_answer=returned,
        figures=figures,
        size=str(SIZE_WORDS[size]) if size else "",
        is_sme=size is not SizeClass.NOT_SME,
        crossing_title=_crossing_title(application),
        routes=_routes(application, codes),
        partners=_partners(application),
        aid=_aid(application, past, now=now),
        band=band,
        is_band_low=is_low,
        reasons=sentences(verdict),
        arithmetic=[arithmetic(line) for line in verdict.arithmetic if line.code in OF_SIZE],
        has_profile=confirmed_of(application.organisation) is not None,
        checked_at=now,
    )


OF_SIZE = frozenset({LineCode.SIZE_CONTRIBUTION, LineCode.SIZE_OF_YEAR, *LINES.values()})


def verdict_now(
    application: Application,
    *,
    now: datetime,
    past: Past | None = None,
    codes: set[str] | None = None,
) -> Verdict:
    """Return what the submission would be told now; a returned one has its own deadline."""
    submission = None
    if application.state == ApplicationState.DRAFT:
        submission = eligibility.Submission(
            window=application.window, started_at=application.started_at, now=now
        )
    return verdict_on(application, now=now, submission=submission, past=past, codes=codes)


def sentences(verdict: Verdict) -> list[str]:
    """Return the reasons against, as sentences."""
    return [sentence(reason) for reason in verdict.reasons]


def _crossing_title(application: Application) -> str:
    rule = application.terms.crossing_rule
    if rule == CrossingRule.OTHER_COUNTRY:
        return gettext("Other country")
    return gettext("Other region")


def _routes(application: Application, codes: set[str]) -> list[Crossing]:
    return [_route(application, host, codes) for host in application.hosts.all()]


def _partners(application: Application) -> list[Partner]:
    if not application.terms.needs_consent:
        return []
    return partners_of(application, list(application.hosts.all()))


def _route(application: Application, host: Host, codes: set[str]) -> Crossing:
    home = application.home_region
    place = place_of(host.region, host.name, host.country)
    verdict = crossing.check(
        application.terms.crossing_rule,
        home=place_of(home),
        host=place,
        regions=codes,
    )
    return Crossing(home.name, place.name, verdict.ok)


def _aid(application: Application, past: Past, *, now: datetime) -> Aid | None:
    if application.terms.aid_basis != AidBasis.DE_MINIMIS:
        return None
    try:
        room = headroom_of(application, past=past, on=local_day(now, application.home_region))
    except NoRuleInForce:
        return None
    return Aid(room, application.amount or Decimal(0))


def band_of(application: Application) -> tuple[str, bool]:
    """Return the region's money as a band, never in euros, and whether it is nearly used up."""
    pots = Pot.objects.filter(
        programme=application.call.programme_id, region=application.home_region_id
    )
    pot = pots.select_related("programme").first()
    room = room_in(pot, application.call) if pot else None
    if room is None or room.left <= 0:
        return gettext("Used up: new awards go to the reserve list"), True
    terms = application.terms
    if not room.takes(application.amount or (terms.amount if terms.is_lump_sum else ZERO)):
        return gettext("Not enough left for this voucher: it would go to the reserve list"), True
    if room.share > HALF:
        return gettext("More than half left"), False
    if room.share > FIFTH:
        return gettext("Less than half left"), False
    return gettext("Less than a fifth left"), True
