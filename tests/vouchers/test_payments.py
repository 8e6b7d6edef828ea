"""Payments of a period, and a random sample that anybody can draw again."""

import csv
import io
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.permissions import Actor
from tests.vouchers import factories, lives
from tests.vouchers.test_budgets import cost
from tests.vouchers.test_claims_desk import claimed
from vouchers.actions import claims
from vouchers.models import Claim
from vouchers.rules import sampling

PAGE = "/admin/vouchers/claim/payments/"
KEYS = st.lists(st.text(max_size=8), unique=True, max_size=30)


@given(KEYS, st.integers(0, 40), st.text(max_size=8))
def test_the_same_seed_draws_the_same_whatever_the_order(keys, size, seed):
    drawn = sampling.draw(keys, size=size, seed=seed)
    assert drawn == sampling.draw(reversed(keys), size=size, seed=seed)
    assert len(drawn) == min(size, len(keys)) == len(set(drawn) & set(keys))


@given(KEYS, st.text(max_size=8), st.integers(1, 10))
def test_one_more_row_changes_at_most_one_of_the_sample(keys, new, size):
    before = set(sampling.draw(keys, size=size, seed="s"))
    after = set(sampling.draw([*keys, new], size=size, seed="s"))
    assert len(before - after) <= 1


def test_every_row_has_the_same_chance():
    keys = [str(key) for key in range(10)]
    drawn = Counter(
        key for seed in range(2000) for key in sampling.draw(keys, size=3, seed=str(seed))
    )
    assert max(abs(number - 600) for number in drawn.values()) < 100


@pytest.fixture
def world(db, freeze, settings):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


def paid(world, days=0) -> Claim:
    claim = claimed(world, by=factories.another_sme(world), amounts=(300,))
    claims.approve(claim, eligible={}, by=Actor.person(world.broker), now=world.now)
    at = world.now + timedelta(days=days)
    by = Actor.person(world.finance)
    claims.pay(lives.fresh(claim), payment_reference=f"P-{claim.pk}", by=by, now=at)
    return lives.fresh(claim)


def rows(client, **query) -> list[dict[str, str]]:
    answer = client.get(PAGE, {**query, "format": "csv"})
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_both_days_of_the_period_count_and_the_total_is_theirs(world, client):
    found = [paid(world, days) for days in (0, 1, 2)]
    client.force_login(world.auditor)
    page = client.get(PAGE, {"first": "2027-03-08", "last": "9 March 2027"})
    shown = page.content.decode()
    assert [str(claim) in shown for claim in found] == [True, True, False]
    assert page.context["total"] == sum(claim.approved_amount for claim in found[:2])
    assert [row["claim"] for row in rows(client, first="2027-03-10")] == [str(found[2])]
    [row] = rows(client, last="2027-03-08")
    assert (row["amount"], row["payment_reference"]) == (
        str(found[0].approved_amount),
        f"P-{found[0].pk}",
    )


def test_a_sample_gets_a_seed_that_draws_it_again(world, client):
    found = {str(paid(world)) for _ in range(4)}
    client.force_login(world.manager)
    answer = client.get(PAGE, {"sample": "2"})
    assert answer.status_code == 302
    seed = answer["Location"].partition("seed=")[2]
    first = [row["claim"] for row in rows(client, sample="2", seed=seed)]
    again = client.get(PAGE + answer["Location"]).content.decode()
    assert [claim for claim in found if claim in again] == [c for c in found if c in first]
    assert f"Seed: <b>{seed}</b>" in again
    assert "2 of 4 payments" in again
    assert set(first) == set(sampling.draw(found, size=2, seed=seed))


def test_only_what_one_sees_is_listed(world, client):
    claim = paid(world)
    seen = {}
    for name in ("broker", "finance", "manager", "auditor", "host_broker", "other_broker"):
        client.force_login(getattr(world, name))
        seen[name] = [row["claim"] for row in rows(client)]
    mine = [str(claim)]
    assert seen == {
        "broker": mine,
        "finance": mine,
        "manager": mine,
        "auditor": mine,
        "host_broker": [],
        "other_broker": [],
    }


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"first": "soon"}, "Paid from must be a date, like 2 June 2027"),
        ({"first": "2027-03-09", "last": "2027-03-08"}, "Enter a day that is not before the first"),
        ({"sample": "0"}, "Enter at least 1, or nothing"),
        ({"sample": "two"}, "Random sample of must be a whole number, like 3"),
        ({"seed": "x" * 41, "sample": "1"}, "Seed must be 40 characters or fewer"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(world, client, query, sentence):
    client.force_login(world.auditor)
    answer = client.get(PAGE, query)
    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)


def test_nothing_paid_says_so_and_the_page_costs_the_same_at_any_length(world, client):
    client.force_login(world.manager)
    assert "In this period nothing was paid that you may see." in client.get(PAGE).content.decode()
    paid(world)
    few = cost(client, PAGE)
    for _more in range(3):
        paid(world)
    assert len(few) == len(cost(client, PAGE)) <= 12
    assert Claim.objects.exclude(approved_amount__gt=Decimal(0)).count() == 0
