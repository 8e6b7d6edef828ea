"""Who did what, when and why: append-only and chained by hash."""

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models.base import PeersManager
from portal.models.programmes import Programme
from portal.models.users import User
from portal.models.walls import open_to

PORTAL_CHAIN = "portal"


class JournalEntryQuerySet(models.QuerySet["JournalEntry"]):
    """Which facts a person sees."""

    def visible_to(self, user: User) -> "JournalEntryQuerySet":
        """Managers and auditors see the chains of their programmes and the portal's own."""
        if user.is_superuser:
            return self
        programmes = user.programme_ids(Role.MANAGER, Role.AUDITOR)
        if not programmes:
            return self.none()
        codes = Programme.objects.filter(pk__in=programmes).values_list("code", flat=True)
        return self.filter(open_to(user), chain__in=[PORTAL_CHAIN, *codes])

    def about(self, subject: models.Model) -> "JournalEntryQuerySet":
        """Return what happened to one row, oldest first."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by(
            "at", "pk"
        )


class JournalEntry(models.Model):
    """One fact of a chain; personal data stands apart, so that erasing it keeps the hash valid."""

    chain = models.CharField(_("chain"), max_length=40)
    number = models.PositiveIntegerField(_("number"))
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(_("by"), max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_id = models.PositiveBigIntegerField()
    verb = models.CharField(_("verb"), max_length=60)
    before = models.CharField(_("before"), max_length=40, blank=True)
    after = models.CharField(_("after"), max_length=40, blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    personal = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    personal_digest = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = PeersManager.from_queryset(JournalEntryQuerySet)()

    class Meta:
        ordering = ["chain", "number"]
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="a_chain_has_no_forks")
        ]
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id", "number"], name="journal_by_subject"
            ),
            models.Index(fields=["subject_type", "after", "at"], name="journal_by_state"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="journal_is_append_only",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["personal"]),
            ),
            pgtrigger.Protect(name="journal_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.number}: {self.subject} {self.verb}"

    @property
    def subject(self) -> str:
        """The row that the entry is about, as app.model:id."""
        return f"{self.subject_type}:{self.subject_id}"
