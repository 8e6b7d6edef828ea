"""Every arrow of a call, an application and what hangs on it, an award and a claim."""

from vouchers.workflow.appeals import APPEAL, AppealTable
from vouchers.workflow.applications import (
    ADVISE,
    APPLICATION,
    OPEN_FURTHER,
    ApplicationTable,
)
from vouchers.workflow.awards import (
    AWARD,
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

__all__ = [
    "ADVISE",
    "APPEAL",
    "APPLICATION",
    "AWARD",
    "CALL",
    "CALL_CHANGE",
    "CLAIM",
    "CONFLICT",
    "CONSENT",
    "EXTENSION",
    "OPEN_FURTHER",
    "SEAT",
    "AppealTable",
    "ApplicationTable",
    "AwardTable",
    "CallChangeTable",
    "CallTable",
    "ClaimTable",
    "ConflictTable",
    "ConsentTable",
    "ExtensionTable",
    "SeatTable",
]
