"""Files that leave the portal: streamed CSV, XLSX in which no cell computes, streamed ZIP."""

import csv
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import batched
from typing import Any

import xlsxwriter
from django.http import StreamingHttpResponse

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
LINES_AT_ONCE = 500
LONGEST_STEM = 80
UNIX = 3
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Column[Row]:
    """Header and value in one place, so that they cannot drift apart."""

    header: str
    value: Callable[[Row], Any]
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Sheet[Row]:
    """One sheet of a workbook."""

    name: str
    columns: Sequence[Column[Row]]
    rows: Iterable[Row]


def harmless(text: str) -> str:
    """Return text that a spreadsheet shows and does not compute (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def written(value: Any, *, excel: bool = False) -> str:
    """Return a cell: ISO dates, decimal point or, for Excel in Europe, comma; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, Decimal | float):
        return str(value).replace(".", ",") if excel else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return harmless(value) if isinstance(value, str) else str(value)


def csv_lines[Row](
    columns: Sequence[Column[Row]], rows: Iterable[Row], *, excel: bool = False
) -> Iterator[bytes]:
    """Yield the file in pieces; `excel` writes semicolons, decimal commas and a byte order mark."""
    yield _block([[column.header for column in columns]], excel).encode(
        "utf-8-sig" if excel else "utf-8"
    )
    for some in batched(rows, LINES_AT_ONCE):
        cells = ([written(column.value(row), excel=excel) for column in columns] for row in some)
        yield _block(cells, excel).encode()


def _block(lines: Iterable[Sequence[str]], excel: bool) -> str:
    out = StringIO(newline="")
    csv.writer(out, delimiter=";" if excel else ",").writerows(lines)
    return out.getvalue()


def stream_csv[Row](
    columns: Sequence[Column[Row]], rows: Iterable[Row], *, filename: str, excel: bool = False
) -> StreamingHttpResponse:
    """Answer with a CSV file while its rows are still being read."""
    return StreamingHttpResponse(
        csv_lines(columns, rows, excel=excel),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def write_xlsx(*sheets: Sheet[Any]) -> bytes:
    """Return a workbook; amounts and dates are numbers that the reader's spreadsheet formats."""
    out = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        formats = {
            Decimal: book.add_format({"num_format": "#,##0.00"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            page.set_column(0, len(sheet.columns) - 1, 18)
            page.write_row(0, 0, [column.header for column in sheet.columns], bold)
            for number, row in enumerate(sheet.rows, start=1):
                for position, column in enumerate(sheet.columns):
                    _write(page, number, position, column.value(row), formats)
    return out.getvalue()


def _write(page: Any, row: int, column: int, value: Any, formats: dict[type, Any]) -> None:
    if value is None:
        return
    if isinstance(value, str):
        page.write_string(row, column, harmless(value))
    elif isinstance(value, date):
        page.write_datetime(row, column, _without_zone(value), formats[date])
    else:
        page.write_number(row, column, value, formats.get(type(value)))


def _without_zone(value: date) -> date:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its path in it, and what yields its content when its turn comes."""

    path: str
    pieces: Callable[[], Iterable[bytes]]


def folded(name: str) -> str:
    """Return a name that every system can unpack: ASCII, no way out of its folder, not too long."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, ending = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.").rpartition(".")
    kept = f"{(stem or ending)[:LONGEST_STEM]}{dot if stem else ''}{ending if stem else ''}"
    return kept.strip("-.")[: LONGEST_STEM + 10] or "file"


def zip_pieces(members: Iterable[Member], *, at: datetime) -> Iterator[bytes]:
    """Yield an archive while its members are read: never one of them is whole in memory.

    Every member bears the instant `at`, so the same members give the same bytes.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload]
        for member in members:
            info = zipfile.ZipInfo(member.path, at.astimezone(UTC).timetuple()[:6])
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            info.create_system = UNIX
            with archive.open(info, "w") as packed:
                for piece in member.pieces():
                    packed.write(piece)
                    yield sink.taken()
    yield sink.taken()


class _Sink:
    """Takes what the archive writes, until it is sent on."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        self._written.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        """Return what came since the last time."""
        piece, self._written = b"".join(self._written), []
        return piece


def stream_zip(members: Iterable[Member], *, at: datetime, filename: str) -> StreamingHttpResponse:
    """Answer with an archive while its members are still being read."""
    return StreamingHttpResponse(
        zip_pieces(members, at=at),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
