"""What waits for a person's next digest."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import StaffMail
from portal.models.base import PeersManager
from portal.models.users import User


class DigestLine(models.Model):
    """One thing that has happened, for one person; emptied once the digest has told it."""

    once_key = models.CharField(max_length=200, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=20, choices=StaffMail)
    subject_type = models.CharField(max_length=60)
    subject_id = models.PositiveBigIntegerField()
    text = models.CharField(_("text"), max_length=300, blank=True)
    url = models.CharField(_("address"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written at"))
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)

    objects = PeersManager["DigestLine"]()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("line of a digest")
        verbose_name_plural = _("lines of digests")
        indexes = [
            models.Index(fields=["user"], condition=Q(told_at=None), name="digest_line_waits"),
            models.Index(fields=["subject_type", "subject_id"], name="digest_line_by_subject"),
        ]

    def __str__(self) -> str:
        return self.text
