"""Identifiers of organisations and people, checked by their own check digits."""

import re

from stdnum import isni
from stdnum.exceptions import ValidationError as NotANumber

# Crockford's base 32, of which ROR makes its names: no i, l, o or u.
_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_ROR = re.compile(r"0[0-9a-hjkmnp-tv-z]{6}[0-9]{2}")


def ror_id(text: str) -> str:
    """Return the bare identifier of a research organisation from its name or address.

    Six signs in base 32 and two check digits (ISO/IEC 7064, mod 97-10), as ror.org gives them.
    Raises ValueError.
    """
    bare = text.strip().lower().removeprefix("https://").removeprefix("ror.org/").strip("/")
    if not _ROR.fullmatch(bare):
        raise ValueError(text)
    number = 0
    for sign in bare[1:7]:
        number = number * 32 + _BASE32.index(sign)
    if 98 - number * 100 % 97 != int(bare[7:]):
        raise ValueError(text)
    return bare


def orcid(text: str) -> str:
    """Return a researcher's identifier as 0000-0000-0000-0000 (ISO 27729). Raises ValueError."""
    bare = text.strip().upper().removeprefix("HTTPS://").removeprefix("ORCID.ORG/").strip("/")
    try:
        digits = isni.validate(bare)
    except NotANumber:
        raise ValueError(text) from None
    return "-".join(digits[place : place + 4] for place in range(0, 16, 4))
