"""Awards: the right to have cost up to an amount paid."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from portal.models import Document, PeersManager, Stateful, User
from vouchers.enums import AidBasis, AwardState, EndReason, Payee
from vouchers.models.applications import Application
from vouchers.models.pots import Pot


class AwardQuerySet(models.QuerySet["Award"]):
    """Which awards a person sees."""

    def visible_to(self, user: User) -> "AwardQuerySet":
        """Those whose application the person sees; an SME only when it has been told."""
        own = Q(
            application__organisation__in=user.organisation_ids,
            application__told_at__isnull=False,
        )
        return self.filter(own | self._at_desk(user))

    def for_desk(self, user: User) -> "AwardQuerySet":
        """Those whose application a member of staff sees at the desk."""
        return self.filter(self._at_desk(user))

    def unclaimed(self) -> "AwardQuerySet":
        """Accepted ones of which no claim was sent."""
        return self.filter(state=AwardState.ACCEPTED, ends_on__isnull=False).exclude(
            claims__filed_at__isnull=False
        )

    def running(self, *, now: datetime, days: int) -> "AwardQuerySet":
        """Those without a claim whose work ends within so many days, a day more for the zones."""
        last = now.date() + timedelta(days=days + 1)
        return self.unclaimed().filter(
            ends_on__gte=now.date() - timedelta(days=1), ends_on__lte=last
        )

    def overdue(self, now: datetime) -> "AwardQuerySet":
        """Those without a claim whose last day is over in their home region."""
        zone = F("application__home_region__time_zone")
        clock = Func(zone, Value(now), function="timezone", output_field=models.DateTimeField())
        return self.unclaimed().filter(ends_on__lt=Cast(clock, models.DateField()))

    def _at_desk(self, user: User) -> models.Exists:
        rows = Application.objects.for_desk(user)
        return models.Exists(rows.filter(pk=models.OuterRef("application")))


class Award(Stateful):
    """What was awarded; every euro of it is a ledger line."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="award")
    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="awards")
    number = models.CharField(_("number"), max_length=40, unique=True)
    amount = models.DecimalField(_("amount in euros"), max_digits=12, decimal_places=2)
    state = models.CharField(max_length=20, choices=AwardState, default=AwardState.OFFERED)
    aid_basis = models.CharField(
        _("aid basis"), max_length=12, choices=AidBasis, default=AidBasis.DE_MINIMIS
    )
    payee = models.CharField(_("paid to"), max_length=10, choices=Payee)
    offered_at = models.DateTimeField(_("offered at"))
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    signatory_name = models.CharField(_("signed by"), max_length=120, blank=True)
    signatory_role = models.CharField(_("in the role of"), max_length=120, blank=True)
    granted_on = models.DateField(_("granting date"), null=True, blank=True)
    granted_zone = models.CharField(_("zone of the granting date"), max_length=40, blank=True)
    starts_on = models.DateField(_("work starts not before"), null=True, blank=True)
    ends_on = models.DateField(_("work ends"), null=True, blank=True)
    claim_by = models.DateTimeField(_("claim by"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_as = models.CharField(_("ended as"), max_length=12, choices=EndReason, blank=True)
    end_note = models.TextField(_("why"), blank=True)
    jobs_expected = models.PositiveIntegerField(null=True, blank=True)
    jobs_realised = models.PositiveIntegerField(null=True, blank=True)
    letter = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PeersManager.from_queryset(AwardQuerySet)()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        constraints = [
            models.CheckConstraint(name="an_award_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="a_granting_date_has_a_zone",
                condition=Q(granted_on=None) | ~Q(granted_zone=""),
            ),
            models.CheckConstraint(
                name="work_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="an_accepted_award_has_a_granting_date",
                condition=~Q(state=AwardState.ACCEPTED) | Q(granted_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def is_overdue(self, *, today: date) -> bool:
        """Whether the work has ended and no claim was sent, from claims that are loaded."""
        if self.state != AwardState.ACCEPTED or self.ends_on is None:
            return False
        return self.ends_on < today and all(row.filed_at is None for row in self.claims.all())

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.application.journal_chain
