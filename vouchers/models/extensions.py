"""Extension tickets: one application may be sent later than its call, for a stated reason."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models import PeersManager, Stateful, User
from vouchers.enums import ExtensionState
from vouchers.models.applications import Application
from vouchers.models.conflicts import barred


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Which tickets staff see."""

    def visible_to(self, user: User) -> "ExtensionQuerySet":
        """Those of the home region; managers and auditors see all; nobody an own case."""
        if user.is_superuser:
            return self
        return self.filter(
            models.Q(application__home_region__in=user.region_ids(Role.BROKER))
            | models.Q(
                application__call__programme__in=user.programme_ids(Role.MANAGER, Role.AUDITOR)
            ),
            ~barred(user, "application"),
        )


class Extension(Stateful):
    """A later instant for one application; it never opens the call for anybody else."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="extensions"
    )
    state = models.CharField(max_length=20, choices=ExtensionState, default=ExtensionState.WAITING)
    until = models.DateTimeField(_("until"))
    reason = models.TextField(_("reason"))
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("given at"))
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    objects = PeersManager.from_queryset(ExtensionQuerySet)()

    class Meta:
        ordering = ["-given_at", "-pk"]
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(state=ExtensionState.WAITING),
                name="an_application_has_one_extension_that_waits",
                violation_error_message=_("An extension of this application waits already."),
            ),
            models.CheckConstraint(
                name="an_extension_has_a_reason", condition=~models.Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.until:%Y-%m-%d %H:%M}"

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.application.journal_chain
