"""Changes of a running award: more time once, other wishes, and who answers them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from portal.models import JournalEntry, OutgoingMail
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import agreeing, factories, lives
from vouchers.actions import award_changes, award_days, calendar, claims, vouchers
from vouchers.enums import AwardChangeKind, AwardChangeState, AwardState
from vouchers.models import Award, AwardChange
from vouchers.reasons import sentence
from vouchers.rules.longer import REMINDERS, reminder_due
from vouchers.rules.verdict import Refused

K, C = AwardChangeKind, AwardChangeState
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
PROVIDER = "lab@lower-saxony.example"
SME = "sme@voorbeeld.example"


@pytest.fixture
def world(db) -> factories.World:
    return factories.make_world()


@pytest.fixture
def award(world) -> Award:
    found = agreeing.accepted(world)
    agreeing.sign(world.now)
    return Award.objects.get(pk=found.pk)


def wish(award, world, kind=K.EXTENSION, *, months=6, now=None, by=None) -> AwardChange:
    more = {"months": months, "proof": lives.checked("order.pdf")} if kind == K.EXTENSION else {}
    return award_changes.ask(
        award,
        kind=kind,
        text="The donor samples come in autumn.",
        by=Actor.person(by or world.sme),
        now=now or world.now,
        **more,
    )


def approve(change, world, *, answer="") -> None:
    award_changes.approve(change, answer=answer, by=Actor.person(world.broker), now=world.now)


def mails(*kinds: str) -> list[tuple[str, str, list[str]]]:
    rows = OutgoingMail.objects.filter(kind__in=kinds).order_by("pk")
    return [(m.kind, m.to[0], [d.number for d in m.documents.all()]) for m in rows]


OF_CHANGES = ("award_change_asked", "award_change_answered", "award_change_for_partner")


def test_an_approved_extension_moves_end_and_claim_by_the_calendar_rule(award, world):
    assert (award.starts_on, award.ends_on) == (date(2027, 3, 8), date(2027, 12, 8))
    change = wish(award, world)
    approve(change, world, answer="Agreed.")
    award.refresh_from_db()
    change.refresh_from_db()
    assert (award.ends_on, award.claim_by, change.state) == (
        date(2028, 6, 8),
        datetime(2028, 7, 8, 17, tzinfo=AMSTERDAM),
        C.APPROVED,
    )
    entry = JournalEntry.objects.get(verb="extend_award")
    assert entry.data == {
        "before_ends_on": "2027-12-08",
        "ends_on": "2028-06-08",
        "claim_by": "2028-07-08T17:00:00+02:00",
    }
    assert mails(*OF_CHANGES) == [
        ("award_change_answered", SME, ["LSV-1-INS-001-X1"]),
        ("award_change_for_partner", PROVIDER, ["LSV-1-INS-001-X1"]),
    ]
    assert change.appendix.facts["new_end"] == "2028-06-08"


def test_a_refusal_says_why_and_changes_nothing(award, world):
    change, before = wish(award, world), award.ends_on
    by = Actor.person(world.broker)
    award_changes.refuse(change, answer="No proof of start.", by=by, now=world.now)
    award.refresh_from_db()
    assert award.ends_on == before
    assert mails(*OF_CHANGES) == [("award_change_answered", SME, [])]
    wish(award, world, months=3)


def said_no(award, world, **asked) -> str:
    with pytest.raises(Refused) as refused:
        wish(award, world, **asked)
    [reason] = refused.value.verdict.reasons
    return sentence(reason)


def test_a_second_extension_and_one_too_long_or_too_late_are_refused(award, world):
    assert said_no(award, world, months=7) == (
        "This voucher can be extended by at most 6 months, so ask for fewer"
    )
    late = datetime(2027, 12, 8, 23, 0, 1, tzinfo=UTC)
    assert said_no(award, world, now=late) == (
        "The work ended on 8 December 2027, and more time is asked for before that"
    )
    change = wish(award, world, months=2, now=late - timedelta(seconds=2))
    assert said_no(award, world) == (
        "You have asked for this change already, so wait for your Access Broker's answer"
    )
    approve(change, world)
    assert said_no(award, world, months=1) == (
        "This voucher was extended once, and a second extension is not possible"
    )


def test_other_wishes_are_asked_once_at_a_time_and_shown(award, world):
    for kind in (K.TITLE, K.DATES, K.CONTACT, K.WORK):
        change = wish(award, world, kind)
        assert said_no(award, world, kind=kind).startswith("You have asked for this change")
        approve(change, world)
        wish(award, world, kind)
    assert award.changes.filter(state=C.APPROVED).count() == 4


@pytest.mark.parametrize("role", ["broker", "host_broker", "finance", "manager", "auditor"])
def test_only_the_firm_asks(award, world, role):
    with pytest.raises(PermissionDenied):
        wish(award, world, by=getattr(world, role))


@pytest.mark.parametrize("role", ["sme", "host_broker", "other_broker", "finance", "manager"])
def test_only_home_answers(award, world, role):
    change, by = wish(award, world), Actor.person(getattr(world, role))
    for verb in (award_changes.approve, award_changes.refuse):
        with pytest.raises(PermissionDenied):
            verb(change, answer="x", by=by, now=world.now)


def test_an_award_that_ends_sets_its_wishes_aside(award, world):
    change = wish(award, world)
    vouchers.cancel(award, reason="Closed.", by=Actor.person(world.broker), now=world.now)
    change.refresh_from_db()
    assert change.state == C.DROPPED
    with pytest.raises(IllegalMove):
        approve(change, world)
    with pytest.raises(IllegalMove):
        wish(award, world, K.TITLE)


def test_an_extended_award_lapses_after_its_new_day_to_claim(award, world):
    old = award.claim_by
    approve(wish(award, world), world)
    calendar.keep_offers(by=Actor.clock(), now=old + timedelta(seconds=1))
    assert Award.objects.get().state == AwardState.ACCEPTED
    award.refresh_from_db()
    calendar.keep_offers(by=Actor.clock(), now=award.claim_by + timedelta(seconds=1))
    assert Award.objects.get().state == AwardState.LAPSED


def remind(day: date) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    award_days.remind_ends(by=Actor.clock(), now=noon)


ENDS = ("award_ends_soon", "award_ends_for_partner")


def test_both_sides_are_reminded_three_times_once_each(award, world):
    end = award.ends_on
    for left in (91, 90, 90, 60, 30, 29, 8, 7, 7, 0, -1):
        remind(end - timedelta(days=left))
    both = [("award_ends_soon", SME, []), ("award_ends_for_partner", PROVIDER, [])]
    assert mails(*ENDS) == both * 3
    subjects = OutgoingMail.objects.filter(kind="award_ends_soon").order_by("pk")
    firsts = [mail.body.splitlines()[0] for mail in subjects]
    assert firsts == [f"Your voucher ends in {days} days" for days in (90, 30, 7)]


def test_after_missed_days_only_the_nearest_is_sent(award, world):
    remind(award.ends_on - timedelta(days=5))
    assert len(mails(*ENDS)) == 2


def test_who_has_sent_a_claim_is_left_alone(world):
    agreeing.ask_for_agreements(world)
    claim = lives.written(world)
    agreeing.sign(world.now)
    claims.file(claim, by=Actor.person(world.sme), now=world.now)
    remind(Award.objects.get().ends_on - timedelta(days=7))
    assert mails(*ENDS) == []


def test_an_extension_counts_the_reminders_anew(award, world):
    remind(award.ends_on - timedelta(days=30))
    approve(wish(award, world), world)
    award.refresh_from_db()
    remind(award.ends_on - timedelta(days=30))
    assert len(mails(*ENDS)) == 4


@given(
    left=st.integers(-20, 400), length=st.integers(0, 400), end=st.dates(max_value=date(9000, 1, 1))
)
def test_a_reminder_is_the_nearest_that_has_come_and_never_before_the_start(left, length, end):
    try:
        today, since = end - timedelta(days=left), end - timedelta(days=length)
    except OverflowError:
        return
    due = reminder_due(end, since=since, today=today)
    passed = [days for days in REMINDERS if 0 <= left <= days]
    expected = min(passed) if passed and length >= min(passed) else None
    assert due == expected


def test_overdue_awards_are_those_whose_last_day_is_over_without_a_claim(award, world):
    end = datetime(2027, 12, 8, 23, tzinfo=UTC)
    before, after = end - timedelta(seconds=1), end
    assert [Award.objects.overdue(now).count() for now in (before, after)] == [0, 1]
    claims.start(award, by=Actor.person(world.sme), now=world.now)
    assert Award.objects.overdue(after).count() == 1
    award.claims.update(state="filed", filed_at=world.now)
    assert Award.objects.overdue(after).count() == 0
