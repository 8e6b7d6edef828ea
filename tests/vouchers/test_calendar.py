"""What the schedule does: on time, twice, late, or not at all."""

from datetime import timedelta

import pytest

from portal.models import JournalEntry, OutgoingMail
from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import applications, calendar, drafts
from vouchers.enums import ApplicationState, AwardState
from vouchers.models import Application, balance_of
from vouchers.rules.verdict import Refused

pytestmark = pytest.mark.django_db
CLOCK = Actor.clock()
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def world():
    return factories.make_world()


def letters(kind):
    return OutgoingMail.objects.filter(kind=kind).count()


def test_drafts_are_reminded_once_per_date_and_told_at_the_end(world):
    """Story A09: three drafts, one of them sent in between, every run twice."""
    firms = [world.sme, *(factories.another_sme(world) for _ in range(3))]
    one, two, three, four = (factories.complete_draft(world, by=firm) for firm in firms)
    factories.send(four, world, by=firms[3])
    closes = world.call.closes_at
    counts = []
    for at in (closes - 7 * DAY, closes - 7 * DAY, closes - 47 * HOUR, closes - 47 * HOUR):
        if at == closes - 47 * HOUR and three.state == ApplicationState.DRAFT:
            factories.send(three, world, by=firms[2])
            three.refresh_from_db()
        calendar.remind_drafts(by=CLOCK, now=at)
        counts.append(letters("call_closes_soon"))
    assert counts == [3, 3, 5, 5]
    for at in (closes + 2 * HOUR, closes + 5 * HOUR, closes + 3 * DAY):
        calendar.remind_drafts(by=CLOCK, now=at)
    assert letters("draft_not_submitted") == 2
    told = OutgoingMail.objects.filter(kind="draft_not_submitted")
    copies = [(m.subject_id, m.documents.get()) for m in told.order_by("subject_id")]
    assert [(subject, copy.facts["title_of_project"]) for subject, copy in copies] == [
        (one.pk, one.title),
        (two.pk, two.title),
    ]
    assert letters("call_closes_soon") == 5


def test_after_a_missed_week_only_the_nearest_reminder_goes_out(world):
    factories.complete_draft(world)
    calendar.remind_drafts(by=CLOCK, now=world.call.closes_at - HOUR)
    assert letters("call_closes_soon") == 1


def test_openings_and_closings_are_journalled_once(world):
    call = world.call
    for at in (call.opens_at - SECOND, call.opens_at, call.opens_at + DAY):
        calendar.keep_calls(by=CLOCK, now=at)
    after_grace = call.closes_at + timedelta(seconds=call.grace_seconds + 61)
    for at in (call.closes_at + SECOND, after_grace, after_grace + DAY):
        calendar.keep_calls(by=CLOCK, now=at)
    lines = JournalEntry.objects.about(call).filter(verb__in=["open", "close"])
    assert list(lines.values_list("verb", "before", "after", "at")) == [
        ("open", "scheduled", "open", call.opens_at),
        ("close", "open", "closed", after_grace),
    ]


def test_openness_never_waits_for_a_task(world):
    """Nothing of the schedule has run: the stored state still says scheduled."""
    call = world.call
    assert call.state == "scheduled"
    late = factories.complete_draft(world)
    end = call.window.last_instant + call.window.grace
    with pytest.raises(Refused):
        send(late, world, at=end + SECOND)
    send(late, world, at=end)
    late.refresh_from_db()
    assert (late.state, late.is_within_grace) == (ApplicationState.SUBMITTED, True)


def send(application, world, *, at):
    drafts.send(application, declarations=drafts.DECLARATIONS, by=Actor.person(world.sme), now=at)


def test_an_unanswered_offer_is_reminded_and_lapses(world):
    award = factories.approved(world, "meet_greet")
    amount = award.amount
    award.refresh_from_db()
    for at in (award.answer_by - 6 * DAY, award.answer_by - DAY):
        calendar.keep_offers(by=CLOCK, now=at)
    assert letters("offer_reminder") == 1
    assert balance_of(award.pot).reserved == amount
    for at in (award.answer_by + SECOND, award.answer_by + DAY):
        calendar.keep_offers(by=CLOCK, now=at)
    award.refresh_from_db()
    assert (award.state, award.ended_as) == (AwardState.LAPSED, "no_answer")
    balance = balance_of(award.pot)
    assert (balance.reserved, balance.released) == (0, amount)
    assert letters("award_ended") == 1


def test_a_return_without_an_answer_stands_as_first_submitted(world):
    application = factories.returned(world)
    first = application.submissions.get().content_hash
    calendar.keep_returns(by=CLOCK, now=application.answer_by - SECOND)
    application.refresh_from_db()
    assert application.state == ApplicationState.RETURNED
    for _ in range(2):
        calendar.keep_returns(by=CLOCK, now=application.answer_by + SECOND)
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert application.submissions.get().content_hash == first


def test_the_promise_clock_stands_while_the_applicant_has_the_question(world):
    application = factories.submitted(world)
    promised = Application.objects.get(pk=application.pk).due_on
    monday = world.now + 7 * DAY
    applications.send_back(
        application,
        kind="question",
        message="Which carrier?",
        answer_by=monday + 4 * DAY,
        by=Actor.person(world.broker),
        now=monday,
    )
    application.refresh_from_db()
    drafts.send(
        application,
        declarations=drafts.DECLARATIONS,
        by=Actor.person(world.sme),
        now=monday + 2 * DAY,
    )
    application.refresh_from_db()
    # Two working days passed while the SME had it.
    assert application.due_on == promised + 2 * DAY
