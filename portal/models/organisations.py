"""Organisations and their members."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.enums import MembershipState, Role
from portal.models.base import PeersManager, Stateful
from portal.models.regions import Region
from portal.models.users import User
from portal.same_firm import Entry, keys_of


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Which organisations a person sees."""

    def of(self, user: User) -> "OrganisationQuerySet":
        """Return the organisations for which the person acts."""
        mine = Membership.objects.filter(
            organisation=models.OuterRef("pk"), user=user, state=MembershipState.ACTIVE
        )
        return self.filter(models.Exists(mine))

    def visible_to(self, user: User) -> "OrganisationQuerySet":
        """Own ones; for staff those of the region, for auditors who applied, for managers all."""
        if user.is_superuser or user.programme_ids(Role.MANAGER):
            return self
        mine = Membership.objects.filter(
            organisation=models.OuterRef("pk"), user=user, state=MembershipState.ACTIVE
        )
        seen = models.Exists(mine) | Q(region__in=user.region_ids(Role.BROKER, Role.FINANCE))
        audited = user.programme_ids(Role.AUDITOR)
        return self.filter(seen | Q(pk__in=self._applied_in(audited)) if audited else seen)

    def _applied_in(self, programmes: list[int]) -> Any:
        """Ask files of a model further up, which points here and not back."""
        lookup = {"applications__call__programme__in": programmes}
        return (
            Organisation.objects.filter(applications__reference__isnull=False, **lookup)
            .order_by()
            .values("pk")
        )


class MatchKeys(ArrayField[list[str], list[str]]):
    """Keys by which the same firm is found again; computed at each save."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(models.CharField(max_length=260), **{"default": list, **kwargs})

    def deconstruct(self) -> Any:
        """Leave out what every such field has."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["base_field"], kwargs["default"]
        return name, path, args, kwargs

    def pre_save(self, model_instance: Any, add: bool) -> list[str]:
        """Compute the keys from what the row says."""
        keys = keys_of(model_instance.entry) if hasattr(model_instance, "entry") else []
        setattr(model_instance, self.attname, keys)
        return keys


class Organisation(models.Model):
    """A legal entity: an SME, a provider or a partner."""

    name = models.CharField(_("name"), max_length=200)
    legal_form = models.CharField(_("legal form"), max_length=60, blank=True)
    is_sole_trader = models.BooleanField(_("sole trader"), default=False)
    register_number = models.CharField(_("register number"), max_length=40, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations"
    )
    address = models.CharField(_("postal address"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    website = models.URLField(_("website"), blank=True)
    email = models.EmailField(_("office e-mail address"), blank=True)
    sme_id = models.CharField(_("identifier in imports"), max_length=60, blank=True)
    match_keys = MatchKeys(editable=False)

    objects = PeersManager.from_queryset(OrganisationQuerySet)()

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        indexes = [
            models.Index(fields=["country", "name"], name="organisation_by_name"),
            GinIndex(fields=["match_keys"], name="organisation_by_match_key"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def vat_answer(self) -> "VatCheck | None":
        """What VIES said of the number as it is now; None as long as it has not answered."""
        check: VatCheck | None = getattr(self, "vat_check", None)
        is_said = check is not None and check.is_known is not None
        return check if is_said and check and check.number == self.vat_number else None

    @property
    def entry(self) -> Entry:
        """What is compared to find the same firm in another region."""
        return Entry(
            name=self.name,
            country=self.country,
            register_number=self.register_number,
            vat_number=self.vat_number,
            website=self.website,
            email=self.email,
        )


class VatCheck(models.Model):
    """What VIES said of a firm's VAT number; an answer about an earlier number says nothing."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="vat_check"
    )
    number = models.CharField(_("VAT number"), max_length=20)
    is_known = models.BooleanField(_("known to VIES"), null=True)
    asked_at = models.DateTimeField(_("asked at"))

    objects = PeersManager["VatCheck"]()

    class Meta:
        ordering = ["organisation"]
        verbose_name = _("check of a VAT number")
        verbose_name_plural = _("checks of VAT numbers")

    def __str__(self) -> str:
        return self.number


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Which memberships a person sees."""

    def visible_to(self, user: User) -> "MembershipQuerySet":
        """Own ones and those of the organisations that the person sees."""
        organisations = Organisation.objects.visible_to(user)
        return self.filter(Q(user=user) | Q(organisation__in=organisations.values("pk")))


class Membership(Stateful):
    """A person who acts for an organisation, by its owner's or the region's broker's consent."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    is_owner = models.BooleanField(_("owner"), default=False)
    state = models.CharField(
        max_length=20, choices=MembershipState, default=MembershipState.REQUESTED
    )
    asked_at = models.DateTimeField(_("asked at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PeersManager.from_queryset(MembershipQuerySet)()

    class Meta:
        ordering = ["organisation", "user"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(state__in=[MembershipState.REQUESTED, MembershipState.ACTIVE]),
                name="a_person_joins_an_organisation_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.organisation}"
