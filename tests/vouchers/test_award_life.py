"""What becomes of an award: every arrow, its ledger lines, and what refuses it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from portal.models import OutgoingMail, User
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories, lives
from vouchers.actions import awards, calendar, claims, draft_rows, vouchers
from vouchers.actions.draft_rows import AidFields
from vouchers.cases import aid_history
from vouchers.enums import AwardState, EndReason
from vouchers.models import Award, balance_of
from vouchers.reasons import sentence
from vouchers.rules.verdict import ReasonCode, Refused

pytestmark = pytest.mark.django_db
A = AwardState
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
RESERVED = ("reserve", "", "4000.00")
COMMITTED = ("commit", "", "4000.00")


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


def person(user: User) -> Actor:
    return Actor.person(user)


def accept(award: Award, by: Actor, now: datetime) -> None:
    vouchers.accept(award, signatory_name="A", signatory_role="B", by=by, now=now)


VERBS: dict[str, Callable[[Award, Actor, datetime], None]] = {
    "accept": accept,
    "decline": lambda award, by, now: vouchers.decline(award, reason="No time", by=by, now=now),
    "lapse": lambda award, by, now: vouchers.lapse(
        award,
        reason=EndReason.NOT_USED if award.state == A.ACCEPTED else EndReason.NO_ANSWER,
        by=by,
        now=now,
    ),
    "complete": lambda award, by, now: vouchers.complete(award, by=by, now=now),
    "cancel": lambda award, by, now: vouchers.cancel(award, reason="Closed", by=by, now=now),
    "revoke": lambda award, by, now: vouchers.revoke(
        award, recovered=Decimal(0), reason="Untrue", by=by, now=now
    ),
}
GOES = {
    (A.OFFERED, "accept"): A.ACCEPTED,
    (A.OFFERED, "decline"): A.DECLINED,
    (A.OFFERED, "lapse"): A.LAPSED,
    (A.ACCEPTED, "lapse"): A.LAPSED,
    (A.ACCEPTED, "complete"): A.COMPLETED,
    (A.OFFERED, "cancel"): A.CANCELLED,
    (A.ACCEPTED, "cancel"): A.CANCELLED,
    (A.ACCEPTED, "revoke"): A.REVOKED,
    (A.COMPLETED, "revoke"): A.REVOKED,
}
WAYS: dict[str, list[str]] = {
    A.OFFERED: [],
    A.ACCEPTED: ["accept"],
    A.DECLINED: ["decline"],
    A.LAPSED: ["lapse"],
    A.COMPLETED: ["accept", "complete"],
    A.CANCELLED: ["cancel"],
    A.REVOKED: ["accept", "revoke"],
}


def who(world: factories.World) -> dict[str, Actor]:
    return {
        "accept": person(world.sme),
        "decline": person(world.sme),
        "lapse": Actor.clock(),
        "complete": person(world.broker),
        "cancel": person(world.broker),
        "revoke": person(world.manager),
    }


def do(world: factories.World, award: Award, verb: str, by: Actor | None = None) -> None:
    VERBS[verb](award, by or who(world)[verb], world.now)
    award.refresh_from_db()


def brought_to(world: factories.World, state: str) -> Award:
    award = lives.offered(world)
    for verb in WAYS[state]:
        do(world, award, verb)
    assert award.state == state
    return award


@pytest.mark.parametrize("state", WAYS)
def test_every_arrow_starts_from_its_states_only(world, state):
    award = brought_to(world, state)
    for verb, run in VERBS.items():
        if (state, verb) not in GOES:
            with pytest.raises(IllegalMove):
                run(Award.objects.get(pk=award.pk), who(world)[verb], world.now)
    award.refresh_from_db()
    assert award.state == state


@pytest.mark.parametrize(("start", "verb", "target"), [(s, v, t) for (s, v), t in GOES.items()])
def test_every_arrow_arrives(world, start, verb, target):
    award = brought_to(world, start)
    do(world, award, verb)
    assert award.state == target


ROLES = ("sme", "broker", "host_broker", "other_broker", "finance", "manager", "auditor", "clock")
ALLOWED = {
    "accept": {"sme"},
    "decline": {"sme"},
    "lapse": {"clock"},
    "complete": {"broker"},
    "cancel": {"broker"},
    "revoke": {"manager"},
}


@pytest.mark.parametrize("verb", ALLOWED)
def test_nobody_else_may(world, verb):
    start = next(start for start, name in GOES if name == verb)
    award = brought_to(world, start)
    for role in set(ROLES) - ALLOWED[verb]:
        by = Actor.clock() if role == "clock" else person(getattr(world, role))
        with pytest.raises(PermissionDenied):
            VERBS[verb](Award.objects.get(pk=award.pk), by, world.now)
    assert Award.objects.get(pk=award.pk).state == start


def test_acceptance_fixes_granting_day_dates_and_signatory(world):
    award = lives.accepted(world)
    assert {
        "accepted_at": award.accepted_at,
        "granted": (award.granted_on, award.granted_zone),
        "dates": (award.starts_on, award.ends_on),
        "claim_by": award.claim_by,
        "signed": (award.accepted_by, award.signatory_name, award.signatory_role),
    } == {
        "accepted_at": world.now,
        "granted": (date(2027, 3, 8), "Europe/Amsterdam"),
        "dates": (date(2027, 3, 8), date(2027, 12, 8)),
        "claim_by": datetime(2028, 1, 7, 17, tzinfo=AMSTERDAM),
        "signed": (world.sme, "A. Voorbeeld", "Managing director"),
    }


@pytest.mark.parametrize(
    ("verbs", "lines"),
    [
        ([], [RESERVED]),
        (["accept"], [RESERVED, COMMITTED]),
        (["decline"], [RESERVED, ("release", "reserved", "4000.00")]),
        (["lapse"], [RESERVED, ("release", "reserved", "4000.00")]),
        (["cancel"], [RESERVED, ("release", "reserved", "4000.00")]),
        (["accept", "lapse"], [RESERVED, COMMITTED, ("release", "committed", "4000.00")]),
        (["accept", "cancel"], [RESERVED, COMMITTED, ("release", "committed", "4000.00")]),
        (["accept", "revoke"], [RESERVED, COMMITTED, ("release", "committed", "4000.00")]),
        (["accept", "complete"], [RESERVED, COMMITTED]),
    ],
)
def test_ledger_lines_of_a_life(world, verbs, lines):
    award = lives.offered(world)
    for verb in verbs:
        do(world, award, verb)
    assert lives.ledger_of(award) == lines


def test_what_comes_back_is_booked_when_an_award_is_revoked(world):
    award = lives.paid(world).award
    vouchers.revoke(
        award, recovered=Decimal(1500), reason="Untrue", by=person(world.manager), now=world.now
    )
    assert lives.ledger_of(award)[2:] == [("pay", "", "4000.00"), ("recover", "", "1500.00")]
    assert balance_of(award.pot).paid == Decimal("2500.00")


def test_a_late_answer_is_refused_with_the_instant(world):
    award = lives.offered(world)
    world.now = award.answer_by + timedelta(seconds=1)
    with pytest.raises(Refused) as refused:
        accept(award, person(world.sme), world.now)
    [reason] = refused.value.verdict.reasons
    assert sentence(reason) == (
        "The time to accept ended on 22 March 2027, 17:00 Amsterdam time, "
        "so ask your Access Broker what you can do"
    )
    assert (Award.objects.get().state, lives.ledger_of(award)) == (A.OFFERED, [RESERVED])


def test_an_answer_at_the_last_instant_counts(world):
    award = lives.offered(world)
    accept(award, person(world.sme), award.answer_by)
    assert Award.objects.get().state == A.ACCEPTED


def declare(world: factories.World, amount: Decimal) -> None:
    """Declare other aid on a later draft, as an honest SME does."""
    lines = [AidFields(date(2026, 5, 4), "Province of Gelderland", "NL", amount)]
    draft_rows.set_aid(
        factories.draft(world, "collaboration"),
        lines=lines,
        is_export_tied=False,
        by=person(world.sme),
        now=world.now,
    )


def test_acceptance_asks_the_ceiling_again(world):
    award = lives.offered(world)
    declare(world, Decimal(297_000))
    with pytest.raises(Refused) as refused:
        accept(award, person(world.sme), world.now)
    [reason] = refused.value.verdict.reasons
    assert (reason.code, sentence(reason)) == (
        ReasonCode.AID_CEILING_CROSSED_FOR_NOW,
        "€4,000 would cross the de minimis ceiling of €300,000: €3,000 left until 5 May 2029",
    )
    assert lives.ledger_of(award) == [RESERVED]


def test_a_voucher_below_the_ceiling_passes(world):
    award = lives.offered(world, "meet_greet", amount=Decimal(500))
    declare(world, Decimal(297_000))
    lives.accept(award, world)
    history = aid_history(award.application.undertaking)
    assert (lives.ledger_of(award)[1], sum(line.amount for line in history)) == (
        ("commit", "", "500.00"),
        Decimal(297_500),
    )


def test_an_unanswered_offer_is_reminded_and_lapses(world):
    award = lives.offered(world)
    for days in (6, 7, 8, 13, 14):
        calendar.keep_offers(by=Actor.clock(), now=world.now + timedelta(days=days))
    assert Award.objects.get().state == A.OFFERED
    for _twice in range(2):
        now = award.answer_by + timedelta(seconds=1)
        calendar.keep_offers(by=Actor.clock(), now=now)
    award.refresh_from_db()
    reminders = OutgoingMail.objects.filter(kind="offer_reminder", to=[world.sme.email])
    assert (award.state, award.ended_as, lives.ledger_of(award)[1:], reminders.count()) == (
        A.LAPSED,
        EndReason.NO_ANSWER,
        [("release", "reserved", "4000.00")],
        1,
    )


def test_an_accepted_award_never_lapses_as_unanswered(world):
    award = lives.accepted(world)
    with pytest.raises(IllegalMove):
        vouchers.lapse(award, reason=EndReason.NO_ANSWER, by=Actor.clock(), now=world.now)
    assert Award.objects.get().state == A.ACCEPTED


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (lives.accepted, A.LAPSED),
        (lives.written, A.LAPSED),
        (lives.filed, A.ACCEPTED),
        (lives.returned, A.ACCEPTED),
    ],
)
def test_an_award_lapses_after_the_day_unless_a_claim_was_sent(world, make, state):
    make(world)
    after = Award.objects.get().claim_by + timedelta(seconds=1)
    calendar.keep_offers(by=Actor.clock(), now=after)
    assert Award.objects.get().state == state


def test_a_cancelled_award_takes_no_claim(world):
    claim = lives.written(world)
    vouchers.cancel(claim.award, reason="Closed", by=person(world.broker), now=world.now)
    with pytest.raises(IllegalMove):
        claims.file(lives.fresh(claim), by=person(world.sme), now=world.now)


def test_a_host_broker_cannot_choose_the_reserve_list(world):
    application = factories.eligible(world)
    with pytest.raises(PermissionDenied):
        awards.reserve(application, by=person(world.host_broker), now=world.now)
    application.refresh_from_db()
    assert application.state == "eligible"
