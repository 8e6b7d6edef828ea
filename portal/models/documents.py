"""Issued documents and uploaded files."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import DocumentState, Locale, Role
from portal.models.base import PeersManager
from portal.models.programmes import Programme
from portal.models.users import User
from portal.models.walls import open_to


class DocumentQuerySet(models.QuerySet["Document"]):
    """Which issued documents a person sees in the register of all."""

    def visible_to(self, user: User) -> "DocumentQuerySet":
        """Managers and auditors see those of their programmes; others meet them at their case."""
        if user.is_superuser:
            return self
        programmes = user.programme_ids(Role.MANAGER, Role.AUDITOR)
        return self.filter(open_to(user), programme__in=programmes) if programmes else self.none()


class Document(models.Model):
    """An issued letter: a fact with frozen content, rendered once and never regenerated."""

    kind = models.CharField(_("kind"), max_length=40)
    number = models.CharField(_("number"), max_length=60, unique=True)
    programme = models.ForeignKey(
        Programme, null=True, on_delete=models.PROTECT, related_name="documents"
    )
    subject_type = models.CharField(max_length=60)
    subject_id = models.PositiveBigIntegerField()
    language = models.CharField(_("language"), max_length=2, choices=Locale, default=Locale.EN)
    title = models.CharField(_("title"), max_length=200)
    facts = models.JSONField(encoder=DjangoJSONEncoder)
    content_hash = models.CharField(_("hash of the content"), max_length=64)
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.QUEUED)
    issued_at = models.DateTimeField(_("issued at"))
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    file = models.FileField(upload_to="documents/%Y/", blank=True)
    sha256 = models.CharField(_("hash of the file"), max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = PeersManager.from_queryset(DocumentQuerySet)()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="document_by_subject")]
        constraints = [
            models.CheckConstraint(
                name="a_ready_document_has_a_file_and_a_hash",
                condition=~Q(state=DocumentState.READY, erased_at=None)
                | (~Q(file="") & ~Q(sha256="")),
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def code(self) -> str:
        """The first eight characters of the content's hash, as printed on the letter."""
        return self.content_hash[:8].upper()


class Upload(models.Model):
    """A file given by a person, checked before it is stored."""

    name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="uploads/%Y/%m/")
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    held_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("Since when it waits for the virus scanner; nobody else opens it until then."),
    )

    objects = PeersManager["Upload"]()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        indexes = [
            models.Index(fields=["id"], condition=Q(held_at__isnull=False), name="upload_held"),
            models.Index(fields=["sha256"], name="upload_by_content"),
        ]

    def __str__(self) -> str:
        return self.name
