"""The demo: programmes, people, catalogue, history and applications, made through the actions."""

from collections.abc import Callable
from datetime import datetime

from catalogue.models import Record
from portal.models import Programme
from portal.site.demo import (
    applications,
    catalogue,
    changes,
    enquiries,
    history,
    people,
    programmes,
    providing,
)
from portal.site.demo.people import Login
from portal.workflow import action
from vouchers.actions.proven import count_vouchers
from vouchers.models import PublishedFigure

OTHERS = {"sme": "Voorbeeld Biotech", "provider": "Musterlab", "assessor": "Assessor"}

Report = Callable[[str], object]


def load(*, only_setup: bool, now: datetime, say: Report) -> list[Login]:
    """Load what is missing and return one login per role; a loaded demo only gets its next call."""
    if not Programme.objects.filter(code="LSV").exists():
        _set_up(now=now, say=say)
    if not only_setup:
        _fill(now=now, say=say)
    if call := programmes.next_call(now=now):
        say(f"Opened {call.name}.")
    return people.logins()


@action
def _set_up(*, now: datetime, say: Report) -> None:
    say("Setting up five programmes, eight regions and their calls.")
    begun = people.since(now)
    regions = programmes.regions(now=begun)
    programmes.history(regions)
    programmes.successor(regions, now=now)
    office = people.office(now=begun)
    auditor = people.login("auditor", "Auditor", now=begun)
    for programme in Programme.objects.all():
        people.roles_in(programme, office, auditor, now=begun)
    people.staff(regions, now=begun)
    for name, word in OTHERS.items():
        people.login(name, word, now=begun)


def _fill(*, now: datetime, say: Report) -> None:
    """Go on where an earlier start was interrupted: each part is a transaction of its own."""
    begun = people.since(now)
    if not Record.objects.exists():
        say("Loading the catalogue.")
        catalogue.load(Programme.objects.get(code="LSV"), now=begun)
    if changes.is_missing():
        changes.load(now=now)
    if providing.is_missing():
        providing.load(now=now)
    for name in history.missing():
        say(f"Loading the history of {name}.")
        history.load(name, now=now)
    if not PublishedFigure.objects.exists():
        history.publish_figures(now=now)
    if applications.is_missing():
        say("Living about 80 applications of the open call.")
        applications.load(now=now)
        count_vouchers(by=programmes.IMPORTER, now=now)
    if enquiries.is_missing():
        say("Putting three needs and a question to brokers.")
        enquiries.load(now=now)
