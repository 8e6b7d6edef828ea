"""Programmes and the regions they name."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.enums import GrantingMoment, Role
from portal.models.base import PeersManager
from portal.models.regions import Region
from portal.models.users import User
from portal.sepa import LONGEST_NAME


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Which programmes a member of staff works in."""

    def visible_to(self, user: User) -> "ProgrammeQuerySet":
        """Those of managers and auditors, and those that name a region of broker or finance."""
        if user.is_superuser:
            return self
        regions = user.region_ids(Role.BROKER, Role.FINANCE)
        named = ProgrammeRegion.objects.filter(programme=models.OuterRef("pk"), region__in=regions)
        return self.filter(
            Q(pk__in=user.programme_ids(Role.MANAGER, Role.AUDITOR)) | models.Exists(named)
        )


class Programme(models.Model):
    """The legal and budget frame: what it prints on every page, mail, letter and report."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40)
    summary = models.TextField(_("summary"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/Brussels")
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    funders = models.CharField(_("funders"), max_length=200)
    funding_statement = models.CharField(_("funding statement"), max_length=300)
    funding_number = models.CharField(_("funding number"), max_length=60, blank=True)
    emblem = models.FileField(_("emblem"), upload_to="emblems/", blank=True)
    is_historic = models.BooleanField(
        _("history only"),
        default=False,
        help_text=_("Takes no applications; its awards are imported."),
    )
    pounds_per_euro = models.DecimalField(
        _("pounds that one euro is worth"),
        max_digits=6,
        decimal_places=4,
        default=Decimal("0.8500"),
        help_text=_("Used where aid is counted in pounds (Minimal Financial Assistance)."),
    )
    extension_days = models.PositiveSmallIntegerField(
        _("days that a broker may extend alone"),
        default=3,
        help_text=_("A longer extension needs a manager's consent."),
    )
    promise_days = models.PositiveSmallIntegerField(
        _("promise in working days"), default=10, help_text=_("From submission to decision.")
    )
    host_answer_days = models.PositiveSmallIntegerField(_("working days for the host"), default=5)
    acceptance_days = models.PositiveSmallIntegerField(_("days to accept an award"), default=14)
    over_commit_factor = models.DecimalField(
        _("over-commit factor"), max_digits=4, decimal_places=2, default=Decimal("1.00")
    )

    objects = PeersManager.from_queryset(ProgrammeQuerySet)()

    class Meta:
        ordering = ["-starts_on", "code"]
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                name="a_programme_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The programme must end after it starts."),
            ),
            models.CheckConstraint(
                name="over_commit_factor_is_one_or_more",
                condition=Q(over_commit_factor__gte=1),
                violation_error_message=_("The over-commit factor must be 1.00 or more."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_chain(self) -> str:
        """Each programme has its own chain."""
        return self.code


class ProgrammeRegion(models.Model):
    """A region's part in a programme: its partner organisation, dates and legal settings."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="regions")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="programmes")
    partner = models.CharField(_("partner organisation"), max_length=200)
    authority = models.CharField(
        _("granting authority"),
        max_length=200,
        blank=True,
        help_text=_("As it stands in the aid register."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    granting_moment = models.CharField(
        _("aid is granted"),
        max_length=12,
        choices=GrantingMoment,
        default=GrantingMoment.ACCEPTANCE,
    )
    debtor_name = models.CharField(
        _("holder of the paying account"),
        max_length=LONGEST_NAME,
        blank=True,
        help_text=_("As the bank knows the account from which vouchers are paid."),
    )
    debtor_iban = models.CharField(_("paying account (IBAN)"), max_length=42, blank=True)
    debtor_bic = models.CharField(
        _("BIC of the paying account"),
        max_length=11,
        blank=True,
        help_text=_("May stay empty: banks find it by the IBAN."),
    )

    objects = PeersManager["ProgrammeRegion"]()

    class Meta:
        ordering = ["programme", "region__name"]
        verbose_name = _("region of a programme")
        verbose_name_plural = _("regions of programmes")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "region"],
                name="a_programme_names_a_region_once",
                violation_error_message=_("The programme names this region already."),
            ),
            models.CheckConstraint(
                name="a_region_takes_part_for_a_time",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The region's last day must not be before its first."),
            ),
            models.CheckConstraint(
                name="a_paying_account_names_its_holder",
                condition=Q(debtor_iban="", debtor_bic="")
                | (~Q(debtor_iban="") & ~Q(debtor_name="")),
                violation_error_message=_("Enter holder and IBAN of the paying account together."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.region}"
