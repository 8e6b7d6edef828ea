"""The lines of a file of historic awards, as they stand there."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portal.models import Region
from vouchers.enums import ApplicationState
from vouchers.models import CallVoucherType
from vouchers.statistics.lives import COLUMNS, OPTIONAL, PASSED, REQUIRED


class BadFile(Exception):
    """The file cannot be read as a whole; the message says why."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one line of the file."""

    line: int
    text: str


@dataclass(slots=True)
class Row:
    """One line of the file: its text by column, and what was read from it."""

    line: int
    text: Mapping[str, str]
    days: dict[str, date | None] = field(default_factory=dict)
    amounts: dict[str, Decimal | None] = field(default_factory=dict)
    numbers: dict[str, int | None] = field(default_factory=dict)
    offer: CallVoucherType | None = None
    home: Region | None = None
    host: Region | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """The application's number."""
        return self.text["reference"]

    @property
    def outcome(self) -> str:
        """What became of the application; nothing while it is undecided."""
        return self.text["outcome"]

    @property
    def is_approved(self) -> bool:
        """Whether the line is an award."""
        return self.outcome == ApplicationState.APPROVED

    @property
    def names_passed_states(self) -> bool:
        """Whether the file says on which day each state was reached."""
        return "eligible_on" in self.text


def read(content: bytes) -> list[Row]:
    """Return the lines of a CSV file with a header. Raises BadFile."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(_("The file is not UTF-8: save it as CSV in UTF-8.")) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header)
        return list(_lines(reader, header))
    except csv.Error as error:
        raise BadFile(
            _("Line %(line)s cannot be read as CSV.") % {"line": reader.line_num}
        ) from error


def _check_header(header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise BadFile(_("The header lacks: %(columns)s.") % {"columns": ", ".join(missing)})
    unknown = [name for name in header if name not in COLUMNS]
    if unknown:
        raise BadFile(_("Unknown in the header: %(columns)s.") % {"columns": ", ".join(unknown)})
    if len(set(header)) < len(header):
        raise BadFile(_("The header names a column twice."))
    passed = [name for name in PASSED.values() if name in header]
    if passed and len(passed) < len(PASSED):
        raise BadFile(
            _("Give all of these columns or none: %(columns)s.")
            % {"columns": ", ".join(PASSED.values())}
        )


def _lines(reader: Any, header: list[str]) -> Iterator[Row]:
    empty = dict.fromkeys(OPTIONAL, "")
    last = reader.line_num
    for cells in reader:
        line, last = last + 1, reader.line_num
        if not any(cells):
            continue
        row = Row(line, {**empty, **dict(zip(header, map(_plain, cells), strict=False))})
        if len(cells) != len(header):
            row.text = dict.fromkeys(header, "") | dict(row.text)
            row.problems.append(
                _("The line has %(found)s cells, and the header has %(wanted)s.")
                % {"found": len(cells), "wanted": len(header)}
            )
        yield row


def _plain(cell: str) -> str:
    """Return the cell without the apostrophe that keeps a spreadsheet from computing it."""
    guarded = len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r"
    return cell[1:] if guarded else cell.strip()
