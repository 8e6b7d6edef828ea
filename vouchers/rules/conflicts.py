"""Who is too close to an application to handle it.

A person whose impartiality is compromised by economic interest or any other shared interest may
not take part, and refers the matter to a superior: Regulation (EU, Euratom) 2024/2509, article 61.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from vouchers.enums import ConflictKind, PartyRole

# As long as an expert's earlier ties count in the Union's own programmes: three years.
EARLIER = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What ties a member of staff to firms: employers by a key of the name, firms by their id."""

    key: int
    employers: frozenset[str] = frozenset()
    acts_for: frozenset[int] = frozenset()
    acted_for: frozenset[int] = frozenset()
    domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The applicant, or a partner that it names; one named by hand has no id.

    `key` is what spellings of the name share.
    """

    role: PartyRole
    name: str
    key: str
    organisation: int | None = None
    domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """One tie and its evidence: the party's name, or the domain."""

    kind: ConflictKind
    party: PartyRole
    evidence: str


def without_common_domains(people: Sequence[Person]) -> list[Person]:
    """Take out the domains that staff of several employers write from: a programme's own.

    They say nothing of who somebody works for, as public mail domains do not.
    """
    employers: Mapping[str, set[str]] = defaultdict(set)
    for person in people:
        for domain in person.domains:
            employers[domain].update(person.employers)
    common = {domain for domain, names in employers.items() if len(names) > 1}
    return [replace(person, domains=person.domains - common) for person in people]


def findings(person: Person, parties: Iterable[Party]) -> list[Finding]:
    """Return what ties the person to the parties: of each party the strongest tie."""
    found = (next(_ties(person, party), None) for party in parties)
    return list(dict.fromkeys(tie for tie in found if tie))


def _ties(person: Person, party: Party) -> Iterator[Finding]:
    if party.organisation in person.acts_for:
        yield Finding(ConflictKind.MEMBER, party.role, party.name)
    if party.key in person.employers:
        yield Finding(ConflictKind.EMPLOYER, party.role, party.name)
    if party.organisation in person.acted_for:
        yield Finding(ConflictKind.EARLIER, party.role, party.name)
    if common := person.domains & party.domains:
        yield Finding(ConflictKind.DOMAIN, party.role, min(common))
