"""Experts are persons: what is stored of them, and whether they agreed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.models.records import Record
from catalogue.models.validators import check_orcid
from portal.enums import Locale
from portal.models import PeersManager


class Expert(models.Model):
    """The person behind an expert's record; shown only while the person agrees."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="person")
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    orcid = models.CharField(
        _("ORCID"),
        max_length=19,
        blank=True,
        validators=[check_orcid],
        help_text=_("Like 0000-0002-1825-0097"),
    )
    language = models.CharField(_("language"), max_length=2, choices=Locale, default=Locale.EN)
    availability = models.CharField(
        _("available for visits"),
        max_length=200,
        blank=True,
        help_text=_("Such as: Tuesdays and Thursdays, not in August."),
    )
    shows_contact = models.BooleanField(_("shows the e-mail address"), default=False)
    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = PeersManager["Expert"]()

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        constraints = [
            models.CheckConstraint(
                name="who_withdrew_is_forgotten",
                condition=Q(withdrawn_at=None) | Q(name="", email="", orcid="", agreed_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.record)

    @property
    def agrees(self) -> bool:
        """Whether the person agreed and has not taken it back."""
        return self.agreed_at is not None
