"""One application, decided, awarded, claimed and paid, as rows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from portal.models import Organisation, Programme, ProgrammeRegion, Region, User
from vouchers.enums import AidBasis, AmountKind, ApplicationState, AwardState, ClaimState, Side
from vouchers.models import (
    Answer,
    Application,
    Award,
    Call,
    CallVoucherType,
    Claim,
    ClaimLine,
    CostKind,
    CostLine,
    Decision,
    DeclaredAid,
    Host,
    Pot,
    Question,
    QuestionSet,
    Signature,
    Submission,
    Undertaking,
    UndertakingMember,
    VoucherType,
)
from vouchers.snapshots import content_of

NOON = datetime(2027, 4, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def programme(db):
    return Programme.objects.create(
        code="LSV",
        name="Life Sciences Vouchers",
        short_name="LSV",
        starts_on=date(2026, 1, 1),
        ends_on=date(2029, 12, 31),
        funders="The regions and the European Union",
        funding_statement="Co-funded by the European Union",
        funding_number="LSV-1",
    )


@pytest.fixture
def regions(programme):
    home = Region.objects.create(
        code="NL-ENL",
        slug="east-netherlands",
        name="East Netherlands",
        country="NL",
        nuts="NL2",
        time_zone="Europe/Amsterdam",
        broker_organisation="Oost Voorbeeld",
    )
    host = Region.objects.create(
        code="BE-WAL",
        slug="wallonia",
        name="Wallonia",
        country="BE",
        nuts="BE3",
        time_zone="Europe/Brussels",
    )
    for region in (home, host):
        ProgrammeRegion.objects.create(
            programme=programme,
            region=region,
            partner=f"{region.name} Agency",
            starts_on=programme.starts_on,
            ends_on=programme.ends_on,
        )
    return SimpleNamespace(home=home, host=host)


@pytest.fixture
def firm(regions):
    firm = Organisation.objects.create(
        name="Voorbeeld Implants BV",
        register_number="00000001",
        country="NL",
        region=regions.home,
        address="Voorbeeldstraat 1",
        city="0000 AA Voorbeeld",
    )
    undertaking = Undertaking.objects.create(name=firm.name)
    UndertakingMember.objects.create(undertaking=undertaking, organisation=firm)
    DeclaredAid.objects.create(
        organisation=firm,
        granted_on=date(2025, 9, 3),
        authority="Province of Voorbeeld",
        member_state="NL",
        amount=Decimal("10000.00"),
    )
    return SimpleNamespace(row=firm, undertaking=undertaking)


@pytest.fixture
def voucher_type(programme):
    return VoucherType.objects.create(
        programme=programme,
        code="collaboration",
        short_code="COL",
        kind="collaboration",
        name="Collaboration",
        summary="Work together on an innovative product or service.",
        amount_kind=AmountKind.LUMP_SUM,
        amount=Decimal("7000.00"),
        aid_basis=AidBasis.DE_MINIMIS,
    )


@pytest.fixture
def application(programme, regions, firm, voucher_type):
    writer = User.objects.create_user("a@example.org", name="A. Voorbeeld")
    call = Call.objects.create(
        programme=programme,
        code="LSV-1",
        slug="lsv-1",
        name="Call 1",
        opens_at=NOON - timedelta(days=30),
        closes_at=NOON - timedelta(days=5),
    )
    questions = QuestionSet.objects.create(programme=programme, code="collaboration")
    row = Application.objects.create(
        key="k" * 12,
        reference="LSV-1-0022",
        call=call,
        voucher_type=voucher_type,
        offer=CallVoucherType.objects.create(call=call, voucher_type=voucher_type),
        question_set=questions,
        organisation=firm.row,
        undertaking=firm.undertaking,
        home_region=regions.home,
        host_region=regions.host,
        state=ApplicationState.APPROVED,
        title="Wear test for a titanium wrist implant",
        sector="medical_technology",
        amount=Decimal("7000.00"),
        started_at=NOON - timedelta(days=20),
        started_by=writer,
        submitted_at=NOON - timedelta(days=10),
        first_submitted_at=NOON - timedelta(days=10),
        decided_at=NOON,
        told_at=NOON,
    )
    Host.objects.create(
        application=row,
        name="Laboratoire Exemple",
        region=regions.host,
        contact_name="C. Exemple",
        contact_email="labo@example.org",
    )
    kind = CostKind.objects.create(
        voucher_type=voucher_type, code="service", label="Service of the partner"
    )
    for item, amount in (("Wear test", "5600.00"), ("Imaging", "2600.00")):
        CostLine.objects.create(application=row, kind=kind, item=item, amount=Decimal(amount))
    _answer(row, questions, writer)
    return row


def _answer(application, questions, writer):
    asked = [
        ("need", "long_text", "What do you need?", [], "Ten years of wear, in five weeks."),
        ("way", "choice", "How?", [["test", "A test"], ["advice", "Advice"]], "test"),
        ("starts_on", "date", "Start date", [], "2027-06-01"),
        ("price", "money", "Price", [], "8200.00"),
        ("ethics", "yes_no", "Are animals involved?", [], False),
        ("costs", "cost_table", "What will it cost?", [], None),
        ("rights", "short_text", "Who owns the results?", [], None),
    ]
    for order, (key, kind, label, choices, value) in enumerate(asked):
        question = Question.objects.create(
            question_set=questions,
            section="project",
            section_title="Your project",
            key=key,
            kind=kind,
            label=label,
            choices=choices,
            order=order,
        )
        Answer.objects.create(
            application=application, question=question, value=value, saved_at=NOON, saved_by=writer
        )


@pytest.fixture
def submission(application):
    return Submission.objects.create(
        application=application,
        number=1,
        at=NOON - timedelta(days=10),
        by=application.started_by,
        content=content_of(application),
        content_hash="9f2c" * 16,
    )


@pytest.fixture
def award(programme, application, regions):
    Decision.objects.create(
        application=application,
        outcome=ApplicationState.APPROVED,
        decided_at=NOON,
        appeal_by=date(2027, 5, 6),
    )
    for side, region, name in (
        (Side.HOME, regions.home, "B. Voorbeeld"),
        (Side.HOST, regions.host, "C. Exemple"),
    ):
        Signature.objects.create(
            application=application,
            side=side,
            region=region,
            signed_by=User.objects.create_user(f"{side}@example.org", name=name),
            amount=Decimal("7000.00"),
            signed_at=NOON - timedelta(hours=2 if side == Side.HOME else 1),
        )
    return Award.objects.create(
        application=application,
        pot=Pot.objects.create(programme=programme, region=regions.home),
        number="LSV-1-0022-A",
        amount=Decimal("7000.00"),
        state=AwardState.OFFERED,
        payee="sme",
        offered_at=NOON,
        answer_by=datetime(2027, 5, 6, 15, 0, tzinfo=UTC),
        starts_on=date(2027, 6, 1),
        ends_on=date(2027, 11, 30),
        claim_by=datetime(2027, 12, 31, 16, 0, tzinfo=UTC),
    )


@pytest.fixture
def claim(award):
    claim = Claim.objects.create(
        award=award,
        state=ClaimState.PAID,
        iban="NL00VOOR0000004300",
        account_holder="Voorbeeld Implants BV",
        started_at=NOON,
        approved_amount=Decimal("6512.40"),
        paid_at=datetime(2028, 1, 18, 23, 30, tzinfo=UTC),
        payment_reference="LSV 0022 C1",
    )
    kind = award.application.voucher_type.cost_kinds.get()
    for number, amount, eligible in (("F-118", "7500.00", "6500.00"), ("H-77", "12.40", "12.40")):
        ClaimLine.objects.create(
            claim=claim,
            kind=kind,
            paid_on=date(2027, 11, 20),
            supplier="Laboratoire Exemple",
            receipt_number=number,
            item="Test",
            amount=Decimal(amount),
            eligible_amount=Decimal(eligible),
        )
    return claim
