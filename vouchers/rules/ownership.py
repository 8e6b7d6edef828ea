"""Who belongs to a firm: partner and linked enterprises by Recommendation 2003/361/EC, Annex.

A `Group` is a graph: parties, and stakes that one party holds in another. Article 3 reads it:
linked enterprises by a majority of votes or by control, also through people in the same or an
adjacent market; partners from 25 %; investors that do not count; public control. The same graph
answers what a single undertaking is (Regulation (EU) 2023/2831, article 2(2)): there people do
not link, and only enterprises of one Member State are one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import combinations

from vouchers.rules.periods import in_force
from vouchers.rules.sme import LINKED_ABOVE, PARTNER_FROM, WHOLE, Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestorLimits:
    """What the investors of article 3(2) stay below, in EUR, from `first` to `last`.

    An angel with its total in the firm, a small authority with its yearly budget and its people.
    """

    act: str
    first: date
    last: date | None
    angel: Decimal
    budget: Decimal
    inhabitants: int


INVESTOR_LIMITS = (
    InvestorLimits(
        act="2003/361/EC, Annex, article 3(2)",
        first=date(2005, 1, 1),
        last=None,
        angel=Decimal(1_250_000),
        budget=Decimal(10_000_000),
        inhabitants=5_000,
    ),
)


class Kind(StrEnum):
    """What a party is. The last six may hold up to half without being partners (art. 3(2))."""

    ENTERPRISE = "enterprise"
    PERSON = "person"
    PUBLIC_BODY = "public_body"
    PUBLIC_INVESTMENT = "public_investment"
    VENTURE_CAPITAL = "venture_capital"
    BUSINESS_ANGEL = "business_angel"
    UNIVERSITY = "university"
    INSTITUTIONAL = "institutional"
    SMALL_AUTHORITY = "small_authority"


EXEMPT = frozenset(
    {
        Kind.PUBLIC_INVESTMENT,
        Kind.VENTURE_CAPITAL,
        Kind.BUSINESS_ANGEL,
        Kind.UNIVERSITY,
        Kind.INSTITUTIONAL,
        Kind.SMALL_AUTHORITY,
    }
)
PUBLIC = frozenset(
    {Kind.PUBLIC_BODY, Kind.PUBLIC_INVESTMENT, Kind.UNIVERSITY, Kind.SMALL_AUTHORITY}
)
# People have no staff and no turnover of their own.
WITHOUT_FIGURES = frozenset({Kind.PERSON, Kind.BUSINESS_ANGEL})


class Control(StrEnum):
    """Control that rests on something else than a majority of votes (art. 3(3))."""

    BOARD = "board"
    CONTRACT = "contract"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An enterprise, a person (or people who act jointly) or a body; figures by year.

    `invested` is an angel's total in the firm, `budget` a small authority's yearly one, in EUR.
    """

    key: str
    name: str
    kind: Kind = Kind.ENTERPRISE
    country: str = ""
    figures: tuple[Figures, ...] = ()
    invested: Decimal | None = None
    budget: Decimal | None = None
    inhabitants: int | None = None

    def may_be_exempt(self, *, on: date) -> bool:
        """Whether it is an investor of article 3(2) within its limits of the day.

        Raises NoRuleInForce.
        """
        limits = in_force(INVESTOR_LIMITS, on)
        if self.kind == Kind.BUSINESS_ANGEL:
            return self.invested is not None and self.invested < limits.angel
        if self.kind == Kind.SMALL_AUTHORITY:
            is_small = self.inhabitants is not None and self.inhabitants < limits.inhabitants
            return is_small and self.budget is not None and self.budget < limits.budget
        return self.kind in EXEMPT

    def figures_of(self, year: int) -> Figures | None:
        """Its figures of the year, else the newest before it, else the oldest known."""
        known = sorted(self.figures, key=lambda one: one.year)
        until = [one for one in known if one.year <= year]
        return until[-1] if until else next(iter(known), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What one party holds in another, in percent of capital and of votes.

    `same_market`: the held enterprise acts in the same or an adjacent market as the firm, asked
    where the holder is a person.
    """

    holder: str
    held: str
    capital: Decimal
    votes: Decimal
    control: Control | None = None
    same_market: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError unless both percentages lie between 0 and 100."""
        if not (0 <= self.capital <= WHOLE and 0 <= self.votes <= WHOLE):
            raise ValueError("a stake lies between 0 and 100 per cent")
        if self.holder == self.held:
            raise ValueError("nobody holds a stake in itself")

    @property
    def percent(self) -> Decimal:
        """The higher of capital and votes (art. 6(2))."""
        return max(self.capital, self.votes)

    @property
    def controls(self) -> bool:
        """Whether this stake alone links the two."""
        return self.control is not None or self.votes > LINKED_ABOVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A firm with everybody around it."""

    firm: str
    parties: Mapping[str, Party]
    stakes: tuple[Stake, ...] = ()

    @classmethod
    def of(cls, firm: Party, *others: Party, stakes: Iterable[Stake] = ()) -> "Group":
        """Make a group of a firm and the parties around it."""
        parties = {party.key: party for party in (firm, *others)}
        return cls(firm=firm.key, parties=parties, stakes=tuple(stakes))

    def __post_init__(self) -> None:
        """Raise ValueError where a stake names a party that is not here."""
        named = {key for stake in self.stakes for key in (stake.holder, stake.held)}
        if not named | {self.firm} <= set(self.parties):
            raise ValueError("a stake names a party that the group does not hold")


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner enterprise with its share, and those linked with it, counted at the same share."""

    key: str
    percent: Decimal
    linked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What article 3 makes of a group: linked in full, partners pro rata, investors not at all."""

    linked: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()
    exempt: tuple[str, ...] = ()
    public_percent: Decimal = Decimal(0)


def around(group: Group, *, on: date) -> Around:
    """Read a group: whom the firm is linked with, who is a partner and which investor is exempt.

    Raises NoRuleInForce.
    """
    links = _Links(group)
    linked = links.reach({group.firm})
    spared = [stake for stake in group.stakes if _is_spared(group, stake, links, on=on)]
    return Around(
        linked=tuple(key for key in group.parties if key in linked - {group.firm}),
        partners=tuple(_partners(group, linked, links, spared)),
        exempt=tuple(_exempt(group, linked, links, spared)),
        public_percent=_public_percent(group, links, spared),
    )


def single_undertaking(group: Group, *, member_state: str) -> frozenset[str]:
    """The enterprises of one Member State that are one undertaking with the firm.

    Control may run through enterprises abroad; people and public bodies do not link.
    """
    links = _Links(group, through_people=False)
    linked = links.reach({group.firm})
    return frozenset(
        key for key in linked if key == group.firm or group.parties[key].country == member_state
    )


@dataclass(slots=True)
class _Links:
    """Which parties are linked with each other."""

    group: Group
    through_people: bool = True
    pairs: set[frozenset[str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.pairs = set(self._direct()) | set(self._through_people())
        # Holders who are linked with each other control together; that may link further ones.
        while more := set(self._jointly()) - self.pairs:
            self.pairs |= more

    def reach(self, start: set[str]) -> set[str]:
        """Everybody who is linked with the start, itself included."""
        found, last = set(start), set(start)
        while last:
            last = {key for pair in self.pairs if pair & last for key in pair} - found
            found |= last
        return found

    def _direct(self) -> Iterator[frozenset[str]]:
        for stake in self.group.stakes:
            if stake.controls and self._is_enterprise(stake.holder):
                yield frozenset({stake.holder, stake.held})

    def _is_enterprise(self, key: str) -> bool:
        return self.group.parties[key].kind not in {
            Kind.PERSON,
            Kind.BUSINESS_ANGEL,
            Kind.PUBLIC_BODY,
        }

    def _through_people(self) -> Iterator[frozenset[str]]:
        if not self.through_people:
            return
        held: dict[str, list[Stake]] = {}
        for stake in self.group.stakes:
            if self.group.parties[stake.holder].kind in WITHOUT_FIGURES and stake.controls:
                held.setdefault(stake.holder, []).append(stake)
        for stakes in held.values():
            for one, other in combinations(stakes, 2):
                if self._is_same_market(one) and self._is_same_market(other):
                    yield frozenset({one.held, other.held})

    def _is_same_market(self, stake: Stake) -> bool:
        return stake.held == self.group.firm or stake.same_market

    def _jointly(self) -> Iterator[frozenset[str]]:
        for held in self.group.parties:
            holders = [
                stake
                for stake in self.group.stakes
                if stake.held == held and self._is_enterprise(stake.holder)
            ]
            for stake in holders:
                allies = self.reach({stake.holder}) - {held}
                votes = sum(one.votes for one in holders if one.holder in allies)
                if votes > LINKED_ABOVE:
                    yield frozenset({stake.holder, held})


def _partners(
    group: Group, linked: set[str], links: _Links, spared: Collection[Stake]
) -> Iterator[Partner]:
    """Partners of the firm and of those linked with it; partners of partners do not count.

    Enterprises that are linked with each other hold jointly (art. 3(2)), so they are one partner.
    """
    stakes = [stake for stake in group.stakes if stake not in spared]
    near = {key for s in stakes if {s.holder, s.held} & linked for key in (s.holder, s.held)}
    without = WITHOUT_FIGURES | {Kind.PUBLIC_BODY}
    told: set[str] = set()
    for key in group.parties:
        if key not in near - linked - told or group.parties[key].kind in without:
            continue
        block = links.reach({key})
        told |= block
        percent = max(_most(stakes, block, linked), _most(stakes, linked, block))
        if percent >= PARTNER_FROM:
            others = tuple(other for other in group.parties if other in block - {key})
            yield Partner(key, percent, others)


def _most(stakes: Iterable[Stake], holders: set[str], firms: set[str]) -> Decimal:
    """The highest share that the holders have together in one of the firms (art. 6(2))."""
    held: dict[str, list[Stake]] = {}
    for stake in stakes:
        if stake.holder in holders and stake.held in firms:
            held.setdefault(stake.held, []).append(stake)
    return max(map(_percent, held.values()), default=Decimal(0))


def _percent(stakes: Iterable[Stake]) -> Decimal:
    """The higher of capital and votes of several stakes in one enterprise, 100 at most."""
    stakes = tuple(stakes)
    capital = sum((one.capital for one in stakes), Decimal(0))
    votes = sum((one.votes for one in stakes), Decimal(0))
    return min(WHOLE, max(capital, votes))


def _joint(group: Group, stake: Stake, links: _Links) -> Decimal:
    """What the holder and those linked with it have of the held enterprise, in percent."""
    allies = links.reach({stake.holder})
    return _percent(s for s in group.stakes if s.held == stake.held and s.holder in allies)


def _is_spared(group: Group, stake: Stake, links: _Links, *, on: date) -> bool:
    """An investor of article 3(2) with at most half, alone and with those linked to it."""
    if not group.parties[stake.holder].may_be_exempt(on=on) or stake.controls:
        return False
    is_linked = stake.held in links.reach({stake.holder})
    return not is_linked and _joint(group, stake, links) <= LINKED_ABOVE


def _exempt(
    group: Group, linked: set[str], links: _Links, spared: Iterable[Stake]
) -> Iterator[str]:
    """Spared investors that would be partners, each once."""
    named = {
        stake.holder
        for stake in spared
        if stake.held in linked and _joint(group, stake, links) >= PARTNER_FROM
    }
    return (key for key in group.parties if key in named)


def _public_percent(group: Group, links: _Links, spared: Collection[Stake]) -> Decimal:
    """What public bodies control of the firm, directly or through enterprises, in percent.

    Spared investors of the public sector do not count here either (art. 3(4)), however small.
    """
    public = {key for key, party in group.parties.items() if party.kind in PUBLIC}
    controlled = {stake.held for stake in group.stakes if stake.controls and stake.holder in public}
    hands = public | links.reach(controlled - {group.firm}) - {group.firm}
    percent = _percent(
        s for s in group.stakes if s.held == group.firm and s.holder in hands and s not in spared
    )
    # Control by a contract or a board is control, however small the share.
    return WHOLE if group.firm in controlled and percent < PARTNER_FROM else percent
