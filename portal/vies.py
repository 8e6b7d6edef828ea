"""Ask VIES, the EU's service, whether a VAT number exists: one GET, one JSON answer."""

import json
from urllib.parse import quote

import urllib3

# Numbers of the member states and of Northern Ireland; others are not known to VIES.
LETTERS = "^(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)"
ANSWERS = {"VALID": True, "INVALID": False}
SECONDS = 15.0
MAX_ANSWER = 64 * 1024


class NoAnswer(Exception):
    """VIES is away, or the member state's own register is."""


def knows(number: str, *, base: str, seconds: float = SECONDS) -> bool:
    """Return whether VIES knows a VAT number with its letters.

    `base` is the address of its REST interface, without a slash at the end. Raises NoAnswer: then
    nothing is known of the number.
    """
    url = f"{base}/ms/{quote(number[:2])}/vat/{quote(number[2:])}"
    pool = urllib3.PoolManager(timeout=seconds, retries=False)
    try:
        answer = pool.request(
            "GET", url, headers={"Accept": "application/json"}, preload_content=False
        )
        said = json.loads(answer.read(MAX_ANSWER))
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise NoAnswer(str(error)) from error
    finally:
        pool.clear()
    # A register that is away answers too, with another word: that says nothing of the number.
    word = said.get("userError") if isinstance(said, dict) else None
    if word not in ANSWERS:
        raise NoAnswer(str(word))
    return ANSWERS[word]
