"""From the first line to the receipt, by the actions alone: instants, numbers and threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from portal.models import JournalEntry, OutgoingMail, Upload
from portal.permissions import Actor
from portal.workflow import IllegalMove, digest
from tests.vouchers import factories
from vouchers.actions import applications, drafts
from vouchers.enums import ApplicationState
from vouchers.models import Application, Submission
from vouchers.rules.verdict import ReasonCode, Refused
from vouchers.snapshots import content_of

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


def send_at(application: Application, world: factories.World, now: datetime) -> Submission:
    return drafts.send(
        application,
        declarations=drafts.DECLARATIONS,
        by=Actor.person(world.sme),
        now=now,
    )


@pytest.mark.parametrize("kind", ["meet_greet", "insight", "collaboration"])
def test_submit_gives_number_instant_and_hash(world, kind):
    application = factories.submitted(world, kind)

    submission = application.submissions.get()
    assert (application.state, application.reference) == (
        ApplicationState.SUBMITTED,
        "LSV-1-0001",
    )
    assert (submission.number, submission.at) == (1, world.now)
    assert submission.content_hash == digest(content_of(application))


def test_start_and_submit_write_to_the_applicant_and_to_the_home_team_and_to_nobody_else(world):
    factories.reads_at_once(world.broker, world.other_broker)
    factories.submitted(world)
    mails = OutgoingMail.objects.order_by("pk")
    of_submission = mails.exclude(kind__startswith="partner_")
    assert [(m.kind, m.to, m.reply_to) for m in of_submission] == [
        ("draft_started", ["sme@voorbeeld.example"], "team@nl-enl.example"),
        ("receipt", ["sme@voorbeeld.example"], "team@nl-enl.example"),
        ("new_application", ["broker@enl.example"], "team@nl-enl.example"),
    ]


def test_submit_is_journalled_with_its_declarations(world):
    application = factories.submitted(world)
    submission = application.submissions.get()
    assert [e.data for e in JournalEntry.objects.about(submission).filter(verb="declare")] == [
        {"declarations": sorted(drafts.DECLARATIONS)}
    ]


@pytest.mark.parametrize(
    ("second", "within_grace"),
    [("23:59:58", False), ("23:59:59", False), ("00:00:30", True)],
)
def test_the_closing_second_belongs_to_the_call_and_grace_to_the_draft(second, within_grace):
    closes_at = datetime(2027, 5, 4, 23, 59, 59, tzinfo=BRUSSELS)
    world = factories.make_world(closes_at=closes_at)
    application = factories.complete_draft(world)
    day = 5 if within_grace else 4
    now = datetime.fromisoformat(f"2027-05-0{day}T{second}").replace(tzinfo=BRUSSELS)

    send_at(application, world, now)

    application.refresh_from_db()
    assert (application.state, application.is_within_grace, application.submitted_at) == (
        "submitted",
        within_grace,
        now,
    )


def test_after_grace_the_answer_names_the_instant_and_nothing_is_written():
    closes_at = datetime(2027, 5, 4, 23, 59, 59, tzinfo=BRUSSELS)
    world = factories.make_world(closes_at=closes_at)
    application = factories.complete_draft(world)
    OutgoingMail.objects.all().delete()
    with pytest.raises(Refused) as caught:
        send_at(application, world, datetime(2027, 5, 5, 0, 1, 1, tzinfo=BRUSSELS))

    (reason,) = caught.value.verdict.reasons
    application.refresh_from_db()
    assert (reason.code, reason.params["closed_at"]) == (ReasonCode.CALL_CLOSED, closes_at)
    assert (application.state, application.reference, application.title) == (
        "draft",
        None,
        "Peptide stability in plasma",
    )
    assert [*Submission.objects.all(), *OutgoingMail.objects.all()] == []


@pytest.mark.parametrize(
    "closes_at",
    [datetime(2027, 3, 28, 1, 30, tzinfo=BRUSSELS), datetime(2027, 10, 31, 2, 30, tzinfo=BRUSSELS)],
)
def test_a_call_closes_once_also_in_the_night_of_the_change(closes_at):
    world = factories.make_world(closes_at=closes_at)
    window, closing = world.call.window, closes_at.astimezone(UTC)
    found = [str(window.openness(closing + timedelta(0, n))) for n in (0, 1, 60, 61)]
    assert found == ["open", "within_grace", "within_grace", "closed"]
    hour_later = closing + timedelta(hours=1)
    assert str(window.openness(hour_later)) == "closed"


def test_no_draft_is_started_in_grace_or_before_opening(world):
    for now in (world.call.closes_at + SECOND, world.call.opens_at - SECOND):
        with pytest.raises(Refused):
            applications.start(
                world.offers["insight"],
                organisation=world.organisation,
                home_region=world.home,
                by=Actor.person(world.sme),
                now=now,
            )
    assert Application.objects.count() == 0


def test_the_law_is_asked_again_at_submit(world):
    application = factories.complete_draft(world, host="NL-ENL")
    with pytest.raises(Refused) as caught:
        send_at(application, world, world.now)
    assert caught.value.verdict.codes == (ReasonCode.SAME_REGION,)


@pytest.mark.parametrize("who", ["broker", "host_broker", "manager", "finance"])
def test_nobody_but_the_applicant_submits_or_withdraws(world, who):
    application = factories.complete_draft(world)
    by = Actor.person(getattr(world, who))
    with pytest.raises(PermissionDenied):
        drafts.send(application, declarations=drafts.DECLARATIONS, by=by, now=world.now)
    with pytest.raises(PermissionDenied):
        applications.withdraw(application, by=by, now=world.now)


def test_withdraw_change_and_submit_again_keeps_the_number_and_the_history(world):
    factories.reads_at_once(world.broker)
    application = factories.submitted(world)
    by = Actor.person(world.sme)
    first = application.submissions.get()

    applications.withdraw(application, by=by, now=world.now + timedelta(hours=1))
    applications.reopen(application, by=by, now=world.now + timedelta(hours=2))
    drafts.set_basics(
        application, values={"title": "A better title"}, by=by, now=world.now + timedelta(hours=3)
    )
    application.refresh_from_db()
    send_at(application, world, world.now + timedelta(hours=4))
    application.refresh_from_db()
    applications.withdraw(application, by=by, now=world.now + timedelta(hours=5))

    states = (
        JournalEntry.objects.about(application).exclude(after="").values_list("after", flat=True)
    )
    second = application.submissions.get(number=2)
    assert [*states] == ["draft", "submitted", "withdrawn", "draft", "submitted", "withdrawn"]
    assert (application.reference, first.content_hash == second.content_hash) == (
        "LSV-1-0001",
        False,
    )
    mails = OutgoingMail.objects.exclude(kind__startswith="partner_")
    kinds = mails.order_by("pk").values_list("kind", flat=True)
    once = ["receipt", "new_application", "withdrawn", "application_withdrawn"]
    assert [*kinds] == ["draft_started", *once * 2]


def test_a_withdrawn_application_stays_withdrawn_when_the_call_has_closed(world):
    application = factories.submitted(world)
    by = Actor.person(world.sme)
    applications.withdraw(application, by=by, now=world.now)
    with pytest.raises(Refused):
        applications.reopen(application, by=by, now=world.call.closes_at + SECOND)
    assert application.state == "withdrawn"


def test_a_question_keeps_the_place_and_an_incomplete_one_moves_it(world):
    application = factories.returned(world)
    later = world.now + timedelta(days=3)
    send_at(application, world, later)
    application.refresh_from_db()
    assert (application.complete_at, application.submitted_at, application.first_submitted_at) == (
        world.now,
        later,
        world.now,
    )


# Threads commit for real, so these tests empty the tables afterwards.


def at_once(verbs: list[Callable[[], Any]]) -> list[Any]:
    """Run all verbs in threads of their own; return results and the errors that were raised."""

    def run(verb: Callable[[], Any]) -> Any:
        try:
            return verb()
        except (IllegalMove, Refused) as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return [*pool.map(run, verbs)]


@pytest.mark.django_db(transaction=True)
def test_sending_twice_at_once_gives_one_submission_and_one_number():
    world = factories.make_world()
    application = factories.complete_draft(world)
    found = at_once(
        [
            lambda: send_at(Application.objects.get(pk=application.pk), world, world.now).number
            for _ in range(2)
        ]
    )
    application.refresh_from_db()
    assert (sorted(map(str, found)), application.submissions.count()) == (
        ["1", str(IllegalMove)],
        1,
    )
    assert application.reference == "LSV-1-0001"
    assert OutgoingMail.objects.filter(kind="receipt").count() == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_under_eight_threads_of_which_two_are_refused():
    world = factories.make_world()
    people = [factories.another_sme(world) for _ in range(8)]
    rows = [
        factories.complete_draft(world, by=person, host="NL-ENL" if n in (2, 5) else "DE-NDS")
        for n, person in enumerate(people)
    ]

    def sender(row: Application, person: Any) -> Callable[[], Any]:
        return lambda: (
            drafts.send(
                row, declarations=drafts.DECLARATIONS, by=Actor.person(person), now=world.now
            ).number
        )

    found = at_once([sender(row, person) for row, person in zip(rows, people, strict=True)])

    references = Application.objects.exclude(reference=None).values_list("reference", flat=True)
    assert found.count(Refused) == 2
    assert sorted(references) == [f"LSV-1-000{n}" for n in range(1, 7)]


def test_the_content_hash_covers_the_files_and_not_only_their_names(world):
    application = factories.complete_draft(world, "collaboration")
    before = digest(content_of(application))
    Upload.objects.filter(attachment__application=application).update(sha256="f" * 64)
    assert digest(content_of(application)) != before
