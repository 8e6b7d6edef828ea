"""Many at once: what the preview foresees is what happens, and nothing goes around a rule."""

from collections.abc import Iterable
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.models import JournalEntry, OutgoingMail, User
from portal.permissions import Actor
from tests.vouchers import factories
from tests.vouchers.many import alike
from tests.vouchers.test_desk import CASES, PEOPLE, make_assessor
from tests.vouchers.test_panel import leave
from vouchers.actions import applications, awards, entrusting
from vouchers.actions.bulk import TurnedOut, carry_out
from vouchers.actions.forecast import REFUSALS, Forecast, rows_for
from vouchers.admin.bulk import VERBS
from vouchers.enums import ApplicationState as S
from vouchers.enums import RejectReason, Side
from vouchers.models import Application, Award, Signature

pytestmark = pytest.mark.django_db
BULK = reverse("admin:vouchers_application_bulk")
GIVEN = {
    "reject": {"reason": RejectReason.QUALITY, "message": "Others were stronger."},
    "reserve": {"message": ""},
    "entrust": {"person": None},
}


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def preview(client, user, verb, rows: Iterable[Application], **more):
    client.force_login(user)
    return client.get(BULK, {"verb": verb, "pick": [row.pk for row in rows], **more})


def do(client, page, verb, **data):
    """Send the form of a preview."""
    marks = [line.mark for line in page.context["lines"] if not line.is_left_out]
    return client.post(BULK, {"verb": verb, "mark": marks, **data}, follow=True)


def words(page) -> dict[str, str]:
    return {line.application.reference: line.words for line in page.context["lines"]}


def result(page) -> tuple[dict[str, str], dict[str, str]]:
    """What was done and what was left, by number."""
    return tuple(
        {number: words for number, _firm, words in page.context[name]} for name in ("done", "left")
    )


def states(rows) -> list[str]:
    found = Application.objects.in_bulk([row.pk for row in rows])
    return [found[row.pk].state for row in rows]


def many(world, number: int, kind: str = "insight", make=factories.submitted):
    return [make(world, kind, by=factories.another_sme(world)) for _place in range(number)]


@pytest.mark.parametrize("case", CASES)
def test_what_is_foreseen_is_what_happens(world, case):
    """For every state, verb and person: the forecast and the single page's action agree."""
    assessor = make_assessor(None, world)
    pk = CASES[case](world, assessor).pk
    people = {name: getattr(world, name, assessor) for name in PEOPLE}
    differing = {}
    for name, person in people.items():
        user = User.objects.get(pk=person.pk)
        by = Actor.person(user)
        for verb, bulk in VERBS.items():
            rows = rows_for(user, [pk])
            assert bool(rows) == Application.objects.for_desk(user).filter(pk=pk).exists()
            if not rows:
                continue
            forecast = Forecast(rows, by=by, now=world.now)
            [outcome] = forecast.outcomes(bulk.ask(forecast))
            happened = attempt(outcome, verb, name, by=by, now=world.now)
            foreseen = type(outcome.refusal).__name__ if outcome.refusal else outcome.state
            if foreseen != happened:
                differing[name, verb] = (foreseen, happened)
    assert differing == {}


def attempt(outcome, verb, name, *, by, now) -> str:
    """Let the action run and take it back; return the state that it led to, or what refused."""
    side = Side.HOST if name == "host_broker" else Side.HOME

    def run(row, foreseen, by, now):
        if verb == "sign":
            awards.sign(row, side=side, amount=row.amount, by=by, now=now)
        else:
            VERBS[verb].run(row, foreseen, by, now, **GIVEN.get(verb, {}))

    try:
        with transaction.atomic():
            carry_out(outcome, run, by=by, now=now)
            transaction.set_rollback(True)
    except REFUSALS as error:
        return type(error).__name__
    except TurnedOut as error:
        return error.became
    return outcome.state


def test_a_broker_finds_many_eligible_and_signs_them(client, world):
    rows = many(world, 3)
    page = preview(client, world.broker, "find_eligible", rows)
    assert set(words(page).values()) == {"Eligible"}
    assert states(rows) == [S.SUBMITTED] * 3
    done, left = result(do(client, page, "find_eligible"))
    assert (sorted(done), left, states(rows)) == (
        sorted(row.reference for row in rows),
        {},
        [S.ELIGIBLE] * 3,
    )

    page = preview(client, world.broker, "sign", rows)
    assert set(words(page).values()) == {
        "Signature over €4,000, which goes to Lower Saxony to confirm"
    }
    do(client, page, "sign")
    page = preview(client, world.host_broker, "sign", rows)
    assert set(words(page).values()) == {"Voucher of €4,000"}
    [money] = page.context["totals"].money
    assert (money.before, money.spent, money.after) == (
        Decimal(100_000),
        Decimal(12_000),
        Decimal(88_000),
    )
    do(client, page, "sign")

    assert states(rows) == [S.APPROVED] * 3
    assert [(one.side, one.signed_by) for one in Signature.objects.order_by("side", "pk")] == [
        *[("home", world.broker)] * 3,
        *[("host", world.host_broker)] * 3,
    ]
    assert OutgoingMail.objects.filter(kind="voucher_awarded").count() >= 3


def test_money_that_reaches_for_two_of_three_goes_to_who_was_complete_first(client, world):
    rows = many(world, 3, "meet_greet", factories.eligible)
    for minute, row in enumerate(reversed(rows)):
        Application.objects.filter(pk=row.pk).update(complete_at=world.now.replace(minute=minute))
    leave(world, "900")

    page = preview(client, world.broker, "sign", rows)

    poor = "On the reserve list: the region's money does not reach for it"
    expected = [(rows[2], "Voucher of €420"), (rows[1], "Voucher of €420"), (rows[0], poor)]
    assert [*words(page).items()] == [(row.reference, said) for row, said in expected]
    assert [line.free for line in page.context["lines"]] == [Decimal(480), Decimal(60), None]
    done, left = result(do(client, page, "sign"))
    assert ([*done], left) == ([row.reference for row, _said in expected], {})
    assert states(rows) == [S.RESERVE, S.APPROVED, S.APPROVED]


def test_a_rejection_is_told_or_held_and_needs_a_reason(client, world):
    world.offers["insight"].holds_letters = True
    world.offers["insight"].save()
    rows = [*many(world, 2), *many(world, 1, "meet_greet")]
    page = preview(client, world.broker, "reject", rows)
    assert page.context["totals"].letters == "1 applicant is told, 2 letters are held"
    again = do(client, page, "reject", reason="quality", message="")
    assert again.context["form"].errors == {"message": ["Write what the reader needs to know"]}
    assert states(rows) == [S.SUBMITTED] * 3

    do(client, page, "reject", reason="quality", message="Others were stronger.")

    assert states(rows) == [S.REJECTED] * 3
    mails = OutgoingMail.objects.filter(kind="rejected")
    assert [mail.subject_id for mail in mails] == [rows[2].pk]
    assert "Others were stronger." in mails.get().body


def test_what_cannot_be_done_is_named_with_its_reason(client, world):
    fine = factories.submitted(world)
    late = factories.returned(world, by=factories.another_sme(world))
    big = factories.submitted(world, "meet_greet", by=factories.another_sme(world))
    big.organisation.figures.update(headcount=260)

    page = preview(client, world.broker, "find_eligible", [fine, late, big])

    assert words(page) == {
        fine.reference: "Eligible",
        late.reference: "It is “Returned”, and this does not start from there",
        big.reference: (
            "An SME has fewer than 250 staff, and this firm has 260 with its partner and linked "
            "enterprises"
        ),
    }
    assert (page.context["totals"].done, page.context["totals"].left_out) == (1, 2)
    assert big.reference in page.content.decode()


def test_what_changed_since_the_preview_is_left_and_named(client, world):
    rows = many(world, 3)
    page = preview(client, world.broker, "find_eligible", rows)
    by = Actor.person(world.broker)
    applications.find_eligible(rows[0], by=by, now=world.now)
    entrusting.entrust(rows[1], to=world.broker, by=by, now=world.now)

    done, left = result(do(client, page, "find_eligible"))

    assert ([*done], left) == (
        [rows[2].reference],
        {
            rows[0].reference: "Since the preview it has become “Eligible”",
            rows[1].reference: "Changed since the preview. Now it would be: Eligible",
        },
    )


def test_sent_twice_it_is_done_once(client, world):
    rows = many(world, 2)
    page = preview(client, world.broker, "reject", rows)
    for _turn in range(2):
        last = do(client, page, "reject", reason="quality", message="No.")
    done, left = result(last)
    assert (done, len(left)) == ({}, 2)
    assert OutgoingMail.objects.filter(kind="rejected").count() == 2


def test_one_that_fails_leaves_the_others_done(client, world):
    """Each application stands in a transaction of its own."""
    rows = many(world, 2, "meet_greet", factories.eligible)
    page = preview(client, world.broker, "sign", rows)
    leave(world, "500")
    done, left = result(do(client, page, "sign"))
    assert (len(done), [*left.values()]) == (
        1,
        [
            (
                "Changed since the preview. Now it would be: On the reserve list: the region's "
                "money does not reach for it"
            )
        ],
    )
    assert sorted(states(rows)) == [S.APPROVED, S.ELIGIBLE]
    assert Award.objects.count() == 1


def test_a_deed_that_turns_out_otherwise_is_taken_back_whole(world):
    row = factories.eligible(world, "meet_greet")
    user = User.objects.get(pk=world.broker.pk)
    by = Actor.person(user)
    forecast = Forecast(rows_for(user, [row.pk]), by=by, now=world.now)
    [outcome] = forecast.outcomes(forecast.sign)
    leave(world, "100")
    before = JournalEntry.objects.count()
    with pytest.raises(TurnedOut):
        carry_out(outcome, VERBS["sign"].run, by=by, now=world.now)
    row.refresh_from_db()
    assert (row.state, Signature.objects.count(), JournalEntry.objects.count()) == (
        S.ELIGIBLE,
        0,
        before,
    )


def test_walls_hold_for_many_as_for_one(client, world):
    rows = many(world, 1)
    seen = {
        name: preview(client, getattr(world, name), "reject", rows)
        for name in ("other_broker", "auditor", "finance", "manager", "sme")
    }
    assert {name: page.status_code for name, page in seen.items()} == {
        "other_broker": 200,
        "auditor": 403,
        "finance": 403,
        "manager": 403,
        "sme": 302,
    }
    assert (words(seen["other_broker"]), seen["other_broker"].context["unseen"]) == ({}, 1)
    assert rows[0].reference not in seen["other_broker"].content.decode()
    client.force_login(world.other_broker)
    mark = f"{rows[0].pk}:submitted:0000"
    client.post(BULK, {"verb": "find_eligible", "mark": [mark]})
    assert states(rows) == [S.SUBMITTED]


@pytest.mark.parametrize(
    "query", ["", "?verb=reject", "?verb=nonsense&pick=1", "?verb=reject&pick=x&pick=-1"]
)
def test_an_address_that_asks_for_nothing_leads_back_with_a_sentence(client, world, query):
    client.force_login(world.broker)
    page = client.get(BULK + query, follow=True)
    assert [str(one) for one in page.context["messages"]] == [
        "Tick applications and choose what to do with them."
    ]


def test_assigning_many_at_once(client, world):
    colleague = factories.another_broker(world, "NL-ENL")
    rows = many(world, 2)
    page = preview(client, world.manager, "entrust", rows)
    do(client, page, "entrust", person=str(colleague.pk))
    kept = Application.objects.filter(assignment__person=colleague)
    assert set(kept) == set(rows)
    page = preview(client, world.manager, "entrust", rows)
    assert set(words(page).values()) == {f"Assigned; until now to {colleague}"}


@pytest.mark.parametrize("verb", VERBS)
def test_the_preview_costs_the_same_at_3_and_at_30_rows(client, world, verb):
    make = factories.eligible if verb in {"sign", "reserve"} else factories.submitted
    first = make(world)
    rows = [Application.objects.get(pk=first.pk), *alike(first, 2)]
    preview(client, world.broker, verb, rows)

    with CaptureQueriesContext(connection) as few:
        preview(client, world.broker, verb, rows)
    rows += alike(first, 27)
    with CaptureQueriesContext(connection) as more:
        page = preview(client, world.broker, verb, rows)

    assert (len(page.context["lines"]), page.context["totals"].left_out) == (30, 0)
    assert len(few) == len(more), "\n".join(one["sql"][:200] for one in more)
    assert len(more) <= 35
