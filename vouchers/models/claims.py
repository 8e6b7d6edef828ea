"""Claims: what was spent, with its proofs."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models import PeersManager, Stateful, Upload, User
from vouchers.enums import ClaimState
from vouchers.models.awards import Award
from vouchers.models.conflicts import barred
from vouchers.models.voucher_types import CostKind


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Which claims a person sees."""

    def visible_to(self, user: User) -> "ClaimQuerySet":
        """The person's own, once told; staff see what was filed."""
        own = Q(
            award__application__organisation__in=user.organisation_ids,
            award__application__told_at__isnull=False,
        )
        return self.filter(own | Q(pk__in=self.for_desk(user).order_by().values("pk")))

    def for_desk(self, user: User) -> "ClaimQuerySet":
        """Return what was filed, for the staff of home region and programme; hosts see none."""
        filed = self.exclude(filed_at=None)
        if user.is_superuser:
            return filed
        return filed.filter(
            Q(award__application__home_region__in=user.region_ids(Role.BROKER, Role.FINANCE))
            | Q(award__pot__programme__in=user.programme_ids(Role.MANAGER, Role.AUDITOR)),
            ~barred(user, "award__application"),
        )


class Claim(Stateful):
    """A request for payment of one award, with receipts and a short report."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="claims")
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    state = models.CharField(max_length=20, choices=ClaimState, default=ClaimState.DRAFT)
    report = models.TextField(_("what was done and what came of it"), blank=True)
    iban = models.CharField(_("account (IBAN)"), max_length=34, blank=True)
    account_holder = models.CharField(_("account holder"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("started at"))
    filed_at = models.DateTimeField(_("filed at"), null=True, blank=True)
    filed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    returned_message = models.TextField(_("what is missing"), blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_amount = models.DecimalField(
        _("approved amount in euros"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    paid_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    payment_reference = models.CharField(_("payment reference"), max_length=60, blank=True)

    objects = PeersManager.from_queryset(ClaimQuerySet)()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.UniqueConstraint(fields=["award", "number"], name="claims_are_numbered"),
            models.CheckConstraint(
                name="an_approved_amount_is_positive",
                condition=Q(approved_amount=None) | Q(approved_amount__gt=0),
                violation_error_message=_("The approved amount must be more than 0."),
            ),
            models.CheckConstraint(
                name="four_eyes_pay_a_claim",
                condition=Q(paid_by=None) | ~Q(paid_by=models.F("approved_by")),
                violation_error_message=_("Who approved a claim cannot pay it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award} / {self.number}"

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.award.journal_chain


class ClaimLine(models.Model):
    """One receipt; amounts in EUR, VAT apart."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField(default=1)
    kind = models.ForeignKey(CostKind, on_delete=models.PROTECT, related_name="+")
    paid_on = models.DateField(_("date of the receipt"))
    supplier = models.CharField(_("supplier"), max_length=150)
    receipt_number = models.CharField(_("receipt number"), max_length=60)
    item = models.CharField(_("what for"), max_length=150)
    amount = models.DecimalField(_("amount without VAT"), max_digits=12, decimal_places=2)
    vat = models.DecimalField(_("VAT"), max_digits=12, decimal_places=2, default=Decimal("0.00"))
    eligible_amount = models.DecimalField(
        _("eligible"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    receipt = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="receipt_lines"
    )
    proof_of_payment = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="proof_lines"
    )

    objects = PeersManager["ClaimLine"]()

    class Meta:
        ordering = ["claim", "position", "pk"]
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        indexes = [models.Index(Lower("receipt_number"), name="receipt_by_number")]
        constraints = [
            models.CheckConstraint(
                name="a_receipt_is_positive",
                condition=Q(amount__gt=0, vat__gte=0),
                violation_error_message=_("The amount must be more than 0."),
            ),
            models.UniqueConstraint(
                "claim",
                Lower("supplier"),
                Lower("receipt_number"),
                name="a_claim_holds_a_receipt_once",
                violation_error_message=_("This receipt is in the claim already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} {self.receipt_number}"
