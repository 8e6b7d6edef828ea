"""From the first line to the receipt, by the actions alone."""

import pytest

from tests.vouchers import factories
from vouchers.enums import ApplicationState

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


@pytest.mark.parametrize("kind", ["meet_greet", "insight", "collaboration"])
def test_submit_gives_number_instant_and_hash(world, kind):
    application = factories.submitted(world, kind)

    submission = application.submissions.get()
    assert (application.state, application.reference) == (
        ApplicationState.SUBMITTED,
        "LSV-1-0001",
    )
    assert (submission.number, submission.at, len(submission.content_hash)) == (1, world.now, 64)
