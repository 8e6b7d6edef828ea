"""The play: every voucher type once from draft to payment, and once a draft that is never sent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.apps import apps
from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_save

from portal.models import JournalEntry, OutgoingMail, Upload, User
from portal.permissions import Actor
from portal.site.demo.life import DAY
from portal.site.demo.plan import Step
from portal.site.demo.steps import STEPS
from portal.site.rehearsal import cast
from portal.site.rehearsal.cast import Rehearsed
from vouchers.actions import applications, assessments, calendar, calls, draft_rows, drafts, letters
from vouchers.enums import CallState
from vouchers.models import Call, CallVoucherType, LedgerEntry
from vouchers.rules.sme import Figures

CLOCK = Actor.clock()
REMINDERS = (timedelta(days=7), timedelta(hours=48))
FIGURES = (Decimal(12), Decimal(900_000), Decimal(700_000))


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """One thing that would happen: `kind` is mail, state or amount."""

    at: datetime
    kind: str
    words: str


def rehearse(call: Call) -> list[Event]:
    """Play the call's calendar and take everything back; the events in order.

    Raises NotReady where the call cannot be published, and NobodyThere where somebody is missing.
    """
    with _nothing_stays():
        before = (_last(OutgoingMail), _last(JournalEntry), _last(LedgerEntry))
        _play(Call.objects.select_related("programme").get(pk=call.pk))
        return sorted(_events(*before))


@contextmanager
def _nothing_stays() -> Iterator[None]:
    """Delete the files of the play and take the transaction back."""
    files: list[FieldFile] = []

    def note(instance: Upload, **_more: object) -> None:
        files.append(instance.file)

    post_save.connect(note, sender=Upload)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        post_save.disconnect(note, sender=Upload)
        for file in files:
            file.delete(save=False)


def _last(model: type[models.Model]) -> int:
    newest = model._base_manager.order_by("-pk").first()
    return newest.pk if newest else 0


def _play(call: Call) -> None:
    if call.state == CallState.DRAFT:
        begins = call.opens_at - DAY
        calls.schedule(call, by=cast.manager_of(call, at=begins), now=begins)
    calendar.keep_calls(by=CLOCK, now=call.opens_at)
    offers = list(call.offers.select_related("voucher_type", "call__programme"))
    lives = [_begin(offer, 2 * number) for number, offer in enumerate(offers)]
    for number, offer in enumerate(offers):
        _start(offer, 2 * number + 1)
    for before in REMINDERS:
        calendar.remind_drafts(by=CLOCK, now=call.closes_at - before)
    for life in lives:
        life.at = life.it.window.closes_at - DAY - timedelta(hours=1)
        STEPS[Step.SUBMIT](life, _firm(life))
    over = call.window.last_instant + call.window.grace + timedelta(seconds=1)
    calendar.keep_calls(by=CLOCK, now=over)
    calendar.remind_drafts(by=CLOCK, now=over)
    for life in lives:
        life.at = over
        _decide(life)
    _release(call, offers, at=max((life.at for life in lives), default=over) + DAY)
    for life in lives:
        _redeem(life)


def _release(call: Call, offers: list[CallVoucherType], *, at: datetime) -> None:
    manager = cast.manager_of(call, at=at)
    for offer in offers:
        if offer.holds_letters:
            letters.release(offer, by=manager, now=at)


def _begin(offer: CallVoucherType, number: int) -> Rehearsed:
    """Begin an application and fill it in, with its partner's consent."""
    life = _start(offer, number)
    for step in (Step.FILL, Step.ASK_PARTNER, Step.CONFIRM):
        STEPS[step](life, _firm(life))
    return life


def _start(offer: CallVoucherType, number: int) -> Rehearsed:
    home, host = cast.places_for(offer)
    at = offer.window.opens_at + timedelta(hours=1)
    user = cast.firm_for(home, number=number + 1, at=at)
    life = Rehearsed(
        row=cast.row_for(offer), sme=Actor.person(user), call=offer.call, at=at, now=at
    )
    firm = user.memberships.get().organisation
    by = life.sme
    life.application = applications.start(offer, organisation=firm, home_region=home, by=by, now=at)
    values = {name: life.row[name] for name in ("title", "bottleneck")}
    drafts.set_basics(life.it, values=values, by=by, now=at)
    headcount, turnover, balance_sheet = FIGURES
    figures = Figures(
        year=at.year - 1, headcount=headcount, turnover=turnover, balance_sheet=balance_sheet
    )
    drafts.set_figures(
        life.it, figures=figures, is_estimate=False, sector="life_sciences", by=by, now=at
    )
    draft_rows.set_hosts(life.it, hosts=[cast.partner_in(host, at=at)], by=by, now=at)
    life.it.refresh_from_db()
    return life


def _firm(life: Rehearsed) -> dict[str, str]:
    return {"name": life.it.organisation.name}


def _decide(life: Rehearsed) -> None:
    terms = life.it.terms
    _take(life, Step.ELIGIBLE)
    for number in range(terms.assessors):
        _assess(life, cast.assessor(f"assessor{life.it.pk}-{number}", at=life.at))
    _take(life, Step.SIGN_HOME)
    if terms.needs_host_signature:
        _take(life, Step.SIGN_HOST)


def _assess(life: Rehearsed, judge: User) -> None:
    assessments.assign(life.it, assessor=judge, by=life.broker(), now=life.after(1))
    life.it.refresh_from_db()
    criteria = [one.code for one in life.it.offer.criteria]
    assessments.score(
        life.it.assessments.get(assessor=judge),
        scores=dict.fromkeys(criteria, 4),
        feedback="A clear need, and a partner who can do what the plan asks for.",
        by=Actor.person(judge),
        now=life.after(1),
    )


def _redeem(life: Rehearsed) -> None:
    calendar.keep_offers(by=CLOCK, now=life.at)
    for step in (Step.ACCEPT, Step.CLAIM, Step.APPROVE_CLAIM, Step.PAY):
        _take(life, step)


def _take(life: Rehearsed, step: Step) -> None:
    STEPS[step](life, _firm(life))
    life.it.refresh_from_db()


def _events(mail: int, entry: int, line: int) -> Iterator[Event]:
    for letter in OutgoingMail.objects.filter(pk__gt=mail):
        yield Event(letter.created_at, "mail", f"{', '.join(letter.to)}: {letter.subject}")
    for step in JournalEntry.objects.filter(pk__gt=entry).exclude(after=""):
        change = f"{step.before} -> {step.after}" if step.before else step.after
        yield Event(step.at, "state", f"{_named(step)}: {change}")
    for money in LedgerEntry.objects.filter(pk__gt=line).select_related("pot__region"):
        yield Event(money.at, "amount", f"{money.pot.region}: {money.kind} {money.amount} EUR")


def _named(entry: JournalEntry) -> str:
    model = apps.get_model(entry.subject_type)
    row = model._base_manager.filter(pk=entry.subject_id).first()
    return f"{model._meta.verbose_name} {row}"


type Teller = Callable[[str], object]


def tell(events: list[Event], call: Call, *, say: Teller) -> None:
    """Say each event on a line, in the call's zone, and how many there are of each kind."""
    for event in events:
        local = event.at.astimezone(call.zone)
        say(f"{local:%Y-%m-%d %H:%M:%S %Z}\t{event.kind}\t{event.words}")
    counts = [f"{sum(e.kind == kind for e in events)} {kind}" for kind in KINDS]
    say(f"{', '.join(counts)}. Nothing was kept and nothing was sent.")


KINDS = ("mail", "state", "amount")
