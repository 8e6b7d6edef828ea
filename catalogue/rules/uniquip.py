"""The catalogue as a file: the UNIQUIP publishing specification 1.0, and columns of our own.

UNIQUIP is what the British register of research equipment asked universities to publish. Its
columns stand first under their published headers; ours follow, so that a file that leaves the
portal comes back without loss. docs/catalogue-file.md describes both for people.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from catalogue.rules import cells
from catalogue.rules.cells import Codec, Fault, Unfit, Vocabulary, bare, guarded
from catalogue.rules.tables import BadFile, FileFault, Row, header_key, rows_of

FACILITY, EQUIPMENT = "facility", "equipment"
PHOTO = "photo"
# Of a record whose provider gave it no number of its own; its address follows.
MADE_UP = "portal:"
NAME_LENGTH, SUMMARY_LENGTH = 80, 300
_MADE_UP_NUMBER = re.compile(rf"{MADE_UP}[a-zA-Z0-9_-]{{1,80}}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Column:
    """A header, the name of the value under it, and how the value is read and written."""

    header: str
    name: str
    codec: Codec

    def cell(self, value: Any) -> str:
        """Return the cell of a value, which no spreadsheet computes."""
        return "" if value is None or value == "" else guarded(self.codec.write(value))

    def read(self, cell: str, vocabulary: Vocabulary) -> Any:
        """Return the value of a cell. Raises Unfit."""
        text = cell and bare(cell)
        if not text:
            return self.codec.blank
        if _CONTROL.search(text):
            raise Unfit(Fault.CONTROL)
        longest = vocabulary.lengths.get(self.name)
        # Before anything else looks at it: a pattern may take long over a long text.
        if longest and isinstance(self.codec.blank, str) and len(text) > longest + len("mailto:"):
            raise Unfit(Fault.TOO_LONG, str(longest))
        value = self.codec.read(text, vocabulary.words.get(self.name, {}))
        parts = value if isinstance(value, tuple) else [value]
        if longest and any(isinstance(part, str) and len(part) > longest for part in parts):
            raise Unfit(Fault.TOO_LONG, str(longest))
        return value


PUBLISHED = (
    Column("Type", "kind", cells.WORD),
    Column("Name", "title", cells.LINE),
    Column("Description", "description", cells.TEXT),
    Column("Related Facility ID", "facilities", cells.listed(",")),
    Column("Technique", "techniques", cells.listed(";")),
    Column("Location", "location_url", cells.WEB),
    Column("Contact Name", "contact_name", cells.LINE),
    Column("Contact Telephone", "contact_phone", cells.PHONE),
    Column("Contact URL", "contact_url", cells.WEB),
    Column("Contact Email", "contact_email", cells.EMAIL),
    Column("Secondary Contact Name", "second_contact_name", cells.LINE),
    Column("Secondary Contact Telephone", "second_contact_phone", cells.PHONE),
    Column("Secondary Contact URL", "second_contact_url", cells.WEB),
    Column("Secondary Contact Email", "second_contact_email", cells.EMAIL),
    Column("ID", "number", cells.LINE),
    Column("Photo", PHOTO, cells.LINE),
    Column("Department", "department", cells.LINE),
    Column("Site Location", "site", cells.LINE),
    Column("Building", "building", cells.LINE),
    Column("Service Level", "service_level", cells.LINE),
    Column("Web Address", "website", cells.WEB),
)
OWN = (
    Column("Provider", "provider", cells.LINE),
    Column("Region", "region", cells.LINE),
    Column("Slug", "slug", cells.SLUG),
    Column("Summary", "summary", cells.LINE),
    Column("Text Language", "text_language", cells.WORD),
    Column("Competences", "competences", cells.WORDS),
    Column("Life Science Fields", "sub_domains", cells.WORDS),
    Column("Fields", "esfri_domains", cells.WORDS),
    Column("Access Types", "access_types", cells.WORDS),
    Column("Access Modes", "access_modes", cells.WORDS),
    Column("Order Type", "order_type", cells.WORD),
    Column("Life Cycle", "life_cycle", cells.WORD),
    Column("Vouchers", "voucher_kinds", cells.WORDS),
    Column("Certificates", "certificates", cells.WORDS),
    Column("Languages", "languages", cells.LANGUAGES),
    Column("TRL From", "trl_from", cells.number(1, 9)),
    Column("TRL To", "trl_to", cells.number(1, 9)),
    Column("Manufacturer", "manufacturer", cells.LINE),
    Column("Model", "model_name", cells.LINE),
    Column("First Answer Days", "first_answer_days", cells.DAYS),
    Column("Lead Time Days", "lead_time_days", cells.DAYS),
    Column("Price Kind", "price_kind", cells.WORD),
    Column("SME Discount", "sme_discount", cells.number(0, 100)),
    Column("Price Without VAT", "is_price_without_vat", cells.YES_OR_NO),
    Column("Minimum Order", "minimum_order", cells.LINE),
    Column("Sample Conditions", "sample_conditions", cells.LINE),
    Column("Biosafety Level", "biosafety_level", cells.number(1, 4)),
    Column("Admits", "admits", cells.WORD),
    Column("Data Clause", "data_clause", cells.WORD),
    Column("Confidentiality", "confidentiality", cells.WORD),
    Column("Insurance", "insurance", cells.LINE),
    Column("Transport Limits", "transport_limits", cells.LINE),
    Column("Needs Ethics Approval", "needs_ethics_approval", cells.YES_OR_NO),
    Column("Own Rule", "own_rule", cells.LINE),
    Column("Confirmed On", "confirmed_on", cells.DAY),
)
COLUMNS = (*PUBLISHED, *OWN)
_BY_HEADER = {header_key(column.header): column for column in COLUMNS}
_HEADERS = {column.name: column.header for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not taken, with the one reason that comes first."""

    line: int
    fault: Fault
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that can be read: its line and what its columns say, by name of the value."""

    line: int
    values: Mapping[str, Any]

    @property
    def number(self) -> str:
        """What the provider calls it."""
        return str(self.values["number"])

    @property
    def title(self) -> str:
        """Its name."""
        return str(self.values["title"])


@dataclass(slots=True)
class Sheet:
    """What a file says: rows that can be read, rows that cannot, and headers passed over."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def cells_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the cells of a record by header; a value that is not given leaves its cell blank."""
    return {column.header: column.cell(values.get(column.name)) for column in COLUMNS}


def as_read(
    values: Mapping[str, Any], vocabulary: Vocabulary, names: Container[str]
) -> dict[str, Any]:
    """Return the values of these names as a file gives them back that they were written into."""
    found = {}
    for column in COLUMNS:
        if column.name not in names:
            continue
        value = values.get(column.name)
        try:
            found[column.name] = column.read(column.cell(value), vocabulary)
        except Unfit:
            # What the portal took once and a file may not bring is different from every file.
            found[column.name] = value
    return found


def read(content: bytes, vocabulary: Vocabulary, *, today: date) -> Sheet:
    """Read a file and check each row by itself. Raises BadFile."""
    rows = rows_of(content, known=_known)
    header = next(rows, None)
    if header is None:
        raise BadFile(FileFault.EMPTY)
    columns = _columns(header)
    sheet, lines = Sheet(ignored=_ignored(header)), dict[tuple[str, str], int]()
    for row in rows:
        try:
            entry = Entry(row.line, _values(row, columns, vocabulary))
            _check(entry, lines, today)
        except _Refused as error:
            sheet.refused.append(error.refusal(row.line))
        else:
            sheet.entries.append(entry)
    if any(entry.values.get(PHOTO) for entry in sheet.entries):
        # Pictures are not fetched from other sites.
        sheet.ignored.append(_HEADERS[PHOTO])
    if not sheet.entries and not sheet.refused:
        raise BadFile(FileFault.NO_ROWS)
    return sheet


class _Refused(Exception):
    def __init__(self, fault: Fault, name: str = "", value: str = "") -> None:
        super().__init__(fault)
        self.fault, self.name, self.value = fault, name, value

    def refusal(self, line: int) -> Refusal:
        """Return it as the report tells it."""
        return Refusal(line, self.fault, _HEADERS.get(self.name, ""), self.value)


def _known(headers: Sequence[str]) -> int:
    return sum(header_key(header) in _BY_HEADER for header in headers)


def _columns(header: Row) -> list[Column | None]:
    """Return what stands in each place of a row. Raises BadFile."""
    columns = [_BY_HEADER.get(header_key(text)) for text in header.cells]
    known = [column.header for column in columns if column]
    if not known:
        shown = ", ".join(text.strip() for text in header.cells if text.strip())
        raise BadFile(FileFault.NO_HEADER, line=header.line, value=_CONTROL.sub("", shown)[:80])
    for name in known:
        if known.count(name) > 1:
            raise BadFile(FileFault.SAME_HEADER, line=header.line, value=name)
    return columns


def _ignored(header: Row) -> list[str]:
    """Name once what nobody reads."""
    names = dict.fromkeys(text.strip() for text in header.cells if text.strip())
    return [name for name in names if header_key(name) not in _BY_HEADER]


def _values(row: Row, columns: Sequence[Column | None], vocabulary: Vocabulary) -> dict[str, Any]:
    if any(cell.strip() for cell in row.cells[len(columns) :]):
        raise _Refused(Fault.MORE_CELLS)
    found = {}
    for place, column in enumerate(columns):
        if column is None:
            continue
        cell = row.cells[place] if place < len(row.cells) else ""
        try:
            found[column.name] = column.read(cell, vocabulary)
        except Unfit as error:
            raise _Refused(error.fault, column.name, error.value) from None
    return _named(found)


def _named(values: dict[str, Any]) -> dict[str, Any]:
    """Let the description speak where the name is missing."""
    if not values.get("title"):
        values["title"] = shortened(values.get("description", ""), NAME_LENGTH)
    return values


def shortened(text: str, length: int) -> str:
    """Return the beginning of a text on one line, cut after a word."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def summary_of(values: Mapping[str, Any]) -> str:
    """Return the sentence for the list of results, where the file has none."""
    return shortened(str(values.get("description") or values["title"]), SUMMARY_LENGTH)


def _check(entry: Entry, lines: dict[tuple[str, str], int], today: date) -> None:
    """Refuse what the specification refuses; remember the line of each ID."""
    values = entry.values
    missing = {"kind": Fault.NO_TYPE, "title": Fault.NO_NAME, "number": Fault.NO_ID}
    for name, fault in missing.items():
        if not values.get(name):
            raise _Refused(fault)
    # A name alone reaches nobody; a function needs no name of a person.
    if not any(values.get(f"contact_{way}") for way in ("phone", "url", "email")):
        raise _Refused(Fault.NO_CONTACT)
    if values.get("facilities") and values["kind"] != EQUIPMENT:
        raise _Refused(Fault.ONLY_EQUIPMENT, "facilities", values["kind"])
    _check_ours(entry, today)
    key = (values.get("provider", ""), entry.number)
    if key in lines:
        raise _Refused(Fault.SAME_ID, "number", str(lines[key]))
    lines[key] = entry.line


def _check_ours(entry: Entry, today: date) -> None:
    """Refuse what no record of the portal may say."""
    values, number = entry.values, entry.number
    if number.startswith(MADE_UP) and not _MADE_UP_NUMBER.fullmatch(number):
        raise _Refused(Fault.BAD_SLUG, "number", number)
    if (values.get("trl_from") or 0) > (values.get("trl_to") or 9):
        raise _Refused(Fault.TRL_BACKWARDS)
    if (values.get("confirmed_on") or today) > today:
        raise _Refused(Fault.LATER_DAY, "confirmed_on", values["confirmed_on"].isoformat())


def check_relations(
    entries: Iterable[tuple[str, Entry]], stored: Mapping[tuple[str, str], str]
) -> list[Refusal]:
    """Refuse rows whose facilities are neither in the file nor in the portal.

    Each entry stands with its provider; `stored` gives the type of what the portal has, by
    provider and ID. Only equipment relates, and only to facilities, so one round is enough.
    """
    rows = list(entries)
    kinds = {**stored, **{(owner, entry.number): entry.values["kind"] for owner, entry in rows}}
    refused = []
    for owner, entry in rows:
        for number in entry.values.get("facilities", ()):
            kind = kinds.get((owner, number))
            if kind != FACILITY:
                fault = Fault.NOT_A_FACILITY if kind else Fault.UNKNOWN_FACILITY
                refused.append(Refusal(entry.line, fault, _HEADERS["facilities"], number))
                break
    return refused
