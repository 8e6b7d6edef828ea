"""Up to when each side has read what the other wrote about an application."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import PeersManager, User
from vouchers.enums import Reader
from vouchers.models.applications import Application


class Reading(models.Model):
    """The last time that one side opened the page; what is newer is unread."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="readings")
    side = models.CharField(_("read by"), max_length=9, choices=Reader)
    read_at = models.DateTimeField(_("read at"))
    read_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeersManager["Reading"]()

    class Meta:
        ordering = ["application", "side"]
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        constraints = [
            models.UniqueConstraint(fields=["application", "side"], name="a_side_has_one_reading")
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_side_display()}"
