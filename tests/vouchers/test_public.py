"""What everybody may read: calls and rules, without an account."""

from datetime import timedelta

import pytest

from tests.vouchers import factories
from vouchers.actions import calls
from vouchers.models import CallVoucherType

pytestmark = pytest.mark.django_db
PATHS = ["/calls/", "/calls/lsv-1/", "/calls/lsv-1/meet_greet/", "/calls/lsv-1/collaboration/"]


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.mark.parametrize("path", PATHS)
def test_everybody_reads_calls_and_rules_without_a_cookie(client, world, path):
    answer = client.get(path)
    assert (answer.status_code, "sessionid" in answer.cookies) == (200, False)
    assert b"Closes 20 March 2027, 17:00 Brussels time: 12 days left" in answer.content


def test_the_rules_name_what_is_paid_and_what_is_not(client, world):
    page = client.get("/calls/lsv-1/meet_greet/")
    assert [str(k) for k in page.context["paid"]] == ["Travel", "Lodging", "Facility or expert fee"]
    assert [str(k) for k in page.context["unpaid"]] == ["Software and equipment"]
    shown = page.content.decode()
    wanted = ["€500", "4 months from acceptance", "The partner is in another region.", "Your trip"]
    assert [text for text in wanted if text not in shown] == []


def test_openness_is_computed_and_never_waits_for_a_task(client, world, freeze):
    assert world.call.state == "scheduled"
    found = {}
    instants = {
        "planned": world.call.opens_at - timedelta(seconds=1),
        "open": world.call.opens_at + timedelta(seconds=1),
        "closed": world.call.closes_at + timedelta(seconds=1),
    }
    for name, instant in instants.items():
        freeze(instant)
        page = client.get("/calls/lsv-1/")
        found[name] = (page.context["row"].label, b"Apply for a voucher" in page.content)
    assert found == {
        "planned": ("Planned", False),
        "open": ("Open", True),
        "closed": ("Closed", False),
    }


def test_a_call_that_is_not_published_is_nowhere(client, world):
    calls.add_call(
        world.programme,
        code="LSV-2",
        slug="lsv-2",
        name="Second call",
        opens_at=world.now,
        closes_at=world.now + timedelta(days=5),
        by=factories.SET_UP,
        now=world.now,
    )
    assert b"Second call" not in client.get("/calls/").content
    assert client.get("/calls/lsv-2/").status_code == 404
    assert client.get("/calls/lsv-2/insight/").status_code == 404


@pytest.mark.parametrize("path", ["/calls/none/", "/calls/lsv-1/none/"])
def test_an_unknown_call_or_voucher_is_not_found(client, world, path):
    assert client.get(path).status_code == 404


def test_open_calls_stand_before_planned_and_closed_ones(client, world):
    for code, days in (("LSV-0", -100), ("LSV-2", 100)):
        call = calls.add_call(
            world.programme,
            code=code,
            slug=code.lower(),
            name=code,
            opens_at=world.now + timedelta(days=days),
            closes_at=world.now + timedelta(days=days + 10),
            by=factories.SET_UP,
            now=world.now,
        )
        calls.schedule(call, by=factories.SET_UP, now=world.now)
    rows = client.get("/calls/").context["rows"]
    assert [row.call.code for row in rows] == ["LSV-1", "LSV-2", "LSV-0"]


def test_the_list_costs_the_same_at_1_and_at_10_calls(client, world, django_assert_num_queries):
    with django_assert_num_queries(4):
        client.get("/calls/")
    for number in range(2, 11):
        call = calls.copy_call(
            world.call,
            code=f"LSV-{number}",
            name=f"Call {number}",
            opens_at=world.now,
            closes_at=world.now + timedelta(days=number),
            by=factories.SET_UP,
            now=world.now,
        )
        calls.schedule(call, by=factories.SET_UP, now=world.now)
    with django_assert_num_queries(4):
        client.get("/calls/")


def test_rules_and_preview_name_what_is_assessed_with_its_weight(client, world, settings):
    settings.MFA_RELAXED_FOR_DEMO = True
    factories.name_criteria(world, "collaboration", need=60, plan=40)
    offer = CallVoucherType.objects.get(pk=world.offers["collaboration"].pk)
    offer.terms |= {"assessors": 2, "threshold": 65}
    offer.save()
    client.force_login(world.manager)
    paths = ["/calls/lsv-1/collaboration/", f"/admin/vouchers/call/{world.call.pk}/preview/"]
    for page in (client.get(path).content.decode() for path in paths):
        assert [word in page for word in ("Need, 60%", "Plan, 40%")] == [True, True]
        assert "2 assessors give points; 65 of 100 are needed." in page
    assert "points" not in client.get("/calls/lsv-1/meet_greet/").content.decode()
