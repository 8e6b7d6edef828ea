"""From a firm's profile to what the law reads: the ownership tree, the size, what it declares."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from portal.models import Organisation
from portal.workflow import as_json, digest
from vouchers.models import EnterpriseFigures, UndertakingProfile
from vouchers.rules import group_size
from vouchers.rules.group_size import Size
from vouchers.rules.ownership import Control, Group, Kind, Party, Stake
from vouchers.rules.periods import NoRuleInForce, in_force
from vouchers.rules.sectors import Activity, Nace
from vouchers.rules.sme import DEFINITIONS, Figures

FIRM = "firm"


@dataclass(frozen=True, slots=True)
class Statement:
    """A profile as it stands or as it was confirmed, with the firm's own figures by year."""

    name: str
    country: str
    figures: tuple[Figures, ...]
    is_estimate: bool
    nace_code: str
    nace_revision: str
    has_separate_accounts: bool
    stands_alone: bool | None
    is_taken_over: bool | None
    is_insolvent: bool | None
    parties: Sequence[Mapping[str, Any]] = field(default_factory=list)
    stakes: Sequence[Mapping[str, Any]] = field(default_factory=list)

    @property
    def group(self) -> Group:
        """The firm with everybody around it."""
        firm = Party(key=FIRM, name=self.name, country=self.country, figures=self.figures)
        if self.stands_alone:
            return Group.of(firm)
        return Group.of(firm, *map(read_party, self.parties), stakes=map(read_stake, self.stakes))

    @property
    def activity(self) -> Activity | None:
        """What the firm does, once it has said so."""
        if not self.nace_code:
            return None
        return Activity(
            nace=self.nace_code,
            revision=Nace(self.nace_revision),
            separated=self.has_separate_accounts,
        )

    @property
    def missing(self) -> list[str]:
        """The steps that are not answered yet, in the order of the interview."""
        answered = {
            "activity": bool(self.nace_code),
            "figures": bool(self.figures),
            "around": self.stands_alone is not None,
            "group": self.stands_alone is not False or bool(self.stakes),
            "conduct": None not in {self.is_taken_over, self.is_insolvent},
        }
        return [step for step, is_answered in answered.items() if not is_answered]

    def size(self, *, on: date) -> Size | None:
        """The class on the day with its arithmetic; None without figures or a rule."""
        if not self.figures:
            return None
        try:
            return group_size.size_of(self.group, on=on, taken_over=bool(self.is_taken_over))
        except NoRuleInForce:
            return None


def statement_of(profile: UndertakingProfile) -> Statement:
    """Return the profile as it stands now."""
    return _statement(profile.organisation, vars(profile))


def confirmed_of(organisation: Organisation) -> Statement | None:
    """Return the profile as it was confirmed last, with the firm's own figures as they are now."""
    profile: UndertakingProfile | None = getattr(organisation, "profile", None)
    if profile is None or profile.confirmed is None:
        return None
    return _statement(organisation, profile.confirmed)


def _statement(organisation: Organisation, said: Mapping[str, Any]) -> Statement:
    rows = sorted(organisation.figures.all(), key=lambda row: row.year)
    return Statement(
        name=organisation.name,
        country=organisation.country,
        figures=tuple(own_figures(rows)),
        is_estimate=bool(rows) and rows[-1].is_estimate,
        **{name: said[name] for name in SAID},
    )


SAID = (
    "nace_code",
    "nace_revision",
    "has_separate_accounts",
    "stands_alone",
    "is_taken_over",
    "is_insolvent",
    "parties",
    "stakes",
)


def own_figures(rows: Iterable[EnterpriseFigures]) -> list[Figures]:
    """Return rows of figures as the law reads them."""
    return [
        Figures(
            year=row.year,
            headcount=row.headcount,
            turnover=row.turnover,
            balance_sheet=row.balance_sheet,
        )
        for row in rows
    ]


def snapshot(statement: Statement, *, on: date) -> dict[str, Any]:
    """Freeze a whole statement with the class that it gives, as JSON."""
    size = statement.size(on=on)
    assert size is not None  # noqa: S101  a whole statement has figures
    group = statement.group
    return as_json(
        {
            **{name: getattr(statement, name) for name in SAID},
            "figures": [_figures_json(one) for one in statement.figures],
            "is_estimate": statement.is_estimate,
            "size": size.size,
            "year": size.year,
            "total": _figures_json(size.total),
            "contributions": [
                {
                    "name": one.name,
                    "relation": one.relation,
                    "percent": one.percent,
                    **_figures_json(one.figures),
                }
                for one in size.contributions
            ],
            "years": [list(pair) for pair in size.years],
            "exempt": [group.parties[key].name for key in size.around.exempt],
            "public_percent": size.around.public_percent,
            "is_kept": size.is_kept,
            "definition": in_force(DEFINITIONS, on).name,
        }
    )


def mark_of(statement: Statement) -> str:
    """Return a mark of all that somebody confirms, figures included."""
    said = {name: getattr(statement, name) for name in SAID}
    return digest(as_json([said, [_figures_json(one) for one in statement.figures]]))


def _figures_json(figures: Figures) -> dict[str, Any]:
    return {
        "year": figures.year,
        "headcount": figures.headcount,
        "turnover": figures.turnover,
        "balance_sheet": figures.balance_sheet,
    }


def read_party(stored: Mapping[str, Any]) -> Party:
    """Read a party as JSON keeps it."""
    return Party(
        key=stored["key"],
        name=stored["name"],
        kind=Kind(stored["kind"]),
        country=stored["country"],
        figures=tuple(map(_read_figures, stored["figures"])),
        invested=_decimal(stored["invested"]),
        budget=_decimal(stored["budget"]),
        inhabitants=stored["inhabitants"],
    )


def _read_figures(stored: Mapping[str, Any]) -> Figures:
    return Figures(
        year=stored["year"],
        headcount=Decimal(stored["headcount"]),
        turnover=Decimal(stored["turnover"]),
        balance_sheet=Decimal(stored["balance_sheet"]),
    )


def read_stake(stored: Mapping[str, Any]) -> Stake:
    """Read a stake as JSON keeps it."""
    return Stake(
        holder=stored["holder"],
        held=stored["held"],
        capital=Decimal(stored["capital"]),
        votes=Decimal(stored["votes"]),
        control=Control(stored["control"]) if stored["control"] else None,
        same_market=stored["same_market"],
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
