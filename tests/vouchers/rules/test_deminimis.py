"""De minimis aid: the worked cases, and what must always hold."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.rules import deminimis
from vouchers.rules.deminimis import AidLine, AidSource, Counting, NewAid
from vouchers.rules.periods import NoRuleInForce
from vouchers.rules.verdict import Line, LineCode, Reason, ReasonCode, Verdict

TODAY = date(2026, 6, 15)
EARLIER = date(2025, 1, 10)
OPEN_INTERVAL = Counting(closed_interval=False)
FROM_APRIL = Counting(fiscal_year_starts=4)


def aid(amount, granted_on=EARLIER, *, to="firm", state="NL", source=AidSource.DECLARED):
    return AidLine(
        granted_on=granted_on,
        undertaking=to,
        member_state=state,
        authority="RVO",
        amount=Decimal(amount),
        source=source,
    )


def new(amount, *history, on=TODAY, **choices):
    return NewAid(
        granted_on=on,
        undertaking="firm",
        member_state="NL",
        amount=Decimal(amount),
        history=history,
        **choices,
    )


def room(*history, on=TODAY, **choices):
    return deminimis.headroom(history, undertaking="firm", member_state="NL", on=on, **choices)


@pytest.mark.parametrize(
    ("case", "question", "expected"),
    [
        ("DM1", new(7000, aid(293_000, date(2024, 1, 10))), True),
        ("DM2", new(7000, aid("293000.01")), False),
        ("DM2 smaller", new(4000, aid("293000.01")), True),
        ("DM4", new(7000, aid(299_000, date(2023, 6, 14))), True),
        ("DM4 a day later", new(7000, aid(299_000, date(2023, 6, 15))), False),
        ("DM7", new(7000, aid(299_000, state="DE")), True),
        ("DM8 group", new(4000, aid(200_000), aid(99_000)), False),
        ("DM10 two undertakings", new(4000, aid(200_000, to="sister"), aid(99_000)), True),
        ("DM14 paid later", new(7000, aid(299_000, date(2023, 6, 1))), True),
        ("DM17", new(500, export_tied=True), False),
        ("A19 Insight", new(4000, aid(297_000)), False),
        ("A19 Meet & Greet", new(500, aid(297_000)), True),
        ("open offer counts", new(7000, aid(294_000, None, source=AidSource.OFFERED)), False),
        ("no history", new(300_000), True),
        ("no history, a cent more", new("300000.01"), False),
    ],
)
def test_worked_case(case, question, expected):
    assert (case, deminimis.check(question).ok) == (case, expected)


def test_crossing_aid_is_refused_whole_and_says_until_when():
    assert deminimis.check(new(4000, aid(297_000))) == Verdict(
        reasons=(
            Reason(
                ReasonCode.AID_CEILING_CROSSED_FOR_NOW,
                {
                    "amount": Decimal(4000),
                    "left": Decimal(3000),
                    "limit": Decimal(300_000),
                    "used": Decimal(297_000),
                    "until": date(2028, 1, 11),
                },
            ),
        ),
        arithmetic=(
            Line(
                LineCode.AID_COUNTED,
                {"day": EARLIER, "authority": "RVO", "amount": Decimal(297_000)},
            ),
            Line(
                LineCode.AID_USED,
                {
                    "member_state": "NL",
                    "since": date(2023, 6, 15),
                    "used": Decimal(297_000),
                    "limit": Decimal(300_000),
                    "left": Decimal(3000),
                    "regulation": "(EU) 2023/2831",
                },
            ),
        ),
    )


def test_allowed_aid_shows_what_is_left_after_it():
    verdict = deminimis.check(new(500, aid(297_000)))
    assert verdict.reasons == ()
    assert verdict.arithmetic[-1] == Line(
        LineCode.AID_LEFT_AFTER, {"amount": Decimal(500), "left": Decimal(2500)}
    )
    granted = aid(500, TODAY, source=AidSource.AWARDED)
    assert room(aid(297_000), granted).used == Decimal(297_500)


def test_an_open_offer_is_shown_and_has_no_day_on_which_it_leaves():
    verdict = deminimis.check(new(7000, aid(294_000, None, source=AidSource.OFFERED)))
    assert verdict.codes == (ReasonCode.AID_CEILING_CROSSED,)
    assert verdict.arithmetic[0] == Line(
        LineCode.AID_OFFERED, {"authority": "RVO", "amount": Decimal(294_000)}
    )


def test_export_and_ceiling_are_both_named():
    assert deminimis.check(new(4000, aid(297_000), export_tied=True)).codes == (
        ReasonCode.EXPORT_TIED,
        ReasonCode.AID_CEILING_CROSSED_FOR_NOW,
    )


@pytest.mark.parametrize(
    ("granted_on", "regulation", "ceiling"),
    [
        (date(2007, 1, 1), "(EC) No 1998/2006", 200_000),
        (date(2013, 12, 31), "(EC) No 1998/2006", 200_000),
        (date(2014, 1, 1), "(EU) No 1407/2013", 200_000),
        (date(2023, 12, 31), "(EU) No 1407/2013", 200_000),
        (date(2024, 1, 1), "(EU) 2023/2831", 300_000),
        (date(2030, 12, 31), "(EU) 2023/2831", 300_000),
    ],
)
def test_granting_date_chooses_the_regulation(granted_on, regulation, ceiling):
    rule = deminimis.rule_set(granted_on)
    assert (rule.regulation, rule.ceiling) == (regulation, Decimal(ceiling))


@pytest.mark.parametrize("day", [date(2006, 12, 31), date(2031, 1, 1)])
def test_a_day_without_regulation_is_refused(day):
    assert deminimis.check(new(500, on=day)) == Verdict(
        reasons=(Reason(ReasonCode.NO_AID_RULE, {"day": day}),)
    )
    with pytest.raises(NoRuleInForce):
        deminimis.rule_set(day)


@pytest.mark.parametrize(
    ("granted_on", "counting", "expected"),
    [
        (TODAY, Counting(), date(2023, 6, 15)),
        (TODAY, OPEN_INTERVAL, date(2023, 6, 16)),
        (date(2028, 2, 29), Counting(), date(2025, 2, 28)),
        (date(2024, 1, 1), Counting(), date(2021, 1, 1)),
        (date(2023, 12, 31), Counting(), date(2021, 1, 1)),
        (date(2014, 5, 4), Counting(), date(2012, 1, 1)),
        (date(2013, 1, 1), Counting(), date(2011, 1, 1)),
        (date(2014, 3, 31), FROM_APRIL, date(2011, 4, 1)),
        (date(2014, 4, 1), FROM_APRIL, date(2012, 4, 1)),
    ],
)
def test_window_looks_back_three_years_or_three_fiscal_years(granted_on, counting, expected):
    assert deminimis.window_start(granted_on, counting) == expected


@pytest.mark.parametrize(
    ("on", "granted_on", "counting", "expected"),
    [
        (TODAY, EARLIER, Counting(), date(2028, 1, 11)),
        (TODAY, EARLIER, OPEN_INTERVAL, date(2028, 1, 10)),
        (date(2025, 3, 1), date(2024, 2, 29), Counting(), date(2027, 3, 1)),
        (date(2025, 3, 1), date(2025, 2, 28), Counting(), date(2028, 3, 1)),
        (date(2014, 5, 4), date(2013, 7, 1), Counting(), date(2016, 1, 1)),
        (date(2014, 5, 4), date(2013, 7, 1), FROM_APRIL, date(2016, 4, 1)),
        (date(2014, 5, 4), date(2013, 3, 1), FROM_APRIL, date(2015, 4, 1)),
        (date(2023, 12, 15), date(2023, 7, 1), Counting(), date(2024, 1, 1)),
        (date(2030, 6, 1), date(2029, 1, 1), Counting(), None),
    ],
)
def test_headroom_says_on_which_day_it_grows(on, granted_on, counting, expected):
    assert room(aid(150_000, granted_on), on=on, counting=counting).until == expected


def test_headroom_grows_when_the_first_of_several_aids_leaves():
    history = [aid(100_000, date(2024, 9, 1)), aid(50_000, date(2023, 8, 1))]
    assert room(*history).until == date(2026, 8, 2)


def test_headroom_over_the_ceiling_is_zero_until_enough_has_left():
    history = [aid(1000, date(2023, 8, 1)), aid(310_000, date(2024, 9, 1))]
    over = room(*history)
    assert (over.used, over.left, over.until) == (
        Decimal(311_000),
        Decimal(0),
        date(2027, 9, 2),
    )


def test_aid_granted_after_the_day_does_not_count():
    assert room(aid(1000, TODAY), aid(2000, TODAY + timedelta(days=1))).used == Decimal(1000)


def test_history_of_1998_2006_counts_under_its_successor():
    history = aid(196_000, date(2012, 3, 1))
    assert deminimis.check(new(4000, history, on=date(2014, 5, 4))).ok is True
    assert deminimis.check(new(7000, history, on=date(2014, 5, 4))).ok is False
    assert deminimis.check(new(7000, history, on=date(2015, 1, 1))).ok is True


def test_aid_cannot_be_negative():
    with pytest.raises(ValueError, match="negative"):
        aid("-0.01")


DAYS = st.dates(min_value=date(2007, 1, 1), max_value=date(2030, 12, 31))
EUROS = st.decimals(min_value="0.01", max_value=320_000, places=2)
COUNTINGS = st.builds(
    Counting, closed_interval=st.booleans(), fiscal_year_starts=st.integers(1, 12)
)
LINES = st.builds(
    AidLine,
    granted_on=st.none() | DAYS,
    undertaking=st.sampled_from(["firm", "sister"]),
    member_state=st.sampled_from(["NL", "DE"]),
    authority=st.just("RVO"),
    amount=EUROS,
    source=st.sampled_from(AidSource),
)
HISTORIES = st.lists(LINES, max_size=6)


@given(HISTORIES, DAYS, COUNTINGS, st.randoms())
def test_the_order_of_lines_never_matters(history, on, counting, random):
    one = room(*history, on=on, counting=counting)
    other = room(*random.sample(history, len(history)), on=on, counting=counting)
    assert replace(one, counted=()) == replace(other, counted=())


@given(HISTORIES, LINES, DAYS, COUNTINGS)
def test_more_aid_never_leaves_more(history, another, on, counting):
    before = room(*history, on=on, counting=counting)
    after = room(*history, another, on=on, counting=counting)
    assert after.left <= before.left


@given(HISTORIES, EUROS, EUROS, DAYS)
def test_what_is_refused_stays_refused_when_larger(history, amount, more, on):
    smaller = deminimis.check(new(amount, *history, on=on)).ok
    larger = deminimis.check(new(amount + more, *history, on=on)).ok
    assert smaller or not larger


@given(HISTORIES, EUROS, DAYS)
def test_granted_aid_uses_exactly_its_amount(history, wish, on):
    before = room(*history, on=on)
    amount = min(wish, before.left)
    after = room(*history, aid(amount, on, source=AidSource.AWARDED), on=on)
    assert deminimis.check(new(amount, *history, on=on)).ok
    assert (after.used, after.left) == (before.used + amount, before.left - amount)


WISHES = st.lists(st.tuples(DAYS, EUROS), max_size=8).map(sorted)


@given(WISHES, COUNTINGS)
def test_what_is_let_through_never_passes_the_ceiling(wishes, counting):
    granted = ()
    for day, amount in wishes:
        if deminimis.check(new(amount, *granted, on=day, counting=counting)).ok:
            granted = (*granted, aid(amount, day, source=AidSource.AWARDED))
            found = room(*granted, on=day, counting=counting)
            assert found.used <= found.limit


@given(HISTORIES, LINES, DAYS, COUNTINGS)
def test_a_window_never_counts_less_for_more_aid(history, another, on, counting):
    before = room(*history, on=on, counting=counting)
    after = room(*history, another, on=on, counting=counting)
    assert after.used >= before.used >= 0
    assert after.left >= 0


@given(HISTORIES, DAYS, COUNTINGS, st.integers(0, 9000))
def test_headroom_never_grows_before_the_day_it_names(history, on, counting, offset):
    now = room(*history, on=on, counting=counting)
    grows_on = now.until or date(2031, 1, 1)
    day = on + timedelta(days=offset % (grows_on - on).days)
    assert room(*history, on=day, counting=counting).left <= now.left
    if now.until:
        assert room(*history, on=now.until, counting=counting).left > now.left
