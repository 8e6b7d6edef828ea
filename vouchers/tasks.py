"""What Celery runs for vouchers; each is safe to run twice and after a missed day."""

from django.conf import settings

from portal import clock
from portal.actions import vat_checks
from portal.celery import app
from portal.permissions import Actor
from vouchers.actions import calendar, conflicts, evidence, held_files, proven


@app.task
def keep_calls() -> None:
    """Journal openings and closings."""
    calendar.keep_calls(by=Actor.clock(), now=clock.now())


@app.task
def remind_drafts() -> None:
    """Remind holders of drafts before a call closes, and tell them when it has closed."""
    calendar.remind_drafts(by=Actor.clock(), now=clock.now())


@app.task
def remind_hosts() -> None:
    """Remind host regions whose signature is missing."""
    calendar.remind_hosts(by=Actor.clock(), now=clock.now())


@app.task
def screen_conflicts() -> None:
    """Keep people from applications that they have come too close to."""
    conflicts.screen_all(by=Actor.clock(), now=clock.now())


@app.task
def send_heads() -> None:
    """Mail the last hash of each journal, once a day."""
    evidence.send_heads(by=Actor.clock(), now=clock.now())


@app.task
def call_reserve() -> None:
    """End reserve lists, and tell regions whose turn it is on the others."""
    by, now = Actor.clock(), clock.now()
    calendar.end_reserves(by=by, now=now)
    calendar.call_reserve(by=by, now=now)


@app.task
def keep_offers() -> None:
    """Remind of offers, and let unanswered ones lapse."""
    calendar.keep_offers(by=Actor.clock(), now=clock.now())


@app.task
def keep_returns() -> None:
    """Let returned applications stand when their answer-by has passed."""
    calendar.keep_returns(by=Actor.clock(), now=clock.now())


@app.task
def scan_held() -> None:
    """Scan files again that came while the virus scanner was away."""
    held_files.scan_held(by=Actor.clock(), now=clock.now())


@app.task
def ask_vies() -> None:
    """Ask VIES about VAT numbers, where the operator has switched it on."""
    if settings.VIES:
        vat_checks.ask(base=settings.VIES, by=Actor.clock(), now=clock.now())


@app.task
def count_vouchers() -> None:
    """Count the vouchers that each record of the catalogue was host of."""
    proven.count_vouchers(by=Actor.clock(), now=clock.now())
