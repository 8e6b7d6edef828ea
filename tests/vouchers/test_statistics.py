"""The figures of IN2LifeSciences, counted from its rows as of any day."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from portal.models import Programme, Region
from tests.vouchers import history
from vouchers.models import Call, VoucherType
from vouchers.statistics.figures import count
from vouchers.statistics.scope import Scope
from vouchers.statistics.shape import as_json, lines, matrix

PRESS_DAY = date(2014, 3, 26)
THREE_CALLS = ("IN2LS-1", "IN2LS-2", "IN2LS-3")


@pytest.fixture(scope="module", autouse=True)
def in2ls(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Programme]:
    """The history is imported once; each test then rolls back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        programme = history.set_up()
        history.load(history.in2ls())
        yield programme
        transaction.set_rollback(True)


def scope_of(programme: Programme, as_of: date, *calls: str, **other: object) -> Scope:
    chosen = tuple(Call.objects.filter(code__in=calls).order_by("opens_at"))
    return Scope(programme=programme, as_of=as_of, calls=chosen, **other)


@pytest.mark.django_db
def test_the_first_three_calls_as_published_in_march_2014(in2ls):
    shape = as_json(count(scope_of(in2ls, PRESS_DAY, *THREE_CALLS)))

    assert shape["as_of"] == "2014-03-26"
    assert shape["scope"] == {"programme": "IN2LS", "calls": [*THREE_CALLS], "region": None}
    assert shape["awards"]["total"] == 164
    assert shape["awards"]["by_type"] == {"collaboration": 53, "insight": 29, "meet_greet": 82}
    assert shape["money"]["awarded_value"] == "528000.00"
    assert shape["money"]["allocated"] == "800000.00"
    assert shape["money"]["currency"] == "EUR"


@pytest.mark.django_db
def test_all_four_calls_as_the_commission_counted_them(in2ls):
    shape = as_json(count(scope_of(in2ls, date(2026, 1, 1))))

    assert shape["awards"]["total"] == 224
    assert shape["awards"]["by_type"] == {"collaboration": 70, "insight": 44, "meet_greet": 110}
    assert shape["money"]["awarded_value"] == "721000.00"
    assert shape["applications"] == {
        "submitted": 391,
        "eligible": 333,
        "ineligible": 37,
        "approved": 224,
        "reserve": 21,
        "rejected": 88,
        "withdrawn": 21,
    }


@pytest.mark.django_db
def test_the_eight_regions_add_up(in2ls):
    regions = [
        as_json(count(scope_of(in2ls, PRESS_DAY, *THREE_CALLS, region=region)))
        for region in Region.objects.all()
    ]
    whole = as_json(count(scope_of(in2ls, PRESS_DAY, *THREE_CALLS)))

    assert len(regions) == 8
    assert sum(region["awards"]["total"] for region in regions) == 164
    assert sum(Decimal(r["money"]["awarded_value"]) for r in regions) == Decimal("528000.00")
    for name in ("allocated", "reserved", "committed", "paid", "released", "free"):
        total = sum(Decimal(region["money"][name]) for region in regions)
        assert (name, f"{total:.2f}") == (name, whole["money"][name])
    for region in regions:
        code = region["scope"]["region"]
        assert region["awards"]["by_home_region"] == {code: whole["awards"]["by_home_region"][code]}


@pytest.mark.django_db
def test_the_voucher_types_add_up(in2ls):
    kinds = [
        as_json(count(scope_of(in2ls, PRESS_DAY, *THREE_CALLS, voucher_type=kind)))
        for kind in VoucherType.objects.filter(programme=in2ls)
    ]

    assert [(k["scope"]["voucher_type"], k["awards"]["by_type"]) for k in kinds] == [
        ("meet_greet", {"meet_greet": 82}),
        ("insight", {"insight": 29}),
        ("collaboration", {"collaboration": 53}),
    ]


@pytest.mark.django_db
def test_the_matrix_has_every_pair_an_empty_diagonal_and_the_same_sum(in2ls):
    pairs = list(matrix(count(scope_of(in2ls, PRESS_DAY, *THREE_CALLS))))

    assert len(pairs) == 64
    assert [cell.awards for home, host, cell in pairs if home == host] == [0] * 8
    assert sum(cell.awards for _home, _host, cell in pairs) == 164
    assert sum(cell.value for _home, _host, cell in pairs) == Decimal("528000.00")


@pytest.mark.django_db
def test_nothing_has_happened_before_the_first_call_but_the_budget_is_there(in2ls):
    shape = as_json(count(scope_of(in2ls, date(2012, 9, 2))))

    assert set(shape["applications"].values()) == {0}
    assert shape["awards"]["total"] == 0
    assert shape["money"] == {
        "currency": "EUR",
        "allocated": "800000.00",
        "reserved": "0.00",
        "committed": "0.00",
        "paid": "0.00",
        "released": "0.00",
        "free": "800000.00",
        "awarded_value": "0.00",
    }
    assert shape["days_to_decision"] == {"n": 0, "median": None, "p90": None, "max": None}


@pytest.mark.django_db
def test_money_is_never_lost(in2ls):
    for day in (PRESS_DAY, date(2013, 6, 30), date(2026, 1, 1)):
        figures = count(scope_of(in2ls, day))
        money, pots = figures.money, figures.pot_total
        assert pots.allocated - money.reserved - money.committed - money.paid == pots.free
        assert figures.total.value == money.used + money.released


@pytest.mark.django_db
def test_a_scope_costs_the_same_number_of_queries_with_and_without_rows(
    in2ls, django_assert_num_queries
):
    for day in (date(2012, 9, 2), date(2026, 1, 1)):
        with django_assert_num_queries(16):
            as_json(count(scope_of(in2ls, day)))


@pytest.mark.django_db
def test_one_line_per_figure_says_the_same_as_the_json(in2ls):
    figures = count(scope_of(in2ls, PRESS_DAY, *THREE_CALLS))
    found = {(line.figure, line.call, line.voucher_type): line for line in lines(figures)}
    calls = ";".join(THREE_CALLS)

    assert found["awards.total", calls, ""].value == 164
    assert found["awards.by_type.insight", calls, "insight"].value == 29
    assert found["money.awarded_value", calls, ""].value == Decimal("528000.00")
    assert found["money.awarded_value", calls, ""].unit == "EUR"
    assert found["awards.by_call", "IN2LS-1", "collaboration"].value == 15
