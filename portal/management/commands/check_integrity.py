"""Say whether anything was altered behind the portal's back."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.site.integrity import Walk


class Command(BaseCommand):
    """Names each broken record and ends with 1; ends with 0 and the heads when all is sound."""

    help = "Walk journal, ledger, states and documents and name what was altered."

    def add_arguments(self, parser: CommandParser) -> None:
        """Heads that were kept elsewhere, in the form in which this command prints them."""
        parser.add_argument(
            "--anchors", type=Path, help="CSV of chain, number, hash: a rewritten chain shows"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what is broken as it is found."""
        walk = Walk(_anchors(options["anchors"]) if options["anchors"] else {})
        broken = 0
        for finding in walk.findings():
            broken += 1
            self.stdout.write(f"BROKEN {finding}")
        counted = ", ".join(f"{number} {what}" for what, number in walk.counts.items())
        if broken:
            raise CommandError(f"{broken} broken of {counted}.")
        self.stdout.write(f"Sound: {counted or 'nothing to check'}.")
        for chain, (number, head) in sorted(walk.heads.items()):
            self.stdout.write(f"{chain},{number},{head}")


def _anchors(path: Path) -> dict[tuple[str, int], str]:
    """Read anchors; lines that are no anchor, like a report's first line, are passed over."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}.") from error
    anchors = {
        (cells[0].strip(), int(cells[1])): cells[2].strip()
        for cells in csv.reader(lines)
        if len(cells) == 3 and cells[1].strip().isdecimal() and len(cells[2].strip()) == 64
    }
    if not anchors:
        raise CommandError(f"{path} has no line of chain, number and hash.")
    return anchors
