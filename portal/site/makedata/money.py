"""Money and numbers for invented applications: enough in every pot, and no gaps."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from portal.models import Counter
from portal.site.makedata.plans import Life
from portal.site.makedata.stage import BY, Offer, Stage
from vouchers.actions import ledger


def amount_of(life: Life) -> Decimal:
    """Return what the application asks for, in EUR."""
    voucher_type = life.offer.row.voucher_type
    return voucher_type.amount if voucher_type.is_lump_sum else Decimal("420.00")


def allocate(stage: Stage, lives: Iterable[Life]) -> None:
    """Give each region's pot what its invented awards will take."""
    needed: defaultdict[int, Decimal] = defaultdict(Decimal)
    for life in lives:
        if life.way.award:
            needed[life.firm.region.pk] += amount_of(life)
    for region, amount in sorted(needed.items()):
        ledger.allocate(
            stage.pots[region],
            amount=amount,
            reason="Synthetic data",
            by=BY,
            now=stage.call.opens_at,
        )


class Numbers:
    """Gives numbers of applications and awards; `keep` lets the portal go on after them."""

    def __init__(self, stage: Stage) -> None:
        """Start after the last number that was given."""
        self._call = stage.call.code
        self._last: dict[str, int] = {}

    def application(self) -> str:
        """Return the next application's number."""
        return f"{self._call}-{self._next(f'application:{self._call}'):04}"

    def award(self, offer: Offer) -> str:
        """Return the next award's number."""
        code = offer.row.voucher_type.short_code
        return f"{self._call}-{code}-{self._next(f'award:{self._call}:{code}'):03}"

    def _next(self, scope: str) -> int:
        if scope not in self._last:
            known = Counter.objects.filter(scope=scope).first()
            self._last[scope] = known.last if known else 0
        self._last[scope] += 1
        return self._last[scope]

    def keep(self) -> None:
        """Store the last numbers."""
        Counter.objects.bulk_create(
            (Counter(scope=scope, last=last) for scope, last in self._last.items()),
            update_conflicts=True,
            unique_fields=["scope"],
            update_fields=["last"],
        )
