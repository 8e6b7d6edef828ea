"""Which of the 64 pairs of IN2LifeSciences regions a voucher may join."""

from collections import Counter
from itertools import product

import pytest

from vouchers.enums import CrossingRule
from vouchers.rules import crossing
from vouchers.rules.crossing import Place
from vouchers.rules.verdict import Line, LineCode, Reason, ReasonCode, Verdict

REGIONS = {
    "BE-WAL": Place("BE-WAL", "BE", "Wallonia"),
    "BE-FLA": Place("BE-FLA", "BE", "Flanders"),
    "DK-DNK": Place("DK-DNK", "DK", "Denmark"),
    "NL-ENL": Place("NL-ENL", "NL", "East Netherlands"),
    "DE-RHI": Place("DE-RHI", "DE", "Rhineland"),
    "DE-NDS": Place("DE-NDS", "DE", "Lower Saxony"),
    "DE-STU": Place("DE-STU", "DE", "Stuttgart"),
    "FR-ALS": Place("FR-ALS", "FR", "Alsace"),
}
BAVARIA = Place("DE-BAY", "DE", "Bavaria")
LIEGE, GHENT, RHINELAND = REGIONS["BE-WAL"], REGIONS["BE-FLA"], REGIONS["DE-RHI"]


def check(rule, home, host):
    return crossing.check(rule, home=home, host=host, regions=REGIONS)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (CrossingRule.OTHER_REGION, {True: 56, False: 8}),
        (CrossingRule.OTHER_COUNTRY, {True: 48, False: 16}),
    ],
)
def test_rule_divides_the_64_pairs(rule, expected):
    pairs = product(REGIONS.values(), repeat=2)
    assert Counter(check(rule, home, host).ok for home, host in pairs) == expected


def test_other_region_refuses_the_same_region_only():
    assert check(CrossingRule.OTHER_REGION, LIEGE, LIEGE).reasons == (
        Reason(ReasonCode.SAME_REGION, {"region": "Wallonia"}),
    )
    assert check(CrossingRule.OTHER_REGION, LIEGE, GHENT) == Verdict(
        arithmetic=(Line(LineCode.ROUTE, {"home": "Wallonia", "host": "Flanders"}),)
    )


def test_other_country_refuses_a_neighbour_in_the_same_country():
    assert check(CrossingRule.OTHER_COUNTRY, LIEGE, GHENT).reasons == (
        Reason(ReasonCode.SAME_COUNTRY, {"home": "Wallonia", "host": "Flanders"}),
    )
    assert check(CrossingRule.OTHER_COUNTRY, LIEGE, RHINELAND).ok is True


@pytest.mark.parametrize(
    ("home", "host", "expected"),
    [
        (BAVARIA, LIEGE, (ReasonCode.OUTSIDE_PROGRAMME,)),
        (LIEGE, BAVARIA, (ReasonCode.PARTNER_OUTSIDE_PROGRAMME,)),
        (
            BAVARIA,
            RHINELAND,
            (ReasonCode.OUTSIDE_PROGRAMME, ReasonCode.SAME_COUNTRY),
        ),
        (
            BAVARIA,
            BAVARIA,
            (
                ReasonCode.OUTSIDE_PROGRAMME,
                ReasonCode.PARTNER_OUTSIDE_PROGRAMME,
                ReasonCode.SAME_COUNTRY,
            ),
        ),
    ],
)
def test_a_party_outside_the_programme_is_named_beside_the_crossing(home, host, expected):
    assert check(CrossingRule.OTHER_COUNTRY, home, host).codes == expected
