"""Openness by instants, working days, promises and award dates."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.rules import deadlines
from vouchers.rules.deadlines import (
    AwardCalendar,
    Openness,
    Pause,
    Promise,
    Window,
)
from vouchers.rules.verdict import Line, LineCode, Reason, ReasonCode, Verdict

BRUSSELS = ZoneInfo("Europe/Brussels")
NEW_YORK = ZoneInfo("America/New_York")
NONE: frozenset[date] = frozenset()


def brussels(*parts, fold=0):
    return datetime(*parts, tzinfo=BRUSSELS, fold=fold)


IN2LS_4 = Window(brussels(2014, 2, 1), brussels(2014, 5, 4, 23, 59, 59))
LSV_1 = Window(brussels(2026, 6, 1, 9), brussels(2026, 6, 27, 17))
DRAFTED = brussels(2014, 5, 4, 20)


@pytest.mark.parametrize(
    ("window", "now", "expected"),
    [
        (IN2LS_4, brussels(2014, 1, 31, 23, 59, 59, 999_999), Openness.NOT_YET_OPEN),
        (IN2LS_4, brussels(2014, 2, 1), Openness.OPEN),
        (IN2LS_4, brussels(2014, 5, 4, 23, 59, 58), Openness.OPEN),
        (IN2LS_4, brussels(2014, 5, 4, 23, 59, 59), Openness.OPEN),
        (IN2LS_4, brussels(2014, 5, 4, 23, 59, 59, 999_999), Openness.OPEN),
        (IN2LS_4, brussels(2014, 5, 5), Openness.WITHIN_GRACE),
        (IN2LS_4, brussels(2014, 5, 5, 0, 0, 30), Openness.WITHIN_GRACE),
        (IN2LS_4, brussels(2014, 5, 5, 0, 0, 59, 999_999), Openness.WITHIN_GRACE),
        (IN2LS_4, brussels(2014, 5, 5, 0, 1), Openness.CLOSED),
        (IN2LS_4, brussels(2014, 5, 5, 0, 1, 1), Openness.CLOSED),
        (LSV_1, brussels(2026, 6, 27, 17), Openness.OPEN),
        (LSV_1, brussels(2026, 6, 27, 17, 0, 0, 1), Openness.WITHIN_GRACE),
        (LSV_1, brussels(2026, 6, 27, 17, 1), Openness.WITHIN_GRACE),
        (LSV_1, brussels(2026, 6, 27, 17, 1, 0, 1), Openness.CLOSED),
        (LSV_1, brussels(2026, 6, 27, 17, 1, 1), Openness.CLOSED),
        (LSV_1, datetime(2026, 6, 27, 11, 0, tzinfo=NEW_YORK), Openness.OPEN),
        (LSV_1, datetime(2026, 6, 27, 11, 1, 1, tzinfo=NEW_YORK), Openness.CLOSED),
    ],
)
def test_openness_is_computed_from_instants(window, now, expected):
    assert window.openness(now) is expected


@pytest.mark.parametrize(
    ("fold", "now", "expected"),
    [
        (0, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), Openness.OPEN),
        (0, datetime(2026, 10, 25, 0, 31, 1, tzinfo=UTC), Openness.CLOSED),
        (0, brussels(2026, 10, 25, 2, 30, fold=1), Openness.CLOSED),
        (1, brussels(2026, 10, 25, 2, 45, fold=0), Openness.OPEN),
        (1, brussels(2026, 10, 25, 2, 30, fold=1), Openness.OPEN),
        (1, datetime(2026, 10, 25, 1, 31, 1, tzinfo=UTC), Openness.CLOSED),
    ],
)
def test_closing_in_the_hour_that_comes_twice_means_one_of_the_two(fold, now, expected):
    window = Window(brussels(2026, 10, 1), brussels(2026, 10, 25, 2, 30, fold=fold))
    assert window.openness(now) is expected


def test_window_needs_zones_and_an_order():
    with pytest.raises(ValueError, match="zone"):
        Window(datetime(2026, 6, 1), brussels(2026, 6, 27, 17))  # noqa: DTZ001
    with pytest.raises(ValueError, match="before it opens"):
        Window(brussels(2026, 6, 27, 17), brussels(2026, 6, 1))


def submit(now, *, started_at=DRAFTED):
    return deadlines.check_submit(IN2LS_4, started_at=started_at, now=now)


WINDOW = Line(LineCode.WINDOW, {"opens_at": IN2LS_4.opens_at, "closes_at": IN2LS_4.closes_at})
CLOSED_AT = {"closed_at": IN2LS_4.closes_at}


def test_submit_while_open():
    assert submit(brussels(2014, 5, 4, 23, 59, 59)) == Verdict(arithmetic=(WINDOW,))


def test_submit_before_opening_names_the_opening():
    assert submit(brussels(2014, 1, 1), started_at=brussels(2014, 1, 1)) == Verdict(
        reasons=(Reason(ReasonCode.CALL_NOT_YET_OPEN, {"opens_at": IN2LS_4.opens_at}),),
        arithmetic=(WINDOW,),
    )


def test_submit_of_a_draft_within_grace_is_marked():
    assert submit(brussels(2014, 5, 5, 0, 0, 30)) == Verdict(
        arithmetic=(WINDOW,), notes=(Reason(ReasonCode.WITHIN_GRACE, CLOSED_AT),)
    )


def test_submit_after_grace_names_the_closing():
    assert submit(brussels(2014, 5, 5, 0, 1, 1)) == Verdict(
        reasons=(Reason(ReasonCode.CALL_CLOSED, CLOSED_AT),), arithmetic=(WINDOW,)
    )


def test_grace_is_not_for_a_draft_begun_within_it():
    begun = brussels(2014, 5, 5, 0, 0, 10)
    assert submit(brussels(2014, 5, 5, 0, 0, 30), started_at=begun) == Verdict(
        reasons=(Reason(ReasonCode.GRACE_FOR_DRAFTS_ONLY, CLOSED_AT),), arithmetic=(WINDOW,)
    )
    last_second = brussels(2014, 5, 4, 23, 59, 59, 999_999)
    assert submit(brussels(2014, 5, 5, 0, 0, 30), started_at=last_second).ok is True


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (brussels(2014, 1, 31), (ReasonCode.CALL_NOT_YET_OPEN,)),
        (brussels(2014, 5, 4, 23, 59, 59), ()),
        (brussels(2014, 5, 5, 0, 0, 30), (ReasonCode.GRACE_FOR_DRAFTS_ONLY,)),
        (brussels(2014, 5, 6), (ReasonCode.CALL_CLOSED,)),
    ],
)
def test_start_of_a_draft_has_no_grace(now, expected):
    assert deadlines.check_start(IN2LS_4, now=now).codes == expected


@pytest.mark.parametrize(
    ("now", "ok"),
    [
        (brussels(2014, 5, 20, 17), True),
        (brussels(2014, 5, 20, 17, 0, 1), False),
    ],
)
def test_answer_counts_until_its_own_instant(now, ok):
    assert deadlines.check_answer(brussels(2014, 5, 20, 17), now=now).ok is ok


@pytest.mark.parametrize(
    ("check", "code", "name"),
    [
        (deadlines.check_acceptance, ReasonCode.OFFER_ENDED, "answer_by"),
        (deadlines.check_claim, ReasonCode.CLAIM_TOO_LATE, "claim_by"),
    ],
)
def test_offers_and_claims_end_at_their_instant(check, code, name):
    last = brussels(2014, 6, 30, 17)
    assert (check(last, now=last), check(last, now=brussels(2014, 6, 30, 17, 0, 1)).reasons) == (
        Verdict(),
        (Reason(code, {name: last}),),
    )


NEW_YEAR = frozenset({date(2026, 1, 1)})


@pytest.mark.parametrize(
    ("start", "days", "holidays", "expected"),
    [
        (date(2026, 1, 12), 20, NEW_YEAR, date(2026, 2, 9)),
        (date(2026, 1, 12), 1, NONE, date(2026, 1, 13)),
        (date(2026, 1, 16), 1, NONE, date(2026, 1, 19)),
        (date(2026, 1, 17), 1, NONE, date(2026, 1, 19)),
        (date(2026, 1, 12), 0, NONE, date(2026, 1, 12)),
        (date(2025, 12, 31), 1, NEW_YEAR, date(2026, 1, 2)),
        (date(2025, 12, 31), 1, NONE, date(2026, 1, 1)),
    ],
)
def test_working_days_count_from_the_day_after(start, days, holidays, expected):
    assert deadlines.add_working_days(start, days, holidays) == expected


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        deadlines.add_working_days(date(2026, 1, 12), -1, NONE)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 1, 12), date(2026, 2, 9), 20),
        (date(2026, 1, 12), date(2026, 1, 12), 0),
        (date(2026, 1, 16), date(2026, 1, 18), 0),
        (date(2026, 1, 16), date(2026, 1, 19), 1),
        (date(2026, 1, 19), date(2026, 1, 16), 0),
    ],
)
def test_working_days_between_leaves_out_the_first_day(start, end, expected):
    assert deadlines.working_days_between(start, end, NONE) == expected


DAYS = st.dates(min_value=date(2010, 1, 1), max_value=date(2040, 1, 1))
HOLIDAYS = st.frozensets(st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 3, 31)))


@given(st.dates(date(2025, 12, 1), date(2026, 3, 1)), st.integers(0, 40), HOLIDAYS)
def test_adding_and_counting_working_days_agree(start, days, holidays):
    end = deadlines.add_working_days(start, days, holidays)
    assert deadlines.working_days_between(start, end, holidays) == days
    assert days == 0 or deadlines.is_working_day(end, holidays)


def promise(*pauses):
    return Promise(
        started_at=brussels(2026, 1, 12, 23, 30),
        working_days=10,
        zone=BRUSSELS,
        holidays=NONE,
        pauses=pauses,
    )


MONDAY = brussels(2026, 1, 19, 10)
WEDNESDAY = brussels(2026, 1, 21, 15)
LATER = brussels(2026, 1, 30, 12)


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ((), date(2026, 1, 26)),
        ((Pause(MONDAY, WEDNESDAY),), date(2026, 1, 28)),
        ((Pause(MONDAY, brussels(2026, 1, 19, 16)),), date(2026, 1, 26)),
        ((Pause(MONDAY, WEDNESDAY), Pause(MONDAY, WEDNESDAY)), date(2026, 1, 28)),
        ((Pause(brussels(2026, 1, 16, 9), brussels(2026, 1, 18, 9)),), date(2026, 1, 26)),
        ((Pause(MONDAY, None),), date(2026, 2, 6)),
    ],
)
def test_promise_moves_by_the_working_days_of_its_pauses(pauses, expected):
    assert promise(*pauses).due_on(now=LATER) == expected


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [((), 14), ((Pause(MONDAY, WEDNESDAY),), 12), ((Pause(MONDAY, None),), 5)],
)
def test_promise_counts_the_days_used_without_pauses(pauses, expected):
    assert promise(*pauses).used(now=LATER) == expected


@pytest.mark.parametrize(
    ("pause", "now", "expected"),
    [
        (Pause(MONDAY, WEDNESDAY), MONDAY, True),
        (Pause(MONDAY, WEDNESDAY), WEDNESDAY, False),
        (Pause(MONDAY, None), LATER, True),
        (Pause(WEDNESDAY, None), MONDAY, False),
    ],
)
def test_promise_knows_whether_its_clock_stands(pause, now, expected):
    assert promise(pause).is_paused(now=now) is expected


def test_promise_starts_on_the_region_s_day():
    starts = datetime(2026, 1, 11, 23, 30, tzinfo=UTC)
    clock = Promise(started_at=starts, working_days=1, zone=BRUSSELS, holidays=NONE)
    assert clock.due_on(now=LATER) == date(2026, 1, 13)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_a_pause_never_brings_the_promise_forward(after, length, working_days):
    start = brussels(2026, 1, 12, 12)
    since = start + timedelta(days=after)
    plain = Promise(started_at=start, working_days=working_days, zone=BRUSSELS, holidays=NONE)
    paused = Promise(
        started_at=start,
        working_days=working_days,
        zone=BRUSSELS,
        holidays=NONE,
        pauses=(Pause(since, since + timedelta(days=length)),),
    )
    assert paused.due_on(now=LATER) >= plain.due_on(now=LATER)


@pytest.mark.parametrize(
    ("starts_on", "months", "claim_days", "expected"),
    [
        (date(2026, 1, 12), 12, 30, (date(2027, 1, 12), date(2027, 2, 11))),
        (date(2026, 8, 31), 6, 0, (date(2027, 2, 28), date(2027, 2, 28))),
    ],
)
def test_award_ends_after_calendar_months(starts_on, months, claim_days, expected):
    assert deadlines.award_calendar(
        starts_on, validity_months=months, claim_days=claim_days
    ) == AwardCalendar(starts_on, *expected)
