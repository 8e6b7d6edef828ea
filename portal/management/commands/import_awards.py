"""Bring in historic awards from a CSV file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal import clock
from portal.permissions import Actor
from vouchers.actions.award_file import BadFile
from vouchers.actions.imports import ImportRefused, Report, import_awards


class Command(BaseCommand):
    """All or nothing; without --commit it only says what it would do."""

    help = "Import historic awards from a CSV file, all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether to write."""
        parser.add_argument("file", help="CSV in UTF-8 with a header row")
        parser.add_argument("--commit", action="store_true", help="write what was checked")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per line of the file, then the sums."""
        try:
            content = Path(options["file"]).read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        try:
            report = self._run(content, commit=options["commit"])
        except BadFile as error:
            raise CommandError(f"Nothing was written. {error}") from error
        except ImportRefused as error:
            for problem in error.problems:
                self.stdout.write(f"line {problem.line}: refused: {problem.text}")
            lines = len({problem.line for problem in error.problems})
            raise CommandError(f"Nothing was written: {lines} lines refused.") from error
        self._print(report, commit=options["commit"])

    def _run(self, content: bytes, *, commit: bool) -> Report:
        """A dry run lives every life too, and takes it back."""
        with transaction.atomic():
            by = Actor.importer("import_awards")
            report = import_awards(content, by=by, now=clock.now())
            if not commit:
                transaction.set_rollback(True)
        return report

    def _print(self, report: Report, *, commit: bool) -> None:
        done = "created" if commit else "would be created"
        words = [*((line, done, ref) for line, ref in report.created)]
        words += [(line, "unchanged", ref) for line, ref in report.unchanged]
        for line, word, reference in sorted(words):
            self.stdout.write(f"line {line}: {word}: {reference}")
        self.stdout.write(
            f"{len(report.created)} {done}, 0 updated, {len(report.unchanged)} unchanged, 0 refused"
        )
        if not commit:
            self.stdout.write("Nothing was written. Add --commit to write it.")
