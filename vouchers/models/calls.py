"""Calls: two instants in a named zone, and the voucher types on offer between them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models import PeersManager, Programme, Region, Stateful, User
from vouchers.enums import CallState, ReserveOrder
from vouchers.models.questions import QuestionSet
from vouchers.models.voucher_types import VoucherType
from vouchers.rules.deadlines import Window
from vouchers.rules.terms import Terms, Weighted


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
    reserve_order = models.CharField(
        _("order of the reserve list"),
        max_length=10,
        choices=ReserveOrder,
        default=ReserveOrder.RANK,
    )
    reserve_until = models.DateField(
        _("last day of the reserve list"),
        null=True,
        blank=True,
        help_text=_("Empty: it stays open. After that day who still waits is told that it ended."),
    )

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


class CallVoucherTypeQuerySet(models.QuerySet["CallVoucherType"]):
    """Voucher types of calls by time."""

    def with_window(self) -> "CallVoucherTypeQuerySet":
        """Add `opening` and `closing`: the voucher type's own instants, else the call's."""
        return self.annotate(
            opening=Coalesce("opens_at", "call__opens_at"),
            closing=Coalesce("closes_at", "call__closes_at"),
        )

    def accepting(self, now: datetime) -> "CallVoucherTypeQuerySet":
        """Return those that take new applications at the instant, whatever a task did."""
        in_last_second = Q(closing__second=59, closing__gt=now - timedelta(seconds=1))
        rows: CallVoucherTypeQuerySet = self.with_window().exclude(call__state=CallState.DRAFT)
        return rows.filter(  # type: ignore[misc]
            Q(closing__gte=now) | in_last_second,
            opening__lte=now,
        )


class CallVoucherType(models.Model):
    """A voucher type in a call: its form, and the terms frozen when the call opens."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="offers")
    voucher_type = models.ForeignKey(VoucherType, on_delete=models.PROTECT, related_name="offers")
    question_set = models.ForeignKey(
        QuestionSet, null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    opens_at = models.DateTimeField(
        _("opens at"), null=True, blank=True, help_text=_("Empty: with the call.")
    )
    closes_at = models.DateTimeField(
        _("closes at"), null=True, blank=True, help_text=_("Empty: with the call.")
    )
    holds_letters = models.BooleanField(_("decisions are told together"), default=False)
    terms = models.JSONField(_("frozen terms"), default=dict, blank=True)
    released_at = models.DateTimeField(_("told at"), null=True, blank=True)

    objects = PeersManager.from_queryset(CallVoucherTypeQuerySet)()

    class Meta:
        ordering = ["call", "voucher_type__order"]
        verbose_name = _("voucher type of a call")
        verbose_name_plural = _("voucher types of calls")
        constraints = [
            models.UniqueConstraint(
                fields=["call", "voucher_type"],
                name="a_call_offers_a_voucher_type_once",
                violation_error_message=_("The call offers this voucher type already."),
            ),
            models.CheckConstraint(
                name="a_voucher_type_closes_after_it_opens",
                condition=Q(closes_at=None) | Q(opens_at=None) | Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("The voucher type must close after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.voucher_type}"

    @property
    def window(self) -> Window:
        """The instants that decide for this voucher type: its own, else the call's."""
        zone, of_call = self.call.zone, self.call.window
        opens_at, closes_at = self.opens_at, self.closes_at
        return Window(
            opens_at=opens_at.astimezone(zone) if opens_at else of_call.opens_at,
            closes_at=closes_at.astimezone(zone) if closes_at else of_call.closes_at,
            grace=of_call.grace,
        )

    @property
    def general_terms(self) -> Terms:
        """The terms as the public page names them, for every region alike."""
        return self.terms_in()

    @property
    def criteria(self) -> list[Weighted]:
        """What assessors score: the frozen copy, or the type's until the call is published."""
        stored = self.terms.get("criteria") if self.terms else self.voucher_type.stated_criteria()
        return [Weighted(**row) for row in stored or ()]

    @property
    def announced_criteria(self) -> list[Weighted]:
        """What applicants are told of them: nothing where nobody assesses."""
        return self.criteria if self.general_terms.assessors else []

    def terms_in(self, region: Region | None = None) -> Terms:
        """Return the terms of the frozen copy, with what the home region agreed otherwise.

        A call that is not published yet has no copy: its terms are those of the voucher type.
        """
        stored = self.terms or self.voucher_type.stated_terms()
        own = stored.get("regions", {}).get(region.code, {}) if region else {}
        return Terms.read({**stored, **own})
