"""Sectors that de minimis aid leaves out: article 1(1) and (2) of the regulation in force."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vouchers.rules.periods import NoRuleInForce, in_force
from vouchers.rules.verdict import Params, Reason, ReasonCode, Verdict


class Nace(StrEnum):
    """The revision of the classification that a code belongs to."""

    REV_2 = "2"
    REV_2_1 = "2.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorRules:
    """What one regulation leaves out from `first` to `last`, as codes that both revisions share.

    `excluded` has no aid at all, `depends` only under a condition; each by what is said of it.
    """

    regulation: str
    first: date
    last: date
    excluded: Mapping[ReasonCode, tuple[str, ...]]
    depends: Mapping[ReasonCode, tuple[str, ...]]


PRIMARY = ("01.1", "01.2", "01.3", "01.4", "01.5", "03")
# Processing and marketing of farm products: aid must not pass to primary producers.
FARM_PRODUCTS = ("01.6", "10.1", "10.3", "10.4", "10.5", "10.6", "46.2", "46.3", "47.2")
# Left out whole until 2023, like all of the fishery sector; since then as farm products are.
FISH_PRODUCTS = "10.2"
# The coal of Regulation (EC) No 1407/2002.
COAL = ("05.1",)
# Carriers of freight by road: no aid for the purchase of lorries.
CARRIERS = ("49.41",)
SECTOR_RULES = (
    SectorRules(
        regulation="(EC) No 1998/2006",
        first=date(2007, 1, 1),
        last=date(2013, 12, 31),
        excluded={
            ReasonCode.SECTOR_EXCLUDED: (*PRIMARY, FISH_PRODUCTS),
            ReasonCode.SECTOR_COAL: COAL,
        },
        depends={
            ReasonCode.SECTOR_DEPENDS: FARM_PRODUCTS,
            ReasonCode.SECTOR_CARRIER: CARRIERS,
        },
    ),
    SectorRules(
        regulation="(EU) No 1407/2013",
        first=date(2014, 1, 1),
        last=date(2023, 12, 31),
        excluded={ReasonCode.SECTOR_EXCLUDED: (*PRIMARY, FISH_PRODUCTS)},
        depends={
            ReasonCode.SECTOR_DEPENDS: FARM_PRODUCTS,
            ReasonCode.SECTOR_CARRIER: CARRIERS,
        },
    ),
    SectorRules(
        regulation="(EU) 2023/2831",
        first=date(2024, 1, 1),
        last=date(2030, 12, 31),
        excluded={ReasonCode.SECTOR_EXCLUDED: PRIMARY},
        depends={ReasonCode.SECTOR_DEPENDS: (*FARM_PRODUCTS, FISH_PRODUCTS)},
    ),
)
# Retail lost its groups by kind of shop in revision 2.1: foodstuffs are all in 47.2.
_CODE = re.compile(r"^[A-V]?(\d{2})(?:\.?(\d{1,2}))?(?:\.?(\d))?$", re.ASCII)


class NotNace(ValueError):
    """The text is no NACE code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What a firm does; `separated` = another activity with accounts of its own is supported."""

    nace: str
    revision: Nace = Nace.REV_2_1
    separated: bool = False


def normal(code: str) -> str:
    """A code as NN, NN.N or NN.NN, without the letter of its section. Raises NotNace."""
    found = _CODE.match(code.strip().upper().replace(" ", ""))
    if found is None:
        raise NotNace(code)
    division, rest, last = found.groups()
    detail = f"{rest or ''}{last or ''}"
    return f"{division}.{detail}" if detail else division


def check(activity: Activity, *, on: date) -> Verdict:
    """Whether the sector may have de minimis aid on the day. Raises NotNace."""
    try:
        rules = in_force(SECTOR_RULES, on)
    except NoRuleInForce:
        return Verdict(reasons=(Reason(ReasonCode.NO_AID_RULE, {"day": on}),))
    code = normal(activity.nace)
    params: Params = {"nace": activity.nace}
    excluded = _found(code, rules.excluded, params)
    if excluded and activity.separated:
        return Verdict(notes=(Reason(ReasonCode.SECTOR_SEPARATED, params),))
    return Verdict(reasons=excluded, notes=_found(code, rules.depends, params))


def _found(
    code: str, rules: Mapping[ReasonCode, tuple[str, ...]], params: Params
) -> tuple[Reason, ...]:
    return tuple(Reason(said, params) for said, stems in rules.items() if _is_under(code, stems))


def _is_under(code: str, stems: tuple[str, ...]) -> bool:
    """Whether the code is one of the stems or lies below it; 01 alone is all of agriculture."""
    return (code == "01" and "01.1" in stems) or any(code.startswith(stem) for stem in stems)
