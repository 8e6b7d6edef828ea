"""Who belongs to a firm: worked cases of the Recommendation and of its user guide."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.rules.ownership import (
    Around,
    Control,
    Group,
    Kind,
    Partner,
    Party,
    Stake,
    around,
    single_undertaking,
)
from vouchers.rules.periods import NoRuleInForce

TODAY = date(2026, 6, 15)
A = Party(key="a", name="A", country="NL")


def party(key, kind=Kind.ENTERPRISE, country="NL", **more):
    return Party(key=key, name=key.upper(), kind=kind, country=country, **more)


def stake(holder, held, percent, **more):
    share = Decimal(percent)
    return Stake(holder=holder, held=held, capital=share, votes=share, **more)


def group(*others, stakes):
    return Group.of(A, *others, stakes=stakes)


def read(*others, stakes):
    return around(group(*others, stakes=stakes), on=TODAY)


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        ("24.99", Around()),
        ("25", Around(partners=(Partner("b", Decimal(25)),))),
        ("50", Around(partners=(Partner("b", Decimal(50)),))),
        ("50.01", Around(linked=("b",))),
    ],
)
@pytest.mark.parametrize("is_owner", [True, False], ids=["holds A", "is held by A"])
def test_an_enterprise_is_read_by_its_share_either_way(percent, expected, is_owner):
    ends = ("b", "a") if is_owner else ("a", "b")
    assert read(party("b"), stakes=[stake(*ends, percent)]) == expected


@pytest.mark.parametrize("control", Control)
def test_control_links_whatever_the_share(control):
    assert read(party("b"), stakes=[stake("b", "a", 5, control=control)]).linked == ("b",)


def test_the_higher_of_capital_and_votes_makes_a_partner_and_votes_alone_link():
    of_capital = Stake(holder="b", held="a", capital=Decimal(60), votes=Decimal(30))
    assert read(party("b"), stakes=[of_capital]).partners == (Partner("b", Decimal(60)),)
    of_votes = Stake(holder="b", held="a", capital=Decimal(30), votes=Decimal(60))
    assert read(party("b"), stakes=[of_votes]).linked == ("b",)


def test_of_holdings_in_both_directions_the_higher_counts():
    both = [stake("a", "b", 30), stake("b", "a", 40)]
    assert read(party("b"), stakes=both).partners == (Partner("b", Decimal(40)),)


def test_those_linked_with_a_partner_go_with_it_and_its_partners_do_not():
    found = read(
        party("b"),
        party("c"),
        party("d"),
        stakes=[stake("b", "a", 30), stake("b", "c", 80), stake("b", "d", 40)],
    )
    assert found == Around(partners=(Partner("b", Decimal(30), ("c",)),))


def test_partners_of_those_linked_with_the_firm_count_pro_rata():
    found = read(party("b"), party("c"), stakes=[stake("a", "b", 100), stake("c", "b", 40)])
    assert found == Around(linked=("b",), partners=(Partner("c", Decimal(40)),))


def test_a_chain_of_majorities_links_all_of_it():
    chain = [stake("a", "b", 60), stake("b", "c", 60), stake("c", "d", 60)]
    assert read(party("b"), party("c"), party("d"), stakes=chain).linked == ("b", "c", "d")


def test_holders_who_are_linked_control_together():
    found = read(
        party("p"),
        party("b"),
        party("c"),
        stakes=[
            stake("p", "b", 100),
            stake("p", "c", 100),
            stake("b", "a", 30),
            stake("c", "a", 30),
        ],
    )
    assert found.linked == ("p", "b", "c")


@pytest.mark.parametrize(
    ("of_b", "of_c", "expected"),
    [
        (12, 12, Around()),
        (15, 15, Around(partners=(Partner("b", Decimal(30), ("c",)),))),
        (30, 20, Around(partners=(Partner("b", Decimal(50), ("c",)),))),
        (30, 21, Around(linked=("b", "c"))),
    ],
)
def test_holders_who_are_linked_hold_together(of_b, of_c, expected):
    """Article 3(2): solely or jointly with one or more linked enterprises."""
    stakes = [stake("b", "a", of_b), stake("c", "a", of_c), stake("b", "c", 80)]
    assert read(party("b"), party("c"), stakes=stakes) == expected


def test_those_linked_with_the_firm_hold_together_with_it():
    stakes = [stake("a", "b", 80), stake("a", "c", 15), stake("b", "c", 15)]
    found = read(party("b"), party("c"), stakes=stakes)
    assert found == Around(linked=("b",), partners=(Partner("c", Decimal(30)),))


INVESTORS = [
    party("b", Kind.PUBLIC_INVESTMENT),
    party("b", Kind.VENTURE_CAPITAL),
    party("b", Kind.BUSINESS_ANGEL, invested=Decimal("1249999.99")),
    party("b", Kind.UNIVERSITY),
    party("b", Kind.INSTITUTIONAL),
    party("b", Kind.SMALL_AUTHORITY, budget=Decimal("9999999.99"), inhabitants=4999),
]


@pytest.mark.parametrize("investor", INVESTORS, ids=lambda one: one.kind)
@pytest.mark.parametrize("percent", [25, 50])
def test_an_investor_with_up_to_half_does_not_count(investor, percent):
    found = read(investor, stakes=[stake("b", "a", percent)])
    assert found == Around(exempt=("b",))


@pytest.mark.parametrize(
    "investor",
    [
        party("b", Kind.SMALL_AUTHORITY, budget=Decimal(10_000_000), inhabitants=4999),
        party("b", Kind.SMALL_AUTHORITY, budget=Decimal(1), inhabitants=5000),
    ],
)
def test_an_authority_above_its_limits_is_a_public_partner(investor):
    found = read(investor, stakes=[stake("b", "a", 25)])
    assert (found.exempt, found.public_percent) == ((), Decimal(25))


def test_an_angel_above_its_limit_is_no_exempt_investor():
    angel = party("b", Kind.BUSINESS_ANGEL, invested=Decimal(1_250_000))
    assert read(angel, stakes=[stake("b", "a", 30)]) == Around()


@pytest.mark.parametrize("investor", INVESTORS, ids=lambda one: one.kind)
def test_the_limits_of_investors_hold_from_the_first_day_of_the_recommendation(investor):
    assert investor.may_be_exempt(on=date(2005, 1, 1))
    with pytest.raises(NoRuleInForce):
        investor.may_be_exempt(on=date(2004, 12, 31))


def test_guide_example_4_unlinked_investors_are_spared_and_the_partner_counts():
    found = read(
        party("b", Kind.VENTURE_CAPITAL),
        party("c"),
        party("d", Kind.UNIVERSITY),
        stakes=[stake("b", "a", 25), stake("c", "a", 30), stake("d", "a", 25)],
    )
    assert found == Around(partners=(Partner("c", Decimal(30)),), exempt=("b", "d"))


def test_guide_example_5_linked_investors_with_a_majority_count_in_full():
    found = read(
        party("b", Kind.VENTURE_CAPITAL),
        party("c"),
        party("d", Kind.INSTITUTIONAL),
        stakes=[
            stake("b", "a", 25),
            stake("c", "a", 30),
            stake("d", "a", 30),
            stake("d", "b", 60),
        ],
    )
    assert found == Around(linked=("b", "d"), partners=(Partner("c", Decimal(30)),))


def test_one_owner_links_firms_of_one_market_for_the_size_and_not_for_the_undertaking():
    """SM12 and DM10: 140 and 130 staff of one human owner."""
    owner, other = party("p", Kind.PERSON), party("x")
    stakes = [stake("p", "a", 100), stake("p", "x", 100, same_market=True)]
    assert read(owner, other, stakes=stakes).linked == ("x",)
    assert single_undertaking(group(owner, other, stakes=stakes), member_state="NL") == {"a"}
    elsewhere = [stakes[0], replace(stakes[1], same_market=False)]
    assert read(owner, other, stakes=elsewhere) == Around()


def test_public_bodies_from_a_quarter_are_control():
    city = party("b", Kind.PUBLIC_BODY)
    assert read(city, stakes=[stake("b", "a", "24.9")]).public_percent == Decimal("24.9")
    assert read(city, stakes=[stake("b", "a", 25)]) == Around(public_percent=Decimal(25))


def test_public_bodies_add_up_also_through_enterprises():
    found = read(
        party("s", Kind.PUBLIC_BODY),
        party("h"),
        party("t", Kind.PUBLIC_BODY),
        stakes=[stake("s", "h", 100), stake("h", "a", 15), stake("t", "a", 10)],
    )
    assert found.public_percent == Decimal(25)


def test_a_university_with_a_majority_is_linked_and_public():
    """SM18: exempt with 30 %, not with 51 %."""
    university = party("u", Kind.UNIVERSITY)
    spared = read(university, stakes=[stake("u", "a", 30)])
    assert (spared.exempt, spared.public_percent) == (("u",), Decimal(0))
    holding = read(university, stakes=[stake("u", "a", 51)])
    assert (holding.linked, holding.public_percent) == (("u",), Decimal(51))


def test_small_shares_of_exempt_public_investors_are_no_public_control():
    found = read(
        party("u", Kind.UNIVERSITY),
        party("i", Kind.PUBLIC_INVESTMENT),
        party("s", Kind.PUBLIC_BODY),
        stakes=[stake("u", "a", 15), stake("i", "a", 15), stake("s", "a", 10)],
    )
    assert found == Around(public_percent=Decimal(10))


def test_a_parent_abroad_is_not_of_the_undertaking_and_its_daughters_here_are():
    parent, sister = party("p", country="DE"), party("s")
    stakes = [stake("p", "a", 100), stake("p", "s", 100)]
    everybody = group(parent, sister, stakes=stakes)
    assert single_undertaking(everybody, member_state="NL") == {"a", "s"}
    assert around(everybody, on=TODAY).linked == ("p", "s")


def test_a_partner_is_never_of_the_undertaking():
    assert single_undertaking(
        group(party("b"), stakes=[stake("b", "a", 50)]), member_state="NL"
    ) == {"a"}


@pytest.mark.parametrize("bad", [("a", "a", 10), ("a", "z", 10)])
def test_a_stake_that_makes_no_sense_is_refused(bad):
    with pytest.raises(ValueError, match="stake"):
        group(party("b"), stakes=[stake(*bad)])


@pytest.mark.parametrize("percent", ["-1", "100.01"])
def test_a_share_lies_between_nothing_and_all(percent):
    with pytest.raises(ValueError, match="between 0 and 100"):
        stake("a", "b", percent)


KEYS = ["a", "b", "c", "d"]
STAKES = st.lists(
    st.builds(
        lambda ends, percent, control: stake(*ends, percent, control=control),
        st.sampled_from([*permutations(KEYS, 2)]),
        st.integers(0, 100),
        st.sampled_from([None, None, None, Control.BOARD]),
    ),
    max_size=7,
)
OTHERS = st.tuples(*[st.sampled_from(Kind).map(lambda kind, key=key: (key, kind)) for key in "bcd"])


@given(STAKES, OTHERS, st.randoms(use_true_random=False))
def test_the_order_of_stakes_never_matters(stakes, kinds, random):
    others = [party(*one) for one in kinds]
    mixed = [*stakes]
    random.shuffle(mixed)
    one, other = read(*others, stakes=stakes), read(*others, stakes=mixed)
    assert (one.linked, set(one.partners), set(one.exempt), one.public_percent) == (
        other.linked,
        set(other.partners),
        set(other.exempt),
        other.public_percent,
    )


@given(STAKES, OTHERS)
def test_nobody_is_two_things_at_once(stakes, kinds):
    found = read(*[party(*one) for one in kinds], stakes=stakes)
    partners = {one.key for one in found.partners}
    assert not set(found.linked) & partners
    assert not set(found.linked) & set(found.exempt)
    assert found.public_percent >= 0


@given(STAKES, OTHERS)
def test_an_undertaking_is_never_wider_than_the_linked_enterprises(stakes, kinds):
    everybody = group(*[party(*one) for one in kinds], stakes=stakes)
    one = single_undertaking(everybody, member_state="NL")
    assert one <= {"a", *around(everybody, on=TODAY).linked}
