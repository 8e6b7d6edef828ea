"""Staff's side of the vouchers in Django's own admin."""

from vouchers.admin.appeals import AppealAdmin
from vouchers.admin.awards import AwardAdmin
from vouchers.admin.call_changes import CallChangeAdmin
from vouchers.admin.claims import ClaimAdmin
from vouchers.admin.conflicts import ConflictAdmin
from vouchers.admin.desk import ApplicationAdmin
from vouchers.admin.extensions import ExtensionAdmin
from vouchers.admin.money import PotAdmin
from vouchers.admin.questions import QuestionSetAdmin
from vouchers.admin.refused_checks import RefusedCheckAdmin
from vouchers.admin.retention import RetentionPeriodAdmin
from vouchers.admin.setup import CallAdmin, VoucherTypeAdmin
from vouchers.admin.text_blocks import TextBlockAdmin

__all__ = [
    "AppealAdmin",
    "ApplicationAdmin",
    "AwardAdmin",
    "CallAdmin",
    "CallChangeAdmin",
    "ClaimAdmin",
    "ConflictAdmin",
    "ExtensionAdmin",
    "PotAdmin",
    "QuestionSetAdmin",
    "RefusedCheckAdmin",
    "RetentionPeriodAdmin",
    "TextBlockAdmin",
    "VoucherTypeAdmin",
]
