"""Whose desk an application is on: who looks after it, and who stands in today."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from portal.enums import Role
from portal.models import Region, RegionRole, User
from vouchers.cases.places import local_day
from vouchers.models import Absence, Application, Assignment
from vouchers.models.desk import AbsenceQuerySet


def in_office(rows: AbsenceQuerySet, *, now: datetime) -> AbsenceQuerySet:
    """Return the absences whose deputy is still a broker of the region."""
    held = RegionRole.objects.current(now).filter(
        user=OuterRef("deputy"), region=OuterRef("region"), role=Role.BROKER
    )
    return rows.filter(Exists(held))


def _holding(rows: AbsenceQuerySet, now: datetime) -> list[Absence]:
    """Return the absences that hold today, each by its region's day and with a deputy in office."""
    near = in_office(rows.near(now), now=now).select_related("person", "deputy", "region")
    found = near.order_by("pk")
    return [row for row in found if row.starts_on <= local_day(now, row.region) <= row.ends_on]


def absences_now(user: User, *, now: datetime) -> list[Absence]:
    """Return who is away today in the regions that the person sees, in one statement."""
    return _holding(Absence.objects.visible_to(user), now)


def deputies_in(region: Region, *, now: datetime) -> dict[int, int]:
    """Return who stands in today for whom of the region's brokers, by ids."""
    found = _holding(Absence.objects.filter(region=region), now)
    return {row.person_id: row.deputy_id for row in found}


def on_desk_of(user: User, away: Iterable[Absence]) -> Q:
    """Return the applications that the person looks after, also for who is away."""
    found = Q(assignment__person=user)
    for absence in away:
        if absence.deputy_id == user.pk:
            found |= Q(assignment__person=absence.person_id, home_region=absence.region_id)
    return found


def brokers_of_all(regions: Collection[int], *, now: datetime) -> list[dict[str, Any]]:
    """Return who is a broker in each of the regions now, as id, name and address."""
    held = RegionRole.objects.current(now).filter(
        role=Role.BROKER, region__in=regions, user__is_active=True
    )
    people = held.order_by("user__name", "user__email").values("user", "user__name", "user__email")
    return [
        {"id": one["user"], "name": one["user__name"], "email": one["user__email"]}
        for one in people.annotate(held=Count("region", distinct=True)).filter(held=len(regions))
    ]


def is_looked_after(now: datetime) -> Exists:
    """Whether somebody looks after an application who is still a broker of its home region."""
    in_office = RegionRole.objects.current(now).filter(
        user=OuterRef("person"), region=OuterRef("application__home_region"), role=Role.BROKER
    )
    held = Assignment.objects.filter(Exists(in_office), application=OuterRef("pk"))
    return Exists(held)


def with_assignment(rows: QuerySet[Application], *, now: datetime) -> QuerySet[Any]:
    """Add `is_looked_after` and who that is, within the statement that reads the rows."""
    return rows.annotate(is_looked_after=is_looked_after(now)).select_related("assignment__person")
