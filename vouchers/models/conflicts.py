"""Conflicts of interest: who may not see an application, and who cleared it."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.enums import MembershipState, Role
from portal.models import Membership, PeersManager, Stateful, User
from vouchers.enums import ConflictKind, ConflictState, PartyRole


class ConflictQuerySet(models.QuerySet["ConflictOfInterest"]):
    """Which conflicts a person sees."""

    def barring(self) -> "ConflictQuerySet":
        """Return those that keep their person from the application."""
        return self.exclude(state=ConflictState.CLEARED)

    def visible_to(self, user: User) -> "ConflictQuerySet":
        """The own; those of the regions and programmes, where the person is not barred too."""
        if user.is_superuser:
            return self
        regions = user.region_ids(Role.BROKER)
        programmes = user.programme_ids(Role.MANAGER, Role.AUDITOR)
        seen = (
            Q(application__home_region__in=regions)
            | Q(application__host_region__in=regions)
            | Q(application__call__programme__in=programmes)
        )
        return self.filter(Q(person=user) | seen & ~barred(user, "application"))


class ConflictOfInterest(Stateful):
    """One tie of one person to one application: hidden from that person until it is cleared."""

    application = models.ForeignKey(
        "vouchers.Application", on_delete=models.PROTECT, related_name="conflicts"
    )
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField(_("tie"), max_length=12, choices=ConflictKind)
    party = models.CharField(_("to"), max_length=12, choices=PartyRole)
    evidence = models.CharField(_("evidence"), max_length=254, blank=True)
    statement = models.TextField(_("what the person says"), blank=True)
    state = models.CharField(max_length=12, choices=ConflictState, default=ConflictState.OPEN)
    found_at = models.DateTimeField(_("since"))
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True)
    judged_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("why"), blank=True)

    objects = PeersManager.from_queryset(ConflictQuerySet)()

    class Meta:
        ordering = ["-found_at", "-pk"]
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "person", "kind", "party", "evidence"],
                name="a_conflict_is_found_once",
            ),
            models.CheckConstraint(
                name="a_conflict_is_cleared_by_another_person",
                condition=~Q(state=ConflictState.CLEARED)
                | (Q(judged_by__isnull=False) & ~Q(judged_by=F("person")) & ~Q(reason="")),
                violation_error_message=_("A second person clears a conflict, and says why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.person}"

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.application.journal_chain


def barred(user: User, path: str = "") -> Q:
    """Whether the application at the path is no business of the person at the desk.

    Nobody handles the case of a firm they act for, nor one with which they have a conflict of
    interest that a second person has not cleared.
    """
    to = f"{path}__" if path else ""
    memberships = Membership.objects.filter(user=user, state=MembershipState.ACTIVE)
    own = Exists(memberships.filter(organisation=OuterRef(f"{to}organisation")))
    conflicts = ConflictOfInterest.objects.barring().filter(person=user)
    return Q(own) | Q(Exists(conflicts.filter(application=OuterRef(path or "pk"))))
