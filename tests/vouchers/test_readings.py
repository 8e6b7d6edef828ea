"""What one side wrote is unread for the other until it opens the page."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.permissions import Actor
from tests.vouchers import factories
from tests.vouchers.factories import NOW
from vouchers.actions import appeals, applications, drafts, readings
from vouchers.enums import Reader, RejectReason
from vouchers.models import Application, Reading

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
LAST = NOW + timedelta(days=2)
LIST = "/applications/"
QUEUE = "admin:vouchers_application_changelist"


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(LATER)
    return factories.make_world()


def shows(client, user, address: str, words: str) -> bool:
    client.force_login(user)
    page = client.get(address)
    assert page.status_code == 200
    return words in page.content.decode()


def own(application) -> str:
    return reverse("application", args=[application.address])


def desk(application) -> str:
    return reverse("admin:vouchers_application_change", args=[application.reference])


def answered(world, *, by=None, now=LATER) -> Application:
    """A question that the applicant has answered."""
    person = by or world.sme
    application = factories.returned(world, by=person)
    drafts.send(application, declarations=drafts.DECLARATIONS, by=Actor.person(person), now=now)
    return Application.objects.get(pk=application.pk)


def test_a_question_is_unread_until_the_firm_opens_it(client, world):
    application = factories.returned(world)
    assert shows(client, world.sme, LIST, "Unread question")
    assert shows(client, world.sme, own(application), "Unread question")
    assert not shows(client, world.sme, own(application), "Unread question")
    assert not shows(client, world.sme, LIST, "Unread question")
    row = Reading.objects.get()
    assert (row.side, row.read_at, row.read_by) == (Reader.APPLICANT, LATER, world.sme)


def test_a_second_question_is_unread_again(client, world, freeze):
    application = answered(world)
    client.force_login(world.sme)
    client.get(own(application))
    applications.send_back(
        application,
        kind="question",
        message="And the price?",
        answer_by=LAST + timedelta(days=5),
        by=Actor.person(world.broker),
        now=LAST,
    )
    freeze(LAST)
    assert shows(client, world.sme, LIST, "Unread question")


def test_who_only_asks_for_the_head_has_read_nothing(client, world):
    application = factories.returned(world)
    client.force_login(world.sme)
    client.head(own(application))
    assert not Reading.objects.exists()


def test_a_decision_and_an_answered_appeal_are_unread(client, world, freeze):
    application = factories.submitted(world)
    applications.find_ineligible(
        application,
        reason=RejectReason.OUT_OF_SCOPE,
        message="Not life sciences.",
        by=Actor.person(world.broker),
        now=NOW,
    )
    row = Application.objects.get(pk=application.pk)
    assert shows(client, world.sme, own(row), "Unread decision")
    assert not shows(client, world.sme, LIST, "Unread decision")
    appeal = appeals.file(row, text="It is.", by=Actor.person(world.sme), now=LATER)
    assert shows(client, world.broker, desk(row), "Unread appeal")
    appeals.dismiss(appeal, answer="It is not.", by=Actor.person(world.manager), now=LAST)
    freeze(LAST)
    assert shows(client, world.sme, LIST, "Unread answer to the appeal")
    client.get(own(row))
    assert not shows(client, world.sme, LIST, "Unread answer to the appeal")


def test_a_held_decision_is_no_news(client, world):
    offer = world.call.offers.get(voucher_type=world.voucher_type("insight"))
    offer.holds_letters = True
    offer.save()
    factories.rejected(world)
    assert not shows(client, world.sme, LIST, "Unread decision")


def test_an_answer_is_unread_until_a_home_broker_opens_it(client, world):
    application = answered(world)
    queue = reverse(QUEUE)
    assert shows(client, world.broker, queue, "Unread answer")
    for reader in (world.manager, world.auditor):
        assert shows(client, reader, desk(application), "Unread answer")
    assert shows(client, world.broker, desk(application), "Unread answer")
    assert not shows(client, world.broker, desk(application), "Unread answer")
    assert not shows(client, world.broker, queue, "Unread answer")


def test_a_first_submission_is_no_answer(client, world):
    application = factories.submitted(world)
    assert not shows(client, world.broker, desk(application), "Unread")
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("side", "who"),
    [
        (Reader.APPLICANT, "broker"),
        (Reader.DESK, "sme"),
        (Reader.DESK, "host_broker"),
        (Reader.DESK, "manager"),
    ],
)
def test_nobody_reads_for_the_other_side(world, side, who):
    application = factories.submitted(world)
    with pytest.raises(PermissionDenied):
        readings.mark_read(application, side, by=Actor.person(getattr(world, who)), now=LATER)


def test_more_rows_cost_no_more_statements(client, world):
    client.force_login(world.broker)
    counts = []
    for _round in range(2):
        for _one in range(3):
            answered(world, by=factories.another_sme(world))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page = client.get(reverse(QUEUE)).content.decode()
        counts.append((page.count("Unread answer"), len(seen)))
    assert [count for count, _statements in counts] == [3, 6]
    assert counts[0][1] == counts[1][1]
