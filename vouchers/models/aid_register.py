"""What the de minimis register says of our awards."""

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models import PeersManager, User
from portal.money import ZERO
from vouchers.enums import AID_OF_AWARDS, AidBasis
from vouchers.models.awards import Award
from vouchers.models.conflicts import barred
from vouchers.rules.aid_register import REGISTER_RULES


class RegisterEntry(models.Model):
    """What was entered of one award, and when; a later change of the award is a correction."""

    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="register_entry")
    amount = models.DecimalField(_("amount entered"), max_digits=12, decimal_places=2)
    number = models.CharField(_("number in the register"), max_length=60, blank=True)
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeersManager["RegisterEntry"]()

    class Meta:
        ordering = ["award"]
        verbose_name = _("entry in the aid register")
        verbose_name_plural = _("entries in the aid register")
        constraints = [
            models.CheckConstraint(
                name="an_entry_is_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message=_("The amount must be 0 or more."),
            )
        ]

    def __str__(self) -> str:
        return self.number or str(self.award)


def grants() -> models.QuerySet[Award]:
    """Return the awards that belong in the register, each with its right amount `due` in EUR."""
    rows = Award.objects.filter(
        aid_basis=AidBasis.DE_MINIMIS, granted_on__gte=REGISTER_RULES[0].first
    )
    stands = When(state__in=AID_OF_AWARDS, then=F("amount"))
    return rows.annotate(due=Case(stands, default=Value(ZERO)))


def grants_seen_by(user: User) -> models.QuerySet[Award]:
    """Return the grants that home's staff see; hosts see no aid, and nobody an own case."""
    if user.is_superuser:
        return grants()
    return grants().filter(
        Q(application__home_region__in=user.region_ids(Role.BROKER, Role.FINANCE))
        | Q(pot__programme__in=user.programme_ids(Role.MANAGER, Role.AUDITOR)),
        ~barred(user, "application"),
    )


def to_register() -> Q:
    """Whether a grant is still to be entered, or to be corrected."""
    missing = Q(register_entry=None, due__gt=0)
    return missing | (Q(register_entry__isnull=False) & ~Q(register_entry__amount=F("due")))
