"""Voucher types: what a programme offers, and which cost it bears."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import VoucherKind
from portal.models import PeersManager, Programme, Region, User
from vouchers.enums import (
    AidBasis,
    AmountKind,
    CrossingRule,
    Payee,
    Selection,
)
from vouchers.rules.terms import NAMES, REGIONAL


def of_own_programmes[Q2: models.QuerySet[Any]](rows: Q2, user: User) -> Q2:
    """Return set-up rows of the programmes in which a member of staff works."""
    return rows.filter(
        models.Exists(Programme.objects.visible_to(user).filter(pk=models.OuterRef("programme")))
    )


class VoucherTypeQuerySet(models.QuerySet["VoucherType"]):
    """Which voucher types staff see."""

    def visible_to(self, user: User) -> "VoucherTypeQuerySet":
        """Those of the programmes in which the person works."""
        return of_own_programmes(self, user)


class VoucherType(models.Model):
    """What a programme offers: amount, rules and terms."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="voucher_types")
    code = models.SlugField(_("code"), max_length=24)
    short_code = models.CharField(_("code in numbers"), max_length=4, help_text=_("Like COL"))
    kind = models.CharField(_("kind"), max_length=24, choices=VoucherKind)
    name = models.CharField(_("name"), max_length=60)
    summary = models.TextField(_("summary"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    amount_kind = models.CharField(_("amount is"), max_length=10, choices=AmountKind)
    amount = models.DecimalField(_("amount in euros"), max_digits=12, decimal_places=2)
    funding_rate = models.DecimalField(
        _("share of eligible costs paid"), max_digits=4, decimal_places=3, default=Decimal(1)
    )
    validity_months = models.PositiveSmallIntegerField(_("valid for months"), default=12)
    claim_days = models.PositiveSmallIntegerField(_("days to claim after the end"), default=30)
    extension_months = models.PositiveSmallIntegerField(
        _("months of one extension at most"), default=6, help_text=_("0: none.")
    )
    crossing_rule = models.CharField(
        _("crossing rule"), max_length=16, choices=CrossingRule, default=CrossingRule.OTHER_REGION
    )
    needs_consent = models.BooleanField(_("the partner confirms work and price"), default=False)
    needs_host_signature = models.BooleanField(_("the host region signs too"), default=True)
    needs_agreement = models.BooleanField(
        _("the provider signs an agreement"),
        default=False,
        help_text=_("Only for a voucher with one host."),
    )
    agreement_days = models.PositiveSmallIntegerField(
        _("days for the provider to sign"), default=14
    )
    selection = models.CharField(
        _("selection"), max_length=12, choices=Selection, default=Selection.COMPETITIVE
    )
    assessors = models.PositiveSmallIntegerField(_("assessors per application"), default=0)
    threshold = models.PositiveSmallIntegerField(_("threshold of 100"), default=60)
    max_per_call = models.PositiveSmallIntegerField(_("per undertaking and call"), default=1)
    max_per_programme = models.PositiveSmallIntegerField(
        _("per undertaking and programme"),
        null=True,
        blank=True,
        help_text=_("Empty: as many as the calls allow."),
    )
    max_hosts = models.PositiveSmallIntegerField(_("hosts per application"), default=1)
    aid_basis = models.CharField(
        _("aid basis"), max_length=12, choices=AidBasis, default=AidBasis.DE_MINIMIS
    )
    payee = models.CharField(_("paid to"), max_length=10, choices=Payee, default=Payee.SME)
    pays_vat = models.BooleanField(
        _("VAT that cannot be deducted is eligible"),
        default=False,
        help_text=_("VAT that the firm can deduct is never eligible."),
    )
    holds_letters = models.BooleanField(
        _("decisions are told together"), default=False, help_text=_("Held until one release.")
    )
    rules_text = models.TextField(_("rules"), blank=True, help_text=_("One rule a line."))
    is_offered = models.BooleanField(_("offered"), default=True)

    objects = PeersManager.from_queryset(VoucherTypeQuerySet)()

    class Meta:
        ordering = ["programme", "order", "code"]
        verbose_name = _("voucher type")
        verbose_name_plural = _("voucher types")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="a_programme_has_a_voucher_type_once",
                violation_error_message=_("The programme has a voucher type with this code."),
            ),
            models.CheckConstraint(
                name="voucher_amount_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("The amount must be more than 0."),
            ),
            models.CheckConstraint(
                name="funding_rate_is_a_share",
                condition=Q(funding_rate__gt=0, funding_rate__lte=1),
                violation_error_message=_("The share must be more than 0 and at most 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_lump_sum(self) -> bool:
        """Whether award and payment are exactly the amount."""
        return self.amount_kind == AmountKind.LUMP_SUM

    def stated_terms(self) -> dict[str, Any]:
        """Return the terms as they stand now, with what regions agreed otherwise by their code."""
        return {
            **{name: getattr(self, name) for name in NAMES},
            "regions": {row.region.code: row.stated() for row in self.regional.all()},
        }

    def stated_criteria(self) -> list[dict[str, Any]]:
        """Return the weighted criteria as they stand now, in their order."""
        rows = self.criteria.order_by("order", "pk").values("code", "name", "weight")
        return [dict(row) for row in rows]

    @property
    def rules(self) -> list[str]:
        """The public rules in order."""
        return [line.strip() for line in self.rules_text.splitlines() if line.strip()]


class RegionTerms(models.Model):
    """What one region agrees otherwise than the voucher type says; empty = as the type."""

    voucher_type = models.ForeignKey(VoucherType, on_delete=models.PROTECT, related_name="regional")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    needs_host_signature = models.BooleanField(
        _("the host region signs too"), null=True, blank=True
    )
    needs_agreement = models.BooleanField(
        _("the provider signs an agreement"), null=True, blank=True
    )
    aid_basis = models.CharField(_("aid basis"), max_length=12, choices=AidBasis, blank=True)
    payee = models.CharField(_("paid to"), max_length=10, choices=Payee, blank=True)
    pays_vat = models.BooleanField(
        _("VAT that cannot be deducted is eligible"), null=True, blank=True
    )

    objects = PeersManager["RegionTerms"]()

    class Meta:
        ordering = ["voucher_type", "region__name"]
        verbose_name = _("terms of a region")
        verbose_name_plural = _("terms of regions")
        constraints = [
            models.UniqueConstraint(
                fields=["voucher_type", "region"],
                name="a_region_has_its_terms_once",
                violation_error_message=_("The region has terms for this voucher type already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.voucher_type}: {self.region}"

    def stated(self) -> dict[str, Any]:
        """Return what differs from the voucher type."""
        said = {name: getattr(self, name) for name in REGIONAL}
        return {name: value for name, value in said.items() if value not in {None, ""}}


class CostKind(models.Model):
    """A kind of cost and whether the voucher pays it; the cost table offers only eligible ones."""

    voucher_type = models.ForeignKey(
        VoucherType, on_delete=models.PROTECT, related_name="cost_kinds"
    )
    code = models.SlugField(_("code"), max_length=30)
    label = models.CharField(_("name"), max_length=120)
    hint = models.CharField(_("explanation"), max_length=300, blank=True)
    is_eligible = models.BooleanField(_("the voucher pays it"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PeersManager["CostKind"]()

    class Meta:
        ordering = ["voucher_type", "-is_eligible", "order", "pk"]
        verbose_name = _("kind of cost")
        verbose_name_plural = _("kinds of cost")
        constraints = [
            models.UniqueConstraint(
                fields=["voucher_type", "code"],
                name="a_voucher_type_names_a_cost_once",
                violation_error_message=_("The voucher type has a cost with this code."),
            )
        ]

    def __str__(self) -> str:
        return self.label
