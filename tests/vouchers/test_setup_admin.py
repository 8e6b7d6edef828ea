"""A manager sets calls and voucher types up; what was announced stays."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from portal import clock
from portal.models import JournalEntry, Region, RegionRole
from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import calls, setup
from vouchers.cases.readiness import missing_in
from vouchers.models import Call, CallVoucherType, VoucherType

pytestmark = pytest.mark.django_db
EMPTY = {
    f"{prefix}-{name}_FORMS": "0"
    for prefix in ("offers", "ceilings", "cost_kinds", "criteria")
    for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")
}


@pytest.fixture
def world(settings):
    settings.MFA_RELAXED_FOR_DEMO = True
    made = factories.make_world()
    with clock.moved_to(made.now):
        yield made


def call_fields(world, **changes):
    return {
        "programme": world.programme.pk,
        "code": "LSV-2",
        "slug": "lsv-2",
        "name": "Second call",
        "opens_at": "2027-01-15T09:00",
        "closes_at": "2027-03-28T17:00:00",
        "time_zone": "Europe/Brussels",
        "grace_seconds": "60",
        "text": "",
        "decisions_by": "",
        "reserve_order": "rank",
        "reserve_until": "",
        **EMPTY,
        **changes,
    }


def test_a_manager_adds_a_call_in_its_zone_and_publishes_it(client, world):
    client.force_login(world.manager)
    response = client.post("/admin/vouchers/call/add/", call_fields(world))
    assert response.status_code == 302
    call = Call.objects.get(code="LSV-2")
    # The clocks go forward on 28 March 2027, so Brussels is two hours ahead that afternoon.
    assert (call.opens_at, call.closes_at, call.state) == (
        datetime(2027, 1, 15, 8, tzinfo=UTC),
        datetime(2027, 3, 28, 15, tzinfo=UTC),
        "draft",
    )
    complete(world)
    insight = world.offers["insight"]
    by, now = Actor.person(world.manager), world.now
    form = insight.question_set
    calls.offer(call, insight.voucher_type, question_set=form, by=by, now=now)
    client.post(f"/admin/vouchers/call/{call.pk}/verb/schedule/")
    call.refresh_from_db()
    assert call.state == "scheduled"
    verbs = JournalEntry.objects.about(call).values_list("verb", "by__email")
    assert list(verbs) == [("create", world.manager.email), ("schedule", world.manager.email)]


def test_instants_are_read_in_the_zone_that_is_sent_with_them(client, world):
    """Also those of voucher types, of a call that does not exist yet, and of an unchanged hour."""
    client.force_login(world.manager)
    insight = world.offers["insight"]
    row = {
        "offers-TOTAL_FORMS": "1",
        "offers-0-voucher_type": insight.voucher_type_id,
        "offers-0-question_set": insight.question_set_id,
        "offers-0-opens_at": "2027-01-20T09:00",
        "offers-0-closes_at": "2027-03-01T17:00",
    }
    added = client.post("/admin/vouchers/call/add/", call_fields(world, **row))
    assert added.status_code == 302
    call = Call.objects.get(code="LSV-2")
    offer = call.offers.get()
    assert (offer.opens_at, offer.closes_at) == (
        datetime(2027, 1, 20, 8, tzinfo=UTC),
        datetime(2027, 3, 1, 16, tzinfo=UTC),
    )

    kept = {**row, "offers-INITIAL_FORMS": "1", "offers-0-id": offer.pk, "offers-0-call": call.pk}
    fields = call_fields(world, time_zone="Europe/London", **kept)
    saved = client.post(f"/admin/vouchers/call/{call.pk}/change/", fields)
    assert saved.status_code == 302
    call.refresh_from_db()
    offer.refresh_from_db()
    lost = client.post(
        f"/admin/vouchers/call/{call.pk}/change/", {**fields, "time_zone": "Europe/Atlantis"}
    )
    assert "Enter a time zone such as" in lost.content.decode()
    assert (call.opens_at, call.closes_at, offer.opens_at, offer.closes_at) == (
        datetime(2027, 1, 15, 9, tzinfo=UTC),
        datetime(2027, 3, 28, 16, tzinfo=UTC),
        datetime(2027, 1, 20, 9, tzinfo=UTC),
        datetime(2027, 3, 1, 17, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"closes_at": "2027-01-15T08:59"}, "closes_at", "The call must close after it opens"),
        (
            {"time_zone": "Brussels"},
            "time_zone",
            "Enter a time zone such as Europe/Brussels",
        ),
    ],
)
def test_bad_calls_get_a_sentence_and_keep_what_was_typed(client, world, changes, field, sentence):
    client.force_login(world.manager)
    response = client.post("/admin/vouchers/call/add/", call_fields(world, **changes))
    form = response.context["adminform"].form
    assert form.errors == {field: [sentence]}
    assert form["name"].value() == "Second call"
    assert not Call.objects.filter(code="LSV-2").exists()


@pytest.mark.parametrize(
    ("opens_in", "name"), [(timedelta(days=1), "The first call"), (timedelta(0), "First call")]
)
def test_a_published_call_keeps_its_instants_and_an_open_one_its_texts(
    client, world, opens_in, name
):
    Call.objects.filter(pk=world.call.pk).update(opens_at=world.now + opens_in)
    client.force_login(world.manager)
    address = f"/admin/vouchers/call/{world.call.pk}/change/"
    client.post(
        address, call_fields(world, name="The first call", code="X", closes_at="2030-01-01")
    )
    before = world.call.closes_at
    world.call.refresh_from_db()
    assert (world.call.name, world.call.code, world.call.closes_at) == (name, "LSV-1", before)


def test_a_type_of_a_published_call_keeps_its_codes_and_the_call_its_terms(world):
    voucher_type, by = world.voucher_type("insight"), Actor.person(world.manager)
    with pytest.raises(setup.TermsAnnounced) as refusal:
        setup.edit(voucher_type, {"code": "look", "summary": "New words"}, by=by, now=world.now)
    assert refusal.value.names == ["code"]
    setup.edit(voucher_type, {"amount": Decimal(9000)}, by=by, now=world.now)
    offer = CallVoucherType.objects.get(pk=world.offers["insight"].pk)
    assert offer.general_terms.amount == Decimal(4000)
    setup.edit(voucher_type, {"summary": "New words"}, by=by, now=world.now)
    stored = VoucherType.objects.get(pk=voucher_type.pk)
    assert (stored.code, stored.summary, stored.amount) == ("insight", "New words", Decimal(9000))
    entry = JournalEntry.objects.about(stored).last()
    assert (entry.verb, entry.data["old"], entry.data["new"]) == (
        "edit",
        {"summary": voucher_type.summary},
        {"summary": "New words"},
    )


@pytest.mark.parametrize("person", ["broker", "finance", "auditor"])
def test_nobody_else_sets_up(client, world, person):
    client.force_login(getattr(world, person))
    assert client.get("/admin/vouchers/call/add/").status_code == 403
    assert client.post("/admin/vouchers/call/add/", call_fields(world)).status_code == 403
    copy = client.post(f"/admin/vouchers/call/{world.call.pk}/copy/", {"code": "LSV-9"})
    assert copy.status_code == 403
    assert Call.objects.count() == 1


def test_the_next_call_is_copied_with_types_and_forms(client, world):
    client.force_login(world.manager)
    response = client.post(
        f"/admin/vouchers/call/{world.call.pk}/copy/",
        {
            "code": "lsv-2",
            "name": "Second call",
            "opens_at": "2027-01-15T09:00",
            "closes_at": "2027-03-15T17:00",
        },
    )
    copy = Call.objects.get(code="LSV-2")
    assert response.url == f"/admin/vouchers/call/{copy.pk}/change/"
    offers = CallVoucherType.objects.values_list("voucher_type__code", "question_set")
    assert list(offers.filter(call=copy)) == list(offers.filter(call=world.call))


def draft_call(world) -> Call:
    return calls.copy_call(
        world.call,
        code="LSV-9",
        name="Ninth call",
        opens_at=world.now,
        closes_at=world.now + timedelta(days=30),
        by=Actor.person(world.manager),
        now=world.now,
    )


def complete(world) -> None:
    """Give the world what a first call must have before its manager may publish one."""
    for region in world.regions.values():
        factories._staff(f"broker@{region.code.lower()}.example", "broker", region, world.now)
    for kind in ("insight", "collaboration"):
        voucher_type = world.voucher_type(kind)
        if voucher_type.assessors and not voucher_type.criteria.exists():
            calls.set_criteria(
                voucher_type,
                criteria=[{"code": "need", "name": "Need", "weight": 100}],
                by=Actor.person(world.manager),
                now=world.now,
            )


def test_what_is_incomplete_is_not_published_and_says_what_is_missing(client, world):
    complete(world)
    call, by = draft_call(world), Actor.person(world.manager)
    assert missing_in(call, now=world.now) == []
    call.offers.filter(voucher_type__code="insight").update(question_set=None)
    VoucherType.objects.filter(code="insight").update(rules_text=" ")
    RegionRole.objects.filter(region=world.host).delete()
    Region.objects.filter(pk=world.host.pk).update(team_email="")
    expected = [
        f"{world.voucher_type('insight')} has no published form.",
        f"{world.voucher_type('insight')} has no public rules.",
        "Lower Saxony has no access broker.",
        "Lower Saxony has no team address.",
    ]
    with pytest.raises(calls.NotReady) as lacks:
        calls.schedule(call, by=by, now=world.now)
    assert lacks.value.missing == expected
    client.force_login(world.manager)
    change = f"/admin/vouchers/call/{call.pk}/change/"
    page = client.get(change).content.decode()
    assert [sentence for sentence in expected if sentence not in page] == []
    page = client.post(f"/admin/vouchers/call/{call.pk}/verb/schedule/", follow=True)
    assert "Lower Saxony has no access broker." in page.content.decode()
    call.refresh_from_db()
    assert call.state == "draft"


def test_an_empty_call_and_one_that_is_over_say_so(world):
    complete(world)
    call = draft_call(world)
    CallVoucherType.objects.filter(call=call).delete()
    later = world.now + timedelta(days=31)
    assert missing_in(call, now=later) == [
        "The call offers no voucher type.",
        "The call closes in the past.",
    ]


def test_a_complete_call_is_published_by_its_manager(client, world):
    complete(world)
    call = draft_call(world)
    client.force_login(world.manager)
    client.post(f"/admin/vouchers/call/{call.pk}/verb/schedule/")
    call.refresh_from_db()
    assert call.state == "scheduled"


def test_a_type_must_lie_within_its_call(world):
    complete(world)
    call = draft_call(world)
    offer = call.offers.get(voucher_type__code="insight")
    offer.closes_at = call.closes_at + timedelta(days=1)
    offer.save()
    [sentence] = missing_in(call, now=world.now)
    assert sentence.endswith("opens or closes outside the call.")


@pytest.mark.parametrize("name", ["manager", "auditor", "broker"])
def test_a_published_call_shows_its_instants_in_its_own_zone(client, world, name):
    Call.objects.filter(pk=world.call.pk).update(time_zone="Europe/London")
    CallVoucherType.objects.filter(call=world.call, voucher_type__code="insight").update(
        closes_at=world.call.closes_at - timedelta(days=1)
    )
    client.force_login(getattr(world, name))
    page = client.get(f"/admin/vouchers/call/{world.call.pk}/change/").content.decode()
    assert "20 March 2027, 16:00 London time" in page
    # A voucher type's own instant too.
    assert "19 March 2027, 16:00 London time" in page
    assert "17:00" not in page
    rows = client.get("/admin/vouchers/call/").content.decode()
    assert "20 March 2027, 16:00 London time" in rows
