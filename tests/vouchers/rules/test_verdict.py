"""Verdicts refuse with all their reasons."""

from decimal import Decimal

import pytest

from vouchers.rules.verdict import (
    Line,
    LineCode,
    Reason,
    ReasonCode,
    Refused,
    Verdict,
    combine,
)

TOO_MANY_HEADS = Reason(ReasonCode.HEADCOUNT_TOO_HIGH, {"headcount": Decimal(260)})
SAME_REGION = Reason(ReasonCode.SAME_REGION, {"region": "Wallonia"})
LATE = Reason(ReasonCode.WITHIN_GRACE)
ROUTE = Line(LineCode.ROUTE, {"home": "Wallonia", "host": "Wallonia"})


def test_verdict_without_reasons_allows():
    Verdict(arithmetic=(ROUTE,), notes=(LATE,)).require()
    assert Verdict(notes=(LATE,)).ok is True


def test_verdict_with_a_reason_is_raised_whole():
    verdict = Verdict(reasons=(TOO_MANY_HEADS, SAME_REGION), arithmetic=(ROUTE,))
    with pytest.raises(Refused) as caught:
        verdict.require()
    assert caught.value.verdict is verdict
    assert str(caught.value) == "headcount_too_high, same_region"


def test_combine_keeps_every_reason_line_and_note_in_order():
    whole = combine(
        Verdict(reasons=(TOO_MANY_HEADS,)),
        Verdict(arithmetic=(ROUTE,), notes=(LATE,)),
        Verdict(reasons=(SAME_REGION,)),
    )
    assert whole == Verdict(
        reasons=(TOO_MANY_HEADS, SAME_REGION), arithmetic=(ROUTE,), notes=(LATE,)
    )
    assert whole.ok is False
    assert whole.codes == (ReasonCode.HEADCOUNT_TOO_HIGH, ReasonCode.SAME_REGION)


def test_combine_of_nothing_allows():
    assert combine() == Verdict()
