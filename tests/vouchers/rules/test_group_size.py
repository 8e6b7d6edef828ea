"""The class of a firm with everybody around it, over the years."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.rules import group_size
from vouchers.rules.group_size import Rate, awu, check_group, in_euros, settled_class, size_of
from vouchers.rules.ownership import Group, Kind, Party, Stake
from vouchers.rules.sme import Figures, Relation, SizeClass
from vouchers.rules.verdict import LineCode, Reason, ReasonCode

TODAY = date(2026, 6, 15)
MILLION = Decimal(1_000_000)
MICRO, SMALL, MEDIUM, NOT_SME = SizeClass


def figures(heads, turnover=1, balance=1, year=2025):
    return Figures(
        year=year,
        headcount=Decimal(str(heads)),
        turnover=Decimal(str(turnover)) * MILLION,
        balance_sheet=Decimal(str(balance)) * MILLION,
    )


def party(key, *years, kind=Kind.ENTERPRISE):
    return Party(key=key, name=key.upper(), kind=kind, figures=years)


def stake(holder, held, percent, **more):
    share = Decimal(percent)
    return Stake(holder=holder, held=held, capital=share, votes=share, **more)


def in_a_row(classes):
    return [*enumerate(classes, start=2020)]


def test_sm10_a_partner_adds_its_share():
    group = Group.of(
        party("a", figures(40, 6, 5)),
        party("b", figures(100, 20, 15)),
        stakes=[stake("b", "a", 30)],
    )
    size = size_of(group, on=TODAY)
    assert (size.size, size.total) == (MEDIUM, figures(70, 12, "9.5"))
    [added] = size.contributions
    assert (added.relation, added.percent, added.figures) == (
        Relation.PARTNER,
        Decimal(30),
        figures(30, 6, "4.5"),
    )


def test_sm12_one_owner_in_an_adjacent_market_links():
    group = Group.of(
        party("a", figures(140, 20, 15)),
        party("p", kind=Kind.PERSON),
        party("x", figures(130, 20, 15)),
        stakes=[stake("p", "a", 100), stake("p", "x", 100, same_market=True)],
    )
    verdict = check_group(group, on=TODAY)
    assert verdict.codes == (ReasonCode.HEADCOUNT_TOO_HIGH,)
    assert size_of(group, on=TODAY).total.headcount == 270


def test_sm15_a_venture_fund_does_not_count():
    group = Group.of(
        party("a", figures(40, 6, 5)),
        party("v", figures(1000, 90, 90), kind=Kind.VENTURE_CAPITAL),
        stakes=[stake("v", "a", 40)],
    )
    verdict = check_group(group, on=TODAY)
    assert size_of(group, on=TODAY).size is SMALL
    assert (verdict.ok, [note.code for note in verdict.notes]) == (
        True,
        [ReasonCode.INVESTOR_EXEMPT],
    )


def test_sm18_a_university_with_a_majority_ends_the_class():
    def held(percent):
        return Group.of(
            party("a", figures(5)),
            party("u", figures(3000, 300, 300), kind=Kind.UNIVERSITY),
            stakes=[stake("u", "a", percent)],
        )

    assert check_group(held(30), on=TODAY).ok
    assert check_group(held(51), on=TODAY).codes == (
        ReasonCode.HEADCOUNT_TOO_HIGH,
        ReasonCode.MONEY_TOO_HIGH,
        ReasonCode.PUBLIC_CONTROL,
    )


def test_those_linked_with_a_partner_are_added_before_its_share():
    group = Group.of(
        party("a", figures(10)),
        party("b", figures(100)),
        party("c", figures(50)),
        stakes=[stake("b", "a", 40), stake("b", "c", 100)],
    )
    assert size_of(group, on=TODAY).total.headcount == Decimal(70)


def test_sm21_one_year_above_the_limit_changes_nothing():
    years = [figures(heads, year=2023 + place) for place, heads in enumerate((240, 255, 245))]
    size = size_of(Group.of(party("a", *years)), on=TODAY)
    assert (size.size, size.is_kept) == (MEDIUM, False)
    size = size_of(Group.of(party("a", *years[:2])), on=TODAY)
    assert (size.size, size.is_kept) == (MEDIUM, True)


def test_two_years_above_the_limit_end_the_class_and_say_why():
    years = [figures(heads, year=2023 + place) for place, heads in enumerate((240, 255, 260))]
    assert check_group(Group.of(party("a", *years)), on=TODAY).codes == (
        ReasonCode.HEADCOUNT_TOO_HIGH,
    )


def test_one_year_below_does_not_bring_it_back_and_the_reason_is_the_year_above():
    years = [figures(heads, year=2022 + place) for place, heads in enumerate((260, 270, 240))]
    verdict = check_group(Group.of(party("a", *years)), on=TODAY)
    assert verdict.codes == (ReasonCode.HEADCOUNT_TOO_HIGH,)
    assert verdict.reasons[0].params["headcount"] == 270
    assert [note.code for note in verdict.notes] == [ReasonCode.CLASS_KEPT]


def test_a_take_over_counts_at_once():
    years = [figures(240, year=2024), figures(255, year=2025)]
    group = Group.of(party("a", *years))
    assert check_group(group, on=TODAY).ok
    assert not check_group(group, on=TODAY, taken_over=True).ok


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ([SMALL], SMALL),
        ([SMALL, MEDIUM], SMALL),
        ([SMALL, MEDIUM, MEDIUM], MEDIUM),
        ([SMALL, MEDIUM, NOT_SME], MEDIUM),
        ([SMALL, MEDIUM, SMALL, MEDIUM], SMALL),
        ([NOT_SME, MICRO, SMALL], SMALL),
        ([MEDIUM, SMALL, MICRO, MICRO], MICRO),
    ],
)
def test_a_class_changes_after_two_years_beyond_the_same_limit(years, expected):
    assert settled_class(in_a_row(years)) is expected


def test_years_with_a_gap_between_them_are_not_in_a_row():
    years = [(2020, MEDIUM), (2022, NOT_SME), (2024, NOT_SME)]
    assert settled_class(years) is MEDIUM
    assert settled_class([*years, (2025, NOT_SME)]) is NOT_SME


def test_a_firm_in_public_hands_is_no_sme_whatever_its_figures():
    group = Group.of(
        party("a", figures(5)),
        party("s", kind=Kind.PUBLIC_BODY),
        stakes=[stake("s", "a", 25)],
    )
    size = size_of(group, on=TODAY)
    assert (size.size, size.by_figures) == (NOT_SME, MICRO)
    verdict = check_group(group, on=TODAY)
    assert verdict.codes == (ReasonCode.PUBLIC_CONTROL,)
    assert verdict.arithmetic[-1].code == LineCode.SIZE_NOT_SME


def test_sm25_twenty_half_timers_and_an_owner():
    assert awu(full_time=0, part_time=[(20, Decimal("0.5"))], owners=1) == Decimal(11)
    with pytest.raises(ValueError, match="between 0 and 1"):
        awu(full_time=0, part_time=[(1, Decimal("1.1"))])


def test_another_currency_is_converted_at_a_stated_rate():
    rate = Rate(currency="DKK", per_euro=Decimal("7.46"), on=TODAY, source="ECB")
    assert in_euros(Decimal(1000), rate) == Decimal("134.05")
    with pytest.raises(ValueError, match="more than 0"):
        in_euros(Decimal(1), Rate(currency="DKK", per_euro=Decimal(0), on=TODAY, source="ECB"))


def test_without_figures_there_is_no_class():
    assert check_group(Group.of(party("a")), on=TODAY).codes == (ReasonCode.NO_FIGURES,)


def test_missing_figures_and_estimates_are_named():
    group = Group.of(party("a", figures(5)), party("b"), stakes=[stake("b", "a", 30)])
    verdict = check_group(group, on=TODAY, is_estimate=True)
    assert verdict.reasons == (Reason(ReasonCode.FIGURES_MISSING, {"name": "B"}),)
    assert [note.code for note in verdict.notes] == [ReasonCode.CLASS_BY_ESTIMATE]


def test_the_arithmetic_names_each_party_then_the_total():
    group = Group.of(
        party("a", figures(40)), party("b", figures(100)), stakes=[stake("b", "a", 30)]
    )
    codes = [line.code for line in check_group(group, on=TODAY).arithmetic]
    assert codes == [LineCode.SIZE_CONTRIBUTION, LineCode.SIZE_OF_YEAR, LineCode.SIZE_MEDIUM]


CLASSES = st.lists(st.sampled_from(list(SizeClass)), min_size=1, max_size=8)


@given(CLASSES)
def test_a_settled_class_was_reached_in_some_year(classes):
    assert settled_class(in_a_row(classes)) in classes


@given(CLASSES, st.sampled_from(list(SizeClass)))
def test_two_equal_years_settle_it(classes, last):
    assert settled_class(in_a_row([*classes, last, last])) is last


@given(st.integers(0, 400), st.integers(0, 400), st.integers(25, 50))
def test_more_staff_around_never_makes_a_firm_smaller(own, other, percent):
    def size(heads):
        group = Group.of(
            party("a", figures(own)),
            party("b", figures(heads)),
            stakes=[stake("b", "a", percent)],
        )
        return group_size.SMALLEST_FIRST.index(size_of(group, on=TODAY).size)

    assert size(other) <= size(other + 10)


FIRMS = [party(key, figures(heads)) for key, heads in zip("abcd", [20, 60, 90, 130], strict=True)]
STAKES = st.lists(
    st.builds(
        lambda ends, percent: stake(*ends, percent),
        st.sampled_from([*permutations("abcd", 2)]),
        st.integers(0, 100),
    ),
    max_size=5,
)


@given(STAKES, st.randoms(use_true_random=False))
def test_the_order_of_stakes_never_matters(stakes, random):
    mixed = random.sample(stakes, len(stakes))
    one, other = (Group.of(*FIRMS, stakes=each) for each in (stakes, mixed))
    assert size_of(one, on=TODAY).total == size_of(other, on=TODAY).total


@given(STAKES)
def test_no_enterprise_counts_more_than_once(stakes):
    size = size_of(Group.of(*FIRMS, stakes=stakes), on=TODAY)
    keys = [one.key for one in size.contributions]
    assert len(keys) == len(set(keys))
    assert size.total.headcount <= 20 + 60 + 90 + 130
    assert all(one.percent >= 25 for one in size.contributions)


@given(STAKES, st.sampled_from("abcd"), st.integers(0, 300))
def test_more_heads_anywhere_never_make_the_firm_smaller(stakes, key, more):
    def rank(grown):
        firms = [
            party(one.key, figures(one.figures[0].headcount + grown * (one.key == key)))
            for one in FIRMS
        ]
        size = size_of(Group.of(*firms, stakes=stakes), on=TODAY)
        return group_size.SMALLEST_FIRST.index(size.size)

    assert rank(more) >= rank(0)
