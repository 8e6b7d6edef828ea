"""Files whose time is over: listed without a change, erased on the word of a manager."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from portal.models import JournalEntry, User
from portal.permissions import Actor
from tests.vouchers import factories, lives
from tests.vouchers.factories import NOW
from vouchers.actions import retention
from vouchers.actions.retention import TooShort
from vouchers.enums import KeptFile
from vouchers.models import Application, RetentionPeriod

pytestmark = pytest.mark.django_db
CLOCK = Actor.clock()


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


def due_on(year: int, month: int, day: int) -> list[tuple[str, object]]:
    """Return the files that are due at noon of a day, accounts left out."""
    now = datetime(year, month, day, 12, tzinfo=UTC)
    found = retention.due(now=now)
    return [(one.kind, one.row) for one in found if one.kind != KeptFile.ACCOUNT]


def test_a_rejected_file_is_kept_for_two_years_and_its_last_day(world):
    application = factories.rejected(world)
    assert due_on(2029, 3, 8) == []
    assert due_on(2029, 3, 9) == [(KeptFile.UNSUCCESSFUL, application)]


def test_an_unsent_draft_is_kept_for_six_months_from_the_end_of_its_call(world):
    draft = factories.complete_draft(world)
    last = world.call.closes_at.date()
    assert (last.year, last.month) == (2027, 3)
    assert due_on(2027, 9, last.day) == []
    assert due_on(2027, 9, last.day + 1) == [(KeptFile.DRAFT, draft)]


def test_the_last_file_takes_the_name_of_its_firm_along(world):
    draft = factories.complete_draft(world)
    firm = draft.organisation
    late = datetime(2028, 1, 1, tzinfo=UTC)
    firm.memberships.update(state="ended")
    assert retention.erase_due(most=10, by=Actor.clock(), now=late) >= 1
    firm.refresh_from_db()
    assert (firm.name, firm.match_keys) == ("…", [])


def test_a_voucher_is_kept_for_ten_years_from_its_grant(world):
    application = lives.paid(world).award.application
    assert due_on(2037, 3, 8) == []
    assert due_on(2037, 3, 9) == [(KeptFile.GRANTED, application)]


def test_what_is_open_is_never_due(world):
    factories.submitted(world)
    assert due_on(2060, 1, 1) == []


def test_history_holds_no_person(world):
    factories.rejected(world)
    type(world.programme).objects.update(is_historic=True)
    assert due_on(2060, 1, 1) == []


def test_an_idle_account_is_due_and_a_members_is_not(world):
    idle = factories.make_person("idle@nowhere.example")
    User.objects.update(joined_at=NOW)
    found = retention.due(now=NOW + timedelta(days=732))
    assert [(one.kind, one.row) for one in found] == [(KeptFile.ACCOUNT, idle)]


def test_looking_writes_nothing_and_erasing_does_it_once(world):
    application = factories.rejected(world)
    later = NOW + timedelta(days=800)
    lines = JournalEntry.objects.count()
    retention.due(now=later)
    assert JournalEntry.objects.count() == lines
    assert retention.erase_due(most=10, by=Actor.person(world.manager), now=later) == 1
    assert retention.erase_due(most=10, by=CLOCK, now=later) == 0
    assert Application.objects.get(pk=application.pk).erased_at == later


@pytest.mark.parametrize("who", ["sme", "broker", "auditor", "finance"])
def test_only_a_manager_erases_and_sets_periods(world, who):
    by = Actor.person(getattr(world, who))
    with pytest.raises(PermissionDenied):
        retention.erase_due(most=10, by=by, now=NOW)
    with pytest.raises(PermissionDenied):
        retention.set_period(KeptFile.DRAFT, months=3, by=by, now=NOW)


def test_a_period_is_set_with_old_and_new_in_the_journal(world):
    by = Actor.person(world.manager)
    row = retention.set_period(KeptFile.DRAFT, months=3, by=by, now=NOW)
    line = JournalEntry.objects.about(row).get()
    assert line.data == {"kind": "draft", "before": 6, "months": 3}
    assert [*RetentionPeriod.objects.values_list("kind", "months")] == [("draft", 3)]


@pytest.mark.parametrize(("kind", "months"), [("granted", 119), ("paid", 59), ("draft", 0)])
def test_nobody_keeps_less_than_the_law_demands(world, kind, months):
    with pytest.raises(TooShort):
        retention.set_period(KeptFile(kind), months=months, by=Actor.person(world.manager), now=NOW)


def test_the_command_only_says_what_is_due_until_it_is_told(world, freeze):
    application = factories.rejected(world)
    freeze(NOW + timedelta(days=800))
    out = StringIO()
    call_command("apply_retention", stdout=out)
    assert application.reference in out.getvalue()
    assert "Nothing was erased" in out.getvalue()
    assert Application.objects.get(pk=application.pk).erased_at is None
    call_command("apply_retention", "--commit", stdout=out)
    assert Application.objects.get(pk=application.pk).erased_at is not None
