"""Consents: what a partner says of the work, its price and its dates, without an account."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Locale
from portal.models import PeersManager, Stateful, User
from vouchers.enums import STANDING_CONSENT, ConsentState
from vouchers.models.applications import Application, Host


class PartnerConsent(Stateful):
    """One question to a host's contact, and the answer; it outlives a host that is taken away."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="consents")
    host = models.ForeignKey(Host, null=True, on_delete=models.SET_NULL, related_name="consents")
    partner = models.CharField(_("partner"), max_length=200)
    state = models.CharField(max_length=20, choices=ConsentState, default=ConsentState.ASKED)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact's e-mail address"))
    language = models.CharField(_("language"), max_length=2, choices=Locale, default=Locale.EN)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(
        _("link valid until"), help_text=_("In real time, as all links in mails.")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    work = models.TextField(_("the work"), blank=True)
    price = models.DecimalField(
        _("price in euros without VAT"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    has_conflict = models.BooleanField(_("conflict of interest"), null=True, blank=True)
    conflict = models.TextField(_("which conflict"), blank=True)
    reason = models.TextField(_("why not"), blank=True)
    signatory_name = models.CharField(_("confirmed by"), max_length=120, blank=True)
    signatory_role = models.CharField(_("in the role of"), max_length=120, blank=True)

    objects = PeersManager["PartnerConsent"]()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("partner's consent")
        verbose_name_plural = _("partners' consents")
        constraints = [
            models.UniqueConstraint(
                fields=["host"],
                condition=Q(state__in=sorted(STANDING_CONSENT)),
                name="a_host_has_one_open_or_given_consent",
            ),
            models.CheckConstraint(
                name="a_consent_without_a_host_is_void_or_declined",
                condition=Q(host__isnull=False) | ~Q(state__in=sorted(STANDING_CONSENT)),
            ),
            models.CheckConstraint(
                name="a_given_consent_names_work_price_and_dates",
                condition=~Q(state=ConsentState.GIVEN)
                | Q(
                    ~Q(work=""),
                    ~Q(signatory_name=""),
                    price__gt=0,
                    starts_on__isnull=False,
                    ends_on__gte=F("starts_on"),
                    has_conflict__isnull=False,
                    answered_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.partner}"

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.application.journal_chain

    @property
    def is_waiting(self) -> bool:
        """Whether the partner has not answered yet."""
        return self.state == ConsentState.ASKED

    @property
    def is_given(self) -> bool:
        """Whether the partner has confirmed."""
        return self.state == ConsentState.GIVEN
