"""Whether two entries describe one firm: by number, by domain, by name. Pure.

Entries share *keys* (an index finds candidates by them), and a candidate is then judged.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from urllib.parse import urlsplit

from portal.identifiers import plain

_LEGAL_FORM = re.compile(
    r"ab|ag|aps|as|asbl|bv|bvba|cv|eg|ek|ev|gbr|gmbh|ivs|kg|kgaa|limited|llp|ltd|nv|ohg|plc|sa"
    r"|sarl|sas|sasu|sca|scrl|snc|sprl|srl|stichting|ug|vof|vzw"
)
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"})


def _words_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that many firms of the field carry: alike in them, two names are not yet alike.
_TRADES = _words_in(
    "actives allergens analytics assays bio biologics biopharma bioprocess biosciences biotech "
    "biotechnologies biotechnology care devices diagnostic diagnostics enzymes foods genomics "
    "health healthcare imaging implants lab laboratories labs life medical medtech microbiome "
    "nutrition optics peptides pharma pharmaceuticals products proteomics research sciences "
    "sensors services solutions systems tech technologies technology therapeutics vaccines "
    "vaccins"
)
_PLACES = _words_in(
    "and belgie belgique belgium co company danmark denmark deutschland et europe european france "
    "germany groep group gruppe holding international ireland nederland netherlands uk und"
)
# Where people and firms have pages and letter boxes that are not their own.
_SHARED = _words_in(
    "aol.com facebook.com free.fr github.io gmail.com gmx.de gmx.net googlemail.com hotmail.com "
    "icloud.com instagram.com laposte.net linkedin.com live.com mail.com me.com msn.com orange.fr "
    "outlook.com proton.me protonmail.com sites.google.com skynet.be t-online.de telenet.be "
    "wanadoo.fr web.de wixsite.com wordpress.com x.com yahoo.com ziggo.nl"
)
_SECOND_LEVEL = frozenset({"ac", "co", "com", "gov", "net", "org"})
SHORTEST_NUMBER, SHORTEST_NAME, START = 6, 5, 4
# A name of so many letters may have one slip of the keyboard, and one more for each so many.
LETTERS_PER_SLIP = 10
ALIKE_WITH_DOMAIN = 0.45
SIREN = 9


class Evidence(StrEnum):
    """By what two entries are one firm, strongest first."""

    NUMBER = "number"
    DOMAIN = "domain"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an entry says of a firm."""

    name: str
    country: str = ""
    register_number: str = ""
    vat_number: str = ""
    website: str = ""
    email: str = ""


def name_key(name: str) -> str:
    """Return what two spellings of one name share: no accents, no legal form."""
    words = _words(name)
    kept = [word for word in words if not _LEGAL_FORM.fullmatch(word)]
    return "".join(kept or words) or name.casefold().translate(_LETTERS)


def own_words(name: str) -> str:
    """Return the part of a name that is the firm's own: no legal form, no word of the field."""
    words = [word for word in _words(name) if not _LEGAL_FORM.fullmatch(word)]
    return "".join(word for word in words if word not in _TRADES | _PLACES)


def _words(name: str) -> list[str]:
    lower = name.casefold().translate(_LETTERS)
    bare = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9 ]", "", re.sub(r"[\s&+-]+", " ", bare)).split()


def numbers_of(entry: Entry) -> frozenset[str]:
    """Return the numbers by which a register knows the firm, as they can be compared."""
    vat = re.sub(r"[^0-9A-Za-z]", "", entry.vat_number).upper()
    found = {plain(entry.register_number)}
    if vat:
        bare = vat[2:].lstrip("0")
        # A French VAT number ends with the register number; a Belgian or Danish one is it.
        found |= {vat, bare, vat[-SIREN:] if vat.startswith("FR") else bare}
    return frozenset(n for n in found if len(n) >= SHORTEST_NUMBER and re.search(r"\d", n))


def domains_of(entry: Entry) -> frozenset[str]:
    """Return the firm's own domains, from its page and its office address."""
    address = entry.website if "//" in entry.website else f"//{entry.website}"
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    found = (host, entry.email.rpartition("@")[2])
    return frozenset(name for name in map(_own_domain, found) if name)


def _own_domain(host: str) -> str:
    labels = host.casefold().strip(".").split(".")
    if len(labels) < len(("name", "land")):
        return ""
    take = 3 if labels[-2] in _SECOND_LEVEL and len(labels[-1]) == len("uk") else 2
    name = ".".join(labels[-take:])
    return "" if name in _SHARED or host.casefold() in _SHARED else name


def keys_of(entry: Entry) -> list[str]:
    """Return the keys of an entry: two that share none are not one firm."""
    return sorted(set(_keys(entry)))


def _keys(entry: Entry) -> Iterator[str]:
    yield from (f"n:{number}" for number in numbers_of(entry))
    yield from (f"d:{domain}" for domain in domains_of(entry))
    own = own_words(entry.name)
    if len(own) >= SHORTEST_NAME:
        # A slip of the keyboard at the start or at the end leaves the other one.
        yield f"s:{own[:START]}"
        yield f"e:{own[-START:]}"


def evidence(one: Entry, other: Entry) -> Evidence | None:
    """Return by what the two are one firm, None where they are not."""
    if numbers_of(one) & numbers_of(other):
        return Evidence.NUMBER
    if _are_registered_apart(one, other):
        return None
    if domains_of(one) & domains_of(other) and _are_akin(one.name, other.name):
        return Evidence.DOMAIN
    if _are_alike(one.name, other.name) and not _differ_in_trade(one.name, other.name):
        return Evidence.NAME
    return None


def _are_registered_apart(one: Entry, other: Entry) -> bool:
    """Whether one country knows the two under different numbers of one kind."""
    if one.country != other.country:
        return False
    pairs = [
        (plain(one.register_number), plain(other.register_number)),
        (plain(one.vat_number), plain(other.vat_number)),
    ]
    return any(first and second and first != second for first, second in pairs)


def _are_akin(one: str, other: str) -> bool:
    """Whether two names may be one where something else speaks for it."""
    compared = SequenceMatcher(None, own_words(one), own_words(other), autojunk=False)
    return name_key(one) == name_key(other) or compared.ratio() >= ALIKE_WITH_DOMAIN


def _are_alike(one: str, other: str) -> bool:
    """Whether the firms' own words are the same but for slips of the keyboard."""
    first, second = own_words(one), own_words(other)
    if min(len(first), len(second)) < SHORTEST_NAME:
        return bool(first or second) and name_key(one) == name_key(other)
    compared = SequenceMatcher(None, first, second, autojunk=False)
    slips = sum(
        max(there - here, to - since)
        for kind, here, there, since, to in compared.get_opcodes()
        if kind != "equal"
    )
    return slips <= min(len(first), len(second)) // LETTERS_PER_SLIP


def _differ_in_trade(one: str, other: str) -> bool:
    """Whether words of the field say that two firms of one name work at different things."""
    first, second = (set(_words(name)) & _TRADES for name in (one, other))
    return bool(first - second and second - first)
