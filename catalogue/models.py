"""Who can help: providers, their records, competences and the common access rules."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, GeneratedField, Q, Value
from django.utils.translation import gettext_lazy as _

from catalogue.enums import (
    AccessMode,
    AccessType,
    Certificate,
    PriceKind,
    ProviderKind,
    RecordKind,
    RecordState,
)
from portal.enums import Locale, Role, VoucherKind
from portal.models import Organisation, PeersManager, Programme, Region, Stateful, User

SINKS_AFTER = timedelta(days=270)
HIDDEN_AFTER = timedelta(days=365)


def weighted(config: str, field: str, weight: str) -> Func:
    """Return setweight(to_tsvector(config, field), weight); immutable, so that it can be stored."""
    vector = Func(
        Value(config, output_field=models.TextField()),
        F(field),
        function="to_tsvector",
        template="%(function)s(%(expressions)s)",
        arg_joiner="::regconfig, ",
        output_field=SearchVectorField(),
    )
    return Func(
        vector,
        Value(weight),
        function="setweight",
        template="%(function)s(%(expressions)s)",
        arg_joiner=", ",
        output_field=SearchVectorField(),
    )


class Competence(models.Model):
    """A term of the competence vocabulary."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    names = models.JSONField(_("names in other languages"), default=dict)
    group = models.CharField(_("group"), max_length=80, blank=True)

    objects = PeersManager["Competence"]()

    class Meta:
        ordering = ["name"]
        verbose_name = _("competence")
        verbose_name_plural = _("competences")

    def __str__(self) -> str:
        return self.name


class AccessRulesQuerySet(models.QuerySet["AccessRules"]):
    """Versions of the rules by time."""

    def current(self, now: datetime) -> "AccessRulesQuerySet":
        """Return the newest published version of each programme."""
        newer = AccessRules.objects.filter(
            programme=models.OuterRef("programme"),
            version__gt=models.OuterRef("version"),
            published_at__lte=now,
        )
        return self.filter(~models.Exists(newer), published_at__lte=now)


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


class Provider(models.Model):
    """An organisation or person that offers facilities, equipment, expertise or services."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="provider"
    )
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ProviderKind)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="providers")
    summary = models.TextField(_("summary"), blank=True)
    accepted_rules = models.ForeignKey(
        AccessRules, null=True, blank=True, on_delete=models.PROTECT, related_name="providers"
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)

    objects = PeersManager["Provider"]()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("provider")
        verbose_name_plural = _("providers")

    def __str__(self) -> str:
        return self.organisation.name


class RecordQuerySet(models.QuerySet["Record"]):
    """Which records who may see."""

    def public(self, now: datetime) -> "RecordQuerySet":
        """Return published records that were confirmed within twelve months."""
        return self.filter(
            state=RecordState.PUBLISHED, confirmed_on__gt=(now - HIDDEN_AFTER).date()
        )

    def offered(self, now: datetime) -> "RecordQuerySet":
        """Return public records whose provider has accepted the current access rules."""
        current = AccessRules.objects.current(now).values("pk")
        return self.public(now).filter(provider__accepted_rules__in=current)

    def visible_to(self, user: User) -> "RecordQuerySet":
        """For staff the records of their region, for managers all, for providers their own."""
        if user.is_superuser or user.programme_ids(Role.MANAGER, Role.AUDITOR):
            return self
        return self.filter(
            Q(region__in=user.region_ids(Role.BROKER, Role.FINANCE))
            | Q(provider__organisation__in=user.organisation_ids)
        )


class Record(Stateful):
    """One entry of the catalogue: a facility, a piece of equipment, an expert or a service."""

    kind = models.CharField(_("kind"), max_length=10, choices=RecordKind)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=150)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="records")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="records")
    state = models.CharField(max_length=20, choices=RecordState, default=RecordState.DRAFT)
    summary = models.CharField(_("summary"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    competences = models.ManyToManyField(Competence, blank=True, related_name="records")
    keywords = models.TextField(
        blank=True, help_text=_("Names of competences and techniques, for the search.")
    )
    techniques = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    access_types = ArrayField(
        models.CharField(max_length=20, choices=AccessType), default=list, blank=True
    )
    access_modes = ArrayField(
        models.CharField(max_length=20, choices=AccessMode), default=list, blank=True
    )
    voucher_kinds = ArrayField(
        models.CharField(max_length=24, choices=VoucherKind), default=list, blank=True
    )
    certificates = ArrayField(
        models.CharField(max_length=20, choices=Certificate), default=list, blank=True
    )
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    text_language = models.CharField(max_length=2, choices=Locale, default=Locale.EN)
    lead_time_days = models.PositiveSmallIntegerField(
        _("first access in days"), null=True, blank=True
    )
    price_kind = models.CharField(
        _("price"), max_length=12, choices=PriceKind, default=PriceKind.ON_REQUEST
    )
    sample_conditions = models.CharField(_("samples"), max_length=300, blank=True)
    own_rule = models.CharField(_("own access rule"), max_length=300, blank=True)
    trl_from = models.PositiveSmallIntegerField(_("TRL from"), null=True, blank=True)
    trl_to = models.PositiveSmallIntegerField(_("TRL to"), null=True, blank=True)
    contact_email = models.EmailField(_("function address"), blank=True)
    website = models.URLField(_("website"), blank=True)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    search = GeneratedField(
        expression=models.expressions.CombinedExpression(
            models.expressions.CombinedExpression(
                weighted("english", "title", "A"), "||", weighted("english", "keywords", "B")
            ),
            "||",
            models.expressions.CombinedExpression(
                weighted("english", "summary", "C"), "||", weighted("english", "description", "D")
            ),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = PeersManager.from_queryset(RecordQuerySet)()

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = _("record")
        verbose_name_plural = _("records")
        indexes = [
            GinIndex(fields=["search"], name="record_by_words"),
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="record_by_spelling"),
            GinIndex(fields=["keywords"], opclasses=["gin_trgm_ops"], name="record_by_keyword"),
            models.Index(fields=["region", "kind"], name="record_by_region"),
            models.Index(fields=["state", "confirmed_on"], name="record_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                name="trl_runs_upwards",
                condition=Q(trl_from=None) | Q(trl_to=None) | Q(trl_to__gte=F("trl_from")),
                violation_error_message=_("The highest TRL must not be below the lowest."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def public_contact(self) -> str:
        """The function address that everybody may see: an expert is reached at the office."""
        office = self.provider.organisation.email
        return office if self.kind == RecordKind.EXPERT else self.contact_email or office

    @property
    def vouchers(self) -> list[VoucherKind]:
        """The kinds of voucher that the provider takes, in the order of the programme."""
        return [kind for kind in VoucherKind if kind in self.voucher_kinds]

    @property
    def access_type_labels(self) -> list[str]:
        """How it is reached, in words."""
        return [str(AccessType(one).label) for one in self.access_types]

    @property
    def access_mode_labels(self) -> list[str]:
        """On what terms it is open, in words."""
        return [str(AccessMode(one).label) for one in self.access_modes]
