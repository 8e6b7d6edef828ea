"""Bringing in historic awards from a file: all of it or nothing.

Nobody is notified and no letter is issued: what happened then was told then.
"""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from portal.models import Counter, Programme
from portal.permissions import Actor
from portal.templatetags.portal_ui import money
from portal.workflow import action
from vouchers.actions.award_checks import check
from vouchers.actions.award_file import Problem, Row, read
from vouchers.actions.award_lives import Life, NoWay, Step
from vouchers.actions.award_parties import Parties
from vouchers.actions.ledger import PotExhausted
from vouchers.models import Application, Pot
from vouchers.statistics import lives

COMPARED = (*lives.REQUIRED, "ended_on", "ended_as", "sme_id")


class ImportRefused(Exception):
    """Some lines are wrong, so nothing was written; `problems` names each."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: line and reference of each application."""

    created: list[tuple[int, str]]
    unchanged: list[tuple[int, str]]


@action
def import_awards(content: bytes, *, by: Actor, now: datetime) -> Report:
    """Bring in a CSV file of applications and awards; lines that are there already stay.

    Raises BadFile where it cannot be read and ImportRefused, which names each bad line.
    """
    if not by.is_importer:
        raise PermissionDenied("import_awards")
    rows = read(content)
    # A second import of the same programmes waits here, and then finds the first one's rows.
    codes = {row.text["programme"] for row in rows}
    list(Programme.objects.select_for_update().filter(code__in=codes).order_by("pk"))
    problems = check(rows, today=now.date())
    stored = _stored(rows)
    problems += _rewritten(rows, stored)
    if problems:
        raise ImportRefused(sorted(problems, key=lambda problem: problem.line))
    new = [row for row in rows if row.reference not in stored]
    _live(new, by=by)
    _keep_numbers(new)
    return Report(
        created=[(row.line, row.reference) for row in new],
        unchanged=[(row.line, row.reference) for row in rows if row.reference in stored],
    )


def _stored(rows: Iterable[Row]) -> dict[str, dict[str, Any]]:
    references = [row.reference for row in rows]
    found = lives.rows(Application.objects.filter(reference__in=references))
    return {row["reference"]: row for row in found}


def _rewritten(rows: Iterable[Row], stored: Mapping[str, Mapping[str, Any]]) -> list[Problem]:
    """Return the lines that would change what is there."""
    sentence = _("%(reference)s is in the portal with another %(columns)s: history stays.")
    problems = []
    for row in rows:
        if row.reference in stored and not row.problems:
            other = [n for n in COMPARED if _differs(row, n, stored[row.reference][n])]
            if other:
                text = sentence % {"reference": row.reference, "columns": ", ".join(other)}
                problems.append(Problem(row.line, text))
    return problems


def _differs(row: Row, name: str, stored: object) -> bool:
    has_id = bool(row.text["sme_id"])
    if (name == "sme_name" and has_id) or (name == "sme_id" and not has_id):
        return False
    values = {**row.days, **row.amounts, **row.numbers}
    if name in values:
        return values[name] != stored
    return row.text[name] != lives.as_text(stored)


def _live(rows: Iterable[Row], *, by: Actor) -> None:
    """Take every step of every life, day by day. Raises ImportRefused."""
    pots = {(p.programme_id, p.region_id): p for p in Pot.objects.select_related("programme")}
    parties = Parties(by)
    steps: list[tuple[tuple[date, bool, int, int], Life, Step]] = []
    for row in rows:
        if row.offer is None or row.home is None:
            continue
        pot = pots.get((row.offer.call.programme_id, row.home.pk))
        life = Life(row, offer=row.offer, home=row.home, pot=pot, parties=parties, by=by)
        steps += _in_order(life, list(life.steps()))
    problems: dict[int, Problem] = {}
    for _key, life, step in sorted(steps, key=lambda item: item[0]):
        line = life.row.line
        if line not in problems and (text := _taken(life, step)):
            problems[line] = Problem(line, text)
    if problems:
        raise ImportRefused(sorted(problems.values(), key=lambda problem: problem.line))


def _in_order(life: Life, steps: list[Step]) -> Iterable[tuple[Any, Life, Step]]:
    """By day; on one day the money that returns comes first, so that it can be used again."""
    before: date | None = None
    for number, step in enumerate(steps):
        early = step.frees and before is not None and before < step.day
        yield (step.day, not early, life.row.line, number), life, step
        before = step.day


def _taken(life: Life, step: Step) -> str:
    """Take a step; return why it cannot be taken, or nothing."""
    try:
        # After a line that the pot refuses the others are still tried, so that all are named.
        with transaction.atomic() if step.needs else nullcontext():
            step.do(life.instant(step.day))
    except PotExhausted as error:
        return _("The pot of %(region)s has %(free)s left on %(day)s: this line needs more.") % {
            "region": error.pot.region,
            "free": money(error.balance.free),
            "day": step.day.isoformat(),
        }
    except NoWay as error:
        return str(error)
    return ""


def _keep_numbers(rows: Iterable[Row]) -> None:
    """Let the next number of a call follow the imported ones."""
    numbers: dict[str, int] = {}
    for row in rows:
        call, _dash, number = row.reference.rpartition("-")
        if call == row.text["call"] and number.isdecimal():
            numbers[call] = max(numbers.get(call, 0), int(number))
    for call, last in numbers.items():
        counter, _new = Counter.objects.get_or_create(scope=f"application:{call}")
        counter.last = max(counter.last, last)
        counter.save(update_fields=["last"])
