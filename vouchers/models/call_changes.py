"""Changes of an announced call: one manager asks, another one agrees."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models import PeersManager, Stateful, User
from vouchers.enums import CallChangeState
from vouchers.models.calls import Call


class CallChangeQuerySet(models.QuerySet["CallChange"]):
    """Which changes staff see."""

    def visible_to(self, user: User) -> "CallChangeQuerySet":
        """Managers and auditors see those of their programmes."""
        if user.is_superuser:
            return self
        return self.filter(
            call__programme__in=user.programme_ids(Role.MANAGER, Role.AUDITOR),
        )


class CallChange(Stateful):
    """New texts or a later closing instant; `old` and `new` hold what differs, as JSON."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="changes")
    state = models.CharField(
        max_length=20, choices=CallChangeState, default=CallChangeState.WAITING
    )
    old = models.JSONField(_("before"), default=dict)
    new = models.JSONField(_("after"), default=dict)
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = PeersManager.from_queryset(CallChangeQuerySet)()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("change of a call")
        verbose_name_plural = _("changes of calls")
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                condition=models.Q(state=CallChangeState.WAITING),
                name="a_call_has_one_change_that_waits",
                violation_error_message=_("A change of this call waits already."),
            ),
            models.CheckConstraint(
                name="a_change_of_a_call_has_a_reason", condition=~models.Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.call.journal_chain
