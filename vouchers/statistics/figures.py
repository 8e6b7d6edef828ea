"""The figures of a scope: counted in SQL, a constant number of statements whatever the size."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, DateField, F, Min, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import TruncDate

from portal.models import Region
from portal.money import ZERO
from vouchers.enums import ApplicationState, AwardState, EntryKind
from vouchers.models import Balance, Call, Decision, Submission, VoucherType, balances
from vouchers.statistics.scope import Scope

REACHED = (
    ApplicationState.SUBMITTED,
    ApplicationState.ELIGIBLE,
    ApplicationState.INELIGIBLE,
    ApplicationState.APPROVED,
    ApplicationState.RESERVE,
    ApplicationState.REJECTED,
    ApplicationState.WITHDRAWN,
)
ENDINGS = (
    AwardState.COMPLETED,
    AwardState.DECLINED,
    AwardState.LAPSED,
    AwardState.CANCELLED,
    AwardState.REVOKED,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """How many awards, and their value in EUR."""

    awards: int = 0
    value: Decimal = ZERO

    def __add__(self, other: "Cell") -> "Cell":
        """Add count and value."""
        return Cell(self.awards + other.awards, self.value + other.value)


@dataclass(frozen=True, slots=True)
class Awarded:
    """The awards of one call, voucher type, home and host region."""

    call: str
    voucher_type: str
    home: str
    host: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class PotLine:
    """A region's whole pot."""

    region: Region
    balance: Balance


@dataclass(frozen=True, slots=True)
class Days:
    """Calendar days from first submission until the applicant was told, and how many took them."""

    taken: tuple[tuple[int, int], ...] = ()

    @property
    def n(self) -> int:
        """How many have been told."""
        return sum(count for _days, count in self.taken)

    def _at(self, rank: int) -> int:
        for days, count in self.taken:
            rank -= count
            if rank <= 0:
                return days
        raise IndexError(rank)

    @property
    def median(self) -> float | None:
        """The middle one, or the mean of the two in the middle."""
        if not self.n:
            return None
        middle = (self._at((self.n + 1) // 2) + self._at(self.n // 2 + 1)) / 2
        return int(middle) if middle.is_integer() else middle

    @property
    def p90(self) -> int | None:
        """The smallest number of days within which nine of ten were told."""
        return self._at(-(-9 * self.n // 10)) if self.n else None

    @property
    def longest(self) -> int | None:
        """The longest."""
        return self.taken[-1][0] if self.taken else None


@dataclass(frozen=True, slots=True)
class Firms:
    """Firms that accepted an award: a firm with three vouchers is one."""

    legal_entities: int
    single_undertakings: int
    by_vouchers: Mapping[int, int]

    @property
    def repeat(self) -> dict[str, int]:
        """How many firms accepted one voucher, two, and three or more."""
        more = sum(firms for vouchers, firms in self.by_vouchers.items() if vouchers >= 3)
        return {"1": self.by_vouchers.get(1, 0), "2": self.by_vouchers.get(2, 0), "3+": more}


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs expected by all awards; those realised as the completed ones answered."""

    expected: int
    realised: int
    answered: int
    asked: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that page, file and command show of a scope."""

    scope: Scope
    calls: tuple[Call, ...]
    voucher_types: tuple[VoucherType, ...]
    regions: tuple[Region, ...]
    applications: Mapping[str, int]
    late: Mapping[str, int]
    unsent: int
    awarded: tuple[Awarded, ...]
    accepted: int
    paid: int
    endings: Mapping[str, int]
    money: Balance
    pots: tuple[PotLine, ...]
    days: Days
    firms: Firms
    jobs: Jobs

    @property
    def total(self) -> Cell:
        """Every award ever made, whatever became of it later."""
        return sum((line.cell for line in self.awarded), Cell())

    def by(self, *names: str) -> dict[tuple[str, ...], Cell]:
        """Return count and value by the named parts of a line, like home and host."""
        found: dict[tuple[str, ...], Cell] = {}
        for line in self.awarded:
            key = tuple(getattr(line, name) for name in names)
            found[key] = found.get(key, Cell()) + line.cell
        return found

    @property
    def homes(self) -> tuple[Region, ...]:
        """The regions whose pots the scope counts."""
        return (self.scope.region,) if self.scope.region else self.regions

    @property
    def pot_total(self) -> Balance:
        """The whole pots together."""
        return add(line.balance for line in self.pots)


def add(parts: Iterable[Balance]) -> Balance:
    """Return the sum of balances in EUR."""
    found = list(parts)
    return Balance(
        **{
            name: sum((getattr(part, name) for part in found), ZERO)
            for name in ("allocated", "reserved", "committed", "paid", "released")
        }
    )


def count(scope: Scope) -> Figures:
    """Count everything of the scope as of its day."""
    programme = scope.programme
    regions = Region.objects.filter(programmes__programme=programme).order_by("name")
    types = VoucherType.objects.filter(programme=programme).order_by("order", "code")
    return Figures(
        scope=scope,
        calls=scope.calls or tuple(programme.calls.order_by("opens_at", "code")),
        voucher_types=(scope.voucher_type,) if scope.voucher_type else tuple(types),
        regions=tuple(regions),
        applications=_reached(scope),
        late=_late(scope),
        unsent=scope.unsent().count(),
        awarded=_awarded(scope),
        **_booked(scope),
        endings=_endings(scope),
        money=scope.ledger().balance(),
        pots=_pots(scope),
        days=_days(scope),
        firms=_firms(scope),
        jobs=_jobs(scope),
    )


def _reached(scope: Scope) -> dict[str, int]:
    """Count the applications that ever reached a state by the end of the day."""
    entries = scope.entries(scope.applications()).filter(after__in=REACHED)
    counts = entries.values_list("after").annotate(Count("subject_id", distinct=True))
    found = dict(counts)
    return {str(state): found.get(state, 0) for state in REACHED}


def _late(scope: Scope) -> dict[str, int]:
    """Count the applications of which a submission came within grace, or by an extension."""
    sent = scope.entries(Submission.objects.filter(application__in=scope.applications()))
    number = KeyTextTransform("number", "data")
    return sent.filter(verb="submitted").aggregate(
        within_grace=Count(number, filter=Q(data__within_grace=True), distinct=True),
        by_extension=Count(number, filter=Q(data__by_extension=True), distinct=True),
    )


def _awarded(scope: Scope) -> tuple[Awarded, ...]:
    """Each award is reserved once, so its reservations are the awards."""
    groups = (
        scope.ledger()
        .filter(kind=EntryKind.RESERVE)
        .values_list(
            "award__application__call__code",
            "award__application__voucher_type__code",
            "award__application__home_region__code",
            "award__application__host_region__code",
        )
        .annotate(Count("pk"), Sum("amount"))
    )
    return tuple(
        Awarded(call, kind, home, host or "", Cell(awards, value))
        for call, kind, home, host, awards, value in groups
    )


def _booked(scope: Scope) -> dict[str, int]:
    """Count awards that were committed, and those with a payment that did not come back."""
    commits, made, back = (
        Count("pk", filter=Q(kind=kind))
        for kind in (EntryKind.COMMIT, EntryKind.PAY, EntryKind.BOUNCE)
    )
    per_award = scope.ledger().order_by().values("award")
    return per_award.annotate(commits=commits, stands=made - back).aggregate(
        accepted=Count("award", filter=Q(commits__gt=0)),
        paid=Count("award", filter=Q(stands__gt=0)),
    )


def _endings(scope: Scope) -> dict[str, int]:
    entries = scope.entries(scope.awards()).filter(after__in=ENDINGS)
    found = dict(entries.values_list("after").annotate(Count("subject_id", distinct=True)))
    return {str(state): found.get(state, 0) for state in ENDINGS}


def _pots(scope: Scope) -> tuple[PotLine, ...]:
    pots = scope.pots().select_related("region").order_by("region__name")
    found = balances(scope.pots(), before=scope.before)
    return tuple(PotLine(pot.region, found.get(pot.pk, Balance())) for pot in pots)


def _days(scope: Scope) -> Days:
    """A held letter counts from the day on which it was told; the first one of an application."""
    zone = ZoneInfo(scope.programme.time_zone)
    told = (
        Decision.objects.filter(application__in=scope.applications(), told_at__lt=scope.before)
        .order_by()
        .values("application", "application__first_submitted_at")
        .annotate(first=Min("told_at"))
    )
    in_days = told.annotate(
        taken=_date("first", zone) - _date("application__first_submitted_at", zone)
    ).values("taken")
    groups = _grouped(in_days)
    return Days(tuple((taken.days, how_many) for taken, how_many in groups))


def _date(name: str, zone: ZoneInfo) -> TruncDate:
    return TruncDate(F(name), tzinfo=zone, output_field=DateField())


def _firms(scope: Scope) -> Firms:
    """An SME is supported when it has accepted a voucher."""
    accepted = scope.ledger().filter(kind=EntryKind.COMMIT)
    per_firm = accepted.values("award__application__organisation").annotate(held=Count("pk"))
    by_vouchers = dict(_grouped(per_firm.values("held")))
    return Firms(
        legal_entities=sum(by_vouchers.values()),
        single_undertakings=accepted.aggregate(
            found=Count("award__application__undertaking", distinct=True)
        )["found"],
        by_vouchers=by_vouchers,
    )


def _grouped(values: Any) -> list[tuple[Any, int]]:
    """Return how often each value of a one-column query occurs, counted by the database."""
    sql, params = values.query.sql_with_params()
    with connection.cursor() as cursor:
        # The inner statement is Django's own; its parameters stay parameters.
        cursor.execute(
            f"SELECT value, count(*) FROM ({sql}) AS counted (value) GROUP BY 1 ORDER BY 1",  # noqa: S608
            params,
        )
        return cursor.fetchall()


def _jobs(scope: Scope) -> Jobs:
    awards = scope.awards().filter(offered_at__lt=scope.before)
    completed = Q(completed_at__lt=scope.before)
    found = awards.aggregate(
        expected=Sum("jobs_expected", default=0),
        realised=Sum("jobs_realised", default=0, filter=completed),
        answered=Count("jobs_realised", filter=completed),
        asked=Count("pk", filter=completed),
    )
    return Jobs(**found)
