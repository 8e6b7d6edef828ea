"""What staff keep for their own work: who looks after what, notes, saved views, absences."""

from datetime import UTC, date, datetime, timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.enums import PROGRAMME_ROLES, REGION_ROLES, Role
from portal.models import PeersManager, Programme, Region, User
from vouchers.enums import Side
from vouchers.models.applications import Application

A_DAY = timedelta(days=1)


class Assignment(models.Model):
    """The broker of the home region who looks after an application; no row is nobody."""

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="assignment"
    )
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("assigned to")
    )
    assigned_at = models.DateTimeField(_("assigned at"))
    assigned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeersManager["Assignment"]()

    class Meta:
        ordering = ["application"]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")

    def __str__(self) -> str:
        return f"{self.application}: {self.person}"


class Note(models.Model):
    """What one region's staff writes about an application for itself; erasure alone empties it."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="staff_notes"
    )
    side = models.CharField(_("note of"), max_length=4, choices=Side)
    text = models.TextField(_("note"))
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    objects = PeersManager["Note"]()

    class Meta:
        ordering = ["application", "written_at", "pk"]
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        triggers = [
            pgtrigger.Protect(
                name="note_is_append_only",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["text"]),
            ),
            pgtrigger.Protect(
                name="note_is_only_emptied",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__text__gt=""),
            ),
            pgtrigger.Protect(name="note_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_side_display()}"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Which views a person is offered."""

    def visible_to(self, user: User) -> "SavedViewQuerySet":
        """Own ones, and those shared with the own regions or programmes."""
        regions = user.region_ids(*REGION_ROLES)
        programmes = user.programme_ids(*PROGRAMME_ROLES)
        of_regions = Programme.objects.filter(regions__region__in=regions)
        return self.filter(
            Q(owner=user)
            | Q(region__in=regions)
            | Q(programme__in=programmes)
            | Q(programme__in=of_regions.values("pk"))
        )


class SavedView(models.Model):
    """An address of the queue with a name; its owner may share it with a programme or region."""

    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="saved_views", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("address"), max_length=1000, blank=True)
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField(_("saved at"))

    objects = PeersManager.from_queryset(SavedViewQuerySet)()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="a_person_names_a_view_once",
                violation_error_message=_("You have a view of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(programme=None) | Q(region=None),
                name="a_view_is_shared_with_one_circle",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        """Whether others see it too."""
        return self.programme_id is not None or self.region_id is not None


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Absences by reader and by day."""

    def visible_to(self, user: User) -> "AbsenceQuerySet":
        """Those of the own regions; managers and auditors see those of their programmes."""
        if user.is_superuser:
            return self
        programmes = user.programme_ids(Role.MANAGER, Role.AUDITOR)
        of_programmes = Region.objects.filter(programmes__programme__in=programmes)
        return self.filter(
            Q(region__in=user.region_ids(*REGION_ROLES)) | Q(region__in=of_programmes.values("pk"))
        )

    def between(self, first: date, last: date) -> "AbsenceQuerySet":
        """Return those that hold and touch one of the days."""
        return self.filter(ended_at=None, starts_on__lte=last, ends_on__gte=first)

    def near(self, now: datetime) -> "AbsenceQuerySet":
        """Return those that may hold at the instant: a region's day is UTC's or the next to it."""
        today = now.astimezone(UTC).date()
        return self.between(today - A_DAY, today + A_DAY)


class Absence(models.Model):
    """A broker is away for whole days of the region, and a colleague there stands in."""

    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="absences", verbose_name=_("who is away")
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("who stands in")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    entered_at = models.DateTimeField(_("entered at"))
    ended_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = PeersManager.from_queryset(AbsenceQuerySet)()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        indexes = [models.Index(fields=["region", "ends_on"], name="absence_by_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="an_absence_ends_after_it_starts",
                violation_error_message=_("The last day must not lie before the first."),
            ),
            models.CheckConstraint(
                condition=~Q(person=F("deputy")),
                name="an_absence_names_a_colleague",
                violation_error_message=_("Name a colleague who stands in."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.starts_on} / {self.ends_on}"

    @property
    def people(self) -> tuple[int, int]:
        """Ids of who is away and who stands in."""
        return self.person_id, self.deputy_id
