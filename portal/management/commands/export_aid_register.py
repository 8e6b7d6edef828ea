"""Write what the de minimis register asks for, with the last day of each entry."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.exports import Sheet, csv_lines, write_xlsx
from portal.management.commands.call_statistics import read_day
from vouchers.cases.aid_register import read
from vouchers.exports import AID_REGISTER
from vouchers.models import grants


class Command(BaseCommand):
    """All grants of every programme, or those since a day."""

    help = "Write the de minimis register's fields, with the 20-working-day due date."

    def add_arguments(self, parser: CommandParser) -> None:
        """The first granting date, the format and where to write."""
        parser.add_argument("--since", type=read_day, help="first granting date, like 2026-01-01")
        parser.add_argument("--format", choices=["csv", "xlsx"], required=True)
        parser.add_argument("--output", type=Path, help="file to write, else standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read and write."""
        content = _content(options["since"], options["format"])
        if options["output"]:
            try:
                options["output"].write_bytes(content)
            except OSError as error:
                raise CommandError(f"Cannot write: {error}.") from error
        elif options["format"] == "csv":
            self.stdout.write(content.decode(), ending="")
        else:
            sys.stdout.buffer.write(content)


def _content(since: date | None, kind: str) -> bytes:
    rows = grants().filter(granted_on__gte=since) if since else grants()
    found = read(rows)
    if kind == "csv":
        return b"".join(csv_lines(AID_REGISTER, found))
    return write_xlsx(Sheet("Aid register", AID_REGISTER, found))
