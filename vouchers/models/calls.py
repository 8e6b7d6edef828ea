"""Calls: two instants in a named zone, and the voucher types on offer between them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models import PeersManager, Programme, Stateful, User
from vouchers.enums import (
    CallState,
)
from vouchers.models.questions import QuestionSet
from vouchers.models.voucher_types import VoucherType
from vouchers.rules.deadlines import Window


class CallQuerySet(models.QuerySet["Call"]):
    """Calls by time and by reader."""

    def public(self) -> "CallQuerySet":
        """Return calls that everybody may see."""
        return self.exclude(state=CallState.DRAFT)

    def accepting(self, now: datetime) -> "CallQuerySet":
        """Return calls that take new applications at the instant, whatever a task did."""
        in_last_second = Q(closes_at__second=59, closes_at__gt=now - timedelta(seconds=1))
        return self.public().filter(Q(closes_at__gte=now) | in_last_second, opens_at__lte=now)

    def visible_to(self, user: User) -> "CallQuerySet":
        """For staff: the calls of their programmes, drafts only for managers and auditors."""
        if user.is_superuser:
            return self
        mine = user.programme_ids(Role.MANAGER, Role.AUDITOR)
        programmes = Programme.objects.visible_to(user).filter(pk=models.OuterRef("programme"))
        return self.filter(
            Q(programme__in=mine) | (models.Exists(programmes) & ~Q(state=CallState.DRAFT))
        )


class Call(Stateful):
    """A period in which applications are taken, between two instants in a named zone."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="calls")
    code = models.CharField(_("code"), max_length=20, unique=True)
    slug = models.SlugField(_("address"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(max_length=20, choices=CallState, default=CallState.DRAFT)
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/Brussels")
    grace_seconds = models.PositiveSmallIntegerField(_("grace in seconds"), default=60)
    text = models.TextField(_("text"), blank=True)
    decisions_by = models.DateField(_("decisions by"), null=True, blank=True)

    objects = PeersManager.from_queryset(CallQuerySet)()

    class Meta:
        ordering = ["-opens_at", "code"]
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.CheckConstraint(
                name="a_call_closes_after_it_opens",
                condition=Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("The call must close after it opens."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.programme.code

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the call's instants are announced."""
        return ZoneInfo(self.time_zone)

    @property
    def window(self) -> Window:
        """The instants that decide whether the call takes applications."""
        return Window(
            opens_at=self.opens_at.astimezone(self.zone),
            closes_at=self.closes_at.astimezone(self.zone),
            grace=timedelta(seconds=self.grace_seconds),
        )


class CallVoucherType(models.Model):
    """A voucher type in a call: its form, and the terms frozen when the call opens."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="offers")
    voucher_type = models.ForeignKey(VoucherType, on_delete=models.PROTECT, related_name="offers")
    question_set = models.ForeignKey(
        QuestionSet, null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    holds_letters = models.BooleanField(_("decisions are told together"), default=False)
    terms = models.JSONField(_("frozen terms"), default=dict, blank=True)
    released_at = models.DateTimeField(_("told at"), null=True, blank=True)

    objects = PeersManager["CallVoucherType"]()

    class Meta:
        ordering = ["call", "voucher_type__order"]
        verbose_name = _("voucher type of a call")
        verbose_name_plural = _("voucher types of calls")
        constraints = [
            models.UniqueConstraint(
                fields=["call", "voucher_type"],
                name="a_call_offers_a_voucher_type_once",
                violation_error_message=_("The call offers this voucher type already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.voucher_type}"
