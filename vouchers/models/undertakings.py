"""Single undertakings, the figures of their members, and the aid they declare."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.models import Organisation, PeersManager, Upload, User


class Undertaking(models.Model):
    """A single undertaking (Regulation (EU) 2023/2831, article 2(2))."""

    name = models.CharField(_("name"), max_length=200)

    objects = PeersManager["Undertaking"]()

    class Meta:
        ordering = ["name"]
        verbose_name = _("undertaking")
        verbose_name_plural = _("undertakings")

    def __str__(self) -> str:
        return self.name


class UndertakingMember(models.Model):
    """An organisation's place in an undertaking."""

    undertaking = models.ForeignKey(Undertaking, on_delete=models.PROTECT, related_name="members")
    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="undertaking_member"
    )

    objects = PeersManager["UndertakingMember"]()

    class Meta:
        ordering = ["undertaking", "organisation"]
        verbose_name = _("member of an undertaking")
        verbose_name_plural = _("members of undertakings")

    def __str__(self) -> str:
        return f"{self.organisation}, {self.undertaking}"


class EnterpriseFigures(models.Model):
    """Headcount in annual work units, turnover and balance sheet in EUR of one fiscal year."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="figures")
    year = models.PositiveSmallIntegerField(_("fiscal year"))
    headcount = models.DecimalField(_("staff in full-time posts"), max_digits=8, decimal_places=2)
    turnover = models.DecimalField(_("turnover in euros"), max_digits=14, decimal_places=2)
    balance_sheet = models.DecimalField(
        _("balance sheet total in euros"), max_digits=14, decimal_places=2
    )
    is_estimate = models.BooleanField(_("estimate"), default=False)

    objects = PeersManager["EnterpriseFigures"]()

    class Meta:
        ordering = ["organisation", "-year"]
        verbose_name = _("figures of a year")
        verbose_name_plural = _("figures of years")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year"], name="an_organisation_has_figures_once_a_year"
            ),
            models.CheckConstraint(
                name="figures_are_not_negative",
                condition=Q(headcount__gte=0, turnover__gte=0, balance_sheet__gte=0),
                violation_error_message=_("Staff, turnover and balance sheet must be 0 or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year}"


class DeclaredAid(models.Model):
    """De minimis aid that an organisation declares to have received elsewhere."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="declared_aid"
    )
    granted_on = models.DateField(_("granted on"))
    authority = models.CharField(_("granting authority"), max_length=200)
    member_state = models.CharField(_("member state"), max_length=2)
    amount = models.DecimalField(_("amount in euros"), max_digits=12, decimal_places=2)

    objects = PeersManager["DeclaredAid"]()

    class Meta:
        ordering = ["organisation", "granted_on", "pk"]
        verbose_name = _("declared aid")
        verbose_name_plural = _("declared aid")
        constraints = [
            models.CheckConstraint(
                name="declared_aid_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("The amount must be more than 0."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.granted_on}: {self.amount}"


class AidAdjustment(models.Model):
    """Aid that follows a business after a split: more for one firm, less for the other.

    Regulation (EU) 2023/2831, article 3(9). `granted_on` and `authority` are those of the aid.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="aid_adjustments"
    )
    granted_on = models.DateField(_("granted on"))
    authority = models.CharField(_("granting authority"), max_length=200)
    member_state = models.CharField(_("member state"), max_length=2)
    amount = models.DecimalField(_("amount in euros"), max_digits=12, decimal_places=2)
    split_on = models.DateField(_("day of the split"))
    reason = models.TextField(_("reason"))
    document = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeersManager["AidAdjustment"]()

    class Meta:
        ordering = ["organisation", "granted_on", "pk"]
        verbose_name = _("adjustment of aid")
        verbose_name_plural = _("adjustments of aid")
        constraints = [
            models.CheckConstraint(
                name="an_adjustment_has_an_amount",
                condition=~Q(amount=0),
                violation_error_message=_("The amount must not be 0."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.granted_on}: {self.amount}"
