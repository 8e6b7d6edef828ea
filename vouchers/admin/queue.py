"""The triage queue: the broker's applications by time left on the region's promise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.enums import Role
from portal.models import User
from portal.permissions import signed_in
from portal.templatetags.portal_ui import day
from vouchers.admin.budget import budget_of
from vouchers.admin.bulk import bulk_choices
from vouchers.admin.keyset import page
from vouchers.admin.saved_views import links_to_views
from vouchers.admin.trail import order_of, query_of, trail_of
from vouchers.cases import holidays_of, local_day
from vouchers.cases.desks import absences_now, with_assignment
from vouchers.cases.news import news_in, with_news
from vouchers.enums import DECIDED, UNDECIDED, ApplicationState, QuestionKind, Reader
from vouchers.forms.filters import (
    TABS,
    QueueChoices,
    QueueFilter,
    Tab,
    tab_conditions,
    tab_counts,
    tab_of,
    with_signatures,
)
from vouchers.models import Absence, Application, Attachment, Question
from vouchers.rules.deadlines import working_days_between

# Two working days of ten are left: the row turns amber.
SOON = 2
NARROW = (
    "reference",
    "title",
    "amount",
    "state",
    "due_on",
    "submitted_at",
    "decided_at",
    "told_at",
    "answer_by",
    "organisation__name",
    "home_region__code",
    "home_region__country",
    "home_region__time_zone",
    "host_region__code",
    "voucher_type__name",
    "voucher_type__kind",
    "needs_host_signature",
    "call__programme__promise_days",
    "offer__holds_letters",
    "offer__released_at",
    "assignment__person__name",
    "assignment__person__email",
)


@dataclass(frozen=True, slots=True)
class TabLink:
    """One pile with its count."""

    label: str
    count: int
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """How the region's promise stands: working days left, and how much of it is used."""

    words: str
    tone: str
    used: int
    whole: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    application: Application
    state: str
    clock: Clock | None
    tags: list[tuple[str, str, str]]
    is_held: bool
    is_waiting: bool
    assigned: str
    stands_in: str


def queue(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the applications that the person sees at the desk, one tab of them."""
    user, now = signed_in(request), clock.now()
    visible, away = Application.objects.for_desk(user), absences_now(user, now=now)
    choices = QueueChoices(user, away=away, now=now)
    filters = QueueFilter(request.GET, visible, choices=choices)
    rows = filters.rows
    tab = tab_of(request.GET)
    _say_what_was_left_out(request, filters, tab)
    tab = tab or Tab.TO_DECIDE
    pile = with_assignment(_narrow(rows, tab, user), now=now)
    found = page(pile, request.GET, order_of(filters, tab), size=filters.size)
    query = query_of(request.GET)
    context = {
        **site.each_context(request),
        "title": _("Applications"),
        "filters": filters,
        "form": filters.form,
        "tabs": _tabs(request, tab_counts(rows, user), tab),
        "tab": tab,
        "tab_label": TABS[tab],
        "rows": [line(row, now=now, away=away) for row in found.rows],
        "previous_url": found.previous,
        "next_url": found.next,
        "budget": budget_of(user),
        "may_release": bool(user.programme_ids(Role.MANAGER)),
        "chips": _chips(request, filters),
        "bulk": bulk_choices(user),
        "query": query,
        "trail": trail_of(query),
        "views": links_to_views(user, query),
        "absences": [(row, row.deputy_id == user.pk) for row in away if user.pk in row.people],
    }
    return TemplateResponse(request, "admin/vouchers/application/queue.html", context)


def _say_what_was_left_out(request: HttpRequest, filters: QueueFilter, tab: Tab | None) -> None:
    refused = filters.refused + ([gettext("Tab")] if tab is None else [])
    if refused:
        sentence = gettext("We do not know this value, so we left the filter out: %(names)s")
        messages.warning(request, sentence % {"names": ", ".join(refused)})


def _narrow(rows: QuerySet[Application], tab: Tab, user: User) -> QuerySet[Application]:
    """Return the tab's rows with the columns that the table shows, in one statement."""
    files = Question.objects.filter(
        question_set=OuterRef("question_set"), kind=QuestionKind.FILE
    ).exclude(
        Exists(
            Attachment.objects.filter(application=OuterRef(OuterRef("pk")), question=OuterRef("pk"))
        )
    )
    joined = with_news(with_signatures(rows), Reader.DESK).filter(tab_conditions(user)[tab])
    return (
        joined.annotate(misses_file=Exists(files))
        .select_related(
            "organisation", "home_region", "host_region", "voucher_type", "call__programme", "offer"
        )
        .only(*NARROW)
    )


def _tabs(request: HttpRequest, counts: dict[Tab, int], current: Tab) -> list[TabLink]:
    kept = {name: value for name, value in request.GET.items() if name in QueueFilter.base_filters}
    return [
        TabLink(
            label=str(TABS[tab]),
            count=counts[tab],
            query="?" + urlencode({**kept, "tab": tab.value}),
            is_current=tab == current,
        )
        for tab in Tab
    ]


def _chips(request: HttpRequest, filters: QueueFilter) -> list[tuple[str, str]]:
    """Return the filters in use, each with the address without it."""
    used = {name: value for name, value in filters.form.cleaned_data.items() if value}
    kept = {name: value for name, value in request.GET.items() if name == "tab" or name in used}
    return [
        (
            _shown(filters, name, value),
            "?" + urlencode({key: given for key, given in kept.items() if key != name}),
        )
        for name, value in used.items()
    ]


def _shown(filters: QueueFilter, name: str, value: str) -> str:
    labels = dict(filters.filters[name].extra.get("choices", ()))
    return str(labels.get(value, value))


def line(row: Any, *, now: datetime, away: Iterable[Absence] = ()) -> Row:
    """Return a line of the table; the row comes with its signatures and missing files."""
    is_waiting = row.home_signed and not row.host_signed and row.needs_host_signature
    return Row(
        application=row,
        # get_state_display() translates every state to name one; a page does so for each row.
        state=str(ApplicationState(row.state).label),
        clock=promise_clock(row, now=now),
        tags=list(_tags(row, is_waiting)),
        is_held=is_held(row),
        is_waiting=is_waiting and row.state not in DECIDED,
        assigned=str(row.assignment.person) if row.is_looked_after else "",
        stands_in=stands_in(row, away),
    )


def stands_in(row: Any, away: Iterable[Absence]) -> str:
    """Say who acts while the one who looks after the application is away; empty otherwise."""
    held = getattr(row, "assignment", None)
    wanted = (held.person_id, row.home_region_id) if held else None
    found = next((one for one in away if (one.person_id, one.region_id) == wanted), None)
    if found is None:
        return ""
    words = gettext("away until %(day)s, %(deputy)s stands in")
    return words % {"day": day(found.ends_on), "deputy": found.deputy}


def is_held(application: Application) -> bool:
    """Whether the decision is made and the applicant does not know it yet."""
    return application.state in DECIDED and application.told_at is None


def promise_clock(application: Application, *, now: datetime) -> Clock | None:
    """Return how many working days of the home region are left; None once decided."""
    if application.state not in UNDECIDED | {ApplicationState.RETURNED}:
        return None
    whole = application.call.programme.promise_days
    if application.state == ApplicationState.RETURNED or application.due_on is None:
        return Clock(words=gettext("Paused"), tone="", used=0, whole=whole)
    today = local_day(now, application.home_region)
    holidays = holidays_of(application.home_region.country)
    over = working_days_between(application.due_on, today, holidays)
    if today > application.due_on:
        words = ngettext("%(days)s day over", "%(days)s days over", over) % {"days": over}
        return Clock(words=words, tone="bad", used=whole, whole=whole)
    left = working_days_between(today, application.due_on, holidays)
    words = _days_left(left)
    return Clock(words=words, tone="warn" if left <= SOON else "", used=whole - left, whole=whole)


def _days_left(left: int) -> str:
    if not left:
        return gettext("Due today")
    return ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}


def _tags(row: Any, is_waiting: bool) -> list[tuple[str, str, str]]:
    """Return what is unread, and what is complete or missing, as text, tone and symbol."""
    unread = [(words, "warn", "envelope") for words in news_in(row, Reader.DESK)]
    missing = {
        gettext("Question open"): row.state == ApplicationState.RETURNED,
        gettext("File missing"): row.misses_file,
        gettext("Signature missing"): is_waiting,
    }
    tags = [(words, "warn", "flag-fill") for words, found in missing.items() if found]
    return unread + (tags or [(gettext("All there"), "ok", "check-lg")])
