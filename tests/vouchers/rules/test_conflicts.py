"""Who is too close to an application: ties between people and parties."""

from hypothesis import given
from hypothesis import strategies as st

from vouchers.enums import ConflictKind, PartyRole
from vouchers.rules.conflicts import Finding, Party, Person, findings, without_common_domains

APPLICANT = Party(
    role=PartyRole.APPLICANT,
    name="Voorbeeld Biotech BV",
    key="voorbeeldbiotech",
    organisation=1,
    domains=frozenset({"voorbeeld.example"}),
)
LAB = Party(
    role=PartyRole.PARTNER,
    name="Musterlab",
    key="musterlab",
    organisation=2,
    domains=frozenset({"musterlab.example"}),
)
BOTH = [APPLICANT, LAB]


def kinds(**ties):
    return [(one.kind, one.party) for one in findings(Person(key=7, **ties), BOTH)]


def test_no_tie_is_no_finding():
    assert kinds(employers=frozenset({"otherlab"}), domains=frozenset({"other.example"})) == []


def test_each_tie_is_found_with_its_party():
    assert kinds(acts_for=frozenset({2})) == [(ConflictKind.MEMBER, PartyRole.PARTNER)]
    assert kinds(employers=frozenset({"musterlab"})) == [(ConflictKind.EMPLOYER, PartyRole.PARTNER)]
    assert kinds(acted_for=frozenset({1})) == [(ConflictKind.EARLIER, PartyRole.APPLICANT)]
    assert kinds(domains=frozenset({"voorbeeld.example"})) == [
        (ConflictKind.DOMAIN, PartyRole.APPLICANT)
    ]


def test_the_strongest_tie_to_each_party_speaks():
    close = Person(
        key=7,
        employers=frozenset({"musterlab"}),
        acted_for=frozenset({1, 2}),
        domains=frozenset({"musterlab.example", "voorbeeld.example"}),
    )
    assert findings(close, BOTH) == [
        Finding(ConflictKind.EARLIER, PartyRole.APPLICANT, "Voorbeeld Biotech BV"),
        Finding(ConflictKind.EMPLOYER, PartyRole.PARTNER, "Musterlab"),
    ]


def test_a_domain_of_several_employers_is_the_programmes_own():
    at = frozenset({"lsv.example"})
    people = [
        Person(key=1, employers=frozenset({"one"}), domains=at),
        Person(key=2, employers=frozenset({"two"}), domains=at),
        Person(key=3, employers=frozenset({"one"}), domains=frozenset({"one.example"})),
    ]
    assert [person.domains for person in without_common_domains(people)] == [
        frozenset(),
        frozenset(),
        {"one.example"},
    ]


def test_a_domain_without_employers_stays():
    managers = [Person(key=n, domains=frozenset({"lab.example"})) for n in (1, 2)]
    assert without_common_domains(managers) == managers


NAMES = st.sampled_from(["a", "b", "c"])
IDS = st.frozensets(st.integers(1, 4), max_size=2)
PEOPLE = st.builds(
    Person,
    key=st.just(1),
    employers=st.frozensets(NAMES, max_size=2),
    acts_for=IDS,
    acted_for=IDS,
    domains=st.frozensets(NAMES, max_size=2),
)
PARTIES = st.builds(
    Party,
    role=st.sampled_from(PartyRole),
    name=NAMES,
    key=NAMES,
    organisation=st.none() | st.integers(1, 4),
    domains=st.frozensets(NAMES, max_size=2),
)


@given(PEOPLE, st.lists(PARTIES, max_size=4))
def test_a_party_is_found_exactly_where_something_is_shared(person, parties):
    tied = [
        party
        for party in parties
        if party.organisation in person.acts_for | person.acted_for
        or party.key in person.employers
        or party.domains & person.domains
    ]
    assert findings(person, parties) == findings(person, tied)
    assert bool(findings(person, parties)) == bool(tied)
    assert set(findings(person, parties[::-1])) == set(findings(person, parties))
