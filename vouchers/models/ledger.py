"""The ledger: append-only lines of positive amounts; a balance is a query, never a column."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Case, DecimalField, F, Q, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from portal.models import Document, PeersManager, User
from portal.money import ZERO
from vouchers.enums import EntryKind, Stage
from vouchers.models.awards import Award
from vouchers.models.calls import Pot


@dataclass(frozen=True, slots=True)
class Balance:
    """What ledger lines add up to, in EUR."""

    allocated: Decimal = ZERO
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    paid: Decimal = ZERO
    released: Decimal = ZERO

    @property
    def used(self) -> Decimal:
        """Reserved, committed and paid together."""
        return self.reserved + self.committed + self.paid

    @property
    def free(self) -> Decimal:
        """What is left of the allocation."""
        return self.allocated - self.used


def _sum(*signed: tuple[Q, int]) -> Sum:
    whens = [When(condition, then=F("amount") * sign) for condition, sign in signed]
    return Sum(Case(*whens, default=Value(ZERO)), default=ZERO, output_field=DecimalField())


_K = EntryKind
_FROM_RESERVED = Q(kind=_K.RELEASE, stage=Stage.RESERVED)
_FROM_COMMITTED = Q(kind=_K.RELEASE, stage=Stage.COMMITTED)
SUMS = {
    "reserved": _sum((Q(kind=_K.RESERVE), 1), (Q(kind=_K.COMMIT), -1), (_FROM_RESERVED, -1)),
    "committed": _sum((Q(kind=_K.COMMIT), 1), (Q(kind=_K.PAY), -1), (_FROM_COMMITTED, -1)),
    "paid": _sum((Q(kind=_K.PAY), 1), (Q(kind=_K.RECOVER), -1)),
    "released": _sum((Q(kind=_K.RELEASE), 1)),
}


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    """Sums of lines."""

    def until(self, instant: datetime) -> Self:
        """Return the lines written for the time before the instant."""
        return self.filter(at__lt=instant)

    def balance(self) -> Balance:
        """Return what the lines add up to; a move counts for the pot that it leaves."""
        sums = {
            **SUMS,
            "allocated": _sum((Q(kind=_K.ALLOCATE), 1), (Q(kind=_K.MOVE), -1)),
        }
        return Balance(**self.aggregate(**sums))


class LedgerEntry(models.Model):
    """One line; `to_pot` is where a move goes, `stage` what a release gives back."""

    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="entries")
    award = models.ForeignKey(
        Award, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    stage = models.CharField(_("gives back"), max_length=10, choices=Stage, blank=True)
    amount = models.DecimalField(_("amount in euros"), max_digits=12, decimal_places=2)
    to_pot = models.ForeignKey(
        Pot, null=True, blank=True, on_delete=models.PROTECT, related_name="incoming"
    )
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    document = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PeersManager.from_queryset(LedgerQuerySet)()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("ledger line")
        verbose_name_plural = _("ledger lines")
        indexes = [
            models.Index(fields=["pot", "at"], name="ledger_by_pot"),
            models.Index(fields=["kind", "at"], name="ledger_by_kind"),
        ]
        constraints = [
            models.CheckConstraint(name="ledger_amount_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="only_pots_lines_have_no_award",
                condition=Q(kind__in=[_K.ALLOCATE, _K.MOVE], award=None)
                | (~Q(kind__in=[_K.ALLOCATE, _K.MOVE]) & Q(award__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_move_names_its_target",
                condition=Q(kind=_K.MOVE, to_pot__isnull=False)
                | (~Q(kind=_K.MOVE) & Q(to_pot=None)),
            ),
            models.CheckConstraint(
                name="a_release_says_what_it_gives_back",
                condition=(Q(kind=_K.RELEASE) & ~Q(stage="")) | (~Q(kind=_K.RELEASE) & Q(stage="")),
            ),
            models.UniqueConstraint(
                name="an_award_is_reserved_once", fields=["award"], condition=Q(kind=_K.RESERVE)
            ),
            models.UniqueConstraint(
                name="an_award_is_committed_once", fields=["award"], condition=Q(kind=_K.COMMIT)
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="ledger_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


def balances(pots: models.QuerySet[Pot], *, before: datetime | None = None) -> dict[int, Balance]:
    """Return each pot's balance by its id in two queries; moves count on both sides."""
    lines = LedgerEntry.objects.filter(pot__in=pots)
    incoming = LedgerEntry.objects.filter(to_pot__in=pots)
    if before is not None:
        lines, incoming = lines.until(before), incoming.until(before)
    sums = {**SUMS, "allocated": _sum((Q(kind=_K.ALLOCATE), 1), (Q(kind=_K.MOVE), -1))}
    totals = lines.order_by().values("pot").annotate(**sums).values_list("pot", *sums)
    rows = {pot: Balance(**dict(zip(sums, amounts, strict=True))) for pot, *amounts in totals}
    got = dict(incoming.order_by().values_list("to_pot").annotate(Sum("amount")))
    return {pot: _plus(rows.get(pot, Balance()), got.get(pot, ZERO)) for pot in {*rows, *got}}


def _plus(balance: Balance, incoming: Decimal) -> Balance:
    return Balance(
        allocated=balance.allocated + incoming,
        reserved=balance.reserved,
        committed=balance.committed,
        paid=balance.paid,
        released=balance.released,
    )


def balance_of(pot: Pot) -> Balance:
    """Return one pot's balance."""
    return balances(Pot.objects.filter(pk=pot.pk)).get(pot.pk, Balance())
