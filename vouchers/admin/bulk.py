"""One verb for many applications of the queue: first what it would do, then the doing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.forms import sent
from portal.enums import Role
from portal.models import User
from portal.permissions import Actor, actor, signed_in
from vouchers.actions import applications, awards, entrusting
from vouchers.actions.bulk import TurnedOut, carry_out
from vouchers.actions.forecast import REFUSALS, Ask, Forecast, Outcome, rows_for
from vouchers.admin.foreseen import Money, line_of, totals_of, what, why_not, why_stale
from vouchers.admin.trail import query_of, queue_address, trail_of
from vouchers.cases.desks import brokers_of_all
from vouchers.forms.desk import DeskForm, MessageForm, PlainForm, RefuseForm
from vouchers.forms.entrusting import EntrustForm
from vouchers.models import Application, TextBlock

MOST = 100
LONGEST_KEY = 18
RESULT = "bulk"
PAGE = "admin/vouchers/application/bulk.html"
DONE = "admin/vouchers/application/bulk_done.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """A verb for many: how it is foreseen, what it asks for all of them, what it runs on each."""

    label: str | Promise
    ask: Callable[[Forecast], Ask]
    run: Callable[..., object]
    form: type[DeskForm] = PlainForm
    tone: str = "primary"
    is_decision: bool = True


def _eligible(row: Application, _foreseen: Outcome, by: Actor, now: datetime) -> None:
    applications.find_eligible(row, by=by, now=now)


def _sign(row: Application, foreseen: Outcome, by: Actor, now: datetime) -> None:
    assert foreseen.side is not None  # noqa: S101  a foreseen signature has a side and an amount
    assert foreseen.amount is not None  # noqa: S101
    awards.sign(row, side=foreseen.side, amount=foreseen.amount, by=by, now=now)


def _reject(row: Application, _foreseen: Outcome, by: Actor, now: datetime, **given: Any) -> None:
    awards.reject(row, **given, by=by, now=now)


def _reserve(row: Application, _foreseen: Outcome, by: Actor, now: datetime, **given: Any) -> None:
    awards.reserve(row, **given, by=by, now=now)


def _entrust(
    row: Application, _foreseen: Outcome, by: Actor, now: datetime, *, person: User | None
) -> None:
    entrusting.entrust(row, to=person, by=by, now=now)


VERBS: dict[str, Bulk] = {
    "find_eligible": Bulk(
        label=_("Find eligible"), ask=lambda found: found.find_eligible, run=_eligible
    ),
    "sign": Bulk(label=_("Approve or confirm"), ask=lambda found: found.sign, run=_sign),
    "reserve": Bulk(
        label=_("Put on the reserve list"),
        ask=lambda found: found.reserve,
        run=_reserve,
        form=MessageForm,
    ),
    "reject": Bulk(
        label=_("Reject"),
        ask=lambda found: found.reject,
        run=_reject,
        form=RefuseForm,
        tone="danger",
    ),
    "entrust": Bulk(
        label=_("Assign to somebody"),
        ask=lambda found: found.entrust,
        run=_entrust,
        form=EntrustForm,
        is_decision=False,
    ),
}


def bulk_choices(user: User) -> list[tuple[str, str | Promise]]:
    """Return the verbs that the person's role can have for many; none for who only reads."""
    if user.region_ids(Role.BROKER):
        return [(name, verb.label) for name, verb in VERBS.items()]
    if user.programme_ids(Role.MANAGER):
        return [(name, verb.label) for name, verb in VERBS.items() if not verb.is_decision]
    return []


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a form for many is about: the text blocks and colleagues that suit all of them."""

    blocks: list[dict[str, Any]]
    colleagues: list[dict[str, Any]]


def _chosen(rows: list[Any], verb: Bulk, *, now: datetime) -> Chosen:
    regions = {row.home_region_id for row in rows}
    blocks, colleagues = [], []
    if verb.form is RefuseForm:
        programmes = {row.call.programme_id for row in rows}
        blocks = TextBlock.objects.for_all_of(programmes=programmes, regions=regions)
    if verb.form is EntrustForm:
        colleagues = brokers_of_all(regions, now=now)
    return Chosen(blocks, colleagues)


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show what a verb would do to the ticked applications; sent again, do it."""
    given = request.POST if request.method == "POST" else request.GET
    query, by = query_of(QueryDict(given.get("queue", ""))), actor(request)
    name = given.get("verb", "")
    verb = VERBS.get(name) if name in dict(bulk_choices(signed_in(request))) else None
    if name in VERBS and verb is None:
        raise PermissionDenied(name)
    marks = dict(_marks(given.getlist("mark")))
    keys = list(marks) if request.method == "POST" else _keys(given.getlist("pick"))
    if verb is None or not keys:
        messages.warning(request, gettext("Tick applications and choose what to do with them."))
        return HttpResponseRedirect(queue_address(query))
    if len(keys) > MOST:
        words = gettext("At most %(most)s at once: only the first of them are shown.")
        messages.warning(request, words % {"most": MOST})
        keys = keys[:MOST]
    now = clock.now()
    rows = rows_for(signed_in(request), keys)
    forecast = Forecast(rows, by=by, now=now)
    outcomes = forecast.outcomes(verb.ask(forecast))
    form = verb.form(sent(request), about=_chosen(rows, verb, now=now), now=now)
    if form.is_valid():
        _keep(request, verb, _carry_out(verb, outcomes, marks, form, by=by, now=now), query)
        return HttpResponseRedirect(reverse("admin:vouchers_application_bulk_done"))
    lines = [line_of(outcome, by=by) for outcome in outcomes]
    money = [
        Money(str(purse.pot), purse.before, purse.free)
        for purse in forecast.purses.purses.values()
        if purse.free != purse.before
    ]
    totals = totals_of(outcomes, money)
    context = {
        **site.each_context(request),
        "title": verb.label,
        "verb": verb,
        "name": name,
        "lines": lines,
        "totals": totals,
        "submit": _submit(verb, totals.done),
        "form": form,
        "query": query,
        "trail": trail_of(query),
        "back": queue_address(query),
        "unseen": len(keys) - len(rows),
    }
    return TemplateResponse(request, PAGE, context)


@require_safe
def bulk_done(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Name what was done last, and what was left out and why."""
    kept = request.session.get(RESULT)
    if not kept or not bulk_choices(signed_in(request)):
        return HttpResponseRedirect(queue_address(""))
    query = kept["query"]
    context = {
        **site.each_context(request),
        "title": _("What was done"),
        "trail": trail_of(query),
        "back": queue_address(query),
        **kept,
    }
    return TemplateResponse(request, DONE, context)


def _submit(verb: Bulk, number: int) -> str:
    words = ngettext(
        "%(verb)s: %(number)s application", "%(verb)s: %(number)s applications", number
    )
    return words % {"verb": verb.label, "number": number}


def _keys(texts: Iterable[str]) -> list[int]:
    """Return the keys that an address names, each once."""
    return list(dict.fromkeys(int(text) for text in texts if _is_key(text)))


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY


def _marks(texts: Iterable[str]) -> Iterable[tuple[int, str]]:
    """Return what the reader was shown of each application, by its key."""
    for text in texts:
        key, _colon, mark = text.partition(":")
        if _is_key(key):
            yield int(key), mark


type Result = list[tuple[Application, str]]


def _carry_out(
    verb: Bulk,
    outcomes: list[Outcome],
    marks: dict[int, str],
    form: DeskForm,
    *,
    by: Actor,
    now: datetime,
) -> tuple[Result, Result]:
    """Run the verb on each application by itself; return what was done, and what was left."""
    run = partial(verb.run, **form.cleaned_data)
    done: Result = []
    left: Result = []
    for outcome in outcomes:
        row = outcome.application
        before = marks[row.pk]
        if outcome.mark != before:
            left.append((row, why_stale(outcome, before.partition(":")[0], by=by)))
            continue
        try:
            carry_out(outcome, run, by=by, now=now)
        except (*REFUSALS, TurnedOut) as error:
            left.append((row, why_not(error, row, by=by)))
        else:
            done.append((row, what(outcome)))
    return done, left


def _keep(request: HttpRequest, verb: Bulk, result: tuple[Result, Result], query: str) -> None:
    """Keep the result for its page, which can be loaded again without doing anything."""
    done, left = (
        [(row.reference, str(row.organisation), words) for row, words in rows] for rows in result
    )
    request.session[RESULT] = {"label": str(verb.label), "done": done, "left": left, "query": query}
