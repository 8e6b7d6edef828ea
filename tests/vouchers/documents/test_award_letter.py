"""The award letter's facts."""

import hashlib
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pypdf
import pytest

from portal import documents as kernel
from portal.enums import DocumentState, GrantingMoment
from portal.models import ProgrammeRegion
from portal.permissions import Actor
from portal.workflow import action
from tests.verapdf import verapdf
from tests.vouchers.documents.conftest import NOON
from vouchers import documents
from vouchers.enums import AidBasis, AmountKind, Payee
from vouchers.models import DeclaredAid


@action
def issue(award, *, by, now):
    return kernel.issue(
        documents.AWARD_LETTER,
        award,
        number="LSV-1-0022-A-L",
        title=documents.award_letter_title(award, language="en"),
        facts=facts(award),
        language="en",
        programme=award.application.call.programme,
        by=by,
        now=now,
    )


def facts(award, language="en"):
    return documents.award_letter_facts(award, language=language)


def test_an_award_letter_says_who_what_where_and_when(award):
    said = facts(award)

    assert {key: said[key] for key in said if key not in {"frame", "duties", "added", "aid"}} == {
        "sme_name": "Voorbeeld Implants BV",
        "sme_address": ["Voorbeeldstraat 1", "0000 AA Voorbeeld", "Netherlands"],
        "voucher_kind": "collaboration",
        "voucher_label": "Collaboration",
        "title_of_project": "Wear test for a titanium wrist implant",
        "home_region": "East Netherlands",
        "award_number": "LSV-1-0022-A",
        "application_number": "LSV-1-0022",
        "call": "Call 1",
        "decided_at": NOON,
        "message": "",
        "amount": Decimal("7000.00"),
        "amount_rule": "a fixed amount, paid on an accepted report",
        "host_region": "Wallonia",
        "provider_name": "Laboratoire Exemple",
        "start_on": date(2027, 6, 1),
        "end_on": date(2027, 11, 30),
        "claim_by": datetime(2027, 12, 31, 16, 0, tzinfo=UTC),
        "validity_months": 12,
        "claim_days": 30,
        "accept_by": datetime(2027, 5, 6, 15, 0, tzinfo=UTC),
        "appeal_by": date(2027, 5, 6),
        "purpose": "Work together on an innovative product or service.",
        "cost_lines": [
            {
                "description": "Wear test",
                "kind": "Service of the partner",
                "amount": Decimal("5600.00"),
                "vat": Decimal("0.00"),
            },
            {
                "description": "Imaging",
                "kind": "Service of the partner",
                "amount": Decimal("2600.00"),
                "vat": Decimal("0.00"),
            },
        ],
        "cost_totals": [
            {"label": "Eligible costs without VAT", "amount": Decimal("8200.00")},
            {"label": "The voucher pays", "amount": Decimal("7000.00")},
            {"label": "You pay", "amount": Decimal("1200.00")},
        ],
        "signatures": [
            {
                "name": "B. Voorbeeld",
                "role": "Access Broker, East Netherlands",
                "signed_at": datetime(2027, 4, 22, 8, 0, tzinfo=UTC),
            },
            {
                "name": "C. Exemple",
                "role": "Access Broker, Wallonia",
                "signed_at": datetime(2027, 4, 22, 9, 0, tzinfo=UTC),
            },
        ],
    }


def test_the_aid_statement_names_act_equivalent_history_and_headroom(award):
    assert facts(award)["aid"] == {
        "kind": "de minimis aid",
        "legal_act": (
            "Commission Regulation (EU) 2023/2831 of 13 December 2023 on the application of "
            "Articles 107 and 108 of the Treaty on the Functioning of the European Union to de "
            "minimis aid (OJ L, 2023/2831, 15.12.2023)"
        ),
        "gross_grant_equivalent": Decimal("7000.00"),
        "granting_sentence": "The aid is granted on the day you accept.",
        "ceiling": Decimal("300000.00"),
        "member_state": "Netherlands",
        "since": date(2024, 4, 22),
        "history": [
            {
                "granted_on": date(2025, 9, 3),
                "authority": "Province of Voorbeeld",
                "source": "You declared it",
                "amount": Decimal("10000.00"),
            }
        ],
        "total": Decimal("17000.00"),
        "left": Decimal("283000.00"),
    }


@pytest.mark.parametrize(
    ("day", "act"),
    [
        (datetime(2013, 12, 31, 12, tzinfo=UTC), "(EC) No 1998/2006"),
        (datetime(2014, 1, 1, 12, tzinfo=UTC), "(EU) No 1407/2013"),
        (datetime(2024, 1, 1, 12, tzinfo=UTC), "(EU) 2023/2831"),
    ],
)
def test_the_legal_act_is_the_one_in_force_on_the_day_of_the_letter(award, day, act):
    award.application.told_at = day

    assert act in facts(award)["aid"]["legal_act"]


def test_aid_of_another_member_state_is_not_on_the_letter(award):
    DeclaredAid.objects.update(member_state="DE")

    said = facts(award)["aid"]

    assert (said["history"], said["total"]) == ([], Decimal("7000.00"))


def test_the_granting_sentence_follows_the_region(award):
    ProgrammeRegion.objects.update(granting_moment=GrantingMoment.DECISION)

    said = facts(award)["aid"]["granting_sentence"]

    assert said == "The aid is granted on the day of the decision."


def test_block_exempted_aid_has_no_ceiling_and_what_is_no_aid_no_statement(award, voucher_type):
    voucher_type.aid_basis = AidBasis.GBER_20A
    award.application.voucher_type = voucher_type
    exempted = facts(award)["aid"]
    voucher_type.aid_basis = AidBasis.NONE

    assert (exempted["legal_act"][:11], exempted["ceiling"], facts(award)["aid"]) == (
        "Article 20a",
        None,
        None,
    )


def test_a_british_award_names_its_own_act(award, voucher_type):
    voucher_type.aid_basis = AidBasis.MFA
    award.application.voucher_type = voucher_type
    said = facts(award)["aid"]
    assert (said["kind"], said["legal_act"], said["history"]) == (
        "Minimal Financial Assistance",
        "Subsidy Control Act 2022 of the United Kingdom, section 36",
        [],
    )


def test_duties_name_report_publicity_retention_recovery_and_payment(award):
    duties = facts(award)["duties"]

    words = ["named partner", "report", "Co-funded by", "ten years", "SME", "back", "We pay you"]
    assert [word in duty for word, duty in zip(words, duties, strict=True)] == [True] * 7


def test_the_payee_and_the_kind_of_amount_change_the_words(award, voucher_type):
    award.payee = Payee.PROVIDER
    voucher_type.amount_kind = AmountKind.CAPPED
    award.application.voucher_type = voucher_type

    said = facts(award)

    assert (said["duties"][-1], said["amount_rule"]) == (
        "We pay your partner after your broker has approved your claim.",
        "at most, for costs that you prove",
    )


def test_a_voided_signature_is_not_printed(award):
    award.application.signatures.filter(side="host").update(voided_at=NOON)

    assert [row["name"] for row in facts(award)["signatures"]] == ["B. Voorbeeld"]


def test_an_issued_letter_becomes_a_file_whose_attachment_has_the_printed_code(award, tmp_path):
    issued = issue(award, by=Actor.clock(), now=NOON)

    assert kernel.render(issued.pk, now=NOON) is True
    issued.refresh_from_db()

    with issued.file.open() as file:
        content = file.read()
    reader = pypdf.PdfReader(io.BytesIO(content))
    code = hashlib.sha256(reader.attachments["award_letter.json"][0]).hexdigest()
    text = " ".join(reader.pages[-1].extract_text().split())
    printed = f"code {issued.code[:4]} {issued.code[4:]}"
    assert (issued.state, issued.sha256, code, printed in text) == (
        DocumentState.READY,
        hashlib.sha256(content).hexdigest(),
        issued.content_hash,
        True,
    )
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(content)
    assert verapdf(letter) == []
