"""VAT and register numbers, checked offline by their shape and check digits."""

import re
from collections.abc import Callable, Mapping

from stdnum import get_cc_module
from stdnum.be import vat as be_enterprise
from stdnum.dk import cvr as dk_register
from stdnum.es import cif as es_register
from stdnum.fr import siren as fr_register
from stdnum.fr import siret as fr_establishment

# A country's VAT numbers are checked under another country's letters.
OTHER_LETTERS: Mapping[str, str] = {"EL": "gr", "XI": "gb"}
_WORDS = re.compile(r"^(?:[^\W\d]{2,}[\s.:]*)+")


class BadNumber(ValueError):
    """The number cannot exist: its length or check digits are wrong."""


def check_vat(number: str) -> None:
    """Raise BadNumber for a VAT number, with its letters, that its country cannot have given.

    A country that the library does not know is not judged.
    """
    letters = number[:2].upper()
    module = get_cc_module(OTHER_LETTERS.get(letters, letters.lower()), "vat")
    bare = number[2:] if letters == "XI" else number
    if module is not None and not module.is_valid(bare):
        raise BadNumber(number)


def check_register(number: str, country: str) -> None:
    """Raise BadNumber for a trade register number that its country cannot have given.

    Only countries whose numbers carry check digits are judged: BE, DK, ES and FR. The register's
    name before the number is left out, like CVR or RCS.
    """
    check = _REGISTERS.get(country)
    if check is not None and not check(_WORDS.sub("", number.strip())):
        raise BadNumber(number)


def plain(number: str) -> str:
    """Return a number as it can be compared: letters and digits, without its register's name."""
    bare = re.sub(r"[^0-9A-Za-z]", "", _WORDS.sub("", number.strip())).upper()
    return bare.lstrip("0")


def _french(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    return bool(fr_register.is_valid(digits) or fr_establishment.is_valid(digits))


_REGISTERS: Mapping[str, Callable[[str], bool]] = {
    "BE": be_enterprise.is_valid,
    "DK": dk_register.is_valid,
    "ES": es_register.is_valid,
    "FR": _french,
}
