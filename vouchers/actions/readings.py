"""Opening a page is reading it: what was unread is read from then on."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal.permissions import Actor
from portal.workflow import action
from vouchers.enums import Reader
from vouchers.models import Application, Reading
from vouchers.permissions import is_applicant, is_home_broker, seat_of


def reads_for(by: Actor, application: Application, side: Reader) -> bool:
    """Whether the person reads for that side: the firm and who takes part, or home's brokers."""
    if side == Reader.DESK:
        return is_home_broker(by, application)
    return is_applicant(by, application) or seat_of(by, application) is not None


@action
def mark_read(application: Application, side: Reader, *, by: Actor, now: datetime) -> None:
    """Note that the side has read what there is until now, in one statement without a lock.

    It decides nothing, so the journal does not hold it. Raises PermissionDenied.
    """
    if not reads_for(by, application, side):
        raise PermissionDenied("read")
    Reading.objects.bulk_create(
        [Reading(application=application, side=side, read_at=now, read_by=by.user)],
        update_conflicts=True,
        unique_fields=["application", "side"],
        update_fields=["read_at", "read_by"],
    )
