"""Bring in records of the catalogue from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from catalogue import actions, reasons
from catalogue.actions.imports import Report
from catalogue.models import Provider
from catalogue.rules.tables import BadFile
from portal import clock
from portal.permissions import Actor


class Command(BaseCommand):
    """All or nothing unless told otherwise; without --commit it only says what it would do."""

    help = "Import records from a UNIQUIP file: CSV, TSV or XLSX."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, whose it is, and whether to write."""
        parser.add_argument("file", help="CSV or TSV in UTF-8, or XLSX, with a header row")
        parser.add_argument(
            "--provider", metavar="SLUG", help="whose records they are, unless the file says it"
        )
        parser.add_argument("--commit", action="store_true", help="write what was checked")
        parser.add_argument(
            "--skip-refused", action="store_true", help="write the good rows although some are not"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per row of the file, then the sums."""
        try:
            content = Path(options["file"]).read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        try:
            report = self._run(content, options)
        except BadFile as error:
            raise CommandError(f"Nothing was written. {reasons.of_file(error)}") from error
        self._print(report, commit=options["commit"])

    def _run(self, content: bytes, options: dict[str, Any]) -> Report:
        """A dry run writes every row too, and takes it back."""
        with transaction.atomic():
            report = actions.import_catalogue(
                content,
                provider=_provider(options["provider"]),
                skip_refused=options["skip_refused"],
                by=Actor.importer("import_catalogue"),
                now=clock.now(),
            )
            if not options["commit"]:
                transaction.set_rollback(True)
        return report

    def _print(self, report: Report, *, commit: bool) -> None:
        is_done = commit and report.is_written
        words = {
            "created" if is_done else "would be created": report.created,
            "updated" if is_done else "would be updated": report.updated,
            "unchanged": report.unchanged,
        }
        lines = [(one.line, f"{word}: {one.title}") for word, rows in words.items() for one in rows]
        lines += [(one.line, f"refused: {reasons.of_row(one)}") for one in report.refused]
        for line, text in sorted(lines):
            self.stdout.write(f"line {line}: {text}")
        if report.ignored:
            self.stdout.write(f"Columns passed over: {', '.join(report.ignored)}")
        sums = [f"{len(rows)} {word}" for word, rows in words.items()]
        self.stdout.write(", ".join([*sums, f"{len(report.refused)} refused"]))
        if commit and not report.is_written:
            raise CommandError(
                "Nothing was written: correct the refused rows, or add --skip-refused."
            )
        if not commit:
            self.stdout.write("Nothing was written. Add --commit to write it.")


def _provider(slug: str | None) -> Provider | None:
    if slug is None:
        return None
    try:
        return Provider.objects.get(slug=slug)
    except Provider.DoesNotExist:
        raise CommandError(f"No provider has the slug {slug}.") from None
