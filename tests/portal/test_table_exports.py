"""Files for spreadsheets: what is written is what is read, and nothing computes."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from portal.exports import Column, Sheet, csv_lines, harmless, stream_csv, write_xlsx

ROWS = [
    {"name": "Muster GmbH", "amount": Decimal("4000.00"), "on": date(2014, 3, 26)},
    {"name": "=1+1", "amount": None, "on": None},
]
COLUMNS = [
    Column("name", lambda row: row["name"]),
    Column("amount", lambda row: row["amount"]),
    Column("on", lambda row: row["on"]),
]


def test_csv_has_commas_points_and_iso_dates():
    content = b"".join(csv_lines(COLUMNS, ROWS)).decode()

    assert content == ("name,amount,on\r\nMuster GmbH,4000.00,2014-03-26\r\n'=1+1,,\r\n")


def test_csv_for_excel_has_a_mark_semicolons_and_decimal_commas():
    content = b"".join(csv_lines(COLUMNS, ROWS, excel=True))

    assert content.startswith(b"\xef\xbb\xbfname;amount;on\r\n")
    assert content.decode("utf-8-sig").splitlines()[1:] == [
        "Muster GmbH;4000,00;2014-03-26",
        "'=1+1;;",
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_looks_like_a_formula_is_neutralised(start):
    assert harmless(f"{start}SUM(A1)") == f"'{start}SUM(A1)"


def test_numbers_below_zero_stay_numbers():
    content = b"".join(csv_lines([Column("n", lambda row: row)], [Decimal("-5.00"), -5, 2.5]))

    assert content.decode().split() == ["n", "-5.00", "-5", "2.5"]


def test_cells_with_quotes_and_line_breaks_read_back_whole():
    texts = ['say "yes"', "two\nlines", "a,b;c", "Ünïcode ✓"]
    content = b"".join(csv_lines([Column("text", lambda row: row)], texts)).decode()

    assert [row[0] for row in csv.reader(io.StringIO(content, newline=""))] == ["text", *texts]


def test_a_file_is_streamed_while_its_rows_are_read():
    read = []

    def rows():
        for number in range(2000):
            read.append(number)
            yield number

    response = stream_csv([Column("n", lambda row: row)], rows(), filename="n.csv")
    pieces = iter(response.streaming_content)
    next(pieces)
    next(pieces)

    assert len(read) == 500
    assert response.headers["Content-Disposition"] == 'attachment; filename="n.csv"'


def test_xlsx_keeps_amounts_and_dates_as_numbers_and_text_as_text():
    at = datetime(2014, 5, 4, 21, 59, tzinfo=UTC)
    rows = [*ROWS, {"name": "https://example.org", "amount": Decimal("0.10"), "on": at}]

    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(Sheet("Figures", COLUMNS, rows))))

    cells = [[_plain(cell.value) for cell in row] for row in book["Figures"].iter_rows()]
    assert cells == [
        ["name", "amount", "on"],
        ["Muster GmbH", 4000, "2014-03-26 00:00"],
        ["'=1+1", None, None],
        ["https://example.org", 0.1, "2014-05-04 21:59"],
    ]


def _plain(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
