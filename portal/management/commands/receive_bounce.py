"""Take a delivery report from a mail server."""

import email
import sys
from email import policy
from email.message import EmailMessage
from typing import Any, BinaryIO, cast

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from portal import clock, outbox
from portal.models import OutgoingMail

LARGEST = 10 * 1024 * 1024


class Command(BaseCommand):
    """Reads one report (RFC 3464) on standard input; a final failure opens one task."""

    # Given by a caller, not on the command line.
    stealth_options = ("stdin",)
    help = "Read a delivery report on standard input and open a task for a letter that failed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what became of the report."""
        source = cast("BinaryIO", options.get("stdin") or sys.stdin.buffer)
        report = email.message_from_bytes(source.read(LARGEST), policy=policy.default)
        status = _status(report)
        mail = _letter(report)
        code = str(status.get("Status", ""))
        if str(status.get("Action", "")).lower() != "failed" or not code.startswith("5"):
            self.stdout.write(f"Nothing to do: {code or 'no status'} is no final failure.")
            return
        address = str(status.get("Final-Recipient", "")).rpartition(";")[2].strip()
        said = str(status.get("Diagnostic-Code", "")) or f"Status {code}"
        with transaction.atomic():
            task = outbox.bounced(
                mail, address or next(iter(mail.to), ""), said=said, now=clock.now()
            )
        self.stdout.write(f"Letter {mail.pk} did not arrive; task {task.pk} is open.")


def _status(report: EmailMessage) -> EmailMessage:
    """Return the fields about the first recipient."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            # The first block is about the message, the others about one recipient each.
            blocks = [b for b in part.get_payload() if isinstance(b, EmailMessage)]
            for block in blocks:
                if "Final-Recipient" in block:
                    return block
    raise CommandError("This is no delivery report: it names no recipient.")


def _letter(report: EmailMessage) -> OutgoingMail:
    """Return the letter that the report encloses, found by its Message-ID."""
    for part in report.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            number = _message_id(part)
            found = OutgoingMail.objects.filter(message_id=number).first() if number else None
            if found is not None:
                return found
    raise CommandError("The report is about no letter of this portal.")


def _message_id(part: EmailMessage) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        # An enclosed message is a list of one.
        payload = str(payload[0]) if payload else ""
    inner = email.message_from_string(str(payload), policy=policy.default)
    return str(inner.get("Message-ID", "")).strip()
