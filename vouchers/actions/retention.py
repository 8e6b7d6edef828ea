"""Files whose time is over: which they are on a day, and erasing them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Max, OuterRef, Q

from brokers.enums import EnquiryState
from brokers.models import Enquiry
from catalogue.rules.forgetting import ERASED
from portal.actions import leaving
from portal.enums import MembershipState
from portal.models import Membership, ProgrammeRole, RegionRole, User
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor, is_manager
from portal.workflow import action, record
from vouchers.actions.erasure import erase_file
from vouchers.actions.leaving import (
    ENDED,
    award_kept_until,
    erase_enquiry,
    forget_firm,
    months_of,
)
from vouchers.enums import LIVE_AWARD, ApplicationState, KeptFile
from vouchers.models import Application, RetentionPeriod
from vouchers.rules.periods import add_months
from vouchers.rules.retention import DEFAULT_PERIODS, kept_until

type Months = dict[KeptFile, int]


class TooShort(Exception):
    """The law demands a longer period; `at_least` is in months."""

    def __init__(self, at_least: int) -> None:
        super().__init__(at_least)
        self.at_least = at_least


@dataclass(frozen=True, slots=True)
class Due:
    """One file whose time was over after `kept_until`."""

    kind: KeptFile
    row: Any
    kept_until: date


@action
def set_period(kind: KeptFile, *, months: int, by: Actor, now: datetime) -> RetentionPeriod:
    """Set how many months a kind of file is kept. Raises PermissionDenied and TooShort."""
    if not is_manager(by):
        raise PermissionDenied("set_period")
    at_least = DEFAULT_PERIODS[kind].at_least
    if months < max(at_least, 1):
        raise TooShort(max(at_least, 1))
    before = months_of()[kind]
    row, _created = RetentionPeriod.objects.update_or_create(kind=kind, defaults={"months": months})
    record(row, "set", by=by, now=now, chain=PORTAL_CHAIN, kind=kind, before=before, months=months)
    return row


def due(*, now: datetime) -> list[Due]:
    """Return the files whose time is over, oldest kind first; nothing is written.

    Programmes that were imported as history hold what was published about firms, and no person.
    """
    today, months = now.astimezone(UTC).date(), months_of()
    found = (found for find in FINDERS.values() for found in find(months, today))
    return [one for one in found if one.kept_until < today]


@action
def erase_due(*, most: int, by: Actor, now: datetime) -> int:
    """Erase up to so many files whose time is over; returns how many. Raises PermissionDenied."""
    if not (by.is_clock or is_manager(by)):
        raise PermissionDenied("erase_due")
    rows = due(now=now)[:most]
    for one in rows:
        ERASERS[one.kind](one.row, by=by, now=now)
    return len(rows)


def _files() -> Any:
    rows = Application.objects.filter(erased_at=None, call__programme__is_historic=False)
    return rows.select_related("call__programme", "award__pot__region").order_by("pk")


def _before(kind: KeptFile, months: Months, today: date) -> date:
    """The first day on which nothing of the kind may be due: what began earlier is looked at."""
    return add_months(today, -months[kind])


def _drafts(months: Months, today: date) -> Iterator[Due]:
    """An unsent draft is kept from the end of its call, or its last word if that came later."""
    before = _before(KeptFile.DRAFT, months, today)
    unsent = Q(state=ApplicationState.DRAFT) | Q(state=ApplicationState.WITHDRAWN)
    rows = _files().filter(unsent, reference=None, call__closes_at__date__lt=before)
    for row in rows.annotate(answered_at=Max("answers__saved_at")):
        words = (row.saved_at, row.answered_at)
        last = max([row.call.closes_at, row.started_at, *(at for at in words if at)])
        yield Due(KeptFile.DRAFT, row, kept_until(last.date(), months[KeptFile.DRAFT]))


def _unsuccessful(months: Months, today: date) -> Iterator[Due]:
    """From the day the firm was told, or from the end of a voucher that granted no aid."""
    kept = months[KeptFile.UNSUCCESSFUL]
    rows = _files().filter(
        reference__isnull=False,
        submitted_at__date__lt=_before(KeptFile.UNSUCCESSFUL, months, today),
    )
    for row in rows.filter(state__in=ENDED):
        since = row.told_at or row.decided_at or row.submitted_at
        yield Due(KeptFile.UNSUCCESSFUL, row, kept_until(since.date(), kept))
    for row in rows.filter(award__granted_on=None, award__ended_at__isnull=False):
        until = kept_until(row.award.ended_at.date(), kept)
        yield Due(KeptFile.UNSUCCESSFUL, row, until)


def _granted(months: Months, today: date) -> Iterator[Due]:
    rows = _files().filter(award__granted_on__lt=_before(KeptFile.GRANTED, months, today))
    for row in rows.exclude(award__state__in=LIVE_AWARD):
        until = award_kept_until(row.award, months)
        if until is not None:
            yield Due(KeptFile.GRANTED, row, until)


def _old_enquiries(months: Months, today: date) -> Iterator[Due]:
    before = _before(KeptFile.ENQUIRY, months, today)
    closed = Enquiry.objects.filter(asked_at__date__lt=before).exclude(state=EnquiryState.NEW)
    closed = closed.exclude(name=ERASED, email="")
    for row in closed.order_by("pk"):
        since = row.answered_at or row.asked_at
        yield Due(KeptFile.ENQUIRY, row, kept_until(since.date(), months[KeptFile.ENQUIRY]))


def _accounts(months: Months, today: date) -> Iterator[Due]:
    """Accounts of people who act for nobody, have no role, and have long not signed in."""
    mine = {"user": OuterRef("pk")}
    acting = Membership.objects.filter(state=MembershipState.ACTIVE, **mine)
    idle = User.objects.filter(
        ~Exists(acting),
        ~Exists(RegionRole.objects.filter(ends_at=None, **mine)),
        ~Exists(ProgrammeRole.objects.filter(ends_at=None, **mine)),
        erased_at=None,
        is_superuser=False,
        joined_at__date__lt=_before(KeptFile.ACCOUNT, months, today),
    )
    for row in idle.order_by("pk"):
        since = row.last_login or row.joined_at
        yield Due(KeptFile.ACCOUNT, row, kept_until(since.date(), months[KeptFile.ACCOUNT]))


FINDERS: dict[KeptFile, Callable[[Months, date], Iterator[Due]]] = {
    KeptFile.DRAFT: _drafts,
    KeptFile.UNSUCCESSFUL: _unsuccessful,
    KeptFile.GRANTED: _granted,
    KeptFile.ENQUIRY: _old_enquiries,
    KeptFile.ACCOUNT: _accounts,
}


def _erase_old(row: Application, *, by: Actor, now: datetime) -> None:
    """Erase a file, and its firm where this was the last thing that named it."""
    erase_file(row, why="retention", by=by, now=now)
    forget_firm(row.organisation, by=by, now=now)


ERASERS: dict[KeptFile, Callable[..., None]] = {
    KeptFile.DRAFT: _erase_old,
    KeptFile.UNSUCCESSFUL: _erase_old,
    KeptFile.GRANTED: _erase_old,
    KeptFile.ENQUIRY: erase_enquiry,
    KeptFile.ACCOUNT: leaving.erase_account,
}
