"""VAT and register numbers, checked offline by their shape and check digits."""

import re
from collections.abc import Callable, Mapping

from stdnum import get_cc_module
from stdnum.at import businessid as at_register
from stdnum.be import vat as be_enterprise
from stdnum.bg import vat as bg_register
from stdnum.ch import uid as ch_enterprise
from stdnum.cz import dic as cz_register
from stdnum.de import handelsregisternummer as de_register
from stdnum.dk import cvr as dk_register
from stdnum.ee import registrikood as ee_register
from stdnum.es import cif as es_register
from stdnum.fi import ytunnus as fi_enterprise
from stdnum.fr import siren as fr_register
from stdnum.fr import siret as fr_establishment
from stdnum.hr import oib as hr_enterprise
from stdnum.is_ import kennitala as is_register
from stdnum.it import iva as it_enterprise
from stdnum.lv import pvn as lv_register
from stdnum.no import orgnr as no_register
from stdnum.pl import nip as pl_tax
from stdnum.pl import regon as pl_statistics
from stdnum.pt import nif as pt_register
from stdnum.ro import cui as ro_tax
from stdnum.ro import onrc as ro_register
from stdnum.se import orgnr as se_register
from stdnum.si import maticna as si_register

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

    EU and EEA, the United Kingdom and Switzerland: by the check digits where the library knows
    them, else by the shape. The register's name before the number is left out, like CVR or RCS;
    a country elsewhere is not judged.
    """
    # A German number is one of its court's, so its words belong to it.
    bare = number if country == "DE" else _WORDS.sub("", number.strip())
    check = _REGISTERS.get(country)
    if check is not None and not check(bare):
        raise BadNumber(number)
    shape = _SHAPES.get(country)
    if shape is not None and not shape.fullmatch(re.sub(r"[^0-9A-Za-z]", "", bare).upper()):
        raise BadNumber(number)


def plain(number: str) -> str:
    """Return a number as it can be compared: letters and digits, without its register's name."""
    bare = re.sub(r"[^0-9A-Za-z]", "", _WORDS.sub("", number.strip())).upper()
    return bare.lstrip("0")


def _french(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    return bool(fr_register.is_valid(digits) or fr_establishment.is_valid(digits))


def _german(number: str) -> bool:
    """A register and number, with the court before or after them where it is named."""
    bare = re.sub(r"^Amtsgericht\b|^AG\b|,", " ", number.strip(), flags=re.IGNORECASE)
    bare = " ".join(bare.split())
    return bool(_GERMAN.fullmatch(bare) or de_register.is_valid(bare))


def _austrian(number: str) -> bool:
    """A number of the company register, or of the one of associations."""
    return bool(at_register.is_valid(number) or re.fullmatch(r"\d{9,10}", number))


def _bulgarian(number: str) -> bool:
    """Nine digits; a branch has four more."""
    digits = re.sub(r"\D", "", number)
    return len(digits) in {9, 13} and bool(bg_register.is_valid(digits[:9]))


def _czech(number: str) -> bool:
    """Eight digits; longer ones are people's."""
    digits = re.sub(r"\D", "", number)
    return len(digits) == 8 and bool(cz_register.is_valid(digits))


def _croatian(number: str) -> bool:
    """The number of the person, or the older one of the court, which has no check digit."""
    digits = re.sub(r"\D", "", number)
    return bool(hr_enterprise.is_valid(digits) or re.fullmatch(r"\d{8,9}", digits))


def _italian(number: str) -> bool:
    """The tax code that the register files a company under, or the REA number of a chamber."""
    is_rea = re.fullmatch(r"(?:[A-Z]{2})?\W*\d{5,7}", number, re.IGNORECASE)
    return bool(is_rea or it_enterprise.is_valid(number))


def _polish(number: str) -> bool:
    """KRS, which starts with zeros and has no check digit, REGON or NIP."""
    digits = re.sub(r"\D", "", number)
    is_krs = re.fullmatch(r"00\d{8}", digits)
    return bool(is_krs or pl_statistics.is_valid(digits) or pl_tax.is_valid(digits))


def _romanian(number: str) -> bool:
    return bool(ro_register.is_valid(number) or ro_tax.is_valid(number))


_GERMAN = re.compile(r"(?:HRA|HRB|GnR|PR|VR|GsR)\s*\d{1,6}(?:\s*[A-Z]{1,3})?", re.IGNORECASE)
_REGISTERS: Mapping[str, Callable[[str], bool]] = {
    "AT": _austrian,
    "BE": be_enterprise.is_valid,
    "BG": _bulgarian,
    "CH": ch_enterprise.is_valid,
    "CZ": _czech,
    "DE": _german,
    "DK": dk_register.is_valid,
    "EE": ee_register.is_valid,
    "ES": es_register.is_valid,
    "FI": fi_enterprise.is_valid,
    "FR": _french,
    "HR": _croatian,
    "IS": is_register.is_valid,
    "IT": _italian,
    "LV": lv_register.is_valid,
    "NO": no_register.is_valid,
    "PL": _polish,
    "PT": pt_register.is_valid,
    "RO": _romanian,
    "SE": se_register.is_valid,
    "SI": si_register.is_valid,
}
# Letters and digits without the register's name, where no check digit is known.
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "CY": re.compile(r"[A-Z]?\d{1,6}"),
    "GB": re.compile(r"R?\d{6,8}"),
    "GR": re.compile(r"\d{9,12}"),
    "HU": re.compile(r"\d{10}"),
    "IE": re.compile(r"\d{1,7}"),
    "LI": re.compile(r"\d{9,11}"),
    "LT": re.compile(r"\d{7}|\d{9}"),
    "LU": re.compile(r"[A-Z]?\d{1,7}"),
    "MT": re.compile(r"[A-Z]?\d{1,6}"),
    "NL": re.compile(r"\d{8}|\d{12}"),
    "SK": re.compile(r"\d{8}"),
}
