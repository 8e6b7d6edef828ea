"""The undertaking's profile: what a firm does, who stands around it, and what it declared."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import Document, Organisation, PeersManager, User
from vouchers.enums import NaceRevision


class UndertakingProfileQuerySet(models.QuerySet["UndertakingProfile"]):
    """Which profiles a person sees."""

    def visible_to(self, user: User) -> "UndertakingProfileQuerySet":
        """Those of the organisations that the person sees."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user).values("pk"))


class UndertakingProfile(models.Model):
    """What a firm says once for all its applications; the law reads what was confirmed last.

    `parties` and `stakes` are the ownership tree as `vouchers.cases.profiles` writes it;
    `confirmed` is the whole profile with its computed class as somebody declared it.
    """

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="profile"
    )
    nace_code = models.CharField(_("NACE code"), max_length=8, blank=True)
    nace_revision = models.CharField(
        _("revision of NACE"), max_length=4, choices=NaceRevision, blank=True
    )
    has_separate_accounts = models.BooleanField(_("separate accounts"), default=False)
    stands_alone = models.BooleanField(_("stands alone"), null=True, blank=True)
    is_taken_over = models.BooleanField(_("taken over"), null=True, blank=True)
    is_insolvent = models.BooleanField(_("insolvent"), null=True, blank=True)
    parties = models.JSONField(_("parties"), default=list, blank=True)
    stakes = models.JSONField(_("stakes"), default=list, blank=True)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(_("saved at"))
    confirmed = models.JSONField(_("as confirmed"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    declaration = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PeersManager.from_queryset(UndertakingProfileQuerySet)()

    class Meta:
        ordering = ["organisation"]
        verbose_name = _("profile of an undertaking")
        verbose_name_plural = _("profiles of undertakings")
        constraints = [
            models.CheckConstraint(
                name="a_profile_is_confirmed_whole",
                condition=models.Q(confirmed__isnull=True, confirmed_at__isnull=True)
                | models.Q(confirmed__isnull=False, confirmed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.organisation)
