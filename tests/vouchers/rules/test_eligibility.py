"""The one question: every reason is named, and a missing part is left out."""

from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from vouchers.enums import AmountKind, CrossingRule
from vouchers.rules import eligibility
from vouchers.rules.conduct import Conduct
from vouchers.rules.crossing import Place
from vouchers.rules.deadlines import Window
from vouchers.rules.deminimis import AidLine, AidSource, NewAid
from vouchers.rules.eligibility import Case, Count, Firm, Request, Route, Submission
from vouchers.rules.limits import AmountRule, Held, Limits
from vouchers.rules.sectors import Activity
from vouchers.rules.sme import Figures
from vouchers.rules.verdict import LineCode, ReasonCode, Verdict

BRUSSELS = ZoneInfo("Europe/Brussels")
TODAY = date(2026, 6, 15)
RHINELAND = Place("DE-RHI", "DE", "Rhineland")
WALLONIA = Place("BE-WAL", "BE", "Wallonia")
CLOSES_AT = datetime(2026, 6, 27, 17, tzinfo=BRUSSELS)


def firm(heads):
    million = Decimal(1_000_000)
    return Firm(
        figures=Figures(
            year=2025, headcount=Decimal(heads), turnover=million, balance_sheet=million
        )
    )


def route(home, host):
    return Route(rule=CrossingRule.OTHER_REGION, home=home, host=host, regions={"DE-RHI", "BE-WAL"})


def insight(amount):
    rule = AmountRule(kind=AmountKind.LUMP_SUM, amount=Decimal("4000.00"))
    return Request(rule=rule, amount=Decimal(amount))


def count(in_call):
    return Count(limits=Limits(per_call=1), held=Held(in_call=in_call, open_awards=0))


def aid(earlier):
    history = AidLine(
        granted_on=date(2025, 1, 10),
        undertaking="firm",
        member_state="DE",
        authority="NRW.Bank",
        amount=Decimal(earlier),
        source=AidSource.DECLARED,
    )
    return NewAid(
        granted_on=TODAY,
        undertaking="firm",
        member_state="DE",
        amount=Decimal("4000.00"),
        history=(history,),
    )


def submission(now):
    opens_at = datetime(2026, 6, 1, 9, tzinfo=BRUSSELS)
    return Submission(window=Window(opens_at, CLOSES_AT), started_at=opens_at, now=now)


GOOD = Case(
    on=TODAY,
    firm=firm(40),
    route=route(RHINELAND, WALLONIA),
    request=insight("4000.00"),
    count=count(0),
    aid=aid(1000),
    submission=submission(CLOSES_AT),
)
BAD = {
    "firm": (firm(260), ReasonCode.HEADCOUNT_TOO_HIGH),
    "activity": (Activity(nace="03.11"), ReasonCode.SECTOR_EXCLUDED),
    "conduct": (Conduct(is_insolvent=True), ReasonCode.INSOLVENT),
    "route": (route(RHINELAND, RHINELAND), ReasonCode.SAME_REGION),
    "request": (insight("4000.01"), ReasonCode.AMOUNT_NOT_LUMP_SUM),
    "count": (count(1), ReasonCode.CALL_LIMIT_REACHED),
    "aid": (aid(297_000), ReasonCode.AID_CEILING_CROSSED_FOR_NOW),
    "submission": (
        submission(datetime(2026, 6, 27, 17, 1, 1, tzinfo=BRUSSELS)),
        ReasonCode.CALL_CLOSED,
    ),
}
PARTS = [field.name for field in fields(Case) if field.name != "on"]
NOTHING = dict.fromkeys(PARTS)


def test_a_good_case_is_allowed_with_all_its_arithmetic():
    verdict = eligibility.check(GOOD)
    assert (verdict.reasons, verdict.notes) == ((), ())
    assert [line.code for line in verdict.arithmetic] == [
        LineCode.SIZE_SMALL,
        LineCode.ROUTE,
        LineCode.AMOUNT,
        LineCode.HELD_IN_CALL,
        LineCode.AID_COUNTED,
        LineCode.AID_USED,
        LineCode.AID_LEFT_AFTER,
        LineCode.WINDOW,
    ]


def test_all_reasons_are_named_and_not_only_the_first():
    case = replace(GOOD, **{part: bad for part, (bad, _) in BAD.items()})
    assert eligibility.check(case).codes == tuple(code for _, code in BAD.values())


@pytest.mark.parametrize("part", PARTS)
def test_each_part_refuses_alone_and_is_silent_when_left_out(part):
    bad, code = BAD[part]
    assert eligibility.check(replace(GOOD, **{part: bad})).codes == (code,)
    assert eligibility.check(Case(on=TODAY, **NOTHING | {part: bad})).codes == (code,)
    assert eligibility.check(replace(GOOD, **{part: None})).ok is True


def test_a_case_that_asks_nothing_is_allowed():
    assert eligibility.check(Case(on=TODAY, **NOTHING)) == Verdict()


@pytest.mark.parametrize(
    ("heads", "host", "expected"),
    [
        (40, RHINELAND, (ReasonCode.SAME_REGION,)),
        (40, WALLONIA, ()),
        (260, WALLONIA, (ReasonCode.HEADCOUNT_TOO_HIGH,)),
        (260, RHINELAND, (ReasonCode.HEADCOUNT_TOO_HIGH, ReasonCode.SAME_REGION)),
    ],
)
def test_self_check_before_registering(heads, host, expected):
    answers = NOTHING | {"firm": firm(heads), "route": route(RHINELAND, host)}
    assert eligibility.check(Case(on=TODAY, **answers)).codes == expected


def test_submitting_within_grace_is_allowed_and_noted():
    late = submission(datetime(2026, 6, 27, 17, 0, 30, tzinfo=BRUSSELS))
    verdict = eligibility.check(replace(GOOD, submission=late))
    assert (verdict.ok, [note.code for note in verdict.notes]) == (
        True,
        [ReasonCode.WITHIN_GRACE],
    )
