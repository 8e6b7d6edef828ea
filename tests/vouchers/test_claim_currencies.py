"""Receipts in other currencies: both amounts and the rate, for the firm, the desk and the files."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.models import Document
from portal.permissions import Actor
from tests.vouchers import factories, lives
from tests.vouchers.test_claims import address, file, receipt, words
from vouchers.actions import claim_drafts, claims
from vouchers.enums import Currency, RateSource
from vouchers.models import ClaimLine
from vouchers.rules.currencies import Rate
from vouchers.rules.verdict import ReasonCode, Refused

pytestmark = pytest.mark.django_db
POUNDS = {
    "currency": "GBP",
    "amount": "200",
    "vat": "40.01",
    "rate": "0.8642",
    "rate_on": "8 March 2027",
    "rate_source": "ecb",
}


@pytest.fixture
def world(freeze, settings) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def award(world):
    return lives.accepted(world, "meet_greet", amount=Decimal(500))


@pytest.fixture
def holder(client, world):
    client.force_login(world.sme)
    return client


def send(holder, award, **given):
    return holder.post(address(award, "claim_receipt_new"), receipt(award, **POUNDS | given))


def test_the_portal_computes_the_euros_and_keeps_what_the_receipt_says(holder, award):
    assert send(holder, award).status_code == 302
    row = ClaimLine.objects.get()
    assert (row.amount, row.vat) == (Decimal("231.43"), Decimal("46.30"))
    assert (row.currency, row.original_amount, row.original_vat) == ("GBP", 200, Decimal("40.01"))
    assert (row.rate, row.rate_on, row.rate_source) == (
        Decimal("0.8642"),
        date(2027, 3, 8),
        RateSource.ECB,
    )
    page = words(holder.get(address(award))).replace("\N{NO-BREAK SPACE}", " ")
    source = "Source: Reference rate of the European Central Bank."
    for said in ("€231.43", "200.00 GBP", "40.01 GBP", "1 EUR = 0.8642 GBP on 8 March 2027"):
        assert said in page
    assert source in page
    form = words(holder.get(address(award, "claim_receipt", row.pk)))
    assert ('value="200"' in form, 'value="0.8642"' in form) == (True, True)


def test_a_receipt_goes_back_to_euros(holder, award):
    send(holder, award)
    row = ClaimLine.objects.get()
    given = receipt(award, **POUNDS | {"currency": "EUR", "amount": "10"})
    assert holder.post(address(award, "claim_receipt", row.pk), given).status_code == 302
    row.refresh_from_db()
    kept = (row.original_amount, row.original_vat, row.rate, row.rate_on, row.rate_source)
    assert (row.amount, kept) == (10, (None, None, None, None, ""))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"currency": "XXX"}, "Choose a currency of the list"),
        ({"rate": ""}, "Enter how many units of the currency are 1 EUR"),
        ({"rate_on": ""}, "Enter the day of the rate"),
        ({"rate_source": ""}, "Choose where the rate comes from"),
        ({"rate_source": "friend"}, "Choose a source of the list"),
        ({"rate": "0"}, "Enter a rate above 0 with at most six decimals, like 0.8642"),
        ({"rate": "0.1234567"}, "Enter a rate above 0 with at most six decimals, like 0.8642"),
        ({"rate": "cheap"}, "must be a number, like 2,400.50"),
        ({"rate_on": "9/3/2027"}, "Enter the day of the rate: it must not be in the future"),
        ({"rate_on": "soon"}, "Day of the rate must be a date, like 2 June 2027"),
        (
            {"rate": "999999"},
            "At this rate the receipt comes to €0: check the amount and the rate",
        ),
    ],
)
def test_a_wrong_rate_is_one_sentence_and_loses_nothing(holder, award, given, sentence):
    answer = send(holder, award, **given)
    page = words(answer)
    assert (answer.status_code, page.count(sentence)) == (422, 2)
    for name, value in (POUNDS | given).items():
        if value and name in {"amount", "vat", "rate", "rate_on"}:
            assert f'name="{name}" value="{value}"' in page
    assert not ClaimLine.objects.exists()


def test_an_odd_rate_is_kept_and_told_to_both_sides(holder, award, world, freeze):
    freeze(lives.later(world, days=60).now)
    answer = send(holder, award, rate_on="1 May 2027", receipt=file(), proof_of_payment=file())
    assert answer.status_code == 302
    odd = "The rate is of 1 May 2027 and the receipt of 8 March 2027, more than 31 days apart"
    weekend = "The European Central Bank publishes no rate on a weekend, and 1 May 2027 is one"
    claim = ClaimLine.objects.get().claim
    page = words(holder.get(address(award)))
    by = Actor.person(world.sme)
    account = {"iban": lives.IBAN, "account_holder": "Voorbeeld"}
    claim_drafts.fill(claim, report="Done.", **account, by=by, now=world.now)
    claim_drafts.say_vat(claim, deducts_vat=True, by=by, now=world.now)
    claims.file(claim, by=by, now=world.now)
    holder.force_login(world.broker)
    desk = words(holder.get(reverse("admin:vouchers_claim_change", args=[claim.pk])))
    assert [said in text for said in (odd, weekend) for text in (page, desk)] == [True] * 4


def test_the_action_refuses_a_rate_to_come(world, award):
    claim = claims.start(award, by=Actor.person(world.sme), now=world.now)
    rate = Rate(per_euro=Decimal("0.8"), on=date(2027, 3, 9), source=RateSource.BANK)
    with pytest.raises(Refused) as refused:
        lives.add_line(claim, world, currency=Currency.GBP, rate=rate)
    assert refused.value.verdict.codes == (ReasonCode.RATE_IN_FUTURE,)


def paid_in_kroner(world) -> ClaimLine:
    claim = lives.written(world, "meet_greet", amount=Decimal(500))
    rate = Rate(per_euro=Decimal("7.46"), on=date(2027, 3, 8), source=RateSource.BANK)
    given = {"amount": Decimal(746), "vat": Decimal(0), "receipt_number": "K-1"}
    row = lives.add_line(claim, world, currency=Currency.DKK, rate=rate, **given)
    claims.file(claim, by=Actor.person(world.sme), now=world.now)
    claims.approve(lives.fresh(claim), eligible={}, by=Actor.person(world.broker), now=world.now)
    by = Actor.person(world.finance)
    claims.pay(lives.fresh(claim), payment_reference="1", by=by, now=world.now)
    row.refresh_from_db()
    return row


def test_the_payment_advice_prints_both(world):
    paid_in_kroner(world)
    facts = Document.objects.get(kind="payment_advice").facts
    euros, kroner = (line["original"].split("; ") for line in facts["claim_lines"])
    assert euros == [""]
    assert kroner == [
        "746.00\N{NO-BREAK SPACE}DKK and 0.00\N{NO-BREAK SPACE}DKK VAT",
        "1 EUR = 7.46 DKK on 8 March 2027. Source: Statement of the firm's bank",
    ]
    assert [line["accepted"] for line in facts["claim_lines"]] == ["312.50", "100.00"]


def test_the_receipts_of_a_pile_are_a_csv_within_the_regions(client, world):
    row = paid_in_kroner(world)
    page = reverse("admin:vouchers_claim_receipts")
    found = {}
    for role in ("finance", "auditor", "host_broker"):
        client.force_login(getattr(world, role))
        answer = client.get(page, {"tab": "paid"})
        text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
        found[role] = list(csv.DictReader(io.StringIO(text)))
    assert (found["host_broker"], found["finance"]) == ([], found["auditor"])
    euros, kroner = found["finance"]
    assert (euros["original_currency"], euros["original_amount"], euros["amount"]) == (
        "EUR",
        "",
        "312.50",
    )
    names = ("original_currency", "original_amount", "units_per_eur", "rate_on", "rate_source")
    assert [kroner[name] for name in (*names, "amount", "eligible_amount", "claim")] == [
        "DKK",
        "746.00",
        "7.460000",
        "2027-03-08",
        "bank",
        "100.00",
        "100.00",
        str(row.claim),
    ]


def test_the_database_keeps_no_foreign_receipt_without_a_rate(world):
    claim = lives.written(world, "meet_greet", amount=Decimal(500))
    with (
        pytest.raises(IntegrityError, match="a_foreign_receipt_names_its_rate"),
        transaction.atomic(),
    ):
        claim.lines.update(currency="GBP")
