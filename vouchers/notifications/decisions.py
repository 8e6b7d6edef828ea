"""Which letter tells a decision."""

from portal.notifications import Notification
from vouchers.enums import ApplicationState
from vouchers.models import Decision
from vouchers.notifications.applications import OnReserve, Rejected
from vouchers.notifications.awards import VoucherAwarded


def letter_about(decision: Decision) -> Notification:
    """Return the applicant's letter about an approval, a refusal or a place in reserve."""
    application, extra = decision.application, {"decision": decision}
    if decision.outcome == ApplicationState.APPROVED:
        return VoucherAwarded(application.award, extra=extra)
    kind = Rejected if decision.outcome == ApplicationState.REJECTED else OnReserve
    return kind(application, once=str(decision.pk), extra=extra)
