"""What a person does about a letter that did not arrive."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from portal import outbox
from portal.models import OutgoingMail
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor, may_set_up
from portal.queue import ring
from portal.workflow import action, record


class NotStuck(Exception):
    """The letter waits for its turn, is on the wire, or was sent."""


@action
def retry_mail(mail: OutgoingMail, *, by: Actor, now: datetime) -> None:
    """Send a letter again that was given up or cut off. Raises PermissionDenied and NotStuck."""
    if not may_set_up(by, mail.programme):
        raise PermissionDenied
    queued = outbox.requeue(mail.pk, now=now)
    if queued is None:
        raise NotStuck(mail.pk)
    chain = queued.programme.journal_chain if queued.programme else PORTAL_CHAIN
    record(queued, "send_again", by=by, now=now, chain=chain, after=queued.state)
    ring(queued)
