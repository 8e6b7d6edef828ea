"""Records of the catalogue: facilities, equipment, experts and services."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, GeneratedField, Q
from django.utils.translation import gettext_lazy as _

from catalogue.enums import (
    AccessMode,
    AccessType,
    Admits,
    Certificate,
    Confidentiality,
    DataClause,
    EsfriDomain,
    LifeCycle,
    OrderType,
    PriceKind,
    RecordKind,
    RecordState,
    SubDomain,
)
from catalogue.models.competences import Competence
from catalogue.models.content import FIELD_NAMES, RecordFields
from catalogue.models.providers import AccessRules, Provider
from portal.enums import Locale, Role, VoucherKind
from portal.models import PeersManager, Region, Stateful, User

ASKED_AFTER = timedelta(days=180)
SINKS_AFTER = timedelta(days=270)
HIDDEN_AFTER = timedelta(days=365)


class RecordQuerySet(models.QuerySet["Record"]):
    """Which records who may see."""

    def public(self, now: datetime) -> "RecordQuerySet":
        """Return published records that were confirmed within twelve months."""
        return self.filter(
            state=RecordState.PUBLISHED, confirmed_on__gt=(now - HIDDEN_AFTER).date()
        )

    def to_confirm(self, now: datetime) -> "RecordQuerySet":
        """Return published records that nobody has confirmed for six months."""
        return self.filter(
            state=RecordState.PUBLISHED, confirmed_on__lte=(now - ASKED_AFTER).date()
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
    facilities = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="equipment",
        verbose_name=_("belongs to"),
        help_text=_("Only equipment belongs to facilities."),
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="records")
    state = models.CharField(max_length=20, choices=RecordState, default=RecordState.DRAFT)
    summary = models.CharField(_("summary"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    competences = models.ManyToManyField(Competence, blank=True, related_name="records")
    terms = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text=_("Competences again, for search and counts."),
    )
    keywords = models.TextField(
        blank=True, help_text=_("Names of competences and techniques, for the search.")
    )
    techniques = ArrayField(
        models.CharField(max_length=100), verbose_name=_("techniques"), default=list, blank=True
    )
    sub_domains = ArrayField(
        models.CharField(max_length=30, choices=SubDomain),
        verbose_name=_("life-science fields"),
        default=list,
        blank=True,
    )
    esfri_domains = ArrayField(
        models.CharField(max_length=40, choices=EsfriDomain),
        verbose_name=_("fields"),
        default=list,
        blank=True,
    )
    access_types = ArrayField(
        models.CharField(max_length=20, choices=AccessType),
        verbose_name=_("access"),
        default=list,
        blank=True,
    )
    access_modes = ArrayField(
        models.CharField(max_length=20, choices=AccessMode),
        verbose_name=_("terms"),
        default=list,
        blank=True,
    )
    order_type = models.CharField(
        _("how to order"), max_length=20, choices=OrderType, default=OrderType.ORDER
    )
    life_cycle = models.CharField(
        _("life cycle"), max_length=20, choices=LifeCycle, default=LifeCycle.OPERATIONAL
    )
    voucher_kinds = ArrayField(
        models.CharField(max_length=24, choices=VoucherKind),
        verbose_name=_("vouchers accepted"),
        default=list,
        blank=True,
    )
    certificates = ArrayField(
        models.CharField(max_length=20, choices=Certificate),
        verbose_name=_("certificates"),
        default=list,
        blank=True,
    )
    languages = ArrayField(
        models.CharField(max_length=2), verbose_name=_("languages"), default=list, blank=True
    )
    text_language = models.CharField(
        _("language of the text"), max_length=2, choices=Locale, default=Locale.EN
    )
    trl_from = models.PositiveSmallIntegerField(_("TRL from"), null=True, blank=True)
    trl_to = models.PositiveSmallIntegerField(_("TRL to"), null=True, blank=True)
    manufacturer = models.CharField(_("manufacturer"), max_length=100, blank=True)
    model_name = models.CharField(_("model"), max_length=100, blank=True)
    first_answer_days = models.PositiveSmallIntegerField(
        _("first answer in days"), null=True, blank=True
    )
    lead_time_days = models.PositiveSmallIntegerField(
        _("first access in days"), null=True, blank=True
    )
    price_kind = models.CharField(
        _("price"), max_length=12, choices=PriceKind, default=PriceKind.ON_REQUEST
    )
    sme_discount = models.PositiveSmallIntegerField(
        _("discount for SMEs in per cent"), null=True, blank=True
    )
    is_price_without_vat = models.BooleanField(_("prices are without VAT"), default=True)
    minimum_order = models.CharField(_("smallest order"), max_length=150, blank=True)
    sample_conditions = models.CharField(_("samples"), max_length=300, blank=True)
    biosafety_level = models.PositiveSmallIntegerField(
        _("highest biosafety level of samples"), null=True, blank=True
    )
    admits = models.CharField(
        _("who may use it"), max_length=20, choices=Admits, default=Admits.COMMON
    )
    data_clause = models.CharField(
        _("results"), max_length=20, choices=DataClause, default=DataClause.COMMON
    )
    confidentiality = models.CharField(
        _("confidentiality"), max_length=20, choices=Confidentiality, default=Confidentiality.COMMON
    )
    insurance = models.CharField(_("insurance"), max_length=200, blank=True)
    transport_limits = models.CharField(
        _("limits of transport or export"), max_length=200, blank=True
    )
    needs_ethics_approval = models.BooleanField(_("an ethics approval is needed"), default=False)
    own_rule = models.CharField(_("own access rule"), max_length=300, blank=True)
    external_id = models.CharField(_("the provider's own number"), max_length=100, blank=True)
    department = models.CharField(_("department"), max_length=150, blank=True)
    site = models.CharField(_("site"), max_length=150, blank=True)
    building = models.CharField(_("building"), max_length=100, blank=True)
    location_url = models.URLField(_("address of the place"), blank=True)
    service_level = models.CharField(_("service level"), max_length=200, blank=True)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_email = models.EmailField(_("function address"), blank=True)
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True)
    contact_url = models.URLField(_("contact page"), blank=True)
    second_contact_name = models.CharField(_("second contact"), max_length=120, blank=True)
    second_contact_email = models.EmailField(_("second contact's e-mail address"), blank=True)
    second_contact_phone = models.CharField(_("second contact's phone"), max_length=40, blank=True)
    second_contact_url = models.URLField(_("second contact's page"), blank=True)
    website = models.URLField(_("website"), blank=True)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    asked_to_confirm_at = models.DateTimeField(_("asked to confirm at"), null=True, blank=True)
    link_checked_at = models.DateTimeField(_("website looked at"), null=True, blank=True)
    link_problem = models.CharField(_("website's problem"), max_length=100, blank=True)
    link_failing_since = models.DateTimeField(_("website fails since"), null=True, blank=True)
    vouchers_before = models.PositiveIntegerField(_("vouchers before"), default=0)
    search = GeneratedField(
        expression=Func(
            F("text_language"),
            F("title"),
            F("keywords"),
            F("terms"),
            F("summary"),
            F("description"),
            function="catalogue_vector",
            output_field=SearchVectorField(),
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
            models.Index(
                F("confirmed_on").desc(),
                "title",
                "id",
                condition=Q(state=RecordState.PUBLISHED),
                name="record_by_freshness",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="trl_runs_upwards",
                condition=Q(trl_from=None) | Q(trl_to=None) | Q(trl_to__gte=F("trl_from")),
                violation_error_message=_("The highest TRL must not be below the lowest."),
            ),
            models.UniqueConstraint(
                fields=["provider", "external_id"],
                condition=~Q(external_id=""),
                name="a_provider_numbers_its_records",
                violation_error_message=_("The provider has a record of this number already."),
            ),
            models.CheckConstraint(
                name="a_discount_is_a_share",
                condition=Q(sme_discount=None) | Q(sme_discount__lte=100),
                violation_error_message=_("The discount must be at most 100 per cent."),
            ),
            models.CheckConstraint(
                name="biosafety_has_four_levels",
                condition=Q(biosafety_level=None) | Q(biosafety_level__range=(1, 4)),
                violation_error_message=_("The biosafety level is 1, 2, 3 or 4."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def content(self) -> RecordFields:
        """What the record says now."""
        return RecordFields(**{name: getattr(self, name) for name in FIELD_NAMES})

    @property
    def public_contact(self) -> str:
        """The address that everybody may see: a function's; a person's only by consent."""
        if self.kind == RecordKind.EXPERT:
            person = getattr(self, "person", None)
            if person and person.agrees and person.shows_contact:
                return str(person.email)
            return self.provider.organisation.email
        # A named contact is a person, who has not agreed to be shown.
        own = "" if self.contact_name else self.contact_email
        return own or self.provider.organisation.email

    @property
    def work_contact(self) -> str:
        """The address to which the portal writes about this record; nobody else sees it."""
        return self.contact_email or self.public_contact

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
