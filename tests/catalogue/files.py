"""Files as providers send them."""

import csv
from io import BytesIO, StringIO

from openpyxl import Workbook

from catalogue import actions
from catalogue.actions.imports import Report
from catalogue.reasons import of_row
from tests.catalogue.factories import IMPORTER, NOW

ROW = {"Type": "equipment", "Name": "Orbitrap", "ID": "E-1", "Contact Email": "lab@uni.example"}


def table(*rows: dict[str, str], sign: str = ",") -> bytes:
    """Return rows as a text file whose header names every column that a row has."""
    out = StringIO(newline="")
    headers = dict.fromkeys(name for row in rows for name in row)
    writer = csv.DictWriter(out, [*headers], delimiter=sign, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def workbook(*rows: list[object]) -> bytes:
    """Return rows of cells as a workbook."""
    book, out = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def bring_in(content, provider=None, *, skip_refused=False, now=NOW) -> Report:
    """Import a file."""
    return actions.import_catalogue(
        content, provider=provider, skip_refused=skip_refused, by=IMPORTER, now=now
    )


def told(report: Report) -> dict[str, list]:
    """Return what a report says, without what it has nothing to say about."""
    found = {
        "created": [(one.line, one.title) for one in report.created],
        "updated": [(one.line, one.title) for one in report.updated],
        "unchanged": [(one.line, one.title) for one in report.unchanged],
        "refused": [(one.line, of_row(one)) for one in report.refused],
        "ignored": list(report.ignored),
    }
    return {word: rows for word, rows in found.items() if rows}
