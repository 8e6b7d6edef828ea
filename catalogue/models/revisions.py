"""Changes that wait for the broker, versions that were published, and photos."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from catalogue.enums import RevisionState
from catalogue.models.records import Record
from portal.enums import Role
from portal.models import PeersManager, Stateful, Upload, User

OPEN_REVISION = frozenset({RevisionState.DRAFT, RevisionState.SUBMITTED, RevisionState.RETURNED})


class PhotoQuerySet(models.QuerySet["Photo"]):
    """Which photos who may see."""

    def visible_to(self, user: User) -> "PhotoQuerySet":
        """Of records that the person sees, as far as a version or a change they see shows them."""
        record = OuterRef("record")
        key = Func(OuterRef("pk"), function="to_jsonb", output_field=models.JSONField())
        listed = {"content__photos__contains": key}
        told = Version.objects.filter(record=record, **listed)
        meant = Revision.objects.visible_to(user).filter(record=record, **listed)
        return self.filter(
            Q(place__isnull=False) | Exists(told) | Exists(meant),
            record__in=Record.objects.visible_to(user),
        )


class Photo(models.Model):
    """A picture of a record; one without a place is not published."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="photos")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="photo")
    alt = models.CharField(_("what the picture shows"), max_length=150)
    place = models.PositiveSmallIntegerField(_("place"), null=True, blank=True)

    objects = PeersManager.from_queryset(PhotoQuerySet)()

    class Meta:
        ordering = ["record", "place", "pk"]
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        return self.alt


def _of_staff(user: User) -> Q:
    """Changes in the broker's region; for managers and auditors all."""
    if user.is_superuser or user.programme_ids(Role.MANAGER, Role.AUDITOR):
        return ~Q(pk=None)
    return Q(record__region__in=user.region_ids(Role.BROKER))


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Which changes a person sees."""

    def visible_to(self, user: User) -> "RevisionQuerySet":
        """Own providers'; for staff what was handed in, and what they began themselves."""
        own = Q(record__provider__organisation__in=user.organisation_ids)
        return self.filter(own | (_of_staff(user) & (~Q(submitted_at=None) | Q(started_by=user))))

    def for_desk(self, user: User) -> "RevisionQuerySet":
        """What was handed in: to the broker's region; managers and auditors see all."""
        return self.filter(_of_staff(user), ~Q(submitted_at=None))

    def open(self) -> "RevisionQuerySet":
        """Return those on which nobody has decided yet."""
        return self.filter(state__in=sorted(OPEN_REVISION))


class Revision(Stateful):
    """A change of a record from its first word to the broker's decision."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="revisions")
    state = models.CharField(max_length=20, choices=RevisionState, default=RevisionState.DRAFT)
    content = models.JSONField(
        encoder=DjangoJSONEncoder,
        help_text=_("Fields, competences, facilities and photos as they should be."),
    )
    started_at = models.DateTimeField(_("started at"))
    started_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(_("note"), blank=True)

    objects = PeersManager.from_queryset(RevisionQuerySet)()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("change of a record")
        verbose_name_plural = _("changes of records")
        constraints = [
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(state__in=sorted(OPEN_REVISION)),
                name="a_record_has_one_open_change",
            )
        ]

    def __str__(self) -> str:
        return str(self.content.get("title") or self.record)


class Version(models.Model):
    """What a record said when it was published; never changed."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField(encoder=DjangoJSONEncoder)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeersManager["Version"]()

    class Meta:
        ordering = ["record", "-number"]
        verbose_name = _("published version")
        verbose_name_plural = _("published versions")
        constraints = [
            models.UniqueConstraint(
                fields=["record", "number"], name="a_record_numbers_its_versions"
            )
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.number}"
