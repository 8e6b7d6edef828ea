"""Every arrow of a call, an application and what hangs on it, an award and a claim."""

from vouchers.workflow.agreements import (
    AGREEMENT,
    AWARD_CHANGE,
    AgreementTable,
    AwardChangeTable,
)
from vouchers.workflow.appeals import APPEAL, AppealTable
from vouchers.workflow.applications import (
    ADVISE,
    APPLICATION,
    EDIT_LETTER,
    OPEN_FURTHER,
    ApplicationTable,
)
from vouchers.workflow.awards import (
    AWARD,
    CHANGE,
    TEND,
    AwardTable,
)
from vouchers.workflow.call_changes import CALL_CHANGE, CallChangeTable
from vouchers.workflow.calls import (
    CALL,
    CallTable,
)
from vouchers.workflow.claims import (
    CLAIM,
    ClaimTable,
)
from vouchers.workflow.co_applicants import SEAT, SeatTable
from vouchers.workflow.conflicts import CONFLICT, ConflictTable
from vouchers.workflow.consents import (
    CONSENT,
    ConsentTable,
)
from vouchers.workflow.extensions import EXTENSION, ExtensionTable
from vouchers.workflow.payments import BATCH, INSTRUCTION, BatchTable, InstructionTable

__all__ = [
    "ADVISE",
    "AGREEMENT",
    "APPEAL",
    "APPLICATION",
    "AWARD",
    "AWARD_CHANGE",
    "BATCH",
    "CALL",
    "CALL_CHANGE",
    "CHANGE",
    "CLAIM",
    "CONFLICT",
    "CONSENT",
    "EDIT_LETTER",
    "EXTENSION",
    "INSTRUCTION",
    "OPEN_FURTHER",
    "SEAT",
    "TEND",
    "AgreementTable",
    "AppealTable",
    "ApplicationTable",
    "AwardChangeTable",
    "AwardTable",
    "BatchTable",
    "CallChangeTable",
    "CallTable",
    "ClaimTable",
    "ConflictTable",
    "ConsentTable",
    "ExtensionTable",
    "InstructionTable",
    "SeatTable",
]
