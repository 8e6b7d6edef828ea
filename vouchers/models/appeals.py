"""Appeals: the applicant asks that somebody else looks at a decision again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models import PeersManager, Stateful, Upload, User
from vouchers.enums import AppealState
from vouchers.models.applications import Application
from vouchers.models.conflicts import barred
from vouchers.models.decisions import Decision


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Which appeals staff see."""

    def visible_to(self, user: User) -> "AppealQuerySet":
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

    def to_answer(self, user: User) -> "AppealQuerySet":
        """Those that wait for an answer which the person may give: not of the own decision."""
        waiting = self.visible_to(user).filter(state=AppealState.FILED)
        signed = models.Exists(
            Application.objects.filter(
                pk=models.OuterRef("application"), signatures__signed_by=user
            )
        )
        return waiting.exclude(decision__decided_by=user).exclude(signed)


class Appeal(Stateful):
    """One appeal against one decision."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="appeals")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="appeal")
    state = models.CharField(max_length=20, choices=AppealState, default=AppealState.FILED)
    text = models.TextField(_("why the decision is wrong"))
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PeersManager.from_queryset(AppealQuerySet)()

    class Meta:
        ordering = ["-filed_at", "-pk"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(
                name="an_answered_appeal_has_an_answer",
                condition=models.Q(state=AppealState.FILED)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return str(self.application)

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.application.journal_chain


class AppealDocument(models.Model):
    """A file that supports an appeal; who sees the appeal sees it, and nobody else."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="documents")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="appeal_document")

    objects = PeersManager["AppealDocument"]()

    class Meta:
        ordering = ["appeal", "pk"]
        verbose_name = _("document of an appeal")
        verbose_name_plural = _("documents of appeals")

    def __str__(self) -> str:
        return self.upload.name
