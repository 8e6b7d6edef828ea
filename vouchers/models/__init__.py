"""The voucher rows."""

from vouchers.models.aid_register import RegisterEntry, grants, grants_seen_by, to_register
from vouchers.models.appeals import Appeal, AppealDocument
from vouchers.models.applications import (
    Answer,
    Application,
    Attachment,
    CostLine,
    Host,
    Submission,
)
from vouchers.models.assessments import Assessment, Criterion
from vouchers.models.awards import Award
from vouchers.models.call_changes import CallChange
from vouchers.models.calls import Call, CallVoucherType
from vouchers.models.claims import Claim, ClaimLine
from vouchers.models.co_applicants import CoApplicant
from vouchers.models.conflicts import ConflictOfInterest, barred
from vouchers.models.consents import PartnerConsent
from vouchers.models.decisions import ChangeRequest, Decision, Signature
from vouchers.models.extensions import Extension
from vouchers.models.figures import PublishedFigure
from vouchers.models.ledger import Balance, LedgerEntry, balance_of, balances
from vouchers.models.pots import Pot, PotCeiling
from vouchers.models.privacy import Restriction, RetentionPeriod
from vouchers.models.profiles import UndertakingProfile
from vouchers.models.questions import Question, QuestionSet
from vouchers.models.readings import Reading
from vouchers.models.refused_checks import RefusedCheck
from vouchers.models.text_blocks import TextBlock
from vouchers.models.undertakings import (
    AidAdjustment,
    DeclaredAid,
    EnterpriseFigures,
    Undertaking,
    UndertakingMember,
)
from vouchers.models.voucher_types import CostKind, RegionTerms, VoucherType
from vouchers.models.walls import about_applications

__all__ = [
    "AidAdjustment",
    "Answer",
    "Appeal",
    "AppealDocument",
    "Application",
    "Assessment",
    "Attachment",
    "Award",
    "Balance",
    "Call",
    "CallChange",
    "CallVoucherType",
    "ChangeRequest",
    "Claim",
    "ClaimLine",
    "CoApplicant",
    "ConflictOfInterest",
    "CostKind",
    "CostLine",
    "Criterion",
    "Decision",
    "DeclaredAid",
    "EnterpriseFigures",
    "Extension",
    "Host",
    "LedgerEntry",
    "PartnerConsent",
    "Pot",
    "PotCeiling",
    "PublishedFigure",
    "Question",
    "QuestionSet",
    "Reading",
    "RefusedCheck",
    "RegionTerms",
    "RegisterEntry",
    "Restriction",
    "RetentionPeriod",
    "Signature",
    "Submission",
    "TextBlock",
    "Undertaking",
    "UndertakingMember",
    "UndertakingProfile",
    "VoucherType",
    "about_applications",
    "balance_of",
    "balances",
    "barred",
    "grants",
    "grants_seen_by",
    "to_register",
]
