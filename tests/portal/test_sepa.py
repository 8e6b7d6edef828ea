"""What a SEPA payment can say: every text becomes its letters, or is refused."""

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from portal import sepa

BASIC = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]+")
LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=200)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Müller & Söhne Straße GmbH", "Mueller + Soehne Strasse GmbH"),
        ("Société Générale d\N{RIGHT SINGLE QUOTATION MARK}Énergie", "Societe Generale d'Energie"),
        ("Ærø Biotek ApS \N{EN DASH} Ångström", "AEro Biotek ApS - Angstroem"),
        ("  two   spaces ", "two spaces"),
        ("//a//b/", "a/b"),
        ("name@firm.example", "name(at)firm.example"),
        ("Łódź [1] {2} €5", "Lodz (1) (2) E5"),
        ("x" * 80, "x" * 70),
    ],
)
def test_a_text_is_written_in_the_letters_of_every_bank(text, written):
    assert sepa.latin(text, 70) == written


@pytest.mark.parametrize("text", ["", "  ", "/", "Ελλάδα", "България", "株式会社", "a\u2603b"])
def test_what_no_bank_has_to_take_is_refused(text):
    with pytest.raises(sepa.NotExpressible):
        sepa.latin(text, 70)


@given(LATIN)
def test_whatever_is_written_fits_the_rulebook(text):
    try:
        written = sepa.latin(text, 35)
    except sepa.NotExpressible:
        return
    assert BASIC.fullmatch(written)
    assert len(written) <= 35
    assert (written.strip(" /"), "//" in written) == (written, False)
    assert sepa.latin(written, 35) == written


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("nl91 abna 0417 1643 00", "NL91ABNA0417164300"), ("", ""), (" - ", "")],
)
def test_an_account_is_stored_without_its_spaces(typed, stored):
    assert sepa.checked_iban(typed) == stored


@pytest.mark.parametrize("typed", ["NL92ABNA0417164300", "DE8937040044053201300", "x", "NL91"])
def test_an_account_whose_digits_do_not_fit_is_refused(typed):
    with pytest.raises(ValidationError, match="Check the IBAN"):
        sepa.checked_iban(typed)


@pytest.mark.parametrize(
    ("code", "ok"),
    [
        ("ABNANL2A", True),
        ("DEUTDEFF500", True),
        ("ABNANL2", False),
        ("abnanl2a", False),
        ("", False),
    ],
)
def test_a_bic_has_eight_or_eleven_characters(code, ok):
    assert sepa.is_bic(code) is ok
