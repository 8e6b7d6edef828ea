"""Claims: every arrow, four eyes, what is paid, receipts, and the pages of it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from portal import documents
from portal.models import Document, Membership, Upload, User
from portal.permissions import Actor
from portal.sepa import grouped, is_iban
from portal.workflow import IllegalMove
from tests.vouchers import factories, lives
from vouchers.actions import claim_drafts, claims, payments
from vouchers.actions.claims import ClaimNotComplete
from vouchers.enums import AwardState, ClaimState
from vouchers.models import Award, Claim, ClaimLine
from vouchers.reasons import sentence
from vouchers.rules.verdict import ReasonCode, Refused

pytestmark = pytest.mark.django_db
K = ClaimState
SELECTS = {"kind", "currency"}


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def holder(client, world) -> Client:
    client.force_login(world.sme)
    return client


# --- the machine ---


def pay(claim: Claim, by: Actor, now) -> None:
    claims.pay(claim, payment_reference="2027-1", by=by, now=now)


def bounce(claim: Claim, by: Actor, now) -> None:
    payments.bounce(claim, code="AC04", note="", by=by, now=now)


VERBS: dict[str, Callable[..., object]] = {
    "file": lambda claim, by, now: claims.file(claim, by=by, now=now),
    "send_back": lambda claim, by, now: claims.send_back(claim, message="Why?", by=by, now=now),
    "approve": lambda claim, by, now: claims.approve(claim, eligible={}, by=by, now=now),
    "pay": pay,
    "bounce": bounce,
}
GOES = {
    (K.DRAFT, "file"): K.FILED,
    (K.RETURNED, "file"): K.FILED,
    (K.FILED, "send_back"): K.RETURNED,
    (K.FILED, "approve"): K.APPROVED,
    (K.APPROVED, "pay"): K.PAID,
    (K.PAID, "bounce"): K.APPROVED,
}
MAKE = {
    K.DRAFT: lives.written,
    K.FILED: lives.filed,
    K.RETURNED: lives.returned,
    K.APPROVED: lives.approved,
    K.PAID: lives.paid,
}
ALLOWED = {"file": "sme", "send_back": "broker", "approve": "broker", "pay": "finance"}
ALLOWED["bounce"] = "finance"
# A file that turns out to have a virus sends a claim back too.
ALSO = {"send_back": {"clock"}}
ROLES = ("sme", "broker", "host_broker", "other_broker", "finance", "manager", "auditor", "clock")


def by(world: factories.World, role: str) -> Actor:
    return Actor.clock() if role == "clock" else Actor.person(getattr(world, role))


@pytest.mark.parametrize("state", MAKE)
def test_every_arrow_starts_from_its_states_only(world, state):
    claim = MAKE[state](world)
    for verb, run in VERBS.items():
        if (state, verb) not in GOES:
            with pytest.raises(IllegalMove):
                run(lives.fresh(claim), by(world, ALLOWED[verb]), world.now)
    assert lives.fresh(claim).state == state


@pytest.mark.parametrize(("start", "verb", "target"), [(s, v, t) for (s, v), t in GOES.items()])
def test_every_arrow_arrives_and_is_for_its_role(world, start, verb, target):
    claim = MAKE[start](world)
    for role in set(ROLES) - {ALLOWED[verb]} - ALSO.get(verb, set()):
        with pytest.raises(PermissionDenied):
            VERBS[verb](lives.fresh(claim), by(world, role), world.now)
    VERBS[verb](lives.fresh(claim), by(world, ALLOWED[verb]), world.now)
    assert lives.fresh(claim).state == target


# --- what is paid ---


def test_capped_cost_is_paid_and_the_rest_returns(world):
    claim = lives.paid(world, "meet_greet", amount=Decimal(500))
    assert (claim.approved_amount, lives.ledger_of(claim.award)) == (
        Decimal("312.50"),
        [
            ("reserve", "", "500.00"),
            ("commit", "", "500.00"),
            ("pay", "", "312.50"),
            ("release", "committed", "187.50"),
        ],
    )


def test_more_than_the_award_is_not_paid(world):
    claim = lives.written(world, "meet_greet", amount=Decimal(500))
    lives.add_line(claim, world, receipt_number="A-2", amount=Decimal("400.00"))
    claims.file(claim, by=by(world, "sme"), now=world.now)
    assert claims.approve(claim, eligible={}, by=by(world, "broker"), now=world.now) == 500


def test_a_lump_sum_is_paid_exactly_and_nothing_returns(world):
    claim = lives.paid(world)
    assert (claim.approved_amount, lives.ledger_of(claim.award)) == (
        Decimal("4000.00"),
        [("reserve", "", "4000.00"), ("commit", "", "4000.00"), ("pay", "", "4000.00")],
    )
    assert claim.award.state == AwardState.COMPLETED


@pytest.mark.parametrize(("accepted", "paid"), [("100.00", "100.00"), ("900.00", "312.50")])
def test_the_broker_may_accept_less_of_a_receipt_and_never_more(world, accepted, paid):
    claim = lives.filed(world, "meet_greet", amount=Decimal(500))
    eligible = {claim.lines.get().pk: Decimal(accepted)}
    amount = claims.approve(claim, eligible=eligible, by=by(world, "broker"), now=world.now)
    assert amount == Decimal(paid)


def test_nothing_eligible_is_not_approved(world):
    claim = lives.filed(world, "meet_greet", amount=Decimal(500))
    eligible = {claim.lines.get().pk: Decimal(-5)}
    with pytest.raises(ClaimNotComplete) as refused:
        claims.approve(claim, eligible=eligible, by=by(world, "broker"), now=world.now)
    assert (refused.value.missing, lives.fresh(claim).state) == (["eligible"], K.FILED)


# --- four eyes ---


def test_who_filed_cannot_approve(world):
    claim = lives.written(world)
    # Joining the firm before the award would have kept the broker from signing it.
    Membership.objects.create(
        user=world.broker,
        organisation=world.organisation,
        state="active",
        asked_at=world.now,
        decided_at=world.now,
    )
    broker = Actor.person(User.objects.get(pk=world.broker.pk))
    claims.file(claim, by=broker, now=world.now)
    with pytest.raises(PermissionDenied):
        claims.approve(lives.fresh(claim), eligible={}, by=broker, now=world.now)


def also_finance(world: factories.World) -> None:
    world.broker.region_roles.create(
        region=world.home, role="finance", starts_at=world.now - timedelta(days=1)
    )


def test_who_approved_cannot_pay(world):
    also_finance(world)
    claim = lives.approved(world)
    with pytest.raises(PermissionDenied):
        pay(claim, Actor.person(type(world.broker).objects.get(pk=world.broker.pk)), world.now)
    assert lives.fresh(claim).state == K.APPROVED


def test_the_database_says_no_to_one_pair_of_eyes_too(world):
    claim = lives.approved(world)
    with pytest.raises(IntegrityError, match="four_eyes_pay_a_claim"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(paid_by=world.broker)


# --- time ---


def test_a_first_claim_after_the_day_is_refused_with_the_instant(world):
    claim = lives.written(world)
    world.now = claim.award.claim_by + timedelta(seconds=1)
    with pytest.raises(Refused) as refused:
        claims.file(claim, by=by(world, "sme"), now=world.now)
    [reason] = refused.value.verdict.reasons
    assert sentence(reason) == (
        "The time to claim ended on 7 January 2028, 17:00 Amsterdam time, "
        "so ask your Access Broker what you can do"
    )
    claims.file(claim, by=by(world, "sme"), now=claim.award.claim_by)


def test_what_was_sent_back_may_come_again_after_the_day(world):
    claim = lives.returned(world)
    claims.file(claim, by=by(world, "sme"), now=claim.award.claim_by + timedelta(days=3))
    assert lives.fresh(claim).state == K.FILED


def test_a_claim_is_not_begun_after_the_day(world):
    award = lives.accepted(world)
    with pytest.raises(Refused):
        claims.start(award, by=by(world, "sme"), now=award.claim_by + timedelta(seconds=1))
    assert not Claim.objects.exists()


# --- what a claim must hold ---


def test_a_claim_says_what_is_missing(world):
    award, sme = lives.accepted(world, "meet_greet", amount=Decimal(500)), by(world, "sme")
    claim = claims.start(award, by=sme, now=world.now)
    with pytest.raises(ClaimNotComplete) as empty:
        claims.file(claim, by=sme, now=world.now)
    row = claim_drafts.add_line(
        claim,
        line=lives.line(award),
        receipt=None,
        proof_of_payment=None,
        by=sme,
        now=world.now,
    )
    with pytest.raises(ClaimNotComplete) as without_files:
        claims.file(claim, by=sme, now=world.now)
    assert (empty.value.missing, without_files.value.missing, row.position) == (
        ["report", "iban", "account_holder", "vat", "lines"],
        ["report", "iban", "account_holder", "vat", "receipt-1", "proof-1"],
        1,
    )


def test_a_region_that_pays_itself_asks_for_no_account(world):
    claim = lives.written(world)
    Award.objects.filter(pk=claim.award_id).update(payee="partner")
    claim_drafts.fill(
        claim, report="Done", iban="", account_holder="", by=by(world, "sme"), now=world.now
    )
    assert claims.missing_in(lives.fresh(claim)) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"paid_on": date(2027, 3, 7)}, ReasonCode.RECEIPT_OUTSIDE_PERIOD),
        ({"paid_on": date(2027, 3, 9)}, ReasonCode.RECEIPT_IN_FUTURE),
        ({"supplier": "deutsche  bahn", "amount": Decimal(1)}, ReasonCode.RECEIPT_TWICE),
    ],
)
def test_the_action_refuses_what_the_law_refuses(world, given, code):
    claim = lives.written(world, "meet_greet", amount=Decimal(500))
    with pytest.raises(Refused) as refused:
        lives.add_line(claim, world, **{"receipt_number": "A-1", **given})
    assert (code in refused.value.verdict.codes, claim.lines.count()) == (True, 1)


def test_a_receipt_may_keep_its_own_number_when_it_changes(world):
    claim = lives.written(world, "meet_greet", amount=Decimal(500))
    row = claim.lines.get()
    claim_drafts.edit_line(
        row,
        line=lives.line(claim.award, amount=Decimal(99)),
        receipt=None,
        proof_of_payment=None,
        by=by(world, "sme"),
        now=world.now,
    )
    changed = claim.lines.get()
    assert (changed.amount, changed.receipt_id, changed.pk) == (99, row.receipt_id, row.pk)


def test_a_receipt_that_is_gone_does_not_come_back(world):
    claim = lives.written(world, "meet_greet", amount=Decimal(500))
    row = claim.lines.get()
    claim_drafts.remove_line(ClaimLine.objects.get(), by=by(world, "sme"), now=world.now)
    with pytest.raises(ClaimLine.DoesNotExist):
        claim_drafts.edit_line(
            row,
            line=lives.line(claim.award),
            receipt=None,
            proof_of_payment=None,
            by=by(world, "sme"),
            now=world.now,
        )
    assert not ClaimLine.objects.exists()


@pytest.mark.parametrize("state", [K.FILED, K.APPROVED, K.PAID])
def test_a_sent_claim_does_not_change(world, state):
    claim = MAKE[state](world, "meet_greet")
    with pytest.raises(IllegalMove):
        lives.add_line(claim, world, receipt_number="A-2")
    with pytest.raises(IllegalMove):
        claim_drafts.remove_line(claim.lines.get(), by=by(world, "sme"), now=world.now)


@pytest.mark.parametrize(
    ("account", "ok"),
    [
        ("NL91ABNA0417164300", True),
        ("DE89370400440532013000", True),
        ("BE68539007547034", True),
        ("FR1420041010050500013M02606", True),
        ("NL92ABNA0417164300", False),
        ("NL91ABNA0417164301", False),
        ("NL01ABNA0417164300", False),
        ("91NLABNA0417164300", False),
        ("NL91", False),
        ("", False),
    ],
)
def test_an_iban_is_known_by_its_check_digits(account, ok):
    assert is_iban(account) is ok


def test_an_account_is_shown_in_fours():
    assert grouped("NL91ABNA0417164300") == "NL91 ABNA 0417 1643 00"


# --- the pages ---


def address(award: Award, name: str = "claim", *args: object) -> str:
    return reverse(name, args=[award.application.reference, *args])


def words(answer) -> str:
    text = " ".join(answer.content.decode().split())
    return text.replace("> ", ">").replace(" <", "<")


def file(name: str = "receipt.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, lives.pdf() if content is None else content)


def receipt(award: Award, **given: object) -> dict[str, object]:
    kind = award.application.voucher_type.cost_kinds.get(code="travel")
    return {
        "paid_on": "8/3/2027",
        "supplier": "Deutsche Bahn",
        "receipt_number": "A-1",
        "item": "Train",
        "kind": kind.pk,
        "currency": "EUR",
        "amount": "312.50",
        "vat": "21.88",
        **given,
    }


def test_a_claim_from_the_first_page_to_the_advice(holder, world, client):
    award = lives.accepted(world, "meet_greet", amount=Decimal(500))
    holder.post(address(award, "claim_report"), {"report": "We met two groups."})
    holder.post(
        address(award, "claim_account"),
        {"account_holder": "Voorbeeld", "iban": "nl91 abna 0417 1643 00"},
    )
    holder.post(address(award, "claim_vat"), {"deducts_vat": "yes"})
    holder.post(
        address(award, "claim_receipt_new"),
        receipt(award, receipt=file(), proof_of_payment=file("bank.pdf")),
    )
    check = words(holder.get(address(award, "claim_check")))
    for shown in ("You claim €312.50", "€187.50", "NL91 ABNA 0417 1643 00", "Deutsche Bahn"):
        assert shown in check
    unsaid = holder.post(address(award, "claim_check"), {})
    sent = holder.post(address(award, "claim_check"), {"is_true": "on"})
    again = holder.post(address(award, "claim_check"), {"is_true": "on"})
    assert (unsaid.status_code, sent.status_code, again.status_code) == (422, 302, 302)
    assert "Tick that the claim is true" in words(unsaid)
    assert "Your Access Broker checks report and receipts" in words(holder.get(address(award)))

    claim = Claim.objects.get()
    assert (claim.state, claim.filed_by, claim.iban) == (K.FILED, world.sme, lives.IBAN)
    claims.approve(claim, eligible={}, by=by(world, "broker"), now=world.now)
    assert "Approved on 8 March 2027: €312.50" in words(holder.get(address(award)))
    pay(lives.fresh(claim), by(world, "finance"), world.now)
    assert "The payment advice is being made" in words(holder.get(address(award)))
    document = Document.objects.get(kind="payment_advice")
    documents.render(document.pk, now=world.now)
    page = words(holder.get(address(award)))
    advice = holder.get(address(award, "claim_advice"))
    assert "Paid on 8 March 2027: €312.50" in page
    assert address(award, "claim_advice") in page
    assert b"".join(advice.streaming_content).startswith(b"%PDF-")


def test_what_the_broker_asks_stands_on_the_page(holder, world):
    claim = lives.returned(world)
    page = words(holder.get(address(claim.award)))
    assert "Your broker asks for something more" in page
    assert "Please say whom you met." in page
    assert address(claim.award, "claim_check") in page


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("claim_report", {"report": ""}, "Write what you did and what came of it"),
        (
            "claim_account",
            {"account_holder": "Voorbeeld", "iban": "NL91 ABNA 0417 1643 01"},
            "Check the IBAN: its digits do not fit together",
        ),
        ("claim_account", {"iban": "x" * 61, "account_holder": "V"}, "It is 1 too long"),
    ],
)
def test_an_error_is_said_twice_and_loses_nothing(holder, world, name, given, sentence):
    award = lives.accepted(world)
    answer = holder.post(address(award, name), given)
    page = words(answer)
    assert (answer.status_code, page.count(sentence)) == (422, 2)
    assert all(value in page for value in given.values())
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"paid_on": "7/3/2027"}, "Enter a receipt dated from 8 March 2027 to 8 July 2027"),
        ({"paid_on": "9/3/2027"}, "it must not be in the future"),
        ({"paid_on": "soon"}, "Date of the receipt must be a date, like 2 June 2027"),
        ({"supplier": ""}, "Enter who wrote the receipt"),
        ({"amount": "0"}, "Enter an amount above 0"),
        ({"amount": "1.005"}, "must have no more than two decimal places"),
        ({"vat": "-1"}, "VAT must be 0 or more"),
        ({"kind": "0"}, "Choose a kind of cost that this voucher pays"),
        ({"receipt": file("r.pdf", b"MZ no pdf")}, "Choose a PDF, PNG or JPEG file"),
        ({"receipt": file("r.pdf", b"")}, "The file is empty. Choose another file"),
        ({"receipt": file("r.png")}, "The file&#x27;s name and content differ"),
        (
            {"proof_of_payment": file("p.pdf", b"%PDF-" + b"0" * 10 * 1024 * 1024)},
            "The file is larger than 10 MB. Choose a smaller file",
        ),
    ],
)
def test_a_wrong_receipt_is_a_sentence_and_stores_nothing(holder, world, given, sentence):
    award = lives.accepted(world, "meet_greet", amount=Decimal(500))
    sent = receipt(award, **given)
    answer = holder.post(address(award, "claim_receipt_new"), sent)
    page = words(answer)
    assert (answer.status_code, page.count(sentence)) == (422, 2)
    kept = {n: v for n, v in sent.items() if isinstance(v, str) and v and n not in SELECTS}
    for name, value in kept.items():
        assert f'name="{name}" value="{value}"' in page
    assert [*Upload.objects.filter(name__in=["r.pdf", "r.png", "p.pdf"])] == []
    assert not ClaimLine.objects.exists()


def test_a_good_file_beside_an_error_is_asked_for_again(holder, world):
    award = lives.accepted(world, "meet_greet", amount=Decimal(500))
    sent = receipt(award, supplier="", receipt=file())
    page = words(holder.post(address(award, "claim_receipt_new"), sent))
    assert page.count("Choose the file again: a page with errors does not keep it") == 2


def test_an_ineligible_kind_of_cost_is_not_offered(holder, world):
    award = lives.accepted(world, "meet_greet", amount=Decimal(500))
    page = words(holder.get(address(award, "claim_receipt_new")))
    kind = award.application.voucher_type.cost_kinds.get(code="software")
    answer = holder.post(address(award, "claim_receipt_new"), receipt(award, kind=kind.pk))
    assert ("Facility or expert fee" in page, "Software" in page) == (True, False)
    assert answer.status_code == 422


def test_the_same_receipt_is_refused_and_another_page_changes_and_removes_it(holder, world):
    award = lives.accepted(world, "meet_greet", amount=Decimal(500))
    new = address(award, "claim_receipt_new")
    holder.post(new, receipt(award))
    twice = holder.post(new, receipt(award, supplier="DEUTSCHE BAHN"))
    assert (twice.status_code, ClaimLine.objects.count()) == (422, 1)
    assert "Receipt A-1 of DEUTSCHE BAHN is in this claim already" in words(twice)
    row = ClaimLine.objects.get()
    page = address(award, "claim_receipt", row.pk)
    assert 'value="312.50"' in words(holder.get(page))
    holder.post(page, receipt(award, amount="300", receipt=file()))
    row.refresh_from_db()
    assert (row.amount, row.receipt.name, row.proof_of_payment) == (300, "receipt.pdf", None)
    overview = words(holder.get(address(award)))
    assert "The proof of payment of receipt A-1 of Deutsche Bahn" not in overview
    assert "Proof of payment missing" in overview
    remove = address(award, "claim_receipt_remove", row.pk)
    assert "Remove the receipt" in words(holder.get(remove))
    assert (holder.post(remove).status_code, ClaimLine.objects.count()) == (302, 0)
    assert holder.get(page).status_code == 404


def test_the_day_to_claim_has_passed(holder, world, freeze):
    claim = lives.written(world)
    freeze(claim.award.claim_by + timedelta(seconds=1))
    sentence = "The time to claim ended on 7 January 2028, 17:00 Amsterdam time"
    page = words(holder.get(address(claim.award)))
    answer = holder.post(address(claim.award, "claim_check"), {"is_true": "on"})
    assert (sentence in page, "Add a receipt" in page) == (True, False)
    assert (answer.status_code, sentence in words(answer)) == (409, True)
    assert lives.fresh(claim).state == K.DRAFT


@pytest.mark.parametrize("name", ["claim_report", "claim_account", "claim_receipt_new"])
def test_a_sent_claim_is_read_and_not_written(holder, world, name):
    award = lives.filed(world, "meet_greet").award
    given = {
        "claim_report": {"report": "More"},
        "claim_account": {"account_holder": "V", "iban": lives.IBAN},
        "claim_receipt_new": receipt(award, receipt_number="A-2"),
    }
    page = address(award, name)
    assert (holder.get(page).status_code, holder.post(page, given[name]).status_code) == (302, 409)


def codes(client: Client, urls: list[str]) -> list[int]:
    found = []
    for url in urls:
        answer = client.get(url)
        # A file that is not read to its end stays open.
        b"".join(getattr(answer, "streaming_content", ()))
        found.append(answer.status_code)
    return found


def test_receipts_are_for_the_firm_and_its_regions_staff(client, world):
    claim = lives.paid(world, "meet_greet", amount=Decimal(500))
    documents.render(Document.objects.get(kind="payment_advice").pk, now=world.now)
    row = claim.lines.get()
    urls = [
        address(claim.award),
        address(claim.award, "claim_file", row.receipt_id),
        address(claim.award, "claim_file", row.proof_of_payment_id),
        address(claim.award, "claim_file", claim.award.letter_id + 10**6),
        address(claim.award, "claim_advice"),
    ]
    expected = {
        "sme": [200, 200, 200, 404, 200],
        "broker": [403, 200, 200, 404, 200],
        "finance": [403, 200, 200, 404, 200],
        "manager": [403, 200, 200, 404, 200],
        "auditor": [403, 200, 200, 404, 200],
        "host_broker": [403, 404, 404, 404, 404],
        "other_broker": [404, 404, 404, 404, 404],
    }
    found = {}
    for role in expected:
        client.force_login(getattr(world, role))
        found[role] = codes(client, urls)
    client.force_login(factories.another_sme(world))
    assert (found, codes(client, urls)) == (expected, [404] * 5)


def test_a_host_that_signed_sees_no_receipts(client, world):
    claim = lives.written(world)
    lives.add_line(claim, world)
    claims.file(claim, by=by(world, "sme"), now=world.now)
    row = claim.lines.get()
    urls = [address(claim.award), address(claim.award, "claim_file", row.receipt_id)]
    client.force_login(world.host_broker)
    assert codes(client, urls) == [403, 404]


def test_a_claim_that_is_not_sent_is_the_firms_own_business(client, world):
    claim = lives.written(world, "meet_greet", amount=Decimal(500))
    url = address(claim.award, "claim_file", claim.lines.get().receipt_id)
    seen = {}
    for role in ("sme", "broker", "manager"):
        client.force_login(getattr(world, role))
        seen[role] = codes(client, [url])
    assert seen == {"sme": [200], "broker": [404], "manager": [404]}
