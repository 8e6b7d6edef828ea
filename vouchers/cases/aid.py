"""Aid that a firm has had and is about to have, under the act of its terms."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet, Value

from portal.money import ZERO, cents
from vouchers.cases.places import local_day
from vouchers.enums import AID_OF_AWARDS, AidBasis, ApplicationState, AwardState
from vouchers.models import (
    AidAdjustment,
    Application,
    DeclaredAid,
    Undertaking,
)
from vouchers.rules import deminimis
from vouchers.rules.deminimis import AidLine, AidSource, Headroom, NewAid
from vouchers.rules.other_aid import ARTICLE_20A, MFA, Assistance, NewAssistance, ProjectAid
from vouchers.rules.periods import in_force
from vouchers.rules.sme import DEFINITIONS

# Aid that a later declaration must name; each country counts its own.
COUNTED_AS_HISTORY = frozenset({AidBasis.DE_MINIMIS, AidBasis.MFA})


# Acts beside which de minimis aid is told for information: the voucher does not count as such.
BESIDE_DE_MINIMIS = frozenset({AidBasis.GBER_20A, AidBasis.NONE})


class Other(NamedTuple):
    """Another application of an undertaking, with its award where it has one."""

    call: int
    voucher_type: int
    state: str
    aid_basis: str | None
    award_state: str | None
    awarded: Decimal
    granted_on: date | None
    country: str
    authority: str
    programme: int


class Aid(NamedTuple):
    """By what an aid that a split took away is found again."""

    granted_on: date | None
    authority: str
    member_state: str


def others_of(undertaking: int, *, apart_from: int | None) -> list[Other]:
    """Return the undertaking's applications with their awards, newest award first."""
    return [other for pk, other in _files_of([undertaking])[undertaking] if pk != apart_from]


type Files = dict[int, list[tuple[int, Other]]]


def _files_of(undertakings: Collection[int]) -> Files:
    """Return the applications of each undertaking by their keys, newest award first."""
    rows: QuerySet[Any] = Application.objects.filter(undertaking__in=undertakings)
    found: Files = {undertaking: [] for undertaking in undertakings}
    for undertaking, pk, *row in rows.order_by("-award__pk").values_list(
        "undertaking",
        "pk",
        "call",
        "voucher_type",
        "state",
        "award__aid_basis",
        "award__state",
        "award__amount",
        "award__granted_on",
        "home_region__country",
        "home_region__broker_organisation",
        "call__programme",
    ):
        found[undertaking].append((pk, Other(*row)))
    return found


def aid_history(undertaking: Undertaking, *, apart_from: int | None = None) -> list[AidLine]:
    """Return declared aid and own awards, open offers included, `apart_from` an application."""
    others = others_of(undertaking.pk, apart_from=apart_from)
    return _history(undertaking.pk, others, _declared([undertaking.pk])[undertaking.pk])


class Declared(NamedTuple):
    """What firms declared and splits brought, and what splits took away by aid."""

    lines: list[AidLine]
    taken: dict[Aid, Decimal]


def _history(undertaking: int, others: Iterable[Other], declared: Declared) -> list[AidLine]:
    known, taken = declared
    return [*_without(taken, [*known, *_own(undertaking, others)])]


def _declared(undertakings: Collection[int]) -> dict[int, Declared]:
    """Return what the firms of each undertaking declared, and splits moved, in one statement."""
    member = "organisation__undertaking_member__undertaking"
    here = {f"{member}__in": undertakings}
    columns = (member, "granted_on", "authority", "member_state", "amount")
    declared = DeclaredAid.objects.filter(**here).order_by()
    adjusted = AidAdjustment.objects.filter(**here).order_by()
    rows = declared.values_list(*columns, Value(AidSource.DECLARED.value)).union(
        adjusted.values_list(*columns, Value(AidSource.ADJUSTED.value)), all=True
    )
    found = {undertaking: Declared([], {}) for undertaking in undertakings}
    for undertaking, granted_on, authority, member_state, amount, source in rows.order_by(
        "granted_on"
    ):
        lines, taken = found[undertaking]
        if amount < 0:
            aid = Aid(granted_on, authority, member_state)
            taken[aid] = taken.get(aid, ZERO) - amount
            continue
        line = AidLine(
            granted_on=granted_on,
            undertaking=str(undertaking),
            member_state=member_state,
            authority=authority,
            amount=amount,
            source=AidSource(source),
        )
        lines.append(line)
    return found


def _without(taken: Mapping[Aid, Decimal], lines: Iterable[AidLine]) -> Iterator[AidLine]:
    """Return the lines with what is left of each; nothing of one that went whole."""
    owed = dict(taken)
    for line in lines:
        aid = Aid(line.granted_on, line.authority, line.member_state)
        gone = min(owed.get(aid, ZERO), line.amount)
        if gone:
            owed[aid] -= gone
        if gone < line.amount:
            yield replace(line, amount=line.amount - gone)


def _own(undertaking: int, others: Iterable[Other]) -> list[AidLine]:
    return [
        AidLine(
            granted_on=other.granted_on,
            undertaking=str(undertaking),
            member_state=other.country,
            authority=other.authority,
            amount=other.awarded,
            source=AidSource.AWARDED if other.granted_on else AidSource.OFFERED,
        )
        for other in others
        if other.aid_basis in COUNTED_AS_HISTORY and other.award_state in AID_OF_AWARDS
    ]


class Past(NamedTuple):
    """What an undertaking has beside one application: its other applications, and all aid.

    `has_had_it` says whether it has had a voucher with this partner and topic, where that is known.
    """

    others: list[Other]
    history: list[AidLine]
    has_had_it: bool | None = None


def past_of(application: Application) -> Past:
    """Read what the undertaking has beside this application, once for all who ask."""
    undertaking = application.undertaking_id
    others = others_of(undertaking, apart_from=application.pk)
    return Past(others, _history(undertaking, others, _declared([undertaking])[undertaking]))


class Pasts:
    """What the undertakings of many applications have, read in two statements.

    A forecast adds what it would award, so that what comes after it counts that too.
    """

    def __init__(self, applications: Iterable[Application]) -> None:
        undertakings = {application.undertaking_id for application in applications}
        self._files, self._declared = _files_of(undertakings), _declared(undertakings)

    def of(self, application: Application, *, has_had_it: bool) -> Past:
        """Return what there is beside one application."""
        undertaking = application.undertaking_id
        others = [other for pk, other in self._files[undertaking] if pk != application.pk]
        history = _history(undertaking, others, self._declared[undertaking])
        return Past(others, history, has_had_it)

    def award(self, application: Application, amount: Decimal, *, granted_on: date | None) -> None:
        """Count an award in EUR that is about to be made, as an open offer."""
        files = self._files[application.undertaking_id]
        at = next(place for place, (pk, _other) in enumerate(files) if pk == application.pk)
        made = files.pop(at)[1]._replace(
            state=ApplicationState.APPROVED,
            aid_basis=application.terms.aid_basis,
            award_state=AwardState.OFFERED,
            awarded=amount,
            granted_on=granted_on,
        )
        files.insert(0, (application.pk, made))


def headroom_of(application: Application, *, past: Past, on: date) -> Headroom:
    """Return what the undertaking may still receive from its Member State on the day, in EUR."""
    return deminimis.headroom(
        past.history,
        undertaking=str(application.undertaking_id),
        member_state=application.home_region.country,
        on=on,
    )


def new_aid(
    application: Application,
    amount: Decimal | None,
    *,
    on: date,
    past: Past | None = None,
) -> NewAid | ProjectAid | NewAssistance | None:
    """Return the aid about to be granted under the act of the application's terms.

    `amount` in EUR; None where there is no amount yet or the voucher is not aid.
    """
    basis = application.terms.aid_basis
    if amount is None or basis == AidBasis.NONE:
        return None
    past = past or past_of(application)
    if basis == AidBasis.GBER_20A:
        earlier = _of_project(application, past.others)
        return ProjectAid(granted_on=on, amount=amount, earlier=earlier)
    history = tuple(past.history)
    if basis == AidBasis.MFA:
        return _assistance(application, amount, history, on=on)
    return NewAid(
        granted_on=on,
        undertaking=str(application.undertaking_id),
        member_state=application.home_region.country,
        amount=amount,
        history=history,
        export_tied=application.is_export_tied,
    )


def _of_project(application: Application, others: Iterable[Other]) -> tuple[Decimal, ...]:
    """Return what the undertaking has of Article 20a in the same programme, open offers too."""
    programme = application.call.programme_id
    return tuple(
        other.awarded
        for other in others
        if other.programme == programme
        and other.aid_basis == AidBasis.GBER_20A
        and other.award_state in AID_OF_AWARDS
    )


def _assistance(
    application: Application, amount: Decimal, history: Iterable[AidLine], *, on: date
) -> NewAssistance:
    """Return aid that is counted in pounds, at the programme's stated rate."""
    rate = application.call.programme.pounds_per_euro
    here = (line for line in history if line.member_state == application.home_region.country)
    return NewAssistance(
        granted_on=on,
        amount=amount,
        pounds_per_euro=rate,
        history=tuple(
            Assistance(granted_on=line.granted_on or on, amount=cents(line.amount * rate))
            for line in here
        ),
    )


def rules_in_force(application: Application, *, now: datetime) -> str:
    """Return the acts that decide today: of the aid, and of the size of firms."""
    day, basis = local_day(now, application.home_region), application.terms.aid_basis
    acts = {
        AidBasis.DE_MINIMIS: lambda: deminimis.rule_set(day).regulation,
        AidBasis.GBER_20A: lambda: in_force(ARTICLE_20A, day).act,
        AidBasis.MFA: lambda: in_force(MFA, day).act,
    }
    act = [acts[basis]()] if basis in acts else []
    return "; ".join([*act, in_force(DEFINITIONS, day).name])
