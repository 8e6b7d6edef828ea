"""Synthetic data is consistent: nobody finds fault with it, and the verbs go on from it."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db.transaction import atomic, set_rollback

from catalogue.models import Record
from portal.models import Counter
from portal.permissions import Actor
from portal.site import demo, makedata
from portal.site.integrity import Walk
from portal.workflow import as_json
from vouchers.actions import applications
from vouchers.enums import ApplicationState, AwardState, ClaimState
from vouchers.models import Application, Award, Claim, Pot, Submission, balances
from vouchers.snapshots import content_of
from vouchers.workflow import APPLICATION

NOW = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)


def silent(_line: object) -> None:
    """Say nothing."""


@pytest.mark.django_db
def test_made_up_rows_stand_only_beside_the_demo():
    with pytest.raises(CommandError, match="do not belong beside real ones"):
        call_command("makedata", applications=1)


@pytest.fixture
def set_up(db, settings, tmp_path, freeze):
    """Set the demo up, without anything that lives in it."""
    settings.MEDIA_ROOT = tmp_path
    freeze(NOW)
    demo.load(only_setup=True, now=NOW, say=silent)


def test_the_same_seed_makes_the_same_rows(set_up):
    first, again, other = (written(seed) for seed in (7, 7, 8))

    assert first == again
    assert first != other


def written(seed):
    """Make a few rows, look, and take them back."""
    with atomic():
        makedata.make(applications=4, facilities=4, seed=seed, now=NOW, say=silent)
        rows = [*Application.objects.values_list("key", "title", "state", "started_at")]
        records = [*Record.objects.values_list("title", "summary")]
        set_rollback(True)
    return rows + records


def test_made_up_rows_are_sound(set_up):
    makedata.make(applications=150, facilities=45, seed=7, now=NOW, say=silent)
    made = Application.objects.order_by("pk")

    assert [str(finding) for finding in Walk().findings()] == []
    assert made.count() == 150
    assert set(made.values_list("state", flat=True)) == set(ApplicationState.values)
    assert set(Award.objects.values_list("state", flat=True)) == {
        AwardState.OFFERED,
        AwardState.ACCEPTED,
        AwardState.COMPLETED,
    }
    assert set(Claim.objects.values_list("state", flat=True)) <= set(ClaimState.values)
    assert all(balance.free >= 0 for balance in balances(Pot.objects.all()).values())

    for submission in Submission.objects.select_related("application"):
        assert as_json(content_of(submission.application)) == submission.content

    # Numbers have no gaps, and the portal goes on after them.
    numbers = sorted(made.exclude(reference=None).values_list("reference", flat=True))
    assert numbers == [f"LSV-1-{n:04}" for n in range(1, len(numbers) + 1)]
    assert Counter.objects.next("application:LSV-1") == len(numbers) + 1

    # A verb that the table offers goes on from a made-up row.
    row = made.filter(state=ApplicationState.SUBMITTED).first()
    broker = row.home_region.roles.get(role="broker").user
    applications.find_eligible(row, by=Actor.person(broker), now=NOW)
    assert row.state == APPLICATION.FIND_ELIGIBLE.target
