"""The ledger: append-only lines of positive amounts; a balance is a query, never a column."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q, Sum, Value
from django.utils.translation import gettext_lazy as _

from portal.models import Document, PeersManager, User
from portal.money import ZERO
from vouchers.enums import EntryKind, Stage
from vouchers.models.awards import Award
from vouchers.models.pots import Pot


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


_K = EntryKind
# What a line of each kind adds to (1) and takes from (-1).
EFFECTS: Mapping[tuple[str, str], Mapping[str, int]] = {
    (_K.ALLOCATE, ""): {"allocated": 1},
    (_K.MOVE, ""): {"allocated": -1},
    (_K.RESERVE, ""): {"reserved": 1},
    (_K.COMMIT, ""): {"reserved": -1, "committed": 1},
    (_K.PAY, ""): {"committed": -1, "paid": 1},
    (_K.BOUNCE, ""): {"paid": -1, "committed": 1},
    (_K.RECOVER, ""): {"paid": -1},
    (_K.RELEASE, Stage.RESERVED): {"reserved": -1, "released": 1},
    (_K.RELEASE, Stage.COMMITTED): {"committed": -1, "released": 1},
}


def _balance(sums: Iterable[tuple[str, str, Decimal]]) -> Balance:
    """Return what amounts by kind and stage add up to."""
    found: dict[str, Decimal] = {}
    for kind, stage, amount in sums:
        for name, sign in EFFECTS[kind, stage].items():
            found[name] = found.get(name, ZERO) + sign * amount
    return Balance(**found)


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    """Sums of lines."""

    def until(self, instant: datetime) -> Self:
        """Return the lines written for the time before the instant."""
        return self.filter(at__lt=instant)

    def balance(self) -> Balance:
        """Return what the lines add up to; a move counts for the pot that it leaves."""
        return _balance(self.order_by().values_list("kind", "stage").annotate(Sum("amount")))


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
    """Return each pot's balance by its id in one query; moves count on both sides."""
    lines = LedgerEntry.objects.filter(pot__in=pots)
    incoming = LedgerEntry.objects.filter(to_pot__in=pots)
    if before is not None:
        lines, incoming = lines.until(before), incoming.until(before)
    sums: dict[int, list[tuple[str, str, Decimal]]] = {}
    groups = lines.order_by().values_list("pot", "kind", "stage").annotate(Sum("amount"))
    moved = incoming.order_by().values_list("to_pot", Value(_K.ALLOCATE), Value(""))
    both = groups.union(moved.annotate(Sum("amount")), all=True).order_by()
    for pot, kind, stage, amount in both:
        sums.setdefault(pot, []).append((kind, stage, amount))
    return {pot: _balance(parts) for pot, parts in sums.items()}


def balances_by_call(pots: models.QuerySet[Pot]) -> dict[tuple[int, int], Balance]:
    """Return what the awards of each call have used of each pot, by both ids, in one query."""
    lines = LedgerEntry.objects.filter(pot__in=pots, award__isnull=False)
    groups = lines.order_by().values_list("pot", "award__application__call", "kind", "stage")
    sums: dict[tuple[int, int], list[tuple[str, str, Decimal]]] = {}
    for pot, call, kind, stage, amount in groups.annotate(Sum("amount")):
        sums.setdefault((pot, call), []).append((kind, stage, amount))
    return {key: _balance(parts) for key, parts in sums.items()}


def balance_of(pot: Pot) -> Balance:
    """Return one pot's balance."""
    return balances(Pot.objects.filter(pk=pot.pk)).get(pot.pk, Balance())
