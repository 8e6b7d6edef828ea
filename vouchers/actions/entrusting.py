"""Who looks after an application: a broker of its home region, or nobody."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet

from portal.enums import Role
from portal.models import JournalEntry, Region, RegionRole, User
from portal.permissions import Actor
from portal.workflow import action, lock, record
from vouchers.models import Application, Assignment
from vouchers.permissions import may_assign


class NotABroker(Exception):
    """The person is no access broker of the region now, or acts for the firm; with their name."""


def may_entrust(by: Actor, application: Application) -> bool:
    """A manager of the programme, or a broker of the home region."""
    return may_assign(by, application)


def entrusted(application: Application) -> User | None:
    """Return who looks after the application; None where that is nobody."""
    held: Assignment | None = getattr(application, "assignment", None)
    return held.person if held else None


@action
def entrust(application: Application, *, to: User | None, by: Actor, now: datetime) -> None:
    """Let a broker of the home region look after an application, or nobody.

    Said again, it changes nothing. Raises PermissionDenied and NotABroker.
    """
    row = lock(application, "call__programme", "home_region", "assignment__person")
    if not may_entrust(by, row):
        raise PermissionDenied("entrust")
    if to is not None and not _may_look_after(to, row, now=now):
        raise NotABroker(str(to))
    _hand_over(row, to, by=by, now=now)


def _brokers(region: Region, now: datetime) -> QuerySet[User]:
    return User.objects.get_queryset().brokers_of(region, now=now)


def _may_look_after(person: User, row: Application, *, now: datetime) -> bool:
    """Whether the person is a broker of the home region who sees the row at the desk."""
    is_broker = _brokers(row.home_region, now).filter(pk=person.pk).exists()
    return is_broker and Application.objects.for_desk(person).filter(pk=row.pk).exists()


def _hand_over(row: Application, to: User | None, *, by: Actor, now: datetime) -> None:
    before = entrusted(row)
    if (before and before.pk) == (to and to.pk):
        return
    if to is None:
        Assignment.objects.filter(application=row).delete()
    else:
        Assignment.objects.update_or_create(
            application=row, defaults={"person": to, "assigned_at": now, "assigned_by": by.user}
        )
    record(
        row,
        "entrust" if to else "entrust_nobody",
        by=by,
        now=now,
        chain=row.journal_chain,
        personal={"person": str(to)} if to else None,
        was=before.pk if before else None,
        to=to.pk if to else None,
    )


@action
def keep(*, by: Actor, now: datetime) -> int:
    """Take applications from brokers whose role in the home region has ended.

    They go to the successor who was named when the role ended, else to nobody. Returns how many.
    """
    holds = RegionRole.objects.current(now).filter(
        user=OuterRef("person"), region=OuterRef("application__home_region"), role=Role.BROKER
    )
    held = Assignment.objects.exclude(Exists(holds)).select_related("person", "application")
    orphans = list(held.order_by("application"))
    for orphan in orphans:
        related = ("call__programme", "home_region", "assignment__person")
        row = lock(orphan.application, *related)
        heir = _successor(orphan.person, row.home_region, now=now)
        if heir is not None and not _may_look_after(heir, row, now=now):
            heir = None
        _hand_over(row, heir, by=by, now=now)
    return len(orphans)


def _successor(person: User, region: Region, *, now: datetime) -> User | None:
    """Return who was named when the person's role in the region ended, if still a broker there."""
    ended = RegionRole.objects.filter(user=person, region=region, role=Role.BROKER)
    last = ended.order_by("-ends_at").first()
    if last is None:
        return None
    entry = JournalEntry.objects.about(last).filter(verb="end").last()
    named = entry.data.get("successor") if entry else None
    return _brokers(region, now).filter(pk=named).first() if named else None
