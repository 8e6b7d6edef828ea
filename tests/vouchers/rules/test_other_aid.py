"""Article 20a, Minimal Financial Assistance, sectors, mergers and splits."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.rules import deminimis, sectors
from vouchers.rules.deminimis import AidLine, AidSource
from vouchers.rules.limits import Held, Limits, check_count
from vouchers.rules.other_aid import (
    Assistance,
    NewAssistance,
    ProjectAid,
    check_20a,
    check_mfa,
    mfa_since,
)
from vouchers.rules.sectors import Activity, Nace
from vouchers.rules.verdict import ReasonCode

TODAY = date(2026, 6, 15)


def project(amount, *earlier, on=TODAY):
    return ProjectAid(
        granted_on=on, amount=Decimal(amount), earlier=tuple(Decimal(one) for one in earlier)
    )


@pytest.mark.parametrize(
    ("new", "codes"),
    [
        (project(7000, 7000, 4000, 4000), ()),
        (project("7000.01", 15000), (ReasonCode.PROJECT_CEILING_CROSSED,)),
        (project(20000, on=date(2022, 1, 1)), ()),
        (project("20000.01", on=date(2023, 6, 30)), (ReasonCode.PROJECT_CEILING_CROSSED,)),
        (project(22000, on=date(2023, 7, 1)), ()),
        (project(500, on=date(2020, 1, 1)), (ReasonCode.NO_PROJECT_RULE,)),
    ],
)
def test_article_20a_gives_one_undertaking_so_much_in_a_project(new, codes):
    assert check_20a(new).codes == codes


def uk(amount, *history, on=TODAY, rate="0.85"):
    return NewAssistance(
        granted_on=on,
        amount=Decimal(amount),
        pounds_per_euro=Decimal(rate),
        history=tuple(Assistance(granted_on=day, amount=Decimal(much)) for day, much in history),
    )


@pytest.mark.parametrize(
    ("new", "codes"),
    [
        (uk(4000, (date(2024, 4, 1), 311_600)), ()),
        (uk(4000, (date(2024, 4, 1), "311600.01")), (ReasonCode.MFA_CEILING_CROSSED,)),
        (uk(4000, (date(2024, 3, 31), 315_000)), ()),
        (uk(4000, on=date(2022, 1, 1)), (ReasonCode.NO_MFA_RULE,)),
    ],
)
def test_minimal_financial_assistance_counts_three_uk_years_in_pounds(new, codes):
    assert check_mfa(new).codes == codes


@pytest.mark.parametrize(
    ("day", "since"),
    [
        (date(2026, 3, 31), date(2023, 4, 1)),
        (date(2026, 4, 1), date(2024, 4, 1)),
    ],
)
def test_the_uk_year_starts_on_1_april(day, since):
    assert mfa_since(day) == since


@pytest.mark.parametrize(
    ("code", "reasons", "notes"),
    [
        ("72.11", (), ()),
        ("M72.1.1", (), ()),
        ("2120", (), ()),
        ("01", (ReasonCode.SECTOR_EXCLUDED,), ()),
        ("A01.13", (ReasonCode.SECTOR_EXCLUDED,), ()),
        ("03.21", (ReasonCode.SECTOR_EXCLUDED,), ()),
        ("03", (ReasonCode.SECTOR_EXCLUDED,), ()),
        ("01.62", (), (ReasonCode.SECTOR_DEPENDS,)),
        ("10.20", (), (ReasonCode.SECTOR_DEPENDS,)),
        ("10.89", (), ()),
    ],
)
@pytest.mark.parametrize("revision", Nace)
def test_primary_production_is_left_out(code, reasons, notes, revision):
    verdict = sectors.check(Activity(nace=code, revision=revision), on=TODAY)
    assert (verdict.codes, tuple(note.code for note in verdict.notes)) == (reasons, notes)


EXCLUDED, COAL = ReasonCode.SECTOR_EXCLUDED, ReasonCode.SECTOR_COAL
DEPENDS, CARRIER = ReasonCode.SECTOR_DEPENDS, ReasonCode.SECTOR_CARRIER


@pytest.mark.parametrize(
    ("code", "on", "reasons", "notes"),
    [
        ("72.11", date(2006, 12, 31), (ReasonCode.NO_AID_RULE,), ()),
        ("05.10", date(2007, 1, 1), (COAL,), ()),
        ("05.10", date(2013, 12, 31), (COAL,), ()),
        ("05.10", date(2014, 1, 1), (), ()),
        ("10.20", date(2007, 1, 1), (EXCLUDED,), ()),
        ("10.20", date(2023, 12, 31), (EXCLUDED,), ()),
        ("10.20", date(2024, 1, 1), (), (DEPENDS,)),
        ("49.41", date(2007, 1, 1), (), (CARRIER,)),
        ("49.41", date(2023, 12, 31), (), (CARRIER,)),
        ("49.41", date(2024, 1, 1), (), ()),
        ("01.13", date(2007, 1, 1), (EXCLUDED,), ()),
        ("10.51", date(2013, 12, 31), (), (DEPENDS,)),
        ("01.13", date(2030, 12, 31), (EXCLUDED,), ()),
        ("72.11", date(2031, 1, 1), (ReasonCode.NO_AID_RULE,), ()),
    ],
)
def test_each_regulation_leaves_out_its_own_sectors(code, on, reasons, notes):
    verdict = sectors.check(Activity(nace=code), on=on)
    assert (verdict.codes, tuple(note.code for note in verdict.notes)) == (reasons, notes)


def test_sectors_and_ceilings_change_on_the_same_days():
    spans = [(rule.regulation, rule.first, rule.last) for rule in deminimis.RULE_SETS]
    assert [(rule.regulation, rule.first, rule.last) for rule in sectors.SECTOR_RULES] == spans


def test_another_activity_with_accounts_of_its_own_may_have_aid():
    verdict = sectors.check(Activity(nace="03.11", separated=True), on=TODAY)
    assert (verdict.ok, [note.code for note in verdict.notes]) == (
        True,
        [ReasonCode.SECTOR_SEPARATED],
    )


@pytest.mark.parametrize("text", ["", "7", "Z9", "72.11.1.1", "biotech", "٧٢"])
def test_what_is_no_code_is_said(text):
    with pytest.raises(sectors.NotNace):
        sectors.check(Activity(nace=text), on=TODAY)


SPLIT = date(2026, 4, 1)


def line(undertaking, amount, granted_on=date(2025, 1, 10)):
    return AidLine(
        granted_on=granted_on,
        undertaking=undertaking,
        member_state="NL",
        authority="Province",
        amount=Decimal(amount),
        source=AidSource.DECLARED,
    )


def total(lines, undertaking):
    return sum(one.amount for one in lines if one.undertaking == undertaking)


def test_after_a_merger_all_earlier_aid_counts():
    history = [line("a", 200_000), line("b", 99_000), line("c", 1)]
    merged = deminimis.after_merger(history, parties={"a", "b"}, into="ab")
    assert (total(merged, "ab"), total(merged, "c")) == (Decimal(299_000), Decimal(1))


def test_after_a_split_aid_follows_who_had_the_benefit_or_the_book_value():
    history = [line("a", "100.01"), line("b", 5)]
    whole = deminimis.after_split(history, of="a", shares={"new": Decimal(1)}, on=SPLIT)
    assert (total(whole, "new"), total(whole, "b")) == (Decimal("100.01"), Decimal(5))
    thirds = {"x": Decimal("0.25"), "y": Decimal("0.75")}
    parts = deminimis.after_split(history, of="a", shares=thirds, on=SPLIT)
    assert (total(parts, "x"), total(parts, "y")) == (Decimal("25.00"), Decimal("75.01"))
    with pytest.raises(ValueError, match="add up to 1"):
        deminimis.after_split(history, of="a", shares={"x": Decimal("0.5")}, on=SPLIT)


@pytest.mark.parametrize(
    ("granted_on", "is_divided"),
    [(date(2026, 3, 31), True), (SPLIT, False), (date(2026, 4, 2), False), (None, False)],
)
def test_a_split_divides_only_what_was_granted_before_its_day(granted_on, is_divided):
    parts = deminimis.after_split(
        [line("a", 100, granted_on)], of="a", shares={"new": Decimal(1)}, on=SPLIT
    )
    assert (total(parts, "new"), total(parts, "a")) == ((100, 0) if is_divided else (0, 100))


@given(
    st.lists(st.decimals(0, 300_000, places=2), max_size=6),
    st.integers(0, 1000),
)
def test_a_split_loses_no_cent(amounts, permille):
    shares = {"x": Decimal(permille) / 1000, "y": 1 - Decimal(permille) / 1000}
    parts = deminimis.after_split([line("a", a) for a in amounts], of="a", shares=shares, on=SPLIT)
    assert total(parts, "x") + total(parts, "y") == sum(amounts, Decimal(0))


@given(st.lists(st.decimals("0.01", 5000, places=2), max_size=12))
def test_what_article_20a_lets_through_never_passes_its_ceiling(amounts):
    granted = []
    for amount in amounts:
        if check_20a(project(amount, *granted)).ok:
            granted.append(amount)
    assert sum(granted, Decimal(0)) <= 22_000


UK_DAYS = st.dates(date(2023, 1, 4), date(2032, 12, 31))
POUNDS = st.decimals("0.01", 200_000, places=2)


@given(st.lists(st.tuples(UK_DAYS, POUNDS), max_size=8).map(sorted))
def test_what_the_uk_rule_lets_through_never_passes_its_ceiling(wishes):
    granted = []
    for day, pounds in wishes:
        if check_mfa(uk(pounds, *granted, on=day, rate=1)).ok:
            granted.append((day, pounds))
            counted = [amount for when, amount in granted if when >= mfa_since(day)]
            assert sum(counted, Decimal(0)) <= 315_000


def test_a_lifetime_has_its_limit_and_a_topic_its_partner_once():
    limits = Limits(per_call=1, per_lifetime=3)
    held = Held(in_call=0, open_awards=0, in_lifetime=3, same_partner_and_topic=True)
    assert check_count(limits, held).codes == (
        ReasonCode.LIFETIME_LIMIT_REACHED,
        ReasonCode.SAME_PARTNER_AND_TOPIC,
    )
    assert check_count(limits, Held(in_call=0, open_awards=0, in_lifetime=2)).ok
