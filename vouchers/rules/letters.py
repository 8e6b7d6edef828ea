"""Whether a letter says what the record says: amounts, dates, names, numbers, blanks, language.

Pure: a text and the record's facts in, findings out. A letter is read by its figures, so each is
read in every form in which people of the regions write it, whatever the letter's language:

- amounts as the EU's Interinstitutional Style Guide (7.3.3) and Unicode CLDR write them: €7,500,
  7.500,00 €, € 7.500,-, 7 500 EUR. Three digits behind a mark are thousands, one or two are cents;
- days as CLDR writes them in English, Dutch, French and German, with ISO 8601 and numbers (day
  before month, as all four do);
- firms by the record's names, by those of the other letters, and by their legal forms.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher

from vouchers.enums import LetterFact

type Value = str | Decimal | date


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the record says; `words` are its other names, such as the project's title.

    `names` are the firm and its providers, `others` those of other letters; `missing` are facts
    that the letter must name and the record lacks; `languages` those the reader may be written in.
    """

    amount: Decimal | None
    days: frozenset[date]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    languages: frozenset[str]
    words: tuple[str, ...] = ()
    others: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a letter says, and what the record says instead."""

    fact: LetterFact
    said: str
    recorded: tuple[Value, ...] = ()


PLACEHOLDER = re.compile(r"\{(\w+)\}")
BLANKS = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{[^{}\n]*\}|\[\[.*?\]\]|<<.*?>>|\[[A-Z][A-Z _]+\]|%\(\w+\)[sd]"
    r"|\b[Xx]{3,}\b|_{3,}|\bTBD\b|\bTODO\b"
)
# A name of the record that has been read; no figure reaches across it.
READ = "\N{OBJECT REPLACEMENT CHARACTER}"

_SPACE = r"[ \u00a0\u2009\u202f]"
_FIGURE = (
    rf"(?:\d{{1,3}}(?:(?:{_SPACE}|[.,'\u2019])\d{{3}})+(?:[.,]\d{{1,2}})?|\d+(?:[.,]\d{{1,2}})?)"
    r"(?!\d)(?:[.,][-–—])?"  # noqa: RUF001  dashes that people write for no cents
)
_CENTS = re.compile(r"[.,](\d{1,2})$")
_NO_CENTS = re.compile(r"[.,][-–—]$")  # noqa: RUF001  as in _FIGURE
_EURO = r"(?:€|(?<!\w)EUR(?!\w)|(?<!\w)euros?(?!\w))"
AMOUNTS = re.compile(
    rf"{_EURO}\s*(?P<after>{_FIGURE})|(?<![\w.,])(?P<before>{_FIGURE})\s*{_EURO}", re.IGNORECASE
)

MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan januari janvier janv januar jänner",
            "february feb februari février fevrier févr februar",
            "march mar maart mrt mars märz marz mär",
            "april apr avril avr",
            "may mei mai",
            "june jun juni juin",
            "july jul juli juillet juil",
            "august aug augustus août aout",
            "september sep sept septembre",
            "october oct oktober okt octobre",
            "november nov novembre",
            "december dec dezember dez décembre decembre déc",
        ),
        start=1,
    )
    for name in names.split()
}
# In lower case and without a year these are words of their own.
WORDS_TOO = frozenset({"may", "march", "mar", "mars"})
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DAYS = re.compile(
    r"(?<![\w.])(?:"
    r"(?P<y1>\d{4})-(?P<m1>\d{2})-(?P<d1>\d{2})"
    r"|(?P<d2>\d{1,2})(?P<sign>[./-])\s?(?P<m2>\d{1,2})(?P=sign)(?:\s?(?P<y2>\d{4})|(?P<y5>\d{2}))"
    r"|(?P<d5>\d{1,2})\.\s?(?P<m5>\d{1,2})\.(?!\d)"
    rf"|(?P<d3>\d{{1,2}})(?:\.|st|nd|rd|th|er)?\s+(?P<m3>{_MONTH})\b\.?(?:,?\s+(?P<y3>\d{{4}}))?"
    rf"|(?P<m4>{_MONTH})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>\d{{4}})"
    r")(?!\w)",
    re.IGNORECASE,
)

_FORM = (
    r"GmbH|mbH|AG|KG|UG|e\.V\.|B\.V\.|BV|N\.V\.|NV|S\.A\.|SA|SAS|SARL|SRL|SPRL|Ltd|Limited|LLP"
    r"|plc|ApS|A/S|AB"
)
FIRMS = re.compile(
    rf"(?:[A-ZÀ-Þ][\w&'\u2019.-]*[ \u00a0]+(?:(?:&|\d+)[ \u00a0]+)?){{1,6}}(?:{_FORM})(?!\w)"
)
NEAR = 0.85

# Words that only one of the four languages has, among the commonest of each.
COMMON: Mapping[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the and of with for your you not this have are we our will",
        "nl": "het een van met voor uw niet wij zijn wordt naar ook maar onze",
        "fr": "le la les des et est une avec pour votre vous nous que pas",
        "de": "der das und ist mit für ihr ihre sie nicht wir ein eine den",
    }.items()
}
FEWEST, CLEARLY = 4, 2


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the record's facts where a text names them; an empty or unknown one stays as it is."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[0], text)


def check(text: str, record: Record, *, written_in: str = "") -> list[Finding]:
    """Compare a filled text with the record; `written_in` is the language it was written for."""
    rest = _without(text, [*record.names, *record.words, *record.numbers])
    return [
        *(Finding(LetterFact.BLANK, f"{{{name}}}") for name in sorted(record.missing)),
        *blanks(rest),
        *_amounts(rest, record),
        *_days(rest, record),
        *_numbers(rest, record),
        *_names(rest, record),
        *_language(rest, record, written_in),
    ]


def blanks(text: str) -> list[Finding]:
    """Find what nobody has filled in."""
    return [Finding(LetterFact.BLANK, found) for found in _once(BLANKS.findall(text))]


def amount_of(figure: str) -> Decimal:
    """Read an amount in EUR: three digits behind a mark are thousands, fewer are cents."""
    plain = _NO_CENTS.sub("", figure)
    cents = _CENTS.search(plain)
    whole = re.sub(r"\D", "", plain[: cents.start()] if cents else plain)
    return Decimal(f"{whole}.{cents[1]}" if cents else whole)


def language_of(text: str) -> str:
    """Return the language whose common words stand out in a text; empty where none does."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    hits = {code: sum(word in common for word in words) for code, common in COMMON.items()}
    first, second = sorted(hits, key=lambda code: -hits[code])[:2]
    return first if hits[first] >= max(FEWEST, CLEARLY * hits[second]) else ""


def _without(text: str, names: Iterable[str]) -> str:
    """Take out what the record says word for word, the longest first."""
    for name in sorted({*names}, key=len, reverse=True):
        if any(sign.isalpha() for sign in name):
            text = _whole(name).sub(READ, text)
    return text


def _whole(name: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in name.split())
    # A name that ends or begins with a digit is not part of a longer figure.
    return re.compile(rf"(?<![\w-])(?<!\d[.,]){words}(?!-?\w|[.,]\d)")


def _amounts(text: str, record: Record) -> Iterator[Finding]:
    recorded = () if record.amount is None else (record.amount,)
    for found in AMOUNTS.finditer(text):
        if amount_of(found["after"] or found["before"]) not in recorded:
            yield Finding(LetterFact.AMOUNT, found[0].strip(), recorded)


def _days(text: str, record: Record) -> Iterator[Finding]:
    recorded = tuple(sorted(record.days))
    for found in DAYS.finditer(text):
        parts = {name[0]: part for name, part in found.groupdict().items() if part}
        year, month, day = parts.get("y"), parts["m"], int(parts["d"])
        if year is None and month in WORDS_TOO:
            continue
        number = int(month) if month.isdigit() else MONTHS[month.lower()]
        if (len(year or "") != len("2026") and month.isdigit()) and not _may_be_day(number, day):
            # Too short to be a day and nothing else, such as the number of a section.
            continue
        if not any(_is_same(one, year, number, day) for one in record.days):
            yield Finding(LetterFact.DAY, found[0], recorded)


def _may_be_day(month: int, day: int) -> bool:
    return month in range(1, 13) and day in range(1, 32)


def _is_same(one: date, year: str | None, month: int, day: int) -> bool:
    same_year = year is None or str(one.year).endswith(year)
    return same_year and (one.month, one.day) == (month, day)


def _numbers(text: str, record: Record) -> Iterator[Finding]:
    heads = {re.escape(number.partition("-")[0]) for number in record.numbers if "-" in number}
    if heads:
        for found in _once(re.findall(rf"(?<![\w-])(?:{'|'.join(heads)})-[\w-]*\d[\w-]*", text)):
            yield Finding(LetterFact.NUMBER, found, record.numbers)


def _names(text: str, record: Record) -> Iterator[Finding]:
    known = {_plain(name) for name in record.names}
    others = [name for name in sorted(record.others) if _whole(name).search(text)]
    rest = _without(text, others)
    near = (found for name in record.names for found in _near(rest, name))
    for found in _once([*others, *near, *FIRMS.findall(rest)]):
        if _plain(found) not in known:
            yield Finding(LetterFact.NAME, found, record.names)


def _near(text: str, name: str) -> Iterator[str]:
    """Find what is nearly a name of two words or more: one word is too like other words."""
    size, wanted = len(name.split()), _plain(name)
    for part in text.split(READ):
        words = part.split()
        starts = range(len(words) - size + 1) if size > 1 else ()
        windows = (" ".join(words[start : start + size]) for start in starts)
        likeness = {one: SequenceMatcher(None, _plain(one), wanted).ratio() for one in windows}
        best = max(likeness, key=likeness.__getitem__, default="")
        if likeness.get(best, 0) >= NEAR:
            yield best.strip(".,;:!?()\"'")


def _plain(name: str) -> str:
    """Return a name without capitals and marks: B.V. is BV."""
    return " ".join(re.sub(r"[^\w\s]", "", name).casefold().split())


def _language(text: str, record: Record, written_in: str) -> Iterator[Finding]:
    found = language_of(text) or written_in
    if text.strip() and found and found not in record.languages:
        yield Finding(LetterFact.LANGUAGE, found, tuple(sorted(record.languages)))


def _once[T](found: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(found))
