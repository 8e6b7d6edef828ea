"""Single-use, expiring links in mails."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.enums import LinkPurpose, Role
from portal.models.base import PeersManager
from portal.models.users import User


class MailLinkQuerySet(models.QuerySet["MailLink"]):
    """Which links a person sees."""

    def visible_to(self, user: User) -> "MailLinkQuerySet":
        """Managers and auditors see the invitations to their programmes."""
        if user.is_superuser:
            return self
        return self.filter(data__programme__in=user.programme_ids(Role.MANAGER, Role.AUDITOR))


class MailLink(models.Model):
    """One link; only the token's hash is kept, so a stolen database opens nothing."""

    purpose = models.CharField(_("purpose"), max_length=40, choices=LinkPurpose)
    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(_("sent to"))
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    objects = PeersManager.from_queryset(MailLinkQuerySet)()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("link in a mail")
        verbose_name_plural = _("links in mails")

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.email}"
