"""Voucher types, calls, questions and pots."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Role, VoucherKind
from portal.models import PeersManager, Programme, Region, Stateful, User
from vouchers.enums import (
    AidBasis,
    AmountKind,
    CallState,
    CrossingRule,
    Payee,
    QuestionKind,
    Selection,
)
from vouchers.rules.deadlines import Window


def of_own_programmes[Q2: models.QuerySet[Any]](rows: Q2, user: User) -> Q2:
    """Return set-up rows of the programmes in which a member of staff works."""
    return rows.filter(
        models.Exists(Programme.objects.visible_to(user).filter(pk=models.OuterRef("programme")))
    )


class VoucherTypeQuerySet(models.QuerySet["VoucherType"]):
    """Which voucher types staff see."""

    def visible_to(self, user: User) -> "VoucherTypeQuerySet":
        """Those of the programmes in which the person works."""
        return of_own_programmes(self, user)


class VoucherType(models.Model):
    """What a programme offers: amount, rules and terms."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="voucher_types")
    code = models.SlugField(_("code"), max_length=24)
    short_code = models.CharField(_("code in numbers"), max_length=4, help_text=_("Like COL"))
    kind = models.CharField(_("kind"), max_length=24, choices=VoucherKind)
    name = models.CharField(_("name"), max_length=60)
    summary = models.TextField(_("summary"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    amount_kind = models.CharField(_("amount is"), max_length=10, choices=AmountKind)
    amount = models.DecimalField(_("amount in euros"), max_digits=12, decimal_places=2)
    funding_rate = models.DecimalField(
        _("share of eligible costs paid"), max_digits=4, decimal_places=3, default=Decimal(1)
    )
    validity_months = models.PositiveSmallIntegerField(_("valid for months"), default=12)
    claim_days = models.PositiveSmallIntegerField(_("days to claim after the end"), default=30)
    crossing_rule = models.CharField(
        _("crossing rule"), max_length=16, choices=CrossingRule, default=CrossingRule.OTHER_REGION
    )
    needs_consent = models.BooleanField(_("the partner confirms work and price"), default=False)
    needs_host_signature = models.BooleanField(_("the host region signs too"), default=True)
    selection = models.CharField(
        _("selection"), max_length=12, choices=Selection, default=Selection.COMPETITIVE
    )
    assessors = models.PositiveSmallIntegerField(_("assessors per application"), default=0)
    threshold = models.PositiveSmallIntegerField(_("threshold of 100"), default=60)
    max_per_call = models.PositiveSmallIntegerField(_("per undertaking and call"), default=1)
    max_hosts = models.PositiveSmallIntegerField(_("hosts per application"), default=1)
    aid_basis = models.CharField(
        _("aid basis"), max_length=12, choices=AidBasis, default=AidBasis.DE_MINIMIS
    )
    payee = models.CharField(_("paid to"), max_length=10, choices=Payee, default=Payee.SME)
    holds_letters = models.BooleanField(
        _("decisions are told together"), default=False, help_text=_("Held until one release.")
    )
    rules_text = models.TextField(_("rules"), blank=True, help_text=_("One rule a line."))
    is_offered = models.BooleanField(_("offered"), default=True)

    objects = PeersManager.from_queryset(VoucherTypeQuerySet)()

    class Meta:
        ordering = ["programme", "order", "code"]
        verbose_name = _("voucher type")
        verbose_name_plural = _("voucher types")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="a_programme_has_a_voucher_type_once",
                violation_error_message=_("The programme has a voucher type with this code."),
            ),
            models.CheckConstraint(
                name="voucher_amount_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("The amount must be more than 0."),
            ),
            models.CheckConstraint(
                name="funding_rate_is_a_share",
                condition=Q(funding_rate__gt=0, funding_rate__lte=1),
                violation_error_message=_("The share must be more than 0 and at most 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_lump_sum(self) -> bool:
        """Whether award and payment are exactly the amount."""
        return self.amount_kind == AmountKind.LUMP_SUM

    @property
    def rules(self) -> list[str]:
        """The public rules in order."""
        return [line.strip() for line in self.rules_text.splitlines() if line.strip()]


class CostKind(models.Model):
    """A kind of cost and whether the voucher pays it; the cost table offers only eligible ones."""

    voucher_type = models.ForeignKey(
        VoucherType, on_delete=models.PROTECT, related_name="cost_kinds"
    )
    code = models.SlugField(_("code"), max_length=30)
    label = models.CharField(_("name"), max_length=120)
    hint = models.CharField(_("explanation"), max_length=300, blank=True)
    is_eligible = models.BooleanField(_("the voucher pays it"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PeersManager["CostKind"]()

    class Meta:
        ordering = ["voucher_type", "-is_eligible", "order", "pk"]
        verbose_name = _("kind of cost")
        verbose_name_plural = _("kinds of cost")
        constraints = [
            models.UniqueConstraint(
                fields=["voucher_type", "code"],
                name="a_voucher_type_names_a_cost_once",
                violation_error_message=_("The voucher type has a cost with this code."),
            )
        ]

    def __str__(self) -> str:
        return self.label


class QuestionSetQuerySet(models.QuerySet["QuestionSet"]):
    """Which forms staff see."""

    def visible_to(self, user: User) -> "QuestionSetQuerySet":
        """Those of the programmes in which the person works."""
        return of_own_programmes(self, user)


class QuestionSet(models.Model):
    """One version of a form; published ones never change, a new version follows."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="question_sets")
    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = PeersManager.from_queryset(QuestionSetQuerySet)()

    class Meta:
        ordering = ["programme", "code", "-version"]
        verbose_name = _("question set")
        verbose_name_plural = _("question sets")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code", "version"], name="a_question_set_has_a_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class Question(models.Model):
    """One question of a set."""

    question_set = models.ForeignKey(
        QuestionSet, on_delete=models.PROTECT, related_name="questions"
    )
    section = models.SlugField(_("section"), max_length=40)
    section_title = models.CharField(_("title of the section"), max_length=120)
    key = models.SlugField(_("key"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=QuestionKind)
    label = models.CharField(_("question"), max_length=200)
    help_text = models.CharField(_("help"), max_length=400, blank=True)
    is_required = models.BooleanField(_("required"), default=True)
    max_length = models.PositiveIntegerField(_("longest answer"), null=True, blank=True)
    choices = models.JSONField(
        _("choices"), default=list, blank=True, help_text=_("Pairs of value and label.")
    )
    seen_by_host = models.BooleanField(_("the host region sees it"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PeersManager["Question"]()

    class Meta:
        ordering = ["question_set", "order", "pk"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(
                fields=["question_set", "key"], name="a_question_set_asks_a_thing_once"
            )
        ]

    def __str__(self) -> str:
        return self.label


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


class PotQuerySet(models.QuerySet["Pot"]):
    """Which pots a person sees."""

    def visible_to(self, user: User) -> "PotQuerySet":
        """Own regions' pots; managers and auditors see all of their programmes."""
        if user.is_superuser:
            return self
        return self.filter(
            Q(region__in=user.region_ids(Role.BROKER, Role.FINANCE))
            | Q(programme__in=user.programme_ids(Role.MANAGER, Role.AUDITOR))
        )


class Pot(models.Model):
    """A region's money in a programme; every figure is a sum of ledger lines."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="pots")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="pots")

    objects = PeersManager.from_queryset(PotQuerySet)()

    class Meta:
        ordering = ["programme", "region__name"]
        verbose_name = _("pot")
        verbose_name_plural = _("pots")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "region"], name="a_region_has_one_pot_per_programme"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.region}"


class PotCeiling(models.Model):
    """How much of a pot one call may use."""

    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="ceilings")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="ceilings")
    amount = models.DecimalField(_("at most, in euros"), max_digits=12, decimal_places=2)

    objects = PeersManager["PotCeiling"]()

    class Meta:
        ordering = ["call", "pot"]
        verbose_name = _("ceiling of a call")
        verbose_name_plural = _("ceilings of calls")
        constraints = [
            models.UniqueConstraint(
                fields=["pot", "call"],
                name="a_call_has_one_ceiling_per_pot",
                violation_error_message=_("The call has a ceiling for this pot already."),
            ),
            models.CheckConstraint(
                name="a_ceiling_is_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message=_("The ceiling must be 0 or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.pot.region} {self.amount}"
