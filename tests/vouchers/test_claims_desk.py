"""Claims, awards and pots at the desk: who checks, who pays, and what returns."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import documents
from portal.enums import Role
from portal.models import Document, OutgoingMail, RegionRole
from portal.permissions import Actor
from portal.uploads import Checked
from tests.vouchers import factories
from vouchers.actions import claim_drafts, claims, vouchers
from vouchers.admin.award_verbs import AWARD_VERBS
from vouchers.admin.claim_verbs import CLAIM_VERBS
from vouchers.enums import AwardState, ClaimState
from vouchers.models import Award, Claim, LedgerEntry, balance_of

pytestmark = pytest.mark.django_db
PDF = Checked("receipt.pdf", "application/pdf", b"%PDF-1.7 sample", "1" * 64)
STATEMENTS = 20


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def accepted(world, kind="insight", *, by=None) -> Award:
    award = factories.approved(world, kind, by=by)
    vouchers.accept(
        award,
        signatory_name="A. Example",
        signatory_role="Director",
        by=Actor.person(by or world.sme),
        now=world.now,
    )
    return award


def claimed(world, kind="insight", *, by=None, amounts=(300, 150)) -> Claim:
    """A filed claim with a receipt for each amount; the last one is for what is never paid."""
    award, actor = accepted(world, kind, by=by), Actor.person(by or world.sme)
    claim = claims.start(award, by=actor, now=world.now)
    claim_drafts.fill(
        claim,
        report="We measured what we wanted to know.",
        iban="NL91ABNA0417164300",
        account_holder="Voorbeeld Biotech BV",
        by=actor,
        now=world.now,
    )
    if claims.asks_for_vat(award):
        claim_drafts.say_vat(claim, deducts_vat=True, by=actor, now=world.now)
    costs = award.application.voucher_type.cost_kinds
    for number, amount in enumerate(amounts, start=1):
        kind_of = "software" if number == len(amounts) and number > 1 else "travel"
        claim_drafts.add_line(
            claim,
            line=claim_drafts.LineFields(
                kind=costs.get(code=kind_of),
                paid_on=world.now.date(),
                supplier="Voorbeeld Trains",
                receipt_number=f"R-{number}",
                item="Train",
                amount=Decimal(amount),
                vat=Decimal(0),
            ),
            receipt=PDF,
            proof_of_payment=PDF,
            by=actor,
            now=world.now,
        )
    claims.file(claim, by=actor, now=world.now)
    claim.refresh_from_db()
    return claim


def address(row, page="change") -> str:
    return reverse(f"admin:vouchers_{row._meta.model_name}_{page}", args=[row.pk])


def look(client, user, row):
    client.force_login(user)
    return client.get(address(row))


def press(client, user, row, verb, **data):
    client.force_login(user)
    given = {f"{verb}-{name}": value for name, value in data.items()}
    return client.post(address(row, verb), given)


def errors(answer) -> list[str]:
    form = answer.context["form"]
    return [str(words) for found in form.errors.values() for words in found]


def offered(answer) -> list[str]:
    return sorted(panel.form.prefix for panel in answer.context["panels"])


def lines_of(claim, *amounts) -> dict[str, str]:
    rows = claim.lines.order_by("position")
    return {f"line_{row.pk}": amount for row, amount in zip(rows, amounts, strict=True)}


def approve(client, world, claim, *amounts):
    return press(client, world.broker, claim, "approve", **lines_of(claim, *amounts))


def snapshot() -> list:
    return [
        *Claim.objects.order_by("pk").values_list("pk", "state", "approved_amount"),
        *Award.objects.order_by("pk").values_list("pk", "state"),
        *LedgerEntry.objects.order_by("pk").values_list("pk", "kind", "amount"),
        OutgoingMail.objects.count(),
    ]


def test_a_claim_is_checked_by_one_and_paid_by_another(client, world):
    claim = claimed(world, "meet_greet")

    approve(client, world, claim, "250.50", "0")
    paid = press(client, world.finance, claim, "pay", payment_reference="SEPA 2027-77")

    claim.refresh_from_db()
    award, pot = claim.award, world.pots["NL-ENL"]
    assert (paid.status_code, claim.state, claim.approved_amount, claim.payment_reference) == (
        302,
        ClaimState.PAID,
        Decimal("250.50"),
        "SEPA 2027-77",
    )
    assert (claim.approved_by, claim.paid_by) == (world.broker, world.finance)
    assert list(award.entries.values_list("kind", "amount")) == [
        ("reserve", Decimal("420.00")),
        ("commit", Decimal("420.00")),
        ("pay", Decimal("250.50")),
        ("release", Decimal("169.50")),
    ]
    assert balance_of(pot).free == Decimal("99749.50")
    assert Document.objects.filter(kind="payment_advice").count() == 1
    assert OutgoingMail.objects.get(kind="claim_paid").to == ["sme@voorbeeld.example"]


def test_a_lump_sum_is_paid_whole(client, world):
    claim = claimed(world, amounts=(300,))
    page = look(client, world.broker, claim)

    approve(client, world, claim, "1")

    claim.refresh_from_db()
    assert (page.context["settlement"].pays, claim.approved_amount) == (
        Decimal("4000.00"),
        Decimal("4000.00"),
    )


def test_the_page_says_what_would_be_paid(client, world):
    answer = look(client, world.broker, claimed(world, "meet_greet"))

    page = answer.content.decode()
    settlement = answer.context["settlement"]
    assert (settlement.pays, settlement.eligible, settlement.returns) == (300, 300, 120)
    assert "€300 would be paid" in page
    assert "the voucher does not pay it" in page


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        (("300.01", "0"), ["Enter up to €300"]),
        (("300", "1"), ["Enter up to €0"]),
        (("-1", "0"), ["Enter an amount of 0 or more"]),
        (("1.001", "0"), ["Enter the amount with no more than two decimal places"]),
        (("much", "0"), ["Enter an amount in euros, like 4000 or 4000.50"]),
        (("", "0"), ["Enter an amount in euros"]),
        (
            ("0", "0"),
            ["Nothing is eligible, so nothing can be paid: send the claim back instead"],
        ),
    ],
)
def test_an_eligible_amount_is_checked_beside_its_field(client, world, amounts, words):
    claim = claimed(world, "meet_greet")
    before = snapshot()

    answer = approve(client, world, claim, *amounts)

    assert (answer.status_code, errors(answer), snapshot()) == (200, words, before)


def test_a_claim_goes_back_with_what_is_missing(client, world):
    claim = claimed(world)

    press(client, world.broker, claim, "send_back", message="Page 2 of the receipt")

    claim.refresh_from_db()
    mail = OutgoingMail.objects.get(kind="claim_returned")
    assert (claim.state, claim.returned_message) == (ClaimState.RETURNED, "Page 2 of the receipt")
    assert "Page 2 of the receipt" in mail.body


def test_who_approved_does_not_pay(client, world):
    RegionRole.objects.create(
        user=world.broker,
        region=world.home,
        role=Role.FINANCE,
        organisation="Office",
        starts_at=world.now - timedelta(days=1),
    )
    claim = claimed(world)
    approve(client, world, claim, "300", "0")

    own = press(client, world.broker, claim, "pay", payment_reference="X")
    other = press(client, world.finance, claim, "pay", payment_reference="X")

    assert (own.status_code, other.status_code) == (403, 302)


def test_who_filed_does_not_approve(client, world):
    claim = claimed(world)
    Claim.objects.filter(pk=claim.pk).update(filed_by=world.broker)

    answer = approve(client, world, claim, "300", "0")

    assert (answer.status_code, offered(look(client, world.broker, claim))) == (
        403,
        ["ask", "send_back"],
    )


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        ("filed", {"broker": ["approve", "ask", "send_back"], "finance": [], "manager": []}),
        ("approved", {"broker": [], "finance": ["ask_account", "pay"], "manager": []}),
        ("paid", {"broker": [], "finance": ["bounce"], "manager": []}),
    ],
)
def test_buttons_are_those_of_the_workflow(client, world, state, buttons):
    claim = claimed(world)
    if state != "filed":
        approve(client, world, claim, "300", "0")
    if state == "paid":
        press(client, world.finance, claim, "pay", payment_reference="X")

    shown = {name: offered(look(client, getattr(world, name), claim)) for name in buttons}

    assert shown == buttons


@pytest.mark.parametrize("verb", CLAIM_VERBS)
@pytest.mark.parametrize("who", ["host_broker", "other_broker"])
def test_another_region_finds_no_claim(client, world, verb, who):
    claim = claimed(world)

    page = look(client, getattr(world, who), claim).status_code
    button = press(client, getattr(world, who), claim, verb).status_code

    assert (page, button) == (404, 404)


@pytest.mark.parametrize(
    ("verb", "who"),
    [
        ("approve", "finance"),
        ("approve", "manager"),
        ("approve", "auditor"),
        ("send_back", "finance"),
        ("send_back", "auditor"),
        ("pay", "broker"),
        ("pay", "manager"),
        ("pay", "auditor"),
    ],
)
def test_a_verb_of_another_role_is_403(client, world, verb, who):
    claim = claimed(world)
    if verb == "pay":
        approve(client, world, claim, "300", "0")
    before = snapshot()

    answer = press(client, getattr(world, who), claim, verb, payment_reference="X", message="X")

    assert (answer.status_code, snapshot()) == (403, before)


@pytest.mark.parametrize(
    ("verb", "who"), [("approve", "broker"), ("send_back", "broker"), ("pay", "finance")]
)
def test_a_verb_in_the_wrong_state_is_409(client, world, verb, who):
    claim = claimed(world)
    approve(client, world, claim, "300", "0")
    press(client, world.finance, claim, "pay", payment_reference="X")
    before = snapshot()

    answer = press(client, getattr(world, who), claim, verb, payment_reference="Y", message="X")

    assert (answer.status_code, snapshot()) == (409, before)


def test_a_draft_is_the_applicant_s_own(client, world):
    claim = claims.start(accepted(world), by=Actor.person(world.sme), now=world.now)

    assert look(client, world.broker, claim).status_code == 404


def test_receipts_are_given_to_those_who_see_the_claim(client, world):
    claim = claimed(world)
    upload = claim.lines.first().receipt
    page = reverse("admin:vouchers_claim_file", args=[claim.pk, upload.pk])
    client.force_login(world.finance)

    answer = client.get(page)

    assert (b"".join(answer.streaming_content), answer["Content-Disposition"]) == (
        b"%PDF-1.7 sample",
        'attachment; filename="receipt.pdf"',
    )
    client.force_login(world.host_broker)
    assert client.get(page).status_code == 404


def test_a_file_of_another_claim_is_404(client, world):
    mine = claimed(world)
    other = claimed(world, by=factories.another_sme(world))
    client.force_login(world.broker)

    page = reverse("admin:vouchers_claim_file", args=[mine.pk, other.lines.first().receipt.pk])

    assert client.get(page).status_code == 404


def test_finance_starts_with_what_is_to_be_paid(client, world):
    filed = claimed(world, by=factories.another_sme(world))
    due = claimed(world, by=factories.another_sme(world))
    approve(client, world, due, "300", "0")
    url = reverse("admin:vouchers_claim_changelist")

    lists = {}
    for name in ("broker", "finance", "manager", "host_broker", "other_broker"):
        client.force_login(getattr(world, name))
        context = client.get(url).context
        lists[name] = ([row.pk for row in context["rows"]], [t.count for t in context["tabs"]])

    assert lists == {
        "broker": ([filed.pk], [1, 1, 0, 0]),
        "finance": ([due.pk], [1, 1, 0, 0]),
        "manager": ([filed.pk], [1, 1, 0, 0]),
        "host_broker": ([], [0, 0, 0, 0]),
        "other_broker": ([], [0, 0, 0, 0]),
    }


def cost(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", ["claim", "award", "pot"])
def test_a_list_costs_the_same_for_one_row_and_for_three(client, world, name):
    url = reverse(f"admin:vouchers_{name}_changelist")
    claimed(world)
    client.force_login(world.manager)
    one = cost(client, url)

    for _number in range(2):
        claimed(world, by=factories.another_sme(world))
    three = cost(client, url)

    assert one == three <= 12


def test_a_claim_costs_the_same_for_one_receipt_and_for_three(client, world):
    few = claimed(world, by=factories.another_sme(world), amounts=(10,))
    many = claimed(world, by=factories.another_sme(world), amounts=(10, 20, 30))
    client.force_login(world.broker)

    costs = {cost(client, address(claim)) for claim in (few, many)}

    assert len(costs) == 1
    assert costs.pop() <= STATEMENTS


def test_the_award_page_shows_calendar_and_money(client, world):
    award = accepted(world)

    answer = look(client, world.broker, award)

    page = answer.content.decode()
    assert answer.context["missing"] == (
        "The applicant claims by 7 January 2028, 17:00 Amsterdam time"
    )
    assert "8 March 2027" in page
    assert [entry.kind for entry in answer.context["entries"]] == ["reserve", "commit"]
    assert offered(answer) == ["cancel"]


def test_the_host_sees_the_award_without_its_money_lines(client, world):
    answer = look(client, world.host_broker, claimed(world).award)

    assert (answer.status_code, list(answer.context["entries"]), answer.context["claims"]) == (
        200,
        [],
        [],
    )


def test_the_letter_is_for_those_who_may_read_everything(client, world):
    award = accepted(world)
    documents.render(award.letter_id, now=world.now)
    begins = {}
    for name in ("broker", "manager", "host_broker", "other_broker"):
        client.force_login(getattr(world, name))
        answer = client.get(address(award, "letter"))
        begins[name] = b"".join(answer)[:5] if answer.status_code == 200 else answer.status_code

    assert begins == {
        "broker": b"%PDF-",
        "manager": b"%PDF-",
        "host_broker": 404,
        "other_broker": 404,
    }


def test_an_award_is_cancelled_with_a_reason_and_its_money_returns(client, world):
    award = accepted(world)

    empty = press(client, world.broker, award, "cancel", reason="")
    press(client, world.broker, award, "cancel", reason="The partner has closed.")

    award.refresh_from_db()
    assert errors(empty) == ["Write what the reader needs to know"]
    assert (award.state, award.end_note, balance_of(award.pot).free) == (
        AwardState.CANCELLED,
        "The partner has closed.",
        Decimal("100000.00"),
    )


def test_a_manager_revokes_and_books_what_came_back(client, world):
    claim = claimed(world)
    approve(client, world, claim, "300", "0")
    press(client, world.finance, claim, "pay", payment_reference="X")
    award = claim.award
    too_much = press(client, world.manager, award, "revoke", recovered="4000.01", reason="False")

    press(client, world.manager, award, "revoke", recovered="4000", reason="False statement")

    award.refresh_from_db()
    assert len(errors(too_much)) == 1
    assert (award.state, balance_of(award.pot).paid) == (AwardState.REVOKED, Decimal("0.00"))


@pytest.mark.parametrize(
    ("verb", "who"),
    [("revoke", "broker"), ("revoke", "finance"), ("cancel", "finance"), ("cancel", "manager")],
)
def test_an_award_s_verb_of_another_role_is_403(client, world, verb, who):
    award = accepted(world)
    before = snapshot()

    answer = press(client, getattr(world, who), award, verb, reason="X", recovered="0")

    assert (answer.status_code, snapshot()) == (403, before)


@pytest.mark.parametrize("verb", AWARD_VERBS)
def test_an_award_of_another_region_is_404(client, world, verb):
    award = accepted(world)

    page = look(client, world.other_broker, award).status_code

    assert (page, press(client, world.other_broker, award, verb).status_code) == (404, 404)


def test_every_pot_is_the_sum_of_its_lines(client, world):
    accepted(world)
    client.force_login(world.manager)

    answer = client.get(reverse("admin:vouchers_pot_changelist"))

    shown = {
        row.pot.region.code: (row.balance.allocated, row.balance.committed, row.balance.free)
        for row in answer.context["rows"]
    }
    whole, none = Decimal("100000.00"), Decimal("0.00")
    assert shown == {
        "NL-ENL": (whole, Decimal("4000.00"), Decimal("96000.00")),
        "DE-NDS": (whole, none, whole),
        "BE-WAL": (whole, none, whole),
        "NL-SNL": (whole, none, whole),
    }


def test_a_ledger_shows_its_lines_newest_first_to_its_own_region(client, world):
    accepted(world)
    page = reverse("admin:vouchers_pot_change", args=[world.pots["NL-ENL"].pk])
    client.force_login(world.finance)

    rows = client.get(page).context["rows"]

    assert [(row.kind, row.amount) for row in rows] == [
        ("commit", Decimal("4000.00")),
        ("reserve", Decimal("4000.00")),
        ("allocate", Decimal("100000.00")),
    ]
    client.force_login(world.host_broker)
    assert client.get(page).status_code == 404
