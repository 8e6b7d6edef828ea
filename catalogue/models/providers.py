"""Providers, the rules they accept, and those who ask to be listed."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.core import signing
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.enums import (
    EsfriDomain,
    LegalStatus,
    LifeCycle,
    ProviderKind,
    RequestState,
    Structure,
)
from catalogue.models.validators import check_ror
from portal.enums import Locale, Role
from portal.models import Organisation, PeersManager, Programme, Region, Stateful, User


class AccessRulesQuerySet(models.QuerySet["AccessRules"]):
    """Versions of the rules by time."""

    def current(self, now: datetime) -> "AccessRulesQuerySet":
        """Return the newest published version of each programme that is not history."""
        newer = AccessRules.objects.filter(
            programme=models.OuterRef("programme"),
            version__gt=models.OuterRef("version"),
            published_at__lte=now,
        )
        return self.filter(
            ~models.Exists(newer), published_at__lte=now, programme__is_historic=False
        )


class AccessRules(models.Model):
    """One version of a programme's common access rules, one rule a line."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="access_rules")
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("rules, one a line"))
    published_at = models.DateTimeField(_("published at"))

    objects = PeersManager.from_queryset(AccessRulesQuerySet)()

    class Meta:
        ordering = ["programme", "-version"]
        verbose_name = _("access rules")
        verbose_name_plural = _("access rules")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "version"], name="access_rules_have_one_text_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.version}"

    @property
    def rules(self) -> list[str]:
        """The rules in order."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


class ProviderQuerySet(models.QuerySet["Provider"]):
    """Which providers a person works on."""

    def visible_to(self, user: User) -> "ProviderQuerySet":
        """Own ones; for staff those of the region, for managers and auditors all."""
        if user.is_superuser or user.programme_ids(Role.MANAGER, Role.AUDITOR):
            return self
        return self.filter(
            Q(region__in=user.region_ids(Role.BROKER, Role.FINANCE))
            | Q(organisation__in=user.organisation_ids)
        )


class Provider(models.Model):
    """An organisation or person that offers facilities, equipment, expertise or services."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="provider"
    )
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ProviderKind)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="providers")
    summary = models.TextField(_("summary"), blank=True)
    ror = models.CharField(
        _("ROR identifier"),
        max_length=9,
        blank=True,
        validators=[check_ror],
        help_text=_("The nine signs at the end of https://ror.org/…"),
    )
    legal_status = models.CharField(
        _("legal status"), max_length=60, choices=LegalStatus, blank=True
    )
    structure = models.CharField(_("structure"), max_length=20, choices=Structure, blank=True)
    life_cycle = models.CharField(_("life cycle"), max_length=20, choices=LifeCycle, blank=True)
    esfri_domains = ArrayField(
        models.CharField(max_length=40, choices=EsfriDomain),
        verbose_name=_("fields"),
        default=list,
        blank=True,
    )
    accepted_rules = models.ForeignKey(
        AccessRules, null=True, blank=True, on_delete=models.PROTECT, related_name="providers"
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)

    objects = PeersManager.from_queryset(ProviderQuerySet)()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("provider")
        verbose_name_plural = _("providers")

    def __str__(self) -> str:
        return self.organisation.name

    def accepts_current_rules(self, now: datetime) -> bool:
        """Whether it has accepted the version of the rules that is in force."""
        if self.accepted_rules_id is None:
            return False
        return AccessRules.objects.current(now).filter(pk=self.accepted_rules_id).exists()

    @property
    def esfri_labels(self) -> list[str]:
        """Its fields, in words."""
        return [str(EsfriDomain(one).label) for one in self.esfri_domains]


RECEIPT = "catalogue.provider_request"
RECEIPT_LIFETIME = timedelta(days=365)


class ProviderRequestQuerySet(models.QuerySet["ProviderRequest"]):
    """Which requests a person sees."""

    def of_token(self, token: str) -> "ProviderRequestQuerySet":
        """Return the request whose receipt holds the token; none where nobody signed it."""
        try:
            pk = signing.loads(token, salt=RECEIPT, max_age=RECEIPT_LIFETIME)
        except signing.BadSignature:
            return self.none()
        return self.filter(pk=pk)

    def visible_to(self, user: User) -> "ProviderRequestQuerySet":
        """Those to the broker's region; managers and auditors see all."""
        if user.is_superuser or user.programme_ids(Role.MANAGER, Role.AUDITOR):
            return self
        return self.filter(region__in=user.region_ids(Role.BROKER))


class ProviderRequest(Stateful):
    """Somebody asks the broker of a region to be listed as a provider."""

    state = models.CharField(max_length=20, choices=RequestState, default=RequestState.NEW)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="provider_requests")
    organisation_name = models.CharField(_("organisation"), max_length=200)
    city = models.CharField(_("city"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ProviderKind)
    website = models.URLField(_("website"), blank=True)
    offer = models.TextField(_("what it offers"))
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(max_length=2, choices=Locale, default=Locale.EN)
    asked_at = models.DateTimeField(_("asked at"))
    due_on = models.DateField(_("answer by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True)
    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )

    objects = PeersManager.from_queryset(ProviderRequestQuerySet)()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("request to be listed")
        verbose_name_plural = _("requests to be listed")

    def __str__(self) -> str:
        return self.organisation_name

    @property
    def token(self) -> str:
        """What stands in the address of the receipt's page; nobody else can make it."""
        return signing.dumps(self.pk, salt=RECEIPT)
