"""People, and what they may be in a region or a programme."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.enums import (
    PROGRAMME_ROLES,
    REGION_ROLES,
    Locale,
    MailTime,
    MembershipState,
    Role,
    StaffMail,
    usual_time,
)
from portal.models.base import PeersManager
from portal.models.regions import Region

if TYPE_CHECKING:
    from portal.models.programmes import Programme


class UserQuerySet(models.QuerySet["User"]):
    """Questions about many people."""

    def visible_to(self, user: "User") -> "UserQuerySet":
        """Managers and auditors see everybody; others themselves."""
        if user.is_superuser or user.programme_ids(*PROGRAMME_ROLES):
            return self
        return self.filter(pk=user.pk)

    def brokers_of(self, region: Region, *, now: datetime) -> "UserQuerySet":
        """Return those who are access broker of the region at the instant."""
        return self._holding(Role.BROKER, region, now)

    def finance_of(self, region: Region, *, now: datetime) -> "UserQuerySet":
        """Return those who pay for the region at the instant."""
        return self._holding(Role.FINANCE, region, now)

    def _holding(self, role: Role, region: Region, now: datetime) -> "UserQuerySet":
        held = RegionRole.objects.current(now).filter(role=role, region=region)
        return self.filter(models.Exists(held.filter(user=models.OuterRef("pk"))), is_active=True)


class UserManager(BaseUserManager["User"]):
    """Create people by e-mail address."""

    def get_queryset(self) -> UserQuerySet:
        """Return people, fetching relations for all peers at once."""
        return UserQuerySet(self.model, using=self._db).fetch_mode(models.FETCH_PEERS)

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Store a person with a hashed password."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Store a person who may do everything in the admin; nobody in production."""
        return self.create_user(email, password, is_superuser=True, **fields)


class Held(NamedTuple):
    """What a person is now: a role in a region or a programme, or member of an organisation."""

    scope: str
    scope_name: str
    scope_id: int
    role: str
    employer: str


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Locale, default=Locale.EN)
    staff_mails = models.JSONField(
        _("mails to staff"),
        default=dict,
        blank=True,
        help_text=_("What the person gets at another time than usual."),
    )
    digest_on = models.DateField(_("day of the last digest"), null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined at"), default=clock.now)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def held(self) -> list[Held]:
        """Roles and memberships now; read once per request: an ended role acts on the next one."""
        if not self.is_active:
            return []
        # One statement for the three: every request of a signed-in person asks for them.
        now = clock.now()
        regional = RegionRole.objects.current(now).filter(user=self)
        wider = ProgrammeRole.objects.current(now).filter(user=self)
        member = self.memberships.filter(state=MembershipState.ACTIVE)
        found = regional.values_list(
            Value("region"), "region__name", "region", "role", "organisation"
        ).union(
            wider.values_list(
                Value("programme"), "programme__short_name", "programme", "role", Value("")
            ),
            member.values_list(
                Value("organisation"), "organisation__name", "organisation", Value(""), Value("")
            ),
            all=True,
        )
        return sorted(Held(*row) for row in found.order_by())

    def mail_time(self, kind: StaffMail) -> MailTime:
        """Return when the person is written about something: as chosen, else as is usual."""
        return MailTime(self.staff_mails.get(kind, usual_time(kind)))

    def forget_held(self) -> None:
        """Read roles and memberships anew: one was given within this request."""
        self.__dict__.pop("held", None)

    @property
    def current_roles(self) -> list[Held]:
        """Roles held now."""
        return [held for held in self.held if held.scope != "organisation"]

    @property
    def is_staff(self) -> bool:
        """Whether the person holds any role now; Django's admin asks this."""
        return self.is_superuser or bool(self.current_roles)

    def has_role(self, role: Role, scope: "Region | Programme") -> bool:
        """Whether this person holds the role in the region or programme now."""
        kind = "region" if isinstance(scope, Region) else "programme"
        return scope.pk in self._scope_ids(kind, role)

    def region_ids(self, *roles: Role) -> list[int]:
        """Return the ids of the regions in which the person holds one of the roles now."""
        return self._scope_ids("region", *roles)

    def programme_ids(self, *roles: Role) -> list[int]:
        """Return the ids of the programmes in which the person holds one of the roles now."""
        return self._scope_ids("programme", *roles)

    def _scope_ids(self, scope: str, *roles: Role) -> list[int]:
        return [held.scope_id for held in self.held if held.scope == scope and held.role in roles]

    @property
    def organisation_ids(self) -> frozenset[int]:
        """Ids of the organisations for which the person acts now."""
        return frozenset(held.scope_id for held in self.held if held.scope == "organisation")

    def employer_in(self, region: Region) -> str:
        """Return the organisation of the person's role in the region; empty where there is none."""
        return next(
            (
                held.employer
                for held in self.held
                if held.scope == "region" and held.scope_id == region.pk
            ),
            "",
        )


def _holds(now: datetime) -> Q:
    return Q(ends_at__isnull=True) | Q(ends_at__gt=now)


class RegionRoleQuerySet(models.QuerySet["RegionRole"]):
    """Roles in regions by time, and who sees them."""

    def visible_to(self, user: User) -> "RegionRoleQuerySet":
        """Managers and auditors see those of their programmes' regions, others their region's."""
        if user.is_superuser:
            return self
        programmes = user.programme_ids(Role.MANAGER, Role.AUDITOR)
        named = Region.objects.filter(programmes__programme__in=programmes)
        return self.filter(
            Q(region__in=user.region_ids(*REGION_ROLES)) | Q(region__in=named.values("pk"))
        )

    def current(self, now: datetime) -> "RegionRoleQuerySet":
        """Return the roles that hold at the instant."""
        return self.filter(_holds(now), starts_at__lte=now)


class ProgrammeRoleQuerySet(models.QuerySet["ProgrammeRole"]):
    """Roles in programmes by time, and who sees them."""

    def visible_to(self, user: User) -> "ProgrammeRoleQuerySet":
        """Managers and auditors see those of their programmes."""
        if user.is_superuser:
            return self
        return self.filter(programme__in=user.programme_ids(*PROGRAMME_ROLES))

    def current(self, now: datetime) -> "ProgrammeRoleQuerySet":
        """Return the roles that hold at the instant."""
        return self.filter(_holds(now), starts_at__lte=now)


class RegionRole(models.Model):
    """One role of one person in one region, with start, end and giver."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="region_roles")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(
        _("role"), max_length=20, choices=[(r.value, r.label) for r in Role if r in REGION_ROLES]
    )
    organisation = models.CharField(_("employer"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeersManager.from_queryset(RegionRoleQuerySet)()

    class Meta:
        ordering = ["region", "role", "user"]
        verbose_name = _("role in a region")
        verbose_name_plural = _("roles in regions")
        constraints = [
            models.CheckConstraint(
                name="a_region_role_is_a_regional_one", condition=Q(role__in=sorted(REGION_ROLES))
            ),
            models.CheckConstraint(
                name="a_region_role_ends_after_it_starts",
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                violation_error_message=_("A role must end after it starts."),
            ),
            models.UniqueConstraint(
                fields=["user", "region", "role"],
                condition=Q(ends_at=None),
                name="a_region_role_is_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.region}"

    @property
    def scope_id(self) -> int:
        """The region's id."""
        return self.region_id


class ProgrammeRole(models.Model):
    """One role of one person in one programme, with start, end and giver."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="programme_roles")
    programme = models.ForeignKey(
        "portal.Programme", on_delete=models.PROTECT, related_name="roles"
    )
    role = models.CharField(
        _("role"), max_length=20, choices=[(r.value, r.label) for r in Role if r in PROGRAMME_ROLES]
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeersManager.from_queryset(ProgrammeRoleQuerySet)()

    class Meta:
        ordering = ["programme", "role", "user"]
        verbose_name = _("role in a programme")
        verbose_name_plural = _("roles in programmes")
        constraints = [
            models.CheckConstraint(
                name="a_programme_role_is_a_programme_one",
                condition=Q(role__in=sorted(PROGRAMME_ROLES)),
            ),
            models.CheckConstraint(
                name="a_programme_role_ends_after_it_starts",
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                violation_error_message=_("A role must end after it starts."),
            ),
            models.UniqueConstraint(
                fields=["user", "programme", "role"],
                condition=Q(ends_at=None),
                name="a_programme_role_is_held_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.programme}"

    @property
    def scope_id(self) -> int:
        """The programme's id."""
        return self.programme_id
