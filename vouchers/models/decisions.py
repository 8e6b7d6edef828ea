"""What regions ask, decide and sign about an application."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.models import PeersManager, Region, User
from vouchers.enums import ApplicationState, RejectReason, ReturnKind, Side
from vouchers.models.applications import Application


class ChangeRequest(models.Model):
    """A return with questions; while it is open the promise clock stands still."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="change_requests"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ReturnKind)
    message = models.TextField(_("message"))
    opened = models.JSONField(
        _("answers that may be changed"),
        default=list,
        blank=True,
        help_text=_("Keys of questions and parts; empty: all."),
    )
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answer_by = models.DateTimeField(_("answer by"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = PeersManager["ChangeRequest"]()

    class Meta:
        ordering = ["application", "asked_at"]
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")

    def __str__(self) -> str:
        return f"{self.application}: {self.message[:60]}"


class Decision(models.Model):
    """One decision with its reason; told when the applicant was told, replaced when reversed."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("outcome"), max_length=20, choices=ApplicationState)
    reason = models.CharField(_("reason"), max_length=20, choices=RejectReason, blank=True)
    message = models.TextField(_("message to the applicant"), blank=True)
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    appeal_by = models.DateField(_("appeal by"), null=True, blank=True)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = PeersManager["Decision"]()

    class Meta:
        ordering = ["application", "decided_at", "pk"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(replaced_at=None),
                name="an_application_has_one_standing_decision",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_outcome_display()}"


class Signature(models.Model):
    """A region's signature under an amount in EUR."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="signatures"
    )
    side = models.CharField(_("for"), max_length=4, choices=Side)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(_("employer"), max_length=200, blank=True)
    amount = models.DecimalField(_("amount in euros"), max_digits=12, decimal_places=2)
    note = models.TextField(_("note"), blank=True)
    price_reason = models.TextField(_("why the price is below the lump sum"), blank=True)
    signed_at = models.DateTimeField(_("signed at"))
    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)

    objects = PeersManager["Signature"]()

    class Meta:
        ordering = ["application", "signed_at"]
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "side"],
                condition=Q(voided_at=None),
                name="a_side_signs_once",
            ),
            models.UniqueConstraint(
                fields=["application", "signed_by"],
                condition=Q(voided_at=None, signed_by__isnull=False),
                name="a_person_signs_for_one_side_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_side_display()}"
