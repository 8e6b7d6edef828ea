"""What a verb would do to many applications: asked of the same checks, in a fixed number of reads.

A forecast spends pots and aid ahead, in the order in which the verb will be carried out, so that
what comes later is told what will be left for it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet

from portal.enums import GrantingMoment
from portal.models import ProgrammeRegion, Region, User
from portal.permissions import Actor
from portal.workflow import IllegalMove, Transition, digest
from vouchers.actions.awards import is_held
from vouchers.actions.entrusting import NotABroker, entrusted, may_entrust
from vouchers.actions.ledger import PotExhausted
from vouchers.actions.signing import (
    AmountChanged,
    HomeSignsFirst,
    PartnerNotConfirmed,
    PartnerNotListed,
    PartnerRefused,
    PriceNeedsReason,
    check_amount,
    check_content,
    check_signer,
)
from vouchers.cases import (
    AROUND,
    Past,
    Pasts,
    hosts_with_consents,
    local_day,
    verdict_on,
    with_repeats,
)
from vouchers.cases.ranking import place_in, with_places
from vouchers.cases.room import Purses
from vouchers.enums import ApplicationState, ReserveOrder, Side
from vouchers.models import Application, Balance, Signature
from vouchers.permissions import is_home_broker, signing_sides
from vouchers.rules import reserve
from vouchers.rules.verdict import Refused
from vouchers.workflow import APPLICATION


class NoPot(Exception):
    """The home region has no pot in the programme."""


REFUSALS = (
    NoPot,
    PermissionDenied,
    IllegalMove,
    Refused,
    PotExhausted,
    HomeSignsFirst,
    AmountChanged,
    PartnerRefused,
    PartnerNotConfirmed,
    PartnerNotListed,
    PriceNeedsReason,
    NotABroker,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What will become of one application, or why nothing will.

    `spent` is what leaves the region's pot and `free` what is left in it then, in EUR; `asks` is
    the region whose signature is still missing then.
    """

    application: Application
    state: str
    side: Side | None = None
    amount: Decimal | None = None
    spent: Decimal | None = None
    free: Decimal | None = None
    asks: Region | None = None
    is_told: bool = False
    is_held: bool = False
    refusal: Exception | None = None

    @property
    def mark(self) -> str:
        """The state that it starts from, and a digest of all that the reader was shown."""
        row = self.application
        held = entrusted(row)
        said = [
            row.pk,
            row.amount,
            row.submitted_at,
            [(one.pk, one.amount) for one in _standing(row)],
            held and held.pk,
            *(self.state, self.side, self.amount, self.spent, self.asks and self.asks.pk),
            *(self.is_told, self.is_held, self.refusal and str(self.refusal)),
        ]
        return f"{row.state}:{digest(said)[:16]}"


type Ask = Callable[[Application], Outcome]


def rows_for(user: User, keys: Collection[int]) -> list[Any]:
    """Return the applications of the keys that the person sees, in the order of their turn.

    Who stands first on a reserve list comes first, then who was complete first: money that does
    not reach for all goes by that order.
    """
    seen: QuerySet[Any] = with_places(
        with_repeats(Application.objects.for_desk(user).filter(pk__in=keys))
    )
    rows = seen.select_related(*AROUND).prefetch_related(
        Prefetch("hosts", hosts_with_consents()),
        Prefetch("signatures", Signature.objects.filter(voided_at=None), to_attr="standing"),
        "assessments",
        "conflicts",
        "organisation__figures",
    )
    return sorted(rows.order_by("complete_at", "pk"), key=_turn)


def _turn(row: Any) -> tuple[bool, int]:
    place = place_in(row) if row.state == ApplicationState.RESERVE else None
    return place is None, place.rank if place else 0


def _standing(application: Any) -> list[Signature]:
    found: list[Signature] = application.standing
    return found


class Forecast:
    """The applications of one preview, with everything that the checks want to know of them."""

    def __init__(self, rows: Collection[Any], *, by: Actor, now: datetime) -> None:
        """Read what stands around the rows; they come from `rows_for`."""
        self.rows, self.by, self.now = rows, by, now
        self.purses, self.pasts = Purses(rows), Pasts(rows)
        self.off_list: dict[tuple[int, int], set[int]] = {}
        self.parts: dict[tuple[int, int], ProgrammeRegion] = {}
        self.codes: dict[int, set[str]] = {}
        named = ProgrammeRegion.objects.filter(programme__in={r.call.programme_id for r in rows})
        for part in named.select_related("region"):
            self.parts[part.programme_id, part.region_id] = part
            self.codes.setdefault(part.programme_id, set()).add(part.region.code)

    def outcomes(self, ask: Ask) -> list[Outcome]:
        """Return what will become of each row, in order."""
        return [self._outcome(ask, row) for row in self.rows]

    def _outcome(self, ask: Ask, row: Application) -> Outcome:
        try:
            return ask(row)
        except REFUSALS as error:
            return Outcome(application=row, state=row.state, refusal=error)

    def find_eligible(self, row: Application) -> Outcome:
        """As `applications.find_eligible`."""
        self._may(row, APPLICATION.FIND_ELIGIBLE)
        verdict_on(row, now=self.now, **self._around(row)).require()
        return Outcome(application=row, state=ApplicationState.ELIGIBLE)

    def reject(self, row: Application) -> Outcome:
        """As `awards.reject`."""
        self._may(row, APPLICATION.REJECT)
        return self._decided(row, ApplicationState.REJECTED)

    def reserve(self, row: Application) -> Outcome:
        """As `awards.reserve`: the choice is home's alone."""
        if not is_home_broker(self.by, row):
            raise PermissionDenied("reserve")
        self._may(row, APPLICATION.RESERVE)
        return self._decided(row, ApplicationState.RESERVE)

    def sign(self, row: Application) -> Outcome:
        """As `awards.sign`, for the side that the person can sign, with the amount asked for."""
        side, signed = self._side(row), _standing(row)
        signer = check_signer(row, side, signed, by=self.by)
        self._check_turn(row)
        amount = next((one.amount for one in signed if one.side == Side.HOME), row.amount)
        assert amount is not None  # noqa: S101  an application that was sent names one
        check_amount(row, side, amount, signed)
        check_content(row, side, now=self.now, **self._around(row))
        if not signer.is_last:
            other = row.host_region if side == Side.HOME else row.home_region
            return Outcome(application=row, state=row.state, side=side, amount=amount, asks=other)
        return self._award(row, side, amount)

    def entrust(self, row: Application) -> Outcome:
        """As `entrusting.entrust`, to somebody who is offered for all of the rows."""
        if not may_entrust(self.by, row):
            raise PermissionDenied("entrust")
        return Outcome(application=row, state=row.state)

    def _may(self, row: Application, arrow: Transition) -> None:
        if not arrow.permits(self.by, row):
            raise PermissionDenied(arrow.name)
        if row.state not in arrow.sources:
            raise IllegalMove(row, arrow)

    def _side(self, row: Application) -> Side:
        """Return the side for which the person signs next: home's before the host's."""
        done = {one.side for one in _standing(row)}
        sides = signing_sides(self.by, row)
        return next((side for side in sides if side not in done), (sides or [Side.HOME])[0])

    def _around(self, row: Any) -> dict[str, Any]:
        past: Past = self.pasts.of(row, has_had_it=row.has_had_it)
        return {"past": past, "codes": self.codes.get(row.call.programme_id, set())}

    def _check_turn(self, row: Any) -> None:
        """As `cases.reserve.turn_of`, without those who have left the list by then."""
        if row.state != ApplicationState.RESERVE:
            return
        gone = self.off_list.get(self._list(row), set())
        peers = [peer for peer in row.peers if peer["id"] not in gone]
        reserve.check_turn(
            [Decimal(str(peer["amount"] or 0)) for peer in peers],
            [peer["id"] for peer in peers].index(row.pk),
            order=ReserveOrder(row.call.reserve_order),
            left=self.purses.left_for(row),
            names=[peer["number"] for peer in peers],
        ).require()

    def _list(self, row: Application) -> tuple[int, int]:
        return row.call_id, row.home_region_id

    def _award(self, row: Application, side: Side, amount: Decimal) -> Outcome:
        was_on_list = row.state == ApplicationState.RESERVE
        purse = self.purses.of(row)
        if purse is None:
            raise NoPot
        if not self.purses.take(row, amount):
            if was_on_list:
                raise PotExhausted(purse.pot, Balance(allocated=purse.free))
            return self._decided(row, ApplicationState.RESERVE, side=side, amount=amount)
        self.pasts.award(row, amount, granted_on=self._granted_on(row))
        if was_on_list:
            self.off_list.setdefault(self._list(row), set()).add(row.pk)
        return self._decided(
            row,
            ApplicationState.APPROVED,
            side=side,
            amount=amount,
            spent=amount,
            free=purse.free,
        )

    def _granted_on(self, row: Application) -> date | None:
        part = self.parts.get((row.call.programme_id, row.home_region_id))
        at_once = part is not None and part.granting_moment == GrantingMoment.DECISION
        return local_day(self.now, row.home_region) if at_once else None

    def _decided(self, row: Application, state: ApplicationState, **more: Any) -> Outcome:
        held = is_held(row)
        return Outcome(application=row, state=state, is_told=not held, is_held=held, **more)
