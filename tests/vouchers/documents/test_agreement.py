"""The agreement's text, the text with its signatures, and the appendix of a change."""

import io
from datetime import UTC, date, datetime

import pypdf
import pytest

from portal import documents as kernel
from portal.models import User
from portal.permissions import Actor
from portal.workflow import action
from tests.verapdf import verapdf
from tests.vouchers.documents.conftest import NOON
from vouchers import documents
from vouchers.enums import AgreementState, AidBasis, AwardChangeKind, AwardChangeState
from vouchers.models import Agreement, AwardChange


@action
def issue(award, kind, suffix, facts, language="en"):
    return kernel.issue(
        kind,
        award,
        number=f"{award.number}-{suffix}",
        title="A title",
        facts=facts,
        language=language,
        programme=award.application.call.programme,
        by=Actor.clock(),
        now=NOON,
    )


@pytest.fixture
def agreement(award):
    host = award.application.hosts.get()
    award.signatory_name, award.signatory_role = "A. Voorbeeld", "Director"
    award.accepted_at = NOON
    award.save()
    facts = documents.agreement_facts(award, host, language="en")
    return Agreement.objects.create(
        award=award,
        state=AgreementState.SIGNED,
        partner=host.name,
        contact_email=host.contact_email,
        text=issue(award, documents.AGREEMENT, "A", facts),
        firm_email="a@example.org",
        sign_by=NOON,
        answered_at=datetime(2027, 4, 23, 8, 30, tzinfo=UTC),
        signatory_name="C. Exemple",
        signatory_role="Head of laboratory",
        signed_on=date(2027, 4, 23),
    )


def clauses(award, **more):
    host = award.application.hosts.get()
    facts = documents.agreement_facts(award, host, language=more.pop("language", "en"))
    return {clause["heading"]: " ".join(clause["text"]) for clause in facts["clauses"]}


def test_the_text_says_all_that_a_grant_agreement_says(award):
    assert clauses(award) == {
        "Work and purpose": (
            "The provider works for the firm on “Wear test for a titanium wrist implant”, as "
            "described in application LSV-1-0022. Work together on an innovative product or "
            "service."
        ),
        "Amount and payment": (
            "The Collaboration voucher pays a fixed amount of €7,000 on an accepted report. It is "
            "paid to the firm, after the region has approved its claim."
        ),
        "Granting date and validity": (
            "The aid is granted on the day on which the firm signs. No work is done or ordered "
            "before that day. It ends 12 months after the firm has signed. The firm claims within "
            "30 days after the end."
        ),
        "State aid": (
            "The voucher is de minimis aid under Commission Regulation (EU) 2023/2831 of 13 "
            "December 2023 on the application of Articles 107 and 108 of the Treaty on the "
            "Functioning of the European Union to de minimis aid (OJ L, 2023/2831, 15.12.2023). "
            "Its gross grant equivalent is €7,000."
        ),
        "Publicity": (
            "Firm and provider say in public texts about the project that Life Sciences Vouchers "
            "supported it, with its emblem and the words “Co-funded by the European Union”."
        ),
        "Audit and retention": (
            "Firm and provider keep all documents for ten years from the day on which the aid is "
            "granted, and show them to auditors who ask."
        ),
        "Changes": (
            "The firm tells its Access Broker within seven days of any change of what the award "
            "rests on: when it is sold, merges or ceases to be an SME, and when the work, its "
            "dates or its people change."
        ),
        "Recovery": (
            "Who was paid pays the money back if what was declared is untrue or the work is not "
            "done as agreed."
        ),
        "Results and confidentiality": (
            "Intellectual property and confidentiality are settled in a separate contract between "
            "firm and provider. The partner organisation takes no part in it."
        ),
        "Signatures": (
            "The partner organisation signs by its decision, the firm by accepting the award. The "
            "provider signs within 14 days after that, else award and agreement lapse."
        ),
    }


def test_a_decision_that_grants_names_its_day_and_what_is_no_aid_says_so(award):
    award.granted_on = date(2027, 4, 22)
    award.application.voucher_type.aid_basis = AidBasis.NONE
    award.application.offer.voucher_type.aid_basis = AidBasis.NONE
    said = clauses(award)
    assert said["State aid"] == "The voucher is no state aid."
    assert said["Granting date and validity"].startswith(
        "The aid is granted on 22 April 2027, the day of the decision."
    )


def test_the_text_tells_the_provider_nothing_of_earlier_aid(award):
    host = award.application.hosts.get()
    said = str(documents.agreement_facts(award, host, language="en"))
    assert "Province of Voorbeeld" not in said
    assert "10000" not in said


def test_the_parties_are_named_with_what_identifies_them(award):
    host = award.application.hosts.get()
    parties = documents.agreement_facts(award, host, language="en")["parties"]
    assert [(one["role"], one["name"], one["lines"]) for one in parties] == [
        (
            "The firm",
            "Voorbeeld Implants BV",
            ["Register number 00000001", "Voorbeeldstraat 1, 0000 AA Voorbeeld, Netherlands"],
        ),
        ("The provider", "Laboratoire Exemple", ["Wallonia, Belgium"]),
        ("The partner organisation", "East Netherlands Agency", ["East Netherlands"]),
    ]


def printed(document, folder):
    assert kernel.render(document.pk, now=NOON) is True
    document.refresh_from_db()
    path = folder / f"{document.number}.pdf"
    with document.file.open() as file:
        path.write_bytes(file.read())
    pages = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages
    return path, " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("language", ["en", "de"])
def test_text_and_signed_text_are_accessible_files_with_a_code(agreement, tmp_path, language):
    path, text = printed(agreement.text, tmp_path)
    assert (verapdf(path), "Name, role, day and signature" in text) == ([], True)
    facts = documents.signed_agreement_facts(agreement, language=language)
    signed = issue(agreement.award, documents.AGREEMENT, "AS", facts, language)
    path, text = printed(signed, tmp_path)
    code = agreement.text.code
    assert verapdf(path) == []
    for words in ("B. Voorbeeld", "A. Voorbeeld", "C. Exemple", f"{code[:4]} {code[4:]}"):
        assert words in text


def test_an_appendix_names_the_new_end(award, agreement, tmp_path):
    change = AwardChange.objects.create(
        award=award,
        kind=AwardChangeKind.EXTENSION,
        state=AwardChangeState.APPROVED,
        text="The samples come in autumn.",
        months=6,
        asked_at=NOON,
        asked_by=award.application.started_by,
        answer="Agreed.",
        answered_at=NOON,
        answered_by=User.objects.get(email="home@example.org"),
    )
    facts = documents.appendix_facts(change, language="en")
    path, text = printed(issue(award, documents.APPENDIX, "X1", facts), tmp_path)
    assert verapdf(path) == []
    for words in ("The work ends on 30 November 2027.", "The samples come in autumn.", "Agreed."):
        assert words in text
