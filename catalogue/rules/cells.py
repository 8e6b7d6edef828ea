"""What stands in a cell of the catalogue file, and how it is written so that it reads the same."""

import csv
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

# A spreadsheet computes what starts so (OWASP, CSV injection).
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()./;=*#,&a-z-]*", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s<>\"\\^`{|}]+", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}")
_SLUG = re.compile(r"[a-zA-Z0-9_-]+")
# Of a whole cell; the csv module takes up to 131,072.
LONGEST_LIST = 50_000
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


class Fault(StrEnum):
    """Why a row is refused."""

    MORE_CELLS = "more_cells"
    CONTROL = "control"
    TOO_LONG = "too_long"
    NO_TYPE = "no_type"
    NO_NAME = "no_name"
    NO_ID = "no_id"
    NO_CONTACT = "no_contact"
    BAD_WORD = "bad_word"
    BAD_EMAIL = "bad_email"
    BAD_PHONE = "bad_phone"
    BAD_WEB = "bad_web"
    BAD_NUMBER = "bad_number"
    BAD_DAY = "bad_day"
    LATER_DAY = "later_day"
    BAD_LANGUAGE = "bad_language"
    BAD_SLUG = "bad_slug"
    NOT_YES_OR_NO = "not_yes_or_no"
    TRL_BACKWARDS = "trl_backwards"
    SAME_ID = "same_id"
    ONLY_EQUIPMENT = "only_equipment"
    UNKNOWN_FACILITY = "unknown_facility"
    NOT_A_FACILITY = "not_a_facility"
    NO_PROVIDER = "no_provider"
    UNKNOWN_PROVIDER = "unknown_provider"
    OTHER_PROVIDER = "other_provider"
    OTHER_REGION = "other_region"
    OTHER_TYPE = "other_type"
    OTHER_SLUG = "other_slug"
    SLUG_TAKEN = "slug_taken"


class Unfit(ValueError):
    """A cell does not say what its column asks for."""

    def __init__(self, fault: Fault, value: str = "") -> None:
        super().__init__(f"{fault} {value}")
        self.fault, self.value = fault, value


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What fits, by name of the value: the longest text in characters, and the words to choose."""

    lengths: Mapping[str, int]
    words: Mapping[str, Mapping[str, str]]

    @staticmethod
    def of(words: Iterable[str]) -> Mapping[str, str]:
        """Return the words by how people may type them."""
        return {_typed(word): word for word in words}


@dataclass(frozen=True, slots=True)
class Codec:
    """How a value reads from a cell and is written into it; blank reads as `blank`."""

    read: Callable[[str, Collection[str] | Mapping[str, str]], Any]
    write: Callable[[Any], str]
    blank: Any = None


def guarded(text: str) -> str:
    """Return text that no spreadsheet computes; `bare` gives the very same text back."""
    return f"'{text}" if _FORMULA.match(text) else text


def bare(cell: str) -> str:
    """Return what a cell says, without the apostrophe that keeps a spreadsheet from computing."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def as_list(values: Iterable[str], sign: str) -> str:
    """Join values; one that holds the sign itself stands in quotation marks."""
    out = StringIO()
    csv.writer(out, delimiter=sign, lineterminator="").writerow(list(values))
    return out.getvalue()


def from_list(text: str, sign: str) -> tuple[str, ...]:
    """Take apart what `as_list` joined, or what a person typed. Raises Unfit."""
    if len(text) > LONGEST_LIST:
        raise Unfit(Fault.TOO_LONG, f"{LONGEST_LIST:,}")
    reader = csv.reader(StringIO(text, newline=""), delimiter=sign, skipinitialspace=True)
    return tuple(part.strip() for row in reader for part in row if part.strip())


def _typed(word: str) -> str:
    return re.sub(r"[\s_-]+", "_", word.strip()).casefold()


def _line(text: str, _words: Any) -> str:
    return re.sub(r"\s*[\r\n\t]+\s*", " ", text)


def _word(text: str, words: Any) -> str:
    try:
        return str(words[_typed(text)])
    except KeyError:
        raise Unfit(Fault.BAD_WORD, text) from None


def _words(text: str, words: Any) -> tuple[str, ...]:
    return tuple(_word(part, words) for part in re.split(r"[;,]", text) if part.strip())


def _email(text: str, _words: Any) -> str:
    found = re.sub("^mailto:", "", text, flags=re.IGNORECASE).strip()
    if not _EMAIL.fullmatch(found):
        raise Unfit(Fault.BAD_EMAIL, text)
    return found


def _phone(text: str, _words: Any) -> str:
    found = re.sub("^tel:", "", text, flags=re.IGNORECASE).strip()
    if not _PHONE.fullmatch(found) or len(re.findall(r"\d", found)) < 3:
        raise Unfit(Fault.BAD_PHONE, text)
    return found


def _web(text: str, _words: Any) -> str:
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_host = False
    if not has_host or not _WEB.fullmatch(text):
        raise Unfit(Fault.BAD_WEB, text)
    return text


def _yes_or_no(text: str, _words: Any) -> bool:
    word = text.casefold()
    if word not in _YES | _NO:
        raise Unfit(Fault.NOT_YES_OR_NO, text)
    return word in _YES


def _day(text: str, _words: Any) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unfit(Fault.BAD_DAY, text) from None


def _languages(text: str, _words: Any) -> tuple[str, ...]:
    codes = tuple(part.strip().lower() for part in re.split(r"[;,]", text) if part.strip())
    for code in codes:
        if not _LANGUAGE.fullmatch(code):
            raise Unfit(Fault.BAD_LANGUAGE, code)
    return codes


def _slug(text: str, _words: Any) -> str:
    if not _SLUG.fullmatch(text):
        raise Unfit(Fault.BAD_SLUG, text)
    return text


def _if_read(codec: Callable[[str, Any], Any], prefix: str = "") -> Callable[[Any], str]:
    """Write only what would be read: an old value of another shape is left out."""

    def write(value: Any) -> str:
        try:
            codec(str(value), ())
        except Unfit:
            return ""
        return f"{prefix}{value}"

    return write


def number(low: int, high: int) -> Codec:
    """A whole number between two others, both included."""

    def read(text: str, _words: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise Unfit(Fault.BAD_NUMBER, f"{low} to {high}")
        return int(text)

    return Codec(read, str)


def listed(sign: str) -> Codec:
    """Several values, taken apart at a sign."""
    return Codec(lambda text, _words: from_list(text, sign), lambda v: as_list(v, sign), ())


LINE = Codec(_line, str, "")
TEXT = Codec(lambda text, _words: text, str, "")
WORD = Codec(_word, str)
WORDS = Codec(_words, ";".join, ())
EMAIL = Codec(_email, _if_read(_email), "")
PHONE = Codec(_phone, _if_read(_phone, "tel:"), "")
WEB = Codec(_web, _if_read(_web), "")
YES_OR_NO = Codec(_yes_or_no, lambda value: "yes" if value else "no")
DAY = Codec(_day, lambda value: value.isoformat())
LANGUAGES = Codec(_languages, ";".join, ())
SLUG = Codec(_slug, str, "")
DAYS = number(0, 32_767)
