"""Files that nobody can read, and what is said about them."""

import random
import zipfile
from io import BytesIO

import pytest

from catalogue.reasons import of_file
from catalogue.rules import tables
from catalogue.rules.cells import as_list, bare, from_list, guarded
from catalogue.rules.tables import BadFile, header_key, rows_of
from tests.catalogue.files import ROW, table, workbook

HEADERS = {header_key(name) for name in ROW}


def read(content: bytes) -> list[tuple[int, list[str]]]:
    known = lambda cells: sum(header_key(cell) in HEADERS for cell in cells)  # noqa: E731
    return [(row.line, [*row.cells]) for row in rows_of(content, known=known)]


def reason(content: bytes) -> str:
    with pytest.raises(BadFile) as error:
        read(content)
    return of_file(error.value)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_delimiter_is_the_one_that_makes_the_header_readable(sign):
    assert read(table(ROW, sign=sign)) == [(1, [*ROW]), (2, [*ROW.values()])]


def test_lines_are_counted_as_an_editor_does():
    content = b'Type,Name\r\n\r\nfacility,"two\r\nlines"\r\nfacility,Three\r\n'
    assert [line for line, _cells in read(content)] == [1, 3, 5]


def test_not_utf8():
    text = "The file is not in UTF-8: save it again as CSV in UTF-8, or as an XLSX workbook."
    latin, wide = (
        "Type,Name\nfacility,Größe".encode("latin-1"),
        table(ROW).decode().encode("utf-16"),
    )
    plain = table(ROW).decode().encode("utf-16-le")
    noise = random.Random(7).randbytes(5000)
    assert [reason(content) for content in (latin, wide, plain, noise)] == [text] * 4


def test_open_quotation_mark():
    assert reason(b'Type,Name\nfacility,"Hall\nfacility,Other\n') == (
        "From line 2 on the cells cannot be told apart: look for a quotation mark that is not "
        "closed, or a cell of more than 131,072 characters."
    )


def test_workbook_that_is_none():
    bad = "The workbook cannot be opened: save it again as XLSX or as CSV."
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        folder.writestr("a.txt", "no workbook")
    good = workbook([*ROW], [*ROW.values()])
    broken = [out.getvalue(), good[: len(good) // 2], b"PK\x03\x04 noise"]
    assert [reason(content) for content in broken] == [bad] * 3
    assert reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") == (
        "This is an old Excel workbook: save it again as XLSX or as CSV."
    )


def test_damaged_workbook_is_read_or_refused_and_never_an_error():
    chance, good = random.Random(3), workbook(*[[*ROW.values()]] * 20)
    refused = 0
    for packed in [True, False] * 60:
        try:
            read(damaged(good, chance, packed=packed))
        except BadFile:
            refused += 1
    assert refused > 60


def damaged(good: bytes, chance: random.Random, *, packed: bool) -> bytes:
    """Return a workbook with some wrong bytes, in the packed file or in one of its parts."""
    if packed:
        return good[:4] + scratched(good[4:], chance)
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(good)) as before, zipfile.ZipFile(out, "w") as after:
        hurt = chance.choice(before.namelist())
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, scratched(part, chance) if name == hurt else part)
    return out.getvalue()


def scratched(part: bytes, chance: random.Random) -> bytes:
    found = bytearray(part)
    for _ in range(8):
        found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found)


def test_too_many_rows_or_bytes(monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    text = "The file is too large: split it into files of at most 2 rows."
    assert reason(table(ROW, ROW, ROW)) == text
    assert reason(workbook([*ROW], *([[*ROW.values()]] * 3))) == text
    monkeypatch.setattr(tables, "MAX_UNPACKED", 100)
    assert reason(workbook([*ROW])) == text


@pytest.mark.parametrize("text", ["=1", "'=1", "''-x", "'plain", "@a", "plain", "+49", "''"])
def test_no_cell_computes_and_every_text_comes_back(text):
    assert (bare(guarded(text)), guarded(text)[0] in "=+-@") == (text, False)


@pytest.mark.parametrize("sign", [",", ";"])
def test_lists_come_back_whatever_they_hold(sign):
    values = ("a,b", "c;d", 'say "x"', "plain", "two\nlines")
    assert from_list(as_list(values, sign), sign) == values
