"""Regions' money; every figure of a pot is a sum of ledger lines."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models import PeersManager, Programme, Region, User
from vouchers.models.calls import Call


class PotQuerySet(models.QuerySet["Pot"]):
    """Which pots a person sees."""

    def visible_to(self, user: User) -> "PotQuerySet":
        """Own regions' pots; managers and auditors see all of their programmes."""
        if user.is_superuser:
            return self
        return self.filter(
            Q(region__in=user.region_ids(Role.BROKER, Role.FINANCE))
            | Q(programme__in=user.programme_ids(Role.MANAGER, Role.AUDITOR))
        )


class Pot(models.Model):
    """A region's money in a programme; every figure is a sum of ledger lines."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="pots")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="pots")

    objects = PeersManager.from_queryset(PotQuerySet)()

    class Meta:
        ordering = ["programme", "region__name"]
        verbose_name = _("pot")
        verbose_name_plural = _("pots")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "region"], name="a_region_has_one_pot_per_programme"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.region}"

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.programme.code


class PotCeiling(models.Model):
    """How much of a pot one call may use."""

    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="ceilings")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="ceilings")
    amount = models.DecimalField(_("at most, in euros"), max_digits=12, decimal_places=2)

    objects = PeersManager["PotCeiling"]()

    class Meta:
        ordering = ["call", "pot"]
        verbose_name = _("ceiling of a call")
        verbose_name_plural = _("ceilings of calls")
        constraints = [
            models.UniqueConstraint(
                fields=["pot", "call"],
                name="a_call_has_one_ceiling_per_pot",
                violation_error_message=_("The call has a ceiling for this pot already."),
            ),
            models.CheckConstraint(
                name="a_ceiling_is_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message=_("The ceiling must be 0 or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.pot.region} {self.amount}"
