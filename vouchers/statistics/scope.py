"""What a figure is counted over: a programme, its calls, a home region, a voucher type, a day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.models import JournalEntry, Programme, Region
from vouchers.models import (
    Application,
    Award,
    Call,
    CallVoucherType,
    LedgerEntry,
    Pot,
    VoucherType,
)
from vouchers.models.ledger import LedgerQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`calls` empty means every call; `region` is the home region, whose pot pays."""

    programme: Programme
    as_of: date
    calls: tuple[Call, ...] = ()
    region: Region | None = None
    voucher_type: VoucherType | None = None

    @property
    def before(self) -> datetime:
        """The instant at which the day ends in the programme's zone."""
        midnight = datetime.combine(self.as_of + timedelta(days=1), time(0))
        return midnight.replace(tzinfo=ZoneInfo(self.programme.time_zone))

    @property
    def query(self) -> dict[str, str | list[str]]:
        """The address of this scope, as the page's filters write it."""
        parts: dict[str, str | list[str]] = {
            "programme": self.programme.code,
            "call": [call.code for call in self.calls],
            "region": self.region.code if self.region else "",
            "voucher_type": self.voucher_type.code if self.voucher_type else "",
            "as_of": self.as_of.isoformat(),
        }
        return {name: value for name, value in parts.items() if value}

    def _conditions(self, prefix: str = "") -> dict[str, Any]:
        wanted: dict[str, Any] = {f"{prefix}call__programme": self.programme}
        if self.calls:
            wanted[f"{prefix}call__in"] = [call.pk for call in self.calls]
        if self.region:
            wanted[f"{prefix}home_region"] = self.region
        if self.voucher_type:
            wanted[f"{prefix}voucher_type"] = self.voucher_type
        return wanted

    def applications(self) -> QuerySet[Application]:
        """Return what was submitted by the end of the day."""
        return Application.objects.filter(
            **self._conditions(), reference__isnull=False, first_submitted_at__lt=self.before
        ).order_by()

    def unsent(self) -> QuerySet[Application]:
        """Return what was begun and not sent before its voucher closed, by the end of the day."""
        offers = CallVoucherType.objects.with_window()
        closed = offers.filter(closing__lt=self.before)  # type: ignore[misc]
        never = Q(first_submitted_at=None) | Q(first_submitted_at__gte=self.before)
        begun = Application.objects.filter(never, **self._conditions(), offer__in=closed)
        return begun.exclude(extended_until__gte=self.before).order_by()

    def ledger(self) -> LedgerQuerySet:
        """Return the lines of the scope's awards until the end of the day."""
        conditions = self._conditions("award__application__")
        return LedgerEntry.objects.filter(**conditions).until(self.before).order_by()

    def awards(self) -> QuerySet[Award]:
        """Return the awards of the scope, whenever they were made."""
        return Award.objects.filter(**self._conditions("application__")).order_by()

    def pots(self) -> QuerySet[Pot]:
        """Return the whole pots that pay: the programme's, or the one of the region."""
        pots = Pot.objects.filter(programme=self.programme)
        return pots.filter(region=self.region) if self.region else pots

    def entries(self, rows: QuerySet[Any]) -> QuerySet[JournalEntry]:
        """Return the journal of the rows until the end of the day."""
        return JournalEntry.objects.filter(
            Exists(rows.filter(pk=OuterRef("subject_id"))),
            subject_type=rows.model._meta.label_lower,
            at__lt=self.before,
        ).order_by()
