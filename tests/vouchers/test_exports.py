"""What leaves the portal comes in again: the same file, the same figures."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.exports import csv_lines
from portal.models import Programme, User
from portal.permissions import Actor
from tests.vouchers import factories, history
from tests.vouchers.history import line, refused
from vouchers.actions import applications, awards, vouchers
from vouchers.actions.award_file import read
from vouchers.actions.imports import import_awards
from vouchers.enums import EndReason, RejectReason
from vouchers.exports import APPLICATIONS
from vouchers.models import Application
from vouchers.statistics import lives
from vouchers.statistics.figures import count
from vouchers.statistics.scope import Scope
from vouchers.statistics.shape import as_json

pytestmark = pytest.mark.django_db


def exported() -> bytes:
    return b"".join(csv_lines(APPLICATIONS, lives.rows(Application.objects.all())))


def figures_of(code: str, as_of: date) -> dict[str, object]:
    return as_json(count(Scope(programme=Programme.objects.get(code=code), as_of=as_of)))


def past() -> list[dict[str, str]]:
    """Every outcome and end, a firm with two vouchers, and a title that a spreadsheet computes."""
    ended = {"outcome": "approved", "ended_on": "2013-02-01"}
    accepted = {"accepted_on": "2012-10-02"}
    return [
        line(1, sme_id="NL-1"),
        line(2, sme_id="NL-1", call="IN2LS-2", reference="IN2LS-2-0001", title="=1+1 labs"),
        line(3, voucher_type="meet_greet", amount="500.00", paid_amount="431.20"),
        line(4, sme_region="BE-WAL", sme_country="BE", provider_region="FR-ALS"),
        line(5, completed_on="", paid_on="", paid_amount="", jobs_realised=""),
        line(6, paid_on="", paid_amount=""),
        refused(7, **ended, ended_as="declined"),
        refused(8, **ended, ended_as="lapsed"),
        refused(9, **ended, **accepted, ended_as="lapsed"),
        refused(10, **ended, **accepted, ended_as="cancelled"),
        refused(11, outcome="reserve"),
        refused(12, outcome="rejected"),
        refused(13, outcome="ineligible", provider_region="NL-ENL"),
        refused(14, outcome="withdrawn"),
        refused(15, outcome="", decided_on=""),
    ]


def test_history_comes_in_again_to_the_same_figures_and_the_same_file():
    with transaction.atomic():
        history.set_up()
        history.load(history.as_file(*past()))
        file = exported()
        days = [date(2012, 9, 20), date(2012, 12, 31), date(2026, 1, 1)]
        figures = [figures_of("IN2LS", day) for day in days]
        transaction.set_rollback(True)

    history.set_up()
    report = history.load(file)

    assert len(report.created) == 15
    assert [figures_of("IN2LS", day) for day in days] == figures
    assert _without_ids(exported()) == _without_ids(file)


def _without_ids(file: bytes) -> list[dict[str, str]]:
    """The lines without what only names a row: group, and the identifier of a firm without one."""
    return [{**row.text, "undertaking": "", "sme_id": ""} for row in read(file)]


def test_a_file_goes_back_into_the_same_portal_unchanged():
    history.set_up()
    history.load(history.as_file(*past()))

    report = history.load(exported())

    assert (report.created, len(report.unchanged)) == ([], 15)


def live(world: factories.World) -> None:
    """Applications of today in many states, moved by the people whose verbs they are."""
    now, broker, clock = world.now, Actor.person(world.broker), Actor.clock()

    def sme() -> User:
        return factories.another_sme(world)

    factories.draft(world, by=sme())
    factories.submitted(world, by=sme())
    factories.returned(world, by=sme())
    factories.eligible(world, by=sme())
    factories.rejected(world, by=sme())
    awards.reserve(factories.eligible(world, by=sme()), by=broker, now=now)
    applications.find_ineligible(
        factories.submitted(world, by=sme()),
        reason=RejectReason.OTHER,
        message="No",
        by=broker,
        now=now,
    )
    leaver = sme()
    applications.withdraw(factories.eligible(world, by=leaver), by=Actor.person(leaver), now=now)
    factories.approved(world, by=sme())
    lapsed = factories.approved(world, "meet_greet", by=sme())
    vouchers.lapse(lapsed, reason=EndReason.NO_ANSWER, by=clock, now=now + timedelta(days=20))
    holder = sme()
    for number in range(2):
        kind = ("insight", "meet_greet")[number]
        vouchers.accept(
            factories.approved(world, kind, by=holder),
            signatory_name="A. Muster",
            signatory_role="Director",
            by=Actor.person(holder),
            now=now + timedelta(days=2),
        )


def test_the_cases_of_today_come_in_again_to_the_same_figures():
    as_of = (factories.NOW + timedelta(days=30)).date()
    with transaction.atomic():
        live(factories.make_world())
        file, figures = exported(), figures_of("LSV", as_of)
        transaction.set_rollback(True)

    world = factories.make_world()
    report = import_awards(file, by=history.BY, now=world.now + timedelta(days=30))

    assert len(report.created) == 11
    assert figures["applications"] == {
        "submitted": 11,
        "eligible": 8,
        "ineligible": 1,
        "approved": 4,
        "reserve": 1,
        "rejected": 1,
        "withdrawn": 1,
    }
    assert figures_of("LSV", as_of) == figures


def test_an_export_costs_one_statement_whatever_its_size():
    history.set_up()
    history.load(history.as_file(*past()))

    with CaptureQueriesContext(connection) as statements:
        assert len(list(lives.rows(Application.objects.all()))) == 15

    assert len(statements) == 1
