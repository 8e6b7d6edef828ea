"""Sectors that de minimis aid leaves out: Regulation (EU) 2023/2831, article 1(1) and (2)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from vouchers.rules.verdict import Reason, ReasonCode, Verdict


class Nace(StrEnum):
    """The revision of the classification that a code belongs to."""

    REV_2 = "2"
    REV_2_1 = "2.1"


# Divisions and groups are the same in both revisions: primary agriculture, fishery, aquaculture.
EXCLUDED = ("01.1", "01.2", "01.3", "01.4", "01.5", "03")
# Processing and marketing of farm and fishery products: aid must not pass to primary producers.
DEPENDS = ("01.6", "10.1", "10.2", "10.3", "10.4", "10.5", "10.6", "46.2", "46.3", "47.2")
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


def check(activity: Activity) -> Verdict:
    """Whether the sector may have de minimis aid. Raises NotNace."""
    code = normal(activity.nace)
    params = {"nace": activity.nace}
    if _is_under(code, EXCLUDED):
        if activity.separated:
            return Verdict(notes=(Reason(ReasonCode.SECTOR_SEPARATED, params),))
        return Verdict(reasons=(Reason(ReasonCode.SECTOR_EXCLUDED, params),))
    if _is_under(code, DEPENDS):
        return Verdict(notes=(Reason(ReasonCode.SECTOR_DEPENDS, params),))
    return Verdict()


def _is_under(code: str, stems: tuple[str, ...]) -> bool:
    """Whether the code is one of the stems or lies below it; 01 alone is all of agriculture."""
    return (code == "01" and "01.1" in stems) or any(code.startswith(stem) for stem in stems)
