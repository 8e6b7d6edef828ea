"""Tasks for staff that no list of cases shows by itself, such as a letter that did not arrive."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Role, TaskKind
from portal.models.base import PeersManager
from portal.models.outbox import OutgoingMail
from portal.models.programmes import Programme
from portal.models.regions import Region
from portal.models.users import User


class StaffTaskQuerySet(models.QuerySet["StaffTask"]):
    """Which tasks a person sees."""

    def visible_to(self, user: User) -> "StaffTaskQuerySet":
        """Those of the own regions; managers and auditors see those of their programmes too."""
        if user.is_superuser:
            return self
        programmes = user.programme_ids(Role.MANAGER, Role.AUDITOR)
        regionless = Q(region=None) & (Q(programme=None) | Q(programme__in=programmes))
        seen = Q(region__in=user.region_ids(Role.BROKER)) | Q(programme__in=programmes)
        return self.filter(seen | regionless) if programmes else self.filter(seen)


class StaffTask(models.Model):
    """One thing that somebody has to do; `key` says what, so that it is asked for once."""

    kind = models.CharField(_("kind"), max_length=12, choices=TaskKind)
    key = models.CharField(max_length=254)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    mail = models.ForeignKey(
        OutgoingMail, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    times = models.PositiveSmallIntegerField(_("how often"), default=1)
    said = models.TextField(_("what happened"), blank=True)
    opened_at = models.DateTimeField(_("since"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(_("what was done"), blank=True)

    objects = PeersManager.from_queryset(StaffTaskQuerySet)()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [models.Index(fields=["region", "done_at"], name="task_by_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(done_at=None),
                name="a_task_is_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.key}"
