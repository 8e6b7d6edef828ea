"""The front page, the statements and the switches."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from portal.site.call_banner import banner
from portal.site.pages import Card, home
from vouchers.models import Call, CallVoucherType, CostKind, VoucherType

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def make_call(programme):
    def make(code, opens, closes):
        return Call.objects.create(
            programme=programme,
            code=code,
            slug=code.lower(),
            name=f"Call {code}",
            state="scheduled",
            opens_at=NOW + timedelta(days=opens),
            closes_at=NOW + timedelta(days=closes),
        )

    return make


def make_type(programme, kind, amount, amount_kind):
    return VoucherType.objects.create(
        programme=programme,
        code=kind,
        short_code=kind[:3].upper(),
        kind=kind,
        name=kind.title(),
        amount=amount,
        amount_kind=amount_kind,
    )


def said(client):
    return client.get("/").context["banner"]


def test_home_shows_the_open_call_that_closes_first(client, freeze, make_call):
    freeze(NOW)
    for code, opens, closes in [("A", -9, 12), ("B", -9, 5), ("C", 3, 9), ("D", -30, -20)]:
        make_call(code, opens, closes)
    shown = said(client)
    assert [shown.label, shown.title, shown.count, shown.address] == [
        "Open",
        "Call B closes on Sunday 6 September 2026, 14:00 Brussels time",
        5,
        "/calls/b/",
    ]


def test_home_shows_the_next_planned_call(client, freeze, make_call):
    freeze(NOW)
    for code, opens, closes in [("A", 9, 12), ("B", 3, 9), ("C", -30, -20)]:
        make_call(code, opens, closes)
    shown = said(client)
    assert [shown.label, shown.title, shown.count] == [
        "Planned",
        "Call B opens on Friday 4 September 2026, 14:00 Brussels time",
        3,
    ]


def test_home_shows_the_last_closed_call_without_a_button_to_apply(client, freeze, make_call):
    freeze(NOW)
    for code, opens, closes in [("A", -90, -80), ("B", -30, -20)]:
        make_call(code, opens, closes)
    shown = said(client)
    assert [shown.label, shown.title, shown.count, shown.verb] == [
        "Closed",
        "Call B closed on Wednesday 12 August 2026, 14:00 Brussels time",
        None,
        "Find your Access Broker",
    ]


def test_home_warns_in_the_last_three_days(freeze, make_call):
    freeze(NOW)
    assert [banner(make_call(f"N{n}", -9, n), NOW).label for n in (4, 3)] == ["Open", "Closing"]


def test_home_says_that_there_is_no_call(client, db):
    assert said(client).title == "No call is planned yet"


def test_home_never_offers_a_call_that_is_only_history(client, freeze, programme, make_call):
    freeze(NOW)
    programme.is_historic = True
    programme.save()
    make_call("A", -9, 12)
    assert said(client).label == "No call"


@pytest.mark.parametrize("calls", [1, 3])
def test_home_asks_the_database_few_questions(
    rf, freeze, make_call, calls, django_assert_num_queries
):
    freeze(NOW)
    for number in range(calls):
        make_call(f"N{number}", -9, 12)
    request = rf.get("/")
    request.user = None
    with django_assert_num_queries(3):
        home(request)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/about/", "/privacy/", "/accessibility/"])
def test_statement_is_public(client, path):
    response = client.get(path)
    assert [response.status_code, response.content.count(b"<h1>")] == [200, 1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("theme", "rendered"), [("dark", b'data-theme="dark"'), ("light", b'data-theme="light"')]
)
def test_theme_is_remembered_and_rendered(client, theme, rendered):
    answer = client.post("/display/theme/", {"theme": theme, "next": "/about/"})
    cookie = answer.cookies["theme"]
    assert [answer.url, cookie.value, cookie["httponly"], cookie["samesite"]] == [
        "/about/",
        theme,
        True,
        "Lax",
    ]
    assert rendered in client.get("/about/").content


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["", "pink"])
def test_theme_can_be_left_to_the_device(client, theme):
    client.cookies["theme"] = "dark"
    client.post("/display/theme/", {"theme": theme, "next": "/about/"})
    assert b"data-theme" not in client.get("/about/").content


def test_theme_never_leads_to_another_site(client, db):
    answer = client.post("/display/theme/", {"theme": "dark", "next": "https://elsewhere.test/"})
    assert answer.url == "/"


def test_language_is_remembered(client, db):
    client.post("/display/language/", {"language": "nl", "next": "/about/"})
    assert b'<html lang="nl"' in client.get("/about/").content


def test_home_shows_the_vouchers_of_the_call_with_what_they_pay(
    client, freeze, programme, make_call
):
    freeze(NOW)
    call = make_call("A", -9, 12)
    offered = make_type(programme, "insight", 4000, "lump_sum")
    make_type(programme, "travel", 500, "capped")
    CallVoucherType.objects.create(call=call, voucher_type=offered)
    for code, eligible in [("expert", True), ("software", False)]:
        CostKind.objects.create(
            voucher_type=offered, code=code, label=code.title(), is_eligible=eligible
        )
    assert client.get("/").context["vouchers"] == [
        Card(
            hue="is-in",
            name="Insight",
            amount=Decimal(4000),
            is_lump_sum=True,
            summary="",
            costs=["Expert"],
            address="/calls/a/insight/",
        )
    ]


def test_foot_names_who_funds_the_programme(client, programme, freeze):
    freeze(timezone.now())
    programme.starts_on = timezone.now().date()
    programme.save()
    assert programme.funding_statement.encode() in client.get("/about/").content
