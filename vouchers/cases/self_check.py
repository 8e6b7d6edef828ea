"""The self-check: what somebody without an account says of a firm, put to the same law."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.models import Region
from vouchers.cases.places import place_of
from vouchers.enums import AidBasis
from vouchers.models import CallVoucherType
from vouchers.rules import eligibility
from vouchers.rules.conduct import Conduct
from vouchers.rules.deminimis import AidLine, AidSource, NewAid
from vouchers.rules.ownership import Group, Kind, Party, Stake
from vouchers.rules.sectors import Activity
from vouchers.rules.sme import WHOLE, Figures

FIRM = "firm"
# A code of primary production: whoever ticks that box falls under it.
PRIMARY = Activity(nace="01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says: figures with those of linked enterprises and of one partner.

    A region of None lies outside the programme; `earlier_aid` in EUR over three years.
    """

    home: Region | None
    host: Region | None
    own: Figures
    linked: Figures | None = None
    partner: Figures | None = None
    partner_percent: Decimal = Decimal(0)
    is_public: bool = False
    is_primary: bool = False
    conduct: Conduct
    earlier_aid: Decimal = Decimal(0)


def self_check_case(
    said: Said, offer: CallVoucherType, *, regions: Collection[str], outside: str, on: date
) -> eligibility.Case:
    """Return the case that the law is asked; `outside` names a region beyond the programme."""
    terms = offer.terms_in(said.home)
    return eligibility.Case(
        on=on,
        firm=eligibility.Firm(figures=said.own, group=group_of(said)),
        route=eligibility.Route(
            rule=terms.crossing_rule,
            home=place_of(said.home, outside),
            host=place_of(said.host, outside),
            regions=regions,
        ),
        request=None,
        count=None,
        aid=_aid(said, terms.amount, on) if terms.aid_basis == AidBasis.DE_MINIMIS else None,
        submission=None,
        activity=PRIMARY if said.is_primary else None,
        conduct=said.conduct,
    )


def group_of(said: Said) -> Group:
    """Return the firm with what was said of those around it."""
    others, stakes = [], []
    if said.linked:
        others.append(Party(key="linked", name="", figures=(said.linked,)))
        stakes.append(_stake(FIRM, "linked", WHOLE))
    if said.partner:
        others.append(Party(key="partner", name="", figures=(said.partner,)))
        stakes.append(_stake("partner", FIRM, said.partner_percent))
    if said.is_public:
        others.append(Party(key="public", name="", kind=Kind.PUBLIC_BODY))
        stakes.append(_stake("public", FIRM, Decimal(25)))
    firm = Party(key=FIRM, name="", figures=(said.own,))
    return Group.of(firm, *others, stakes=stakes)


def _stake(holder: str, held: str, percent: Decimal) -> Stake:
    return Stake(holder=holder, held=held, capital=percent, votes=percent)


def _aid(said: Said, amount: Decimal, on: date) -> NewAid:
    country = said.home.country if said.home else ""
    earlier = AidLine(
        granted_on=on,
        undertaking=FIRM,
        member_state=country,
        authority="",
        amount=said.earlier_aid,
        source=AidSource.DECLARED,
    )
    return NewAid(
        granted_on=on,
        undertaking=FIRM,
        member_state=country,
        amount=amount,
        history=(earlier,) if said.earlier_aid else (),
    )
