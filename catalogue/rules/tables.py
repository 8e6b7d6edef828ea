"""Tables as people send them: CSV, TSV and XLSX, read row by row into text."""

import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any
from warnings import catch_warnings, simplefilter

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MAX_ROWS = 100_000
MAX_CELLS = 500
# A workbook is a packed folder; a small file may hide any size.
MAX_UNPACKED = 300 * 1024 * 1024
DELIMITERS = ",;\t"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class FileFault(StrEnum):
    """Why a file cannot be read at all."""

    EMPTY = "empty"
    NOT_UTF8 = "not_utf8"
    OLD_WORKBOOK = "old_workbook"
    BAD_WORKBOOK = "bad_workbook"
    BAD_QUOTES = "bad_quotes"
    TOO_LARGE = "too_large"
    NO_HEADER = "no_header"
    SAME_HEADER = "same_header"
    NO_ROWS = "no_rows"


class BadFile(Exception):
    """The file cannot be read; `fault` says why and `value` what stands there."""

    def __init__(self, fault: FileFault, *, line: int = 0, value: str = "") -> None:
        super().__init__(f"{fault} {line} {value}")
        self.fault, self.line, self.value = fault, line, value


@dataclass(frozen=True, slots=True)
class Row:
    """One row as text and the line on which it starts, as an editor or spreadsheet counts."""

    line: int
    cells: Sequence[str]


def rows_of(content: bytes, *, known: Callable[[Sequence[str]], int]) -> Iterator[Row]:
    """Yield the rows that are not blank, the header first.

    `known` says how many headers of a row are known: the delimiter is the one that makes most of
    the header readable. Raises BadFile.
    """
    if content.startswith(OLE):
        raise BadFile(FileFault.OLD_WORKBOOK)
    rows = _workbook(content) if content.startswith(ZIP) else _text(content, known)
    count = 0
    for row in rows:
        if any(cell.strip() for cell in row.cells):
            count += 1
            # The header is no row.
            if count > MAX_ROWS + 1:
                raise BadFile(FileFault.TOO_LARGE, line=row.line, value=f"{MAX_ROWS:,}")
            yield row


def _text(content: bytes, known: Callable[[Sequence[str]], int]) -> Iterator[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(FileFault.NOT_UTF8) from None
    # UTF-16 without accents reads as UTF-8 in which every other character is nothing.
    if text[:200].count("\0") > 20:
        raise BadFile(FileFault.NOT_UTF8)
    first = text.lstrip("\r\n").partition("\n")[0].rstrip("\r")
    best = max(DELIMITERS, key=lambda sign: known(_split(first, sign)))
    return _separated(text, best)


def _split(line: str, sign: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=sign), [])
    except csv.Error:
        return []


def _separated(text: str, sign: str) -> Iterator[Row]:
    # Strict: a quotation mark that is never closed would swallow the rest of the file.
    reader = csv.reader(StringIO(text, newline=""), delimiter=sign, strict=True)
    line = 1
    try:
        for cells in reader:
            yield Row(line, cells)
            line = reader.line_num + 1
    except csv.Error:
        raise BadFile(FileFault.BAD_QUOTES, line=line) from None


def _workbook(content: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as folder:
            if sum(part.file_size for part in folder.infolist()) > MAX_UNPACKED:
                raise BadFile(FileFault.TOO_LARGE, value=f"{MAX_ROWS:,}")
        with catch_warnings():
            # Of styles and extensions, which nobody needs here.
            simplefilter("ignore")
            book = load_workbook(BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # What the sheet says of its own size may be anything.
        sheet.reset_dimensions()
        yield from _rows(sheet.iter_rows(max_col=MAX_CELLS, values_only=True))
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        zlib.error,
        # What openpyxl meets in parts that are missing or not what they say.
        AttributeError,
        EOFError,
        IndexError,
        KeyError,
        RuntimeError,
        OSError,
        OverflowError,
        # Both parsers of XML that openpyxl may use call theirs so.
        SyntaxError,
        TypeError,
        ValueError,
        zipfile.LargeZipFile,
    ):
        raise BadFile(FileFault.BAD_WORKBOOK) from None


def _rows(rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
    for number, cells in enumerate(rows, start=1):
        yield Row(number, _trimmed([_as_text(cell) for cell in cells]))


def _trimmed(cells: list[str]) -> list[str]:
    """Without the blank cells at the end, of which spreadsheets keep many."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _as_text(cell: Any) -> str:
    """Return what a spreadsheet shows: 5.0 is 5, a day is 2027-03-08."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def header_key(header: str) -> str:
    """Return a header without case, spaces, hyphens and remarks in brackets."""
    return re.sub(r"\([^)]*\)|[\s_-]+", "", header).casefold()
