"""Why a file of the catalogue, or a row of it, is not taken: a sentence for each reason."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.rules.cells import Fault
from catalogue.rules.tables import BadFile, FileFault
from catalogue.rules.uniquip import Refusal

FILES: Mapping[FileFault, Promise] = {
    FileFault.EMPTY: _("The file is empty: it needs a header row and a row for each record."),
    FileFault.NOT_UTF8: _(
        "The file is not in UTF-8: save it again as CSV in UTF-8, or as an XLSX workbook."
    ),
    FileFault.OLD_WORKBOOK: _("This is an old Excel workbook: save it again as XLSX or as CSV."),
    FileFault.BAD_WORKBOOK: _("The workbook cannot be opened: save it again as XLSX or as CSV."),
    FileFault.BAD_QUOTES: _(
        "From line %(line)s on the cells cannot be told apart: look for a quotation mark that is "
        "not closed, or a cell of more than 131,072 characters."
    ),
    FileFault.TOO_LARGE: _("The file is too large: split it into files of at most %(value)s rows."),
    FileFault.NO_HEADER: _(
        "The first row has no header that the portal knows, but: %(value)s. It needs at least "
        "Type, Name, ID and Contact Email, with commas, semicolons or tabs between them."
    ),
    FileFault.SAME_HEADER: _("The column %(value)s stands there twice: remove one of them."),
    FileFault.NO_ROWS: _("The file has a header and no row: it needs a row for each record."),
}
ROWS: Mapping[Fault, Promise] = {
    Fault.MORE_CELLS: _(
        "The row has more cells than the header: put a cell with a comma in quotation marks"
    ),
    Fault.CONTROL: _("%(column)s holds a character that cannot be shown: type the text anew"),
    Fault.TOO_LONG: _("%(column)s is too long: use at most %(value)s characters"),
    Fault.NO_TYPE: _("Type is missing: give facility, equipment, expert or service"),
    Fault.NO_NAME: _("Name and Description are missing: give at least one of them"),
    Fault.NO_ID: _("ID is missing: without it the row would come in again each time"),
    Fault.NO_CONTACT: _("The contact is missing: give a telephone, a URL or an e-mail address"),
    Fault.BAD_WORD: _("%(column)s cannot be “%(value)s”: use a word that the portal knows"),
    Fault.BAD_EMAIL: _("%(column)s must be an address like office@lab.example, not “%(value)s”"),
    Fault.BAD_PHONE: _("%(column)s must be a number like +49 221 1234, not “%(value)s”"),
    Fault.BAD_WEB: _("%(column)s must be an address like https://lab.example, not “%(value)s”"),
    Fault.BAD_NUMBER: _("%(column)s must be a whole number from %(value)s"),
    Fault.BAD_DAY: _("%(column)s must be a day like 2027-03-08, not “%(value)s”"),
    Fault.LATER_DAY: _("%(column)s must not be after today: %(value)s"),
    Fault.BAD_LANGUAGE: _("%(column)s must be codes of two letters like en;de, not “%(value)s”"),
    Fault.BAD_SLUG: _(
        "%(column)s must be letters, digits and hyphens like cryo-em-hall, not “%(value)s”"
    ),
    Fault.NOT_YES_OR_NO: _("%(column)s must be yes or no, not “%(value)s”"),
    Fault.TRL_BACKWARDS: _("TRL To must not be below TRL From"),
    Fault.SAME_ID: _("The same ID stands in line %(value)s already: give each record its own"),
    Fault.ONLY_EQUIPMENT: _("Only equipment relates to facilities, and this is of type %(value)s"),
    Fault.UNKNOWN_FACILITY: _(
        "The related facility %(value)s is not among this provider's records, in the file or here"
    ),
    Fault.NOT_A_FACILITY: _("The related record %(value)s is no facility"),
    Fault.NO_PROVIDER: _("Provider is missing: name it in the row or with --provider"),
    Fault.UNKNOWN_PROVIDER: _("No provider has the slug %(value)s: add the provider first"),
    Fault.OTHER_PROVIDER: _("The row is of provider %(value)s, not of the one you named"),
    Fault.OTHER_REGION: _("The row is of region %(value)s, and its provider is in another one"),
    Fault.OTHER_TYPE: _(
        "The portal has this ID as %(value)s: a record keeps its type, so give a new ID"
    ),
    Fault.OTHER_SLUG: _("The record keeps its slug, which is %(value)s: leave the cell as it is"),
    Fault.SLUG_TAKEN: _("Another record has the slug %(value)s: choose another or leave it blank"),
}
# What a refusal quotes of a cell, at most.
SHOWN = 60


def of_file(error: BadFile) -> str:
    """Say why a file cannot be read."""
    return str(FILES[error.fault]) % {"line": error.line, "value": error.value}


def of_row(refusal: Refusal) -> str:
    """Say why a row is refused."""
    value = refusal.value if len(refusal.value) <= SHOWN else f"{refusal.value[:SHOWN]}…"
    return str(ROWS[refusal.fault]) % {"column": refusal.column, "value": value}
