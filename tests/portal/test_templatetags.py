"""How amounts, instants and the desk's rail read."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from portal.enums import Role, VoucherKind
from portal.left import days_left
from portal.templatetags import desk_menu, portal_ui

BRUSSELS = "Europe/Brussels"
CLOSING = datetime(2014, 5, 4, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal("4000.00"), "€4,000"),
        (Decimal("1000.50"), "€1,000.50"),
        (Decimal(0), "€0"),
        (Decimal("-12.30"), "\N{MINUS SIGN}€12.30"),
        (1234567, "€1,234,567"),
        ("500", "€500"),
        (None, ""),
        ("", ""),
    ],
)
def test_money_shows_cents_only_where_there_are_any(amount, shown):
    assert portal_ui.money(amount) == shown


def test_money_groups_as_the_language_does():
    with translation.override("de"):
        assert "1.000,50" in portal_ui.money(Decimal("1000.50"))


@pytest.mark.parametrize(
    ("moment", "zone", "shown"),
    [
        (CLOSING, BRUSSELS, "4 May 2014, 17:00 Brussels time"),
        (
            datetime(2014, 5, 4, 21, 59, 59, tzinfo=UTC),
            BRUSSELS,
            "4 May 2014, 23:59:59 Brussels time",
        ),
        (datetime(2014, 5, 4, 22, 0, tzinfo=UTC), BRUSSELS, "5 May 2014, 00:00 Brussels time"),
        (CLOSING, "Europe/Copenhagen", "4 May 2014, 17:00 Copenhagen time"),
        (CLOSING, "America/New_York", "4 May 2014, 11:00 New York time"),
        (None, BRUSSELS, ""),
    ],
)
def test_instant_names_its_zone(moment, zone, shown):
    assert portal_ui.instant(moment, zone) == shown


def test_weekday_stands_before_the_instant():
    shown = portal_ui.weekday(CLOSING, BRUSSELS)
    assert shown == "Sunday 4 May 2014, 17:00 Brussels time"


def test_day_needs_a_zone_only_for_instants():
    late = datetime(2014, 5, 4, 22, 30, tzinfo=UTC)
    assert [
        portal_ui.day(date(2014, 5, 4)),
        portal_ui.day(late, BRUSSELS),
        portal_ui.day(None),
    ] == ["4 May 2014", "5 May 2014", ""]


def test_zone_code_follows_summer_time():
    winter = datetime(2014, 12, 4, 15, 0, tzinfo=UTC)
    assert [portal_ui.zone_code(one, BRUSSELS) for one in (CLOSING, winter, None)] == [
        "CEST",
        "CET",
        "",
    ]


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2014, 4, 22, 12, 0, tzinfo=UTC), 12),
        (datetime(2014, 4, 22, 22, 30, tzinfo=UTC), 11),
        (datetime(2014, 5, 4, 14, 59, tzinfo=UTC), 0),
        (datetime(2014, 6, 1, 0, 0, tzinfo=UTC), 0),
    ],
)
def test_days_left_counts_midnights_of_the_zone(now, left):
    assert days_left(CLOSING, zone=BRUSSELS, now=now) == left


@pytest.mark.parametrize(
    ("before", "number", "words", "sentence"),
    [
        (timedelta(days=12), 12, "days left", "12 days left"),
        (timedelta(days=1), 1, "day left", "1 day left"),
        (timedelta(hours=23, minutes=59), 23, "hours left", "23 hours left"),
        (timedelta(hours=1), 1, "hour left", "1 hour left"),
        (timedelta(minutes=59, seconds=59), 1, "hour left", "1 hour left"),
        (timedelta(minutes=59), 59, "minutes left", "59 minutes left"),
        (timedelta(minutes=2), 2, "minutes left", "2 minutes left"),
        (timedelta(seconds=1), 1, "minute left", "1 minute left"),
        (timedelta(0), 0, "minutes left", "0 minutes left"),
        (-timedelta(days=2), 0, "minutes left", "0 minutes left"),
    ],
)
def test_on_the_last_day_hours_and_minutes_are_left(freeze, before, number, words, sentence):
    freeze(CLOSING - before)
    left = portal_ui.time_left(CLOSING, BRUSSELS)
    assert (left.number, left.words, str(left)) == (number, words, sentence)


def test_the_night_that_lacks_an_hour_still_counts_as_a_day(freeze):
    closes = datetime(2026, 3, 29, 23, 59, 59, tzinfo=ZoneInfo(BRUSSELS))
    freeze(datetime(2026, 3, 28, 23, 0, tzinfo=UTC))
    assert str(portal_ui.time_left(closes, BRUSSELS)) == "23 hours left"
    assert portal_ui.iso(closes, "Europe/London") == "2026-03-29T22:59:59+01:00"


def test_voucher_class_gives_three_kinds_a_hue():
    assert {kind: portal_ui.voucher_class(kind) for kind in [*VoucherKind.values, "other"]} == {
        "meet_greet": "is-mg",
        "insight": "is-in",
        "collaboration": "is-co",
        "transnational": "",
        "internationalisation": "",
        "support": "",
        "travel": "",
        "other": "",
    }


@pytest.mark.parametrize(
    ("part", "whole", "width"),
    [(53, 164, "32.32%"), (0, 5, "0%"), (9, 3, "100.00%"), (-1, 3, "0.00%"), (1, 0, "0%")],
)
def test_percent_stays_between_0_and_100(part, whole, width):
    with translation.override("de"):
        assert portal_ui.percent(part, whole) == width


def test_icon_is_decoration_unless_it_has_a_label():
    use = '<use href="/static/img/icons.svg#x-lg"></use></svg>'
    assert [portal_ui.icon("x-lg"), portal_ui.icon("x-lg", 'Remove "A"')] == [
        f'<svg class="v-icon" aria-hidden="true">{use}',
        f'<svg class="v-icon" role="img" aria-label="Remove &quot;A&quot;">{use}',
    ]


def test_notice_and_step_have_words_for_their_shape():
    assert [
        portal_ui.notice_class("error"),
        portal_ui.notice_icon("warning"),
        portal_ui.notice_class("info"),
        portal_ui.notice_icon("info"),
        portal_ui.step_words("now"),
        portal_ui.country_name("NL"),
        portal_ui.country_name("XX"),
    ] == [
        "is-bad",
        "exclamation-triangle-fill",
        "",
        "info-circle-fill",
        "current step",
        "Netherlands",
        "XX",
    ]


def offered(*models):
    return [
        {
            "app_label": app,
            "models": [{"object_name": name, "admin_url": address, "name": words}],
        }
        for app, name, address, words in models
    ]


def test_desk_groups_show_only_what_the_admin_offers():
    groups = desk_menu.desk_groups(
        offered(
            ("portal", "Document", "/admin/portal/document/", "documents"),
            ("vouchers", "Call", "/admin/vouchers/call/", "calls"),
            ("vouchers", "Application", "/admin/vouchers/application/", "applications"),
            ("vouchers", "Claim", None, "claims"),
        )
    )
    assert [
        (str(group.title), [(link.address, str(link.label)) for link in group.links])
        for group in groups
    ] == [
        ("Work", [("/admin/vouchers/application/", "Queue")]),
        ("Programme", [("/admin/vouchers/call/", "Calls")]),
        ("More", [("/admin/portal/document/", "Documents")]),
    ]


def test_desk_groups_are_empty_before_signing_in():
    assert desk_menu.desk_groups("") == []


def test_desk_scope_names_regions_and_programmes(broker, manager, make_person, region, member):
    both = make_person("both", Role.FINANCE, region)
    assert [desk_menu.desk_scope(user) for user in (broker, manager, both, member)] == [
        "East Netherlands",
        "LSV",
        "East Netherlands",
        "",
    ]
