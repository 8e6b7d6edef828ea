"""What Celery runs for the catalogue; each is safe to run twice and after a missed day."""

from django.utils import timezone

from catalogue.actions import upkeep, websites
from portal import clock
from portal.celery import app
from portal.permissions import Actor


@app.task
def ask_to_confirm() -> None:
    """Ask providers whether records are still true that nobody has confirmed for long."""
    upkeep.ask_to_confirm(by=Actor.clock(), now=clock.now(), link_now=timezone.now())


@app.task
def look_at_websites() -> None:
    """Look at some of the websites that records name, the longest waiting first."""
    websites.look_at_websites(by=Actor.clock(), now=clock.now())
