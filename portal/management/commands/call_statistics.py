"""Print the figures of a programme, the same as on the page."""

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import clock
from portal.exports import Sheet, csv_lines, write_xlsx
from portal.models import Programme, Region
from portal.pdf import PdfUnavailable
from portal.site.statistics.report import as_pdf
from vouchers.exports import FIGURES, MATRIX
from vouchers.models import Call, VoucherType
from vouchers.statistics.figures import Figures, count
from vouchers.statistics.scope import Scope
from vouchers.statistics.shape import as_json, lines, matrix


def read_day(text: str) -> date:
    """Read a day of a command's option. Raises ArgumentTypeError."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is not a day like 2014-03-26") from error
    if not 1990 <= day.year < 2200:
        raise ArgumentTypeError(f"{text} does not lie between 1990 and 2199")
    return day


class Command(BaseCommand):
    """As of any day, over chosen calls and one home region."""

    help = "Print the statistics of a programme as of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        """The scope, the format and where to write."""
        parser.add_argument("--programme", help="code; else that of the calls, or the running one")
        parser.add_argument("--call", action="extend", nargs="+", default=[], help="codes")
        parser.add_argument("--region", help="code of the home region")
        parser.add_argument("--voucher-type", help="code")
        parser.add_argument("--as-of", type=read_day, help="until 24:00 of this day")
        parser.add_argument("--format", choices=sorted(FORMATS), default="json")
        parser.add_argument("--output", type=Path, help="file to write, else standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and write."""
        try:
            content = FORMATS[options["format"]](count(_scope(options)))
        except PdfUnavailable as error:
            raise CommandError(str(error)) from error
        if options["output"]:
            try:
                options["output"].write_bytes(content)
            except OSError as error:
                raise CommandError(f"Cannot write: {error}.") from error
        elif options["format"] in {"json", "csv"}:
            self.stdout.write(content.decode(), ending="")
        else:
            sys.stdout.buffer.write(content)


def _scope(options: dict[str, Any]) -> Scope:
    programme = _programme(options["programme"], options["call"])
    calls = {call.code: call for call in Call.objects.filter(programme=programme)}
    chosen = [_known(calls, code, "call") for code in options["call"]]
    regions = {r.code: r for r in Region.objects.filter(programmes__programme=programme)}
    types = {t.code: t for t in VoucherType.objects.filter(programme=programme)}
    region, kind = options["region"], options["voucher_type"]
    return Scope(
        programme=programme,
        as_of=options["as_of"] or clock.today(programme.time_zone),
        calls=tuple(sorted(chosen, key=lambda call: (call.opens_at, call.code))),
        region=_known(regions, region, "region") if region else None,
        voucher_type=_known(types, kind, "voucher type") if kind else None,
    )


def _programme(code: str | None, calls: list[str]) -> Programme:
    """The named one, else that of the calls, else the newest that still runs."""
    rows = Programme.objects.order_by("is_historic", "-starts_on", "code")
    if code:
        rows = rows.filter(code=code)
    elif calls:
        rows = rows.filter(calls__code=calls[0])
    programme = rows.first()
    if programme is None:
        wanted = f"programme {code}" if code else f"call {', '.join(calls)}"
        raise CommandError(f"There is no {wanted}.")
    return programme


def _known[Row](rows: dict[str, Row], code: str, what: str) -> Row:
    if code not in rows:
        raise CommandError(f"The programme has no {what} {code}; it has {', '.join(sorted(rows))}.")
    return rows[code]


def _json(figures: Figures) -> bytes:
    return (json.dumps(as_json(figures), indent=2) + "\n").encode()


def _csv(figures: Figures) -> bytes:
    return b"".join(csv_lines(FIGURES, lines(figures)))


def _xlsx(figures: Figures) -> bytes:
    return write_xlsx(
        Sheet("Figures", FIGURES, lines(figures)), Sheet("Matrix", MATRIX, matrix(figures))
    )


FORMATS: dict[str, Callable[[Figures], bytes]] = {
    "json": _json,
    "csv": _csv,
    "xlsx": _xlsx,
    "pdf": as_pdf,
}
