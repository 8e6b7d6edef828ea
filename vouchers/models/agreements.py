"""Agreements: what firm, provider and partner organisation sign before work is claimed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Locale
from portal.models import Document, PeersManager, Stateful, Upload, User
from vouchers.enums import AgreementState
from vouchers.models.awards import Award


class Agreement(Stateful):
    """One text and who signed it: the firm by accepting, the region by its decision.

    What the row itself holds is the provider's answer, given by a link in a mail or on paper.
    """

    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="agreement")
    state = models.CharField(max_length=20, choices=AgreementState, default=AgreementState.OPEN)
    partner = models.CharField(_("provider"), max_length=200)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact's e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Locale, default=Locale.EN)
    text = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    signed = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    firm_email = models.EmailField(_("verified address of who signed for the firm"), blank=True)
    sign_by = models.DateTimeField(_("the provider signs by"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    signatory_name = models.CharField(_("signed by"), max_length=120, blank=True)
    signatory_role = models.CharField(_("in the role of"), max_length=120, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    reason = models.TextField(_("why not"), blank=True)
    paper = models.OneToOneField(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="agreement"
    )
    filed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PeersManager["Agreement"]()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.CheckConstraint(
                name="a_signed_agreement_names_who_signed_and_when",
                condition=~Q(state=AgreementState.SIGNED)
                | Q(
                    ~Q(signatory_name=""),
                    answered_at__isnull=False,
                    signed_on__isnull=False,
                    sign_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="a_paper_says_who_filed_it",
                condition=Q(paper=None) | Q(filed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text.number

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.award.journal_chain

    @property
    def is_open(self) -> bool:
        """Whether the provider's signature is missing."""
        return self.state == AgreementState.OPEN

    @property
    def is_signed(self) -> bool:
        """Whether all have signed."""
        return self.state == AgreementState.SIGNED
