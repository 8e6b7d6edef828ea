"""What a firm may still receive, act by act: the bars beside the form."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext

from portal.money import ZERO
from portal.templatetags.portal_ui import money
from vouchers.cases import BESIDE_DE_MINIMIS, Past, headroom_of, new_aid
from vouchers.models import Application
from vouchers.rules.deminimis import NewAid
from vouchers.rules.other_aid import (
    NewAssistance,
    ProjectAid,
    assistance_room,
    pounds_of,
    project_room,
)
from vouchers.rules.periods import NoRuleInForce


@dataclass(frozen=True, slots=True, kw_only=True)
class AidRoom:
    """What is used and left under one act, in EUR or in pounds, with this voucher's part of it.

    Where it is only told for information, the voucher has no part.
    """

    title: str
    used: Decimal
    limit: Decimal
    left: Decimal
    asked: Decimal
    act: str
    since: date | None = None
    in_pounds: bool = False
    is_information: bool = False

    def _shown(self, amount: Decimal) -> str:
        if not self.in_pounds:
            return money(amount)
        return gettext("£%(amount)s") % {"amount": number_format(amount, 0, force_grouping=True)}

    @property
    def used_words(self) -> str:
        """The used amount in words."""
        return self._shown(self.used)

    @property
    def limit_words(self) -> str:
        """The ceiling in words."""
        return self._shown(self.limit)

    @property
    def left_words(self) -> str:
        """What is left now, in words."""
        return self._shown(self.left)

    @property
    def asked_words(self) -> str:
        """What the voucher asks for, in words."""
        return self._shown(self.asked)


def rooms_of(application: Application, past: Past, *, on: date) -> list[AidRoom]:
    """Return what may still be received under the act of the application, and beside it.

    Nothing for an act of which no rule is in force on the day.
    """
    try:
        return [*_rooms(application, past, on=on)]
    except NoRuleInForce:
        return []


def _rooms(application: Application, past: Past, *, on: date) -> Iterator[AidRoom]:
    basis = application.terms.aid_basis
    aid = new_aid(application, application.amount or ZERO, on=on, past=past)
    if isinstance(aid, ProjectAid):
        yield _project(aid)
    elif isinstance(aid, NewAssistance):
        yield _assistance(aid)
    elif isinstance(aid, NewAid):
        yield _de_minimis(application, past, on=on)
    if basis in BESIDE_DE_MINIMIS:
        yield _de_minimis(application, past, on=on, is_information=True)


def _de_minimis(
    application: Application, past: Past, *, on: date, is_information: bool = False
) -> AidRoom:
    room = headroom_of(application, past=past, on=on)
    return AidRoom(
        title=gettext("De minimis headroom"),
        used=room.used,
        limit=room.limit,
        left=room.left,
        asked=ZERO if is_information else application.amount or ZERO,
        act=gettext("Regulation %(number)s") % {"number": room.regulation},
        since=room.since,
        is_information=is_information,
    )


def _project(aid: ProjectAid) -> AidRoom:
    room = project_room(aid)
    return AidRoom(
        title=gettext("Headroom in this programme"),
        used=room.used,
        limit=room.limit,
        left=room.left,
        asked=aid.amount,
        act=gettext("article 20a, Regulation %(number)s") % {"number": room.act},
    )


def _assistance(aid: NewAssistance) -> AidRoom:
    room = assistance_room(aid)
    return AidRoom(
        title=gettext("Minimal Financial Assistance left"),
        used=room.used,
        limit=room.limit,
        left=room.left,
        asked=pounds_of(aid),
        act=room.act,
        since=room.since,
        in_pounds=True,
    )
