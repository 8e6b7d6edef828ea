"""Payments to make, a batch and its files at the desk; the account that the SME corrects."""

import csv
import io
from datetime import timedelta
from xml.etree import ElementTree

import pytest
import xmlschema
from django.urls import reverse
from sepaxml import validation

from portal.models import ProgrammeRegion
from tests.vouchers import factories, lives
from tests.vouchers.test_bank_refusals import bounce
from tests.vouchers.test_budgets import cost
from tests.vouchers.test_claims_desk import errors, look, offered, press
from tests.vouchers.test_payment_batches import (
    approved,
    execute,
    item,
    make,
    refuse,
    verbs,
    with_account,
)
from vouchers.actions import erasure
from vouchers.documents.instruction import SCHEMA
from vouchers.enums import BatchState, ClaimState
from vouchers.models import Claim, Instruction, PaymentBatch

pytestmark = pytest.mark.django_db
NEW = "/admin/vouchers/paymentbatch/new/"
PAIN = {"p": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}


@pytest.fixture
def world(freeze, settings) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return with_account(factories.make_world())


def send(client, world, *claims, user=None, day=None, pot="NL-ENL"):
    """Tick the claims and press the button."""
    client.force_login(user or world.finance)
    pk = world.pots[pot].pk
    given = {
        "pot": pk,
        f"pot{pk}-claim": [claim.pk for claim in claims],
        f"pot{pk}-execution_date": day or world.now.date().isoformat(),
    }
    return client.post(NEW, given)


def file(client, user, batch, kind):
    client.force_login(user)
    return client.get(reverse("admin:vouchers_paymentbatch_file", args=[batch.pk, kind]))


def said(answer) -> list[str]:
    return [str(words) for found in answer.context["form"].errors.values() for words in found]


def test_finance_chooses_claims_and_makes_a_batch(client, world):
    good, wrong = approved(world, 300), approved(world, iban="NL92ABNA0417164300")
    client.force_login(world.finance)
    page = client.get(NEW).content.decode()
    assert "NL…4300" in page
    assert lives.IBAN not in page
    assert "The digits of the account do not fit together" in page
    assert f'aria-label="Pay {wrong}"' not in page

    answer = send(client, world, good)

    batch = PaymentBatch.objects.get()
    assert answer["Location"] == reverse("admin:vouchers_paymentbatch_change", args=[batch.pk])
    assert [one.claim for one in batch.instructions.all()] == [good]
    page = client.get(answer["Location"]).content.decode()
    assert "The batch is made. Give its file to the bank, then say so here." in page
    assert (batch.number in page, batch.sha256 in page) == (True, True)


def test_pressing_twice_makes_one_batch_and_leads_to_it(client, world):
    rows = [approved(world), approved(world)]
    first, second = send(client, world, *rows), send(client, world, *rows)
    assert first["Location"] == second["Location"]
    assert PaymentBatch.objects.count() == 1


@pytest.mark.parametrize("stale", ["paid", "instructed"])
def test_a_stale_page_gets_a_sentence_and_makes_nothing(client, world, stale):
    good, gone = approved(world), approved(world)
    if stale == "paid":
        press(client, world.finance, gone, "pay", payment_reference="X")
    else:
        make(world, gone)
    before = PaymentBatch.objects.count()

    answer = send(client, world, good, gone)

    words = {
        "paid": f"{gone}: This claim does not wait for payment any more",
        "instructed": f"{gone}: Payment batch LSV-NL-ENL-0001 has this claim: say there what the "
        "bank has done",
    }
    assert (answer.status_code, said(answer)) == (409, [words[stale]])
    assert PaymentBatch.objects.count() == before
    assert f'value="{good.pk}"\n' in answer.content.decode()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2027-03-01", "Choose a day from today on: the bank pays on it"),
        ("soon", "Enter a date like 2026-11-30"),
        ("", "Enter the day on which the bank pays"),
    ],
)
def test_a_day_that_cannot_be_gets_a_sentence(client, world, day, words):
    claim = approved(world)
    pk = world.pots["NL-ENL"].pk
    client.force_login(world.finance)
    given = {"pot": pk, f"pot{pk}-claim": [claim.pk], f"pot{pk}-execution_date": day}
    answer = client.post(NEW, given)
    assert said(answer) == [words]
    assert not PaymentBatch.objects.exists()


def test_nothing_ticked_and_what_is_no_number_get_a_sentence(client, world):
    claim = approved(world)
    pk = world.pots["NL-ENL"].pk
    client.force_login(world.finance)
    given = {"pot": pk, f"pot{pk}-claim": ["x", "9" * 40], f"pot{pk}-execution_date": "2027-03-09"}
    assert said(client.post(NEW, given)) == ["Tick at least one claim"]
    for pot in ("", "x", "9" * 40, str(10**9)):
        assert client.post(NEW, {**given, "pot": pot}).status_code == 404
    assert lives.fresh(claim).state == ClaimState.APPROVED


def test_walls_of_the_pages(client, world):
    claim, batch = approved(world), None
    batch = make(world, approved(world))
    pages = {}
    for name in ("finance", "broker", "manager", "auditor", "host_broker", "other_broker"):
        user = getattr(world, name)
        shown = look(client, user, batch)
        client.force_login(user)
        pages[name] = (
            str(claim) in client.get(NEW).content.decode(),
            shown.status_code,
            offered(shown) if shown.status_code == 200 else [],
            file(client, user, batch, "xml").status_code,
            file(client, user, batch, "csv").status_code,
            send(client, world, claim, user=user).status_code if name != "finance" else 0,
        )
    sees = (True, 200, [], 200, 200, 403)
    nothing = (False, 404, [], 404, 404, 404)
    assert pages == {
        "finance": (True, 200, ["discard", "execute"], 200, 200, 0),
        "broker": sees,
        "manager": sees,
        "auditor": sees,
        "host_broker": nothing,
        "other_broker": nothing,
    }


@pytest.mark.parametrize("verb", ["execute", "discard"])
@pytest.mark.parametrize(
    ("who", "code"), [("broker", 403), ("manager", 403), ("other_broker", 404)]
)
def test_verbs_of_others(client, world, verb, who, code):
    batch = make(world, approved(world))
    answer = press(client, getattr(world, who), batch, verb, reason="X")
    assert answer.status_code == code
    one = batch.instructions.get().pk
    refusing = reverse("admin:vouchers_paymentbatch_refuse", args=[batch.pk, one])
    assert client.get(refusing).status_code == code


def test_finance_says_that_the_bank_has_executed_it(client, world):
    claim = approved(world)
    batch = make(world, claim)
    given = {"executed_on": "2027-03-08", "payment_reference": "BANK 7"}
    future = press(
        client, world.finance, batch, "execute", **{**given, "executed_on": "2027-03-09"}
    )
    assert errors(future) == ["Enter the day on which the bank has paid, today or before"]
    answer = press(client, world.finance, batch, "execute", **given)
    assert (answer.status_code, lives.fresh(claim).state) == (302, ClaimState.PAID)
    again = press(client, world.finance, batch, "execute", **given)
    assert (again.status_code, offered(look(client, world.finance, batch))) == (409, [])


def test_finance_notes_a_refusal_with_the_bank_s_reason(client, world):
    claim = approved(world)
    batch = make(world, claim)
    page = reverse("admin:vouchers_paymentbatch_refuse", args=[batch.pk, item(claim).pk])
    client.force_login(world.finance)
    assert client.get(page).status_code == 200
    assert said(client.post(page, {"code": ""})) == ["Choose the bank's reason"]
    assert said(client.post(page, {"code": "NARR"})) == ["Write the bank's reason"]
    assert client.post(page, {"code": "AC01", "note": "No such account"}).status_code == 302
    assert client.post(page, {"code": "AC01"}).status_code == 409
    assert lives.fresh(claim).account_refusal == "AC01"
    client.force_login(world.broker)
    assert client.get(page).status_code == 403


def test_the_claim_s_page_offers_what_the_bank_may_have_done(client, world):
    claim = approved(world)
    seen = [offered(look(client, world.finance, claim))]
    batch = make(world, claim)
    seen.append(offered(look(client, world.finance, claim)))
    by_hand = press(client, world.finance, claim, "pay", payment_reference="X")
    execute(world, batch)
    seen.append(offered(look(client, world.finance, claim)))
    sent_back = press(client, world.finance, claim, "bounce", code="AC04", note="Closed")
    seen.append(offered(look(client, world.finance, claim)))
    assert seen == [["ask_account", "pay"], [], ["bounce"], []]
    assert errors(by_hand) == [
        f"Payment batch {batch} has this claim: say there what the bank has done"
    ]
    assert (sent_back.status_code, lives.fresh(claim).state) == (302, ClaimState.APPROVED)
    assert press(client, world.broker, claim, "bounce", code="AC04").status_code == 403
    assert press(client, world.finance, claim, "bounce", code="AC04").status_code == 409


def test_pages_cost_the_same_at_any_length(client, world):
    batch = make(world, approved(world))
    approved(world)
    client.force_login(world.finance)
    pages = [NEW, reverse("admin:vouchers_paymentbatch_changelist")]
    few = [len(cost(client, page)) for page in pages]
    one = len(cost(client, reverse("admin:vouchers_paymentbatch_change", args=[batch.pk])))
    for _number in range(2):
        approved(world)
    more = make(world, approved(world), approved(world), approved(world))
    three = len(cost(client, reverse("admin:vouchers_paymentbatch_change", args=[more.pk])))
    assert [len(cost(client, page)) for page in pages] == few
    assert (max(few) <= 12, one == three <= 20) == (True, True)


# --- files ---


def test_the_bank_s_file_says_every_payment_and_fits_its_schema(client, world):
    first = approved(world, "300.50")
    second = approved(world, 150, account_holder="Æther & Łódź “Ünïcode” GmbH")
    batch = make(world, first, second, execution_date=world.now.date() + timedelta(days=3))
    answer = file(client, world.finance, batch, "xml")
    text = answer.content.decode()
    folder = validation.__file__.rpartition("/")[0]
    xmlschema.XMLSchema(f"{folder}/schemas/{SCHEMA}.xsd").validate(text)
    root = ElementTree.fromstring(text)

    def texts(path):
        return [element.text for element in root.findall(path, PAIN)]

    top, one = "./p:CstmrCdtTrfInitn/", "./p:CstmrCdtTrfInitn/p:PmtInf/"
    pay = f"{one}p:CdtTrfTxInf/"
    assert {
        "number": texts(f"{top}p:GrpHdr/p:MsgId") + texts(f"{one}p:PmtInfId"),
        "count": texts(f"{top}p:GrpHdr/p:NbOfTxs"),
        "sum": texts(f"{top}p:GrpHdr/p:CtrlSum"),
        "at": texts(f"{top}p:GrpHdr/p:CreDtTm"),
        "day": texts(f"{one}p:ReqdExctnDt/p:Dt"),
        "debtor": texts(f"{one}p:Dbtr/p:Nm") + texts(f"{one}p:DbtrAcct/p:Id/p:IBAN"),
        "bank": texts(f"{one}p:DbtrAgt/p:FinInstnId/p:BICFI"),
        "names": texts(f"{pay}p:Cdtr/p:Nm"),
        "amounts": texts(f"{pay}p:Amt/p:InstdAmt"),
        "ids": texts(f"{pay}p:PmtId/p:EndToEndId"),
        "remittance": texts(f"{pay}p:RmtInf/p:Ustrd")[0],
    } == {
        "number": ["LSV-NL-ENL-0001"] * 2,
        "count": ["2"],
        "sum": ["450.50"],
        "at": ["2027-03-08T09:00:00Z"],
        "day": ["2027-03-11"],
        "debtor": ["Voorbeeld Oost N.V.", lives.IBAN],
        "bank": ["ABNANL2A"],
        "names": ["Voorbeeld Biotech BV", "AEther + Lodz 'Uenicode' GmbH"],
        "amounts": ["300.50", "150.00"],
        "ids": [f"{claim.award.number}-P1" for claim in (first, second)],
        "remittance": f"LSV voucher {first.award.number}, claim 1",
    }
    assert answer["Content-Disposition"] == 'attachment; filename="LSV-NL-ENL-0001.xml"'
    assert file(client, world.finance, batch, "pdf").status_code == 404


def test_without_a_bic_the_file_says_so(world):
    ProgrammeRegion.objects.update(debtor_bic="")
    root = ElementTree.fromstring(make(world, approved(world)).instruction)
    bank = ".//p:DbtrAgt/p:FinInstnId/p:Othr/p:Id"
    assert [element.text for element in root.findall(bank, PAIN)] == ["NOTPROVIDED"]


def test_the_list_computes_nothing_in_a_spreadsheet(client, world):
    claim = approved(world, 300, account_holder="+Plus (Oost) BV")
    batch = make(world, claim)
    answer = file(client, world.auditor, batch, "csv")
    [row] = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert row == {
        "batch": batch.number,
        "execution_date": "2027-03-08",
        "claim": str(claim),
        "reference": f"{claim.award.number}-P1",
        "account_holder": "'+Plus (Oost) BV",
        "iban": lives.IBAN,
        "amount": "300.00",
        "currency": "EUR",
        "remittance": f"LSV voucher {claim.award.number}, claim 1",
        "state": "open",
        "bank_reason": "",
    }


@pytest.mark.parametrize(("who", "links"), [("finance", False), ("manager", True)])
def test_without_a_paying_account_there_is_a_list_and_a_sentence(client, world, who, links):
    ProgrammeRegion.objects.update(debtor_name="", debtor_iban="", debtor_bic="")
    batch = make(world, approved(world))
    approved(world)
    user = getattr(world, who)
    codes = [file(client, user, batch, kind).status_code for kind in ("xml", "csv")]
    assert (codes, batch.sha256) == ([404, 200], "")
    where = reverse("admin:portal_programme_change", args=[world.programme.pk])
    for page in (client.get(NEW), look(client, user, batch)):
        shown = page.content.decode()
        assert "names no paying account for this region" in shown
        assert (f'href="{where}">Set the paying account' in shown) is links


def test_an_erased_payee_is_in_no_file_any_more(client, world):
    claim = approved(world)
    batch = make(world, claim)
    execute(world, batch)
    hash_before = batch.sha256
    now = world.now + timedelta(days=4000)
    erasure.erase_file(claim.award.application, why="wish", by=factories.SET_UP, now=now)
    row = Instruction.objects.get()
    assert (row.name, row.iban) == ("", "")
    batch.refresh_from_db()
    assert (batch.instruction, batch.sha256, batch.state) == ("", hash_before, BatchState.DONE)
    assert file(client, world.finance, batch, "xml").status_code == 404
    assert "The file is erased" in look(client, world.finance, batch).content.decode()


# --- the SME ---


def owner(claim):
    return claim.award.application.organisation.memberships.get().user


def test_the_sme_corrects_a_refused_account_and_nothing_else(client, world):
    claim = approved(world)
    make(world, claim)
    refuse(world, claim)
    client.force_login(owner(claim))
    address = claim.award.application.address
    page, start = (reverse(name, args=[address]) for name in ("claim_account", "claim"))
    shown = client.get(start).content.decode()
    assert "The bank says: AC04: the account is closed." in shown
    assert "Closed in May." in shown
    assert page in client.get(reverse("applications")).content.decode()
    form = client.get(page).context["form"]
    assert list(form.fields) == ["account_holder", "iban"]
    given = {"account_holder": "Nieuw BV", "iban": "DE00 3704 0044 0532 0130 00"}
    wrong = client.post(page, given)
    assert (wrong.status_code, wrong.context["form"]["iban"].value()) == (422, given["iban"])
    assert "Check the IBAN: its digits do not fit together." in wrong.content.decode()
    right = client.post(page, {**given, "iban": "DE89 3704 0044 0532 0130 00"}, follow=True)
    assert "We pay to the account that you named now." in right.content.decode()
    row = lives.fresh(claim)
    assert (row.iban, row.account_holder, row.account_refused_at, row.report) == (
        "DE89370400440532013000",
        "Nieuw BV",
        None,
        claim.report,
    )
    assert verbs(claim)[-1] == "correct_account"
    late = client.post(page, {**given, "iban": lives.IBAN}, follow=True)
    assert "Nobody waits for another account any more" in late.content.decode()
    assert lives.fresh(claim).iban == "DE89370400440532013000"
    assert client.get(page).status_code == 302


def test_another_firm_corrects_nothing(client, world):
    claim = approved(world)
    execute(world, make(world, claim))
    bounce(world, claim)
    client.force_login(factories.another_sme(world))
    page = reverse("claim_account", args=[claim.award.application.address])
    given = {"account_holder": "Mine", "iban": lives.IBAN}
    assert client.post(page, given).status_code == 404
    client.force_login(world.broker)
    assert client.post(page, given).status_code == 403
    assert Claim.objects.get(pk=claim.pk).account_refused_at is not None
