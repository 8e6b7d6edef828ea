"""What an undertaking has had: its other applications, its awards and its declared aid."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from vouchers.enums import LIVE_AWARD, AidBasis, AwardState
from vouchers.models import Application, DeclaredAid, Undertaking
from vouchers.rules import deminimis
from vouchers.rules.deminimis import AidLine, AidSource, Headroom

AID_OF_AWARDS = LIVE_AWARD | {AwardState.COMPLETED}


class Other(NamedTuple):
    """Another application of an undertaking, with its award where it has one."""

    call: int
    voucher_type: int
    state: str
    aid_basis: str
    award_state: str | None
    awarded: Decimal
    granted_on: date | None
    country: str
    authority: str


def others_of(undertaking: int, *, apart_from: int | None) -> list[Other]:
    """Return the undertaking's applications, `apart_from` one of them, in one statement."""
    rows = Application.objects.filter(undertaking=undertaking)
    if apart_from:
        rows = rows.exclude(pk=apart_from)
    found = rows.order_by("-award__pk").values_list(
        "call",
        "voucher_type",
        "state",
        "voucher_type__aid_basis",
        "award__state",
        "award__amount",
        "award__granted_on",
        "home_region__country",
        "home_region__broker_organisation",
    )
    return [Other(*row) for row in found]


def aid_history(undertaking: Undertaking, *, apart_from: int | None = None) -> list[AidLine]:
    """Return declared aid and own awards, open offers included, `apart_from` an application."""
    return history_of(undertaking.pk, others_of(undertaking.pk, apart_from=apart_from))


def history_of(undertaking: int, others: Iterable[Other]) -> list[AidLine]:
    """Return declared aid and the awards of `others`, open offers included."""
    return [*_declared(undertaking), *_own(undertaking, others)]


def _declared(undertaking: int) -> list[AidLine]:
    return [
        AidLine(
            granted_on=aid.granted_on,
            undertaking=str(undertaking),
            member_state=aid.member_state,
            authority=aid.authority,
            amount=aid.amount,
            source=AidSource.DECLARED,
        )
        for aid in DeclaredAid.objects.filter(
            organisation__undertaking_member__undertaking=undertaking
        )
    ]


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
        if other.aid_basis == AidBasis.DE_MINIMIS and other.award_state in AID_OF_AWARDS
    ]


def headroom_of(undertaking: Undertaking, *, member_state: str, on: date) -> Headroom:
    """Return what the undertaking may still receive from the Member State on the day, in EUR."""
    return deminimis.headroom(
        aid_history(undertaking), undertaking=str(undertaking.pk), member_state=member_state, on=on
    )
