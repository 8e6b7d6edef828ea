"""What a SEPA payment can say: accounts, the letters it is written in, and why banks refuse it."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from stdnum import iban

LONGEST_NAME = 70
LONGEST_REMITTANCE = 140
LONGEST_ID = 35
# ISO 13616: country, two check digits from 02 to 98, up to 30 letters or digits of the country.
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
# ISO 9362: institution, country, place, and a branch where one is named.
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
GROUPS_OF = 4
# EPC409-09, the countries of the schemes.
AREA = (
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT "
    "NL NO PL PT RO RS SE SI SK SM VA"
)
# EPC217-08: the characters that every bank takes, and what stands for the others, pair by pair.
_LATIN = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
_PAIRS = (
    "ä ae ö oe ü ue Ä Ae Ö Oe Ü Ue ß ss ẞ SS æ ae Æ AE œ oe Œ OE ø o Ø O ł l Ł L đ d Đ D ð d Ð D "
    "þ th Þ TH ħ h Ħ H \N{LATIN SMALL LETTER DOTLESS I} i ŋ n Ŋ N ŧ t Ŧ T "
    "& + _ - ~ - [ ( ] ) { ( } ) \\ / | / ` ' € E @ (at) \" ' ; , ! . * . # . % . = . ^ . "
    "\N{LEFT SINGLE QUOTATION MARK} ' \N{RIGHT SINGLE QUOTATION MARK} ' "
    "\N{LEFT DOUBLE QUOTATION MARK} ' \N{RIGHT DOUBLE QUOTATION MARK} ' "
    "\N{DOUBLE LOW-9 QUOTATION MARK} ' \N{EN DASH} - \N{EM DASH} - \N{HYPHEN} - "
    "\N{NON-BREAKING HYPHEN} - \N{HORIZONTAL ELLIPSIS} ..."
)
_LETTERS, _WORDS = _PAIRS.split()[::2], _PAIRS.split()[1::2]
_STANDS_FOR = str.maketrans(dict(zip(_LETTERS, _WORDS, strict=True)))


class NotExpressible(ValueError):
    """The text has letters that no bank has to take, such as Greek or Cyrillic ones, or none."""


def bare(account: str) -> str:
    """Return an account as it is stored: capital letters and digits alone."""
    return re.sub(r"[\s.\-]", "", account).upper()


def is_iban(account: str) -> bool:
    """Whether an account without spaces is an IBAN: its country's shape, its check digits."""
    if not _IBAN.fullmatch(account) or not 2 <= int(account[2:4]) <= 98:
        return False
    # The check of a country would refuse accounts of banks that are younger than the library.
    return bool(iban.is_valid(account, check_country=False))


def checked_iban(typed: str) -> str:
    """Return the account that was typed, as it is stored. Raises ValidationError with a sentence.

    Nothing typed is no account.
    """
    account = bare(typed)
    if account and not is_iban(account):
        raise ValidationError(
            gettext(
                "Check the IBAN: its digits do not fit together. "
                "It starts with two letters, like NL91 ABNA 0417 1643 00"
            ),
            code="iban",
        )
    return account


def is_in_area(account: str) -> bool:
    """Whether SEPA reaches the country of an IBAN (EPC409-09)."""
    return account[:2] in AREA.split()


def is_bic(code: str) -> bool:
    """Whether a code without spaces is a BIC of 8 or 11 characters."""
    return bool(_BIC.fullmatch(code))


def grouped(account: str) -> str:
    """Return an account in groups of four, as it stands on a bank card."""
    return " ".join(account[n : n + GROUPS_OF] for n in range(0, len(account), GROUPS_OF))


def latin(text: str, most: int) -> str:
    """Return a text in the letters of a payment, at most so many (EPC217-08, chapter 6).

    Umlauts become two letters and accents go. A slash neither begins nor ends it, and two never
    stand together. Raises NotExpressible.
    """
    plain = unicodedata.normalize("NFC", text).translate(_STANDS_FOR)
    letters = unicodedata.normalize("NFKD", plain)
    without = "".join(letter for letter in letters if not unicodedata.combining(letter))
    written = re.sub(r"/{2,}", "/", " ".join(without.split()))[:most].strip(" /")
    if not written or not _LATIN.fullmatch(written):
        raise NotExpressible(text)
    return written
