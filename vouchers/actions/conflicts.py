"""Conflicts of interest: found, declared, and judged by somebody else."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal.models import Programme, User
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import action, move, record
from vouchers.cases.conflicts import Tie, parties_of, staff_of, ties_in, ties_of, under_way
from vouchers.enums import SIGNABLE, ConflictKind, ConflictState, PartyRole
from vouchers.models import Application, ConflictOfInterest
from vouchers.notifications import ConflictFound, ConflictJudged, ConflictToJudge
from vouchers.rules.conflicts import findings
from vouchers.workflow import CONFLICT


@action
def screen(application: Application, *, is_first: bool, by: Actor, now: datetime) -> frozenset[int]:
    """Keep those from an application being submitted who are too close to it; hosts are loaded.

    Returns whom a conflict bars. Before the first submission nobody can have declared one.
    """
    staff = staff_of(application.call.programme, now=now)
    addresses = [by.user.email] if by.user else []
    ties = ties_in(application, staff, addresses)
    _keep(ties, by=Actor.clock(), now=now)
    if is_first and not ties:
        return frozenset()
    return frozenset(application.conflicts.barring().values_list("person", flat=True))


@action
def screen_all(*, by: Actor, now: datetime) -> None:
    """Look again at all that is under way: roles, employers and members change."""
    for programme in Programme.objects.filter(is_historic=False):
        staff = staff_of(programme, now=now)
        ties = [
            tie
            for row in under_way(programme).iterator(chunk_size=500)
            for tie in ties_in(row, staff, _addresses(row))
        ]
        _keep(ties, by=by, now=now)


def _addresses(application: Application) -> list[str]:
    return [one.user.email for one in application.organisation.memberships.all()]


@action
def screen_person(
    application: Application, person: User, *, by: Actor, now: datetime
) -> list[ConflictOfInterest]:
    """Look at one person before they are asked to assess; return what bars them."""
    ties = ties_of(person, application.call.programme, now=now)
    found = findings(ties, parties_of(application, []))
    _keep([(application, person.pk, finding) for finding in found], by=by, now=now)
    return list(application.conflicts.filter(person=person).barring())


def _keep(ties: Sequence[Tie], *, by: Actor, now: datetime) -> None:
    """Store what is not known yet; what a second person has cleared stays cleared."""
    if not ties:
        return
    known = set(
        ConflictOfInterest.objects.filter(
            application__in={application.pk for application, _person, _finding in ties}
        ).values_list("application", "person", "kind", "party", "evidence")
    )
    rows = [
        ConflictOfInterest(
            application=application,
            person_id=person,
            kind=finding.kind,
            party=finding.party,
            evidence=finding.evidence[:254],
            found_at=now,
        )
        for application, person, finding in ties
        if (application.pk, person, finding.kind, finding.party, finding.evidence[:254])
        not in known
    ]
    ConflictOfInterest.objects.bulk_create(rows)
    for row in rows:
        _opened(row, "find", by=by, now=now)
    _tell(rows, now=now)


@action
def declare(
    application: Application, *, party: PartyRole, statement: str, by: Actor, now: datetime
) -> ConflictOfInterest:
    """Step back from an application that the person sees at the desk; it is hidden at once.

    Raises PermissionDenied for who has no business with it.
    """
    if by.user is None or not by.user.is_staff:
        raise PermissionDenied("declare")
    row, is_new = ConflictOfInterest.objects.get_or_create(
        application=application,
        person=by.user,
        kind=ConflictKind.DECLARED,
        party=party,
        evidence="",
        defaults={"found_at": now, "statement": statement},
    )
    if is_new:
        _opened(row, "declare", by=by, now=now)
    elif row.state == ConflictState.CLEARED:
        said = {"statement": statement, "found_at": now, "judged_at": None, "judged_by": None}
        move(row, CONFLICT.DECLARE_AGAIN, by=by, now=now, also=lambda _row: said)
        _void_signatures(row, now=now)
    _tell([row], now=now)
    return row


def _opened(row: ConflictOfInterest, verb: str, *, by: Actor, now: datetime) -> None:
    _void_signatures(row, now=now)
    said = {"evidence": row.evidence, "statement": row.statement}
    record(
        row,
        verb,
        by=by,
        now=now,
        chain=row.journal_chain,
        after=row.state,
        application=row.application_id,
        person=row.person_id,
        kind=row.kind,
        party=row.party,
        personal={name: text for name, text in said.items() if text},
    )


def _void_signatures(row: ConflictOfInterest, *, now: datetime) -> None:
    """A signature of somebody with a conflict does not count as long as nothing is decided."""
    if row.application.state in SIGNABLE:
        signed = row.application.signatures.filter(signed_by=row.person_id, voided_at=None)
        signed.update(voided_at=now)


def _tell(rows: Iterable[ConflictOfInterest], *, now: datetime) -> None:
    """Write one letter to each person, and one for each region to those who may judge."""
    of_person, of_region = defaultdict(list), defaultdict(list)
    for row in rows:
        of_person[row.person_id].append(row)
        of_region[row.application.home_region_id, row.application.call.programme_id].append(row)
    once = now.isoformat()
    for own in of_person.values():
        notify(ConflictFound(own[0], once, {"rows": own}), now=now)
    for waiting in of_region.values():
        notify(ConflictToJudge(waiting[0], once, {"rows": waiting, "now": now}), now=now)


@action
def step_aside(conflict: ConflictOfInterest, *, by: Actor, now: datetime) -> None:
    """Confirm one's own conflict: a colleague takes the application. Raises IllegalMove."""
    said = {"judged_at": now, "judged_by": by.user}
    move(conflict, CONFLICT.STEP_ASIDE, by=by, now=now, also=lambda _row: said)


@action
def confirm(conflict: ConflictOfInterest, *, reason: str, by: Actor, now: datetime) -> None:
    """Say that a conflict stands. Raises PermissionDenied and IllegalMove."""
    said = {"judged_at": now, "judged_by": by.user, "reason": reason}
    move(
        conflict,
        CONFLICT.CONFIRM,
        by=by,
        now=now,
        also=lambda _row: said,
        personal={"reason": reason},
    )
    notify(ConflictJudged(conflict, now.isoformat()), now=now)


@action
def clear(conflict: ConflictOfInterest, *, reason: str, by: Actor, now: datetime) -> None:
    """Say, as a second person and with a reason, that there is no conflict.

    Raises PermissionDenied and IllegalMove.
    """
    said = {"judged_at": now, "judged_by": by.user, "reason": reason}
    move(
        conflict,
        CONFLICT.CLEAR,
        by=by,
        now=now,
        also=lambda _row: said,
        personal={"reason": reason},
    )
    notify(ConflictJudged(conflict, now.isoformat()), now=now)
