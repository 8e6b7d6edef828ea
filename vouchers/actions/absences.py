"""Absences of brokers: for days of the region, a colleague there stands in."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from portal.enums import Role
from portal.models import Region, User
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor, may_set_up
from portal.workflow import action, record
from vouchers.actions.entrusting import NotABroker
from vouchers.cases import local_day
from vouchers.models import Absence


class AwayThen(Exception):
    """Somebody is away already within these days, or counts on the one who wants to be."""

    def __init__(self, absence: Absence) -> None:
        super().__init__(str(absence))
        self.absence = absence


class DaysPast(Exception):
    """The days lie in the past, or the last before the first."""


@action
def enter(
    region: Region,
    *,
    deputy: User,
    starts_on: date,
    ends_on: date,
    by: Actor,
    now: datetime,
) -> Absence:
    """Be away for whole days of the region, both ends included, while a colleague stands in.

    The deputy acts in their own name and with their own rights. Raises PermissionDenied,
    NotABroker, DaysPast, and AwayThen where either of the two is away already.
    """
    if by.user is None or not by.has_role(Role.BROKER, region):
        raise PermissionDenied("enter")
    # Two colleagues who name each other at once must not both be away.
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    colleagues = User.objects.get_queryset().brokers_of(region, now=now).exclude(pk=by.user.pk)
    if not colleagues.filter(pk=deputy.pk).exists():
        raise NotABroker(str(deputy))
    if ends_on < starts_on or ends_on < local_day(now, region):
        raise DaysPast
    taken = Absence.objects.filter(region=region).between(starts_on, ends_on)
    mine = Q(person=by.user.pk) | Q(deputy=by.user.pk) | Q(person=deputy.pk)
    other = taken.filter(mine).select_related("person", "deputy").first()
    if other is not None:
        raise AwayThen(other)
    row = Absence.objects.create(
        person_id=by.user.pk,
        region=region,
        deputy=deputy,
        starts_on=starts_on,
        ends_on=ends_on,
        entered_at=now,
    )
    record(
        row,
        "enter",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        region=region.code,
        deputy=deputy.pk,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    return row


def may_end(by: Actor, absence: Absence) -> bool:
    """The person who is away, or a manager of a programme that names the region."""
    is_own = by.user is not None and absence.person_id == by.user.pk
    return is_own or may_set_up(by, absence.region)


@action
def end(absence: Absence, *, by: Actor, now: datetime) -> None:
    """Be back, or stay after all; twice changes nothing. Raises PermissionDenied."""
    row = Absence.objects.select_for_update(of=("self",), no_key=True).get(pk=absence.pk)
    if not may_end(by, row):
        raise PermissionDenied("end")
    if row.ended_at is not None:
        return
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    record(row, "end", by=by, now=now, chain=PORTAL_CHAIN, region=row.region.code)
