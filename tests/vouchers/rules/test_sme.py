"""SME class: the worked cases of the Recommendation, and what must always hold."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.rules import sme
from vouchers.rules.periods import NoRuleInForce
from vouchers.rules.sme import Figures, Holding, Relation, SizeClass
from vouchers.rules.verdict import Line, LineCode, Reason, ReasonCode, Verdict

TODAY = date(2026, 6, 15)
MILLION = Decimal(1_000_000)
ORDER = list(SizeClass)


def firm(heads, turnover, balance):
    return Figures(
        year=2025,
        headcount=Decimal(heads),
        turnover=Decimal(turnover) * MILLION,
        balance_sheet=Decimal(balance) * MILLION,
    )


def held(percent, *figures, controls=False):
    return Holding(name="B", figures=firm(*figures), percent=Decimal(percent), controls=controls)


def money(most):
    return st.decimals(min_value=0, max_value=most, places=2)


FIGURES = st.builds(
    Figures,
    year=st.just(2025),
    headcount=money(400),
    turnover=money(80_000_000),
    balance_sheet=money(80_000_000),
)
HOLDINGS = st.builds(
    Holding, name=st.just("B"), figures=FIGURES, percent=money(100), controls=st.booleans()
)


def rank(figures):
    return ORDER.index(sme.classify(figures, on=TODAY))


@pytest.mark.parametrize(
    ("case", "figures", "expected"),
    [
        ("SM1", firm("9.9", "3.0", "2.0"), SizeClass.MICRO),
        ("SM2", firm("9.9", "2.1", "2.1"), SizeClass.SMALL),
        ("SM4", firm("49.99", "10.0", "10.0"), SizeClass.SMALL),
        ("SM7", firm(250, 1, 1), SizeClass.NOT_SME),
        ("SM8", firm(200, "50.01", "43.00"), SizeClass.MEDIUM),
        ("SM8", firm(200, "50.01", "43.01"), SizeClass.NOT_SME),
        ("heads are exclusive", firm(10, 1, 1), SizeClass.SMALL),
        ("heads are exclusive", firm(50, 1, 1), SizeClass.MEDIUM),
        ("heads are exclusive", firm("249.99", 1, 1), SizeClass.MEDIUM),
        ("turnover suffices", firm(5, "2.0", 90), SizeClass.MICRO),
        ("turnover suffices", firm(200, "50.00", 90), SizeClass.MEDIUM),
        ("balance sheet suffices", firm(40, 90, "10.00"), SizeClass.SMALL),
        ("money passes over two classes", firm(5, 20, 20), SizeClass.MEDIUM),
        ("no business yet", firm(0, 0, 0), SizeClass.MICRO),
    ],
)
def test_classify_follows_the_recommendation(case, figures, expected):
    assert (case, sme.classify(figures, on=TODAY)) == (case, expected)


def test_classify_begins_with_2005():
    figures = firm(5, 1, 1)
    assert sme.classify(figures, on=date(2005, 1, 1)) is SizeClass.MICRO
    with pytest.raises(NoRuleInForce):
        sme.classify(figures, on=date(2004, 12, 31))


@pytest.mark.parametrize(
    ("percent", "controls", "expected"),
    [
        ("24.99", False, (Relation.AUTONOMOUS, Decimal(0))),
        ("25", False, (Relation.PARTNER, Decimal(25))),
        ("50", False, (Relation.PARTNER, Decimal(50))),
        ("50.01", False, (Relation.LINKED, Decimal(100))),
        ("10", True, (Relation.LINKED, Decimal(100))),
    ],
)
def test_holding_is_autonomous_partner_or_linked(percent, controls, expected):
    holding = held(percent, 100, 20, 15, controls=controls)
    assert (holding.relation, holding.counted_percent) == expected


def test_aggregate_adds_a_partner_pro_rata():
    total = sme.aggregate(firm(40, 6, 5), [held(30, 100, 20, 15)])
    assert total == firm(70, 12, "9.5")
    assert sme.classify(total, on=TODAY) is SizeClass.MEDIUM


def test_aggregate_adds_a_linked_enterprise_whole_and_a_small_holder_not():
    total = sme.aggregate(firm(40, 6, 5), [held(51, 100, 20, 15), held(24, 900, 90, 90)])
    assert total == firm(140, 26, 20)


def test_check_allows_an_sme_and_shows_its_class():
    assert sme.check(firm(8, 1, 1), on=TODAY) == Verdict(
        arithmetic=(
            Line(
                LineCode.SIZE_MICRO,
                {
                    "year": 2025,
                    "headcount": Decimal(8),
                    "turnover": MILLION,
                    "balance_sheet": MILLION,
                },
            ),
        )
    )


def test_check_refuses_too_many_heads_with_the_limit():
    assert sme.check(firm(260, 1, 1), on=TODAY).reasons == (
        Reason(
            ReasonCode.HEADCOUNT_TOO_HIGH,
            {"headcount": Decimal(260), "headcount_limit": Decimal(250)},
        ),
    )


def test_check_names_heads_and_money_when_both_are_too_high():
    assert sme.check(firm(260, 60, 50), on=TODAY).codes == (
        ReasonCode.HEADCOUNT_TOO_HIGH,
        ReasonCode.MONEY_TOO_HIGH,
    )


def test_check_shows_what_each_holding_adds():
    lines = sme.check(firm(40, 6, 5), [held(30, 100, 20, 15)], on=TODAY).arithmetic
    assert lines[0] == Line(
        LineCode.SIZE_CONTRIBUTION,
        {
            "name": "B",
            "percent": Decimal(30),
            "headcount": Decimal(30),
            "turnover": 6 * MILLION,
            "balance_sheet": Decimal("4.5") * MILLION,
        },
    )
    assert [line.code for line in lines] == [LineCode.SIZE_CONTRIBUTION, LineCode.SIZE_MEDIUM]


def test_check_refuses_a_day_without_definition():
    day = date(2004, 12, 31)
    assert sme.check(firm(8, 1, 1), on=day) == Verdict(
        reasons=(Reason(ReasonCode.NO_SIZE_RULE, {"day": day}),)
    )


@pytest.mark.parametrize("figures", [("-1", 1, 1), (1, "-1", 1), (1, 1, "-1")])
def test_figures_cannot_be_negative(figures):
    with pytest.raises(ValueError, match="negative"):
        firm(*figures)


@pytest.mark.parametrize("percent", ["-0.01", "100.01"])
def test_holding_lies_between_0_and_100(percent):
    with pytest.raises(ValueError, match="between 0 and 100"):
        held(percent, 1, 1, 1)


@given(FIGURES, st.sampled_from(["headcount", "turnover", "balance_sheet"]), money(90_000_000))
def test_growing_never_makes_the_class_smaller(figures, name, more):
    grown = replace(figures, **{name: getattr(figures, name) + more})
    assert rank(grown) >= rank(figures)


@given(FIGURES, st.lists(HOLDINGS, max_size=3), HOLDINGS)
def test_another_holding_never_makes_the_class_smaller(own, holdings, another):
    assert rank(sme.aggregate(own, [*holdings, another])) >= rank(sme.aggregate(own, holdings))


@given(FIGURES, st.lists(HOLDINGS, max_size=4), st.randoms())
def test_the_order_of_holdings_never_matters(own, holdings, random):
    shuffled = random.sample(holdings, len(holdings))
    assert sme.aggregate(own, shuffled) == sme.aggregate(own, holdings)


@given(FIGURES, FIGURES)
def test_two_linked_halves_are_classed_as_their_whole(one, other):
    linked = Holding(name="B", figures=other, percent=Decimal(100))
    whole = Figures(
        year=2025,
        headcount=one.headcount + other.headcount,
        turnover=one.turnover + other.turnover,
        balance_sheet=one.balance_sheet + other.balance_sheet,
    )
    assert sme.aggregate(one, [linked]) == whole


@given(FIGURES)
def test_check_refuses_exactly_what_is_not_an_sme(figures):
    is_sme = sme.classify(figures, on=TODAY) is not SizeClass.NOT_SME
    assert sme.check(figures, on=TODAY).ok is is_sme
