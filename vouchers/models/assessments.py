"""Criteria, and what assessors think of an application."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.models import PeersManager, User
from vouchers.models.applications import Application
from vouchers.models.voucher_types import VoucherType


class Criterion(models.Model):
    """A weighted criterion, scored from 0 to 5."""

    voucher_type = models.ForeignKey(VoucherType, on_delete=models.PROTECT, related_name="criteria")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    weight = models.PositiveSmallIntegerField(_("weight in percent"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PeersManager["Criterion"]()

    class Meta:
        ordering = ["voucher_type", "order"]
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            models.UniqueConstraint(
                fields=["voucher_type", "code"],
                name="a_criterion_counts_once",
                violation_error_message=_("The voucher type has a criterion with this code."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Assessment(models.Model):
    """One assessor's scores of one application."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="assessments"
    )
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assessments")
    assigned_at = models.DateTimeField(_("assigned at"))
    assigned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    scores = models.JSONField(_("scores"), default=dict, blank=True)
    total = models.DecimalField(
        _("weighted score of 100"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    feedback = models.TextField(_("feedback"), blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    objects = PeersManager["Assessment"]()

    class Meta:
        ordering = ["application", "assigned_at", "pk"]
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "assessor"], name="an_assessor_assesses_once"
            ),
            models.CheckConstraint(
                name="a_total_is_of_100",
                condition=Q(total=None) | Q(total__gte=Decimal(0), total__lte=Decimal(100)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.assessor}"
