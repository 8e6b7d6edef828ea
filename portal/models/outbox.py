"""Letters waiting for the wire."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Locale, MailState, Role
from portal.models.base import PeersManager
from portal.models.documents import Document
from portal.models.programmes import Programme
from portal.models.users import User
from portal.models.walls import open_to


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    """Which letters a person sees."""

    def visible_to(self, user: User) -> "OutgoingMailQuerySet":
        """Managers and auditors see their programmes' letters, managers those of none too."""
        if user.is_superuser:
            return self
        seen = Q(programme__in=user.programme_ids(Role.MANAGER, Role.AUDITOR))
        if user.programme_ids(Role.MANAGER):
            seen |= Q(programme=None)
        return self.filter(seen, open_to(user))


class OutgoingMail(models.Model):
    """One letter, written in the transaction of the fact it reports."""

    once_key = models.CharField(max_length=200, unique=True)
    programme = models.ForeignKey(
        Programme, null=True, on_delete=models.PROTECT, related_name="mails"
    )
    kind = models.CharField(_("kind"), max_length=60)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.PositiveBigIntegerField(null=True)
    message_id = models.CharField(max_length=120, unique=True)
    sender = models.CharField(_("from"), max_length=200)
    reply_to = models.CharField(_("answers go to"), max_length=254, blank=True)
    to = models.JSONField(_("to"))
    language = models.CharField(max_length=2, choices=Locale, default=Locale.EN)
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    html = models.TextField(blank=True)
    documents = models.ManyToManyField(Document, blank=True, related_name="mails")
    is_private = models.BooleanField(
        _("account mail"), default=False, help_text=_("Its text is wiped after sending.")
    )
    state = models.CharField(_("state"), max_length=10, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("written at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = PeersManager.from_queryset(OutgoingMailQuerySet)()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            models.Index(fields=["state", "next_attempt_at"], name="mail_by_state"),
            models.Index(fields=["subject_type", "subject_id"], name="mail_by_subject"),
        ]

    def __str__(self) -> str:
        return self.subject
