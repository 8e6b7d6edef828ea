"""Blocked eligibility checks: how many, by rule and day, and nothing about who asked."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models import PeersManager, Programme, Region, User
from vouchers.models.voucher_types import VoucherType


class RefusedCheckQuerySet(models.QuerySet["RefusedCheck"]):
    """Which counts staff see."""

    def visible_to(self, user: User) -> "RefusedCheckQuerySet":
        """Those of the region; managers and auditors see all of their programmes."""
        if user.is_superuser:
            return self
        return self.filter(
            models.Q(region__in=user.region_ids(Role.BROKER))
            | models.Q(programme__in=user.programme_ids(Role.MANAGER, Role.AUDITOR))
        )


class RefusedCheck(models.Model):
    """How often a rule said no on a day to checks of one voucher type from one region."""

    day = models.DateField(_("day"))
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    voucher_type = models.ForeignKey(
        VoucherType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rule = models.CharField(_("rule"), max_length=40)
    count = models.PositiveIntegerField(_("how often"), default=1)

    objects = PeersManager.from_queryset(RefusedCheckQuerySet)()

    class Meta:
        ordering = ["-day", "programme", "rule", "pk"]
        verbose_name = _("refused check")
        verbose_name_plural = _("refused checks")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "programme", "voucher_type", "region", "rule"],
                nulls_distinct=False,
                name="a_rule_is_counted_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.rule}"
