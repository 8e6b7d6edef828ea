"""Aid that is not de minimis: article 20a of Regulation (EU) No 651/2014, and the UK's MFA."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.money import ZERO, cents
from vouchers.rules.periods import NoRuleInForce, in_force
from vouchers.rules.verdict import Line, LineCode, Params, Reason, ReasonCode, Verdict

UK_YEAR_STARTS = (4, 1)
UK_YEARS_BEFORE = 2


@dataclass(frozen=True, slots=True)
class AidCeiling:
    """A ceiling with its validity, in the currency of its act."""

    act: str
    first: date
    last: date | None
    amount: Decimal


# Per undertaking and Interreg project, EUR; brought in by (EU) 2021/1237, raised by 2023/1315.
ARTICLE_20A = (
    AidCeiling("(EU) 2021/1237", date(2021, 8, 1), date(2023, 6, 30), Decimal("20000.00")),
    AidCeiling("(EU) 2023/1315", date(2023, 7, 1), None, Decimal("22000.00")),
)
# Per enterprise over the current and the two previous UK financial years, GBP.
MFA = (AidCeiling("SCA 2022, s. 36", date(2023, 1, 4), None, Decimal("315000.00")),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAid:
    """New aid in EUR, and what the undertaking has had in the same project (programme)."""

    granted_on: date
    amount: Decimal
    earlier: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistance:
    """One earlier Minimal Financial Assistance or comparable aid, in GBP."""

    granted_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssistance:
    """New aid in EUR with the pounds that one euro is worth, and the enterprise's history."""

    granted_on: date
    amount: Decimal
    pounds_per_euro: Decimal
    history: tuple[Assistance, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What is used and left of a ceiling, in its own currency; `since` where years are counted."""

    act: str
    used: Decimal
    limit: Decimal
    since: date | None = None

    @property
    def left(self) -> Decimal:
        """What may still be granted; never below 0."""
        return max(ZERO, self.limit - self.used)


def project_room(new: ProjectAid) -> Room:
    """Return what the undertaking has of article 20a in the project, EUR. Raises NoRuleInForce."""
    ceiling = in_force(ARTICLE_20A, new.granted_on)
    return Room(act=ceiling.act, used=_sum(new.earlier), limit=ceiling.amount)


def assistance_room(new: NewAssistance) -> Room:
    """Return what the enterprise has of the UK's ceiling, GBP. Raises NoRuleInForce."""
    ceiling = in_force(MFA, new.granted_on)
    since = mfa_since(new.granted_on)
    counted = [one.amount for one in new.history if since <= one.granted_on <= new.granted_on]
    return Room(act=ceiling.act, used=_sum(counted), limit=ceiling.amount, since=since)


def check_20a(new: ProjectAid) -> Verdict:
    """Whether the new aid fits whole into the project's ceiling for one undertaking."""
    try:
        room = project_room(new)
    except NoRuleInForce:
        return _no_rule(ReasonCode.NO_PROJECT_RULE, new.granted_on)
    known: Params = {"used": room.used, "limit": room.limit, "left": room.left}
    line = Line(LineCode.PROJECT_AID_USED, known)
    if new.amount <= room.left:
        return Verdict(arithmetic=(line,))
    params: Params = {"amount": new.amount, "limit": room.limit, "left": room.left}
    reason = Reason(ReasonCode.PROJECT_CEILING_CROSSED, params)
    return Verdict(reasons=(reason,), arithmetic=(line,))


def check_mfa(new: NewAssistance) -> Verdict:
    """Whether the new aid fits whole into the UK's ceiling over three financial years."""
    try:
        room = assistance_room(new)
    except NoRuleInForce:
        return _no_rule(ReasonCode.NO_MFA_RULE, new.granted_on)
    asked = pounds_of(new)
    params: Params = {
        "pounds_used": room.used,
        "pounds_limit": room.limit,
        "pounds_left": room.left,
        "since": mfa_since(new.granted_on),
    }
    line = Line(LineCode.MFA_USED, params)
    if asked <= room.left:
        return Verdict(arithmetic=(line,))
    reason = Reason(ReasonCode.MFA_CEILING_CROSSED, {**params, "pounds": asked})
    return Verdict(reasons=(reason,), arithmetic=(line,))


def pounds_of(new: NewAssistance) -> Decimal:
    """Return the new aid in GBP at its stated rate."""
    return cents(new.amount * new.pounds_per_euro)


def mfa_since(granted_on: date) -> date:
    """First day of the two UK financial years before the one of the day; they start on 1 April."""
    started_last_year = (granted_on.month, granted_on.day) < UK_YEAR_STARTS
    year = granted_on.year - started_last_year - UK_YEARS_BEFORE
    return date(year, *UK_YEAR_STARTS)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _no_rule(code: ReasonCode, day: date) -> Verdict:
    return Verdict(reasons=(Reason(code, {"day": day}),))
