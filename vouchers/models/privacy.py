"""How long files are kept, and files that are only kept because the law says so."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import PeersManager
from vouchers.enums import KeptFile
from vouchers.models.applications import Application


class RetentionPeriod(models.Model):
    """A period that a manager has set; without a row the portal's own period holds."""

    kind = models.CharField(_("kind of file"), max_length=16, choices=KeptFile, unique=True)
    months = models.PositiveSmallIntegerField(_("kept for months"))

    objects = PeersManager["RetentionPeriod"]()

    class Meta:
        ordering = ["kind"]
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.months}"


class Restriction(models.Model):
    """A person asked for erasure, and the law makes us keep the file (GDPR, article 17(3)(b)).

    Until `keep_until` it is stored and used for audits, payments and recovery alone.
    """

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="restriction"
    )
    at = models.DateTimeField(_("restricted at"))
    keep_until = models.DateField(_("kept until"))

    objects = PeersManager["Restriction"]()

    class Meta:
        ordering = ["-at"]
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")

    def __str__(self) -> str:
        return f"{self.application}: {self.keep_until}"
