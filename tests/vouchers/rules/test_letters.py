"""What a letter may say beside the record."""

from datetime import date
from decimal import Decimal

import pytest

from vouchers.enums import LetterFact
from vouchers.rules import letters
from vouchers.rules.letters import Finding, Record

RECORD = Record(
    amount=Decimal("7000.00"),
    days=frozenset({date(2026, 12, 12), date(2027, 5, 1)}),
    names=("Voorbeeld Biotech BV", "Laboratoire Exemple de Tribologie, Liège"),
    numbers=("LSV-1-0003", "LSV-1-COL-001"),
    languages=frozenset({"en"}),
    words=("A €5 sensor for 2031",),
    others=frozenset({"Muster 3 GmbH"}),
)


def said(text: str, record: Record = RECORD) -> list[tuple[LetterFact, str]]:
    return [(found.fact, found.said) for found in letters.check(text, record)]


@pytest.mark.parametrize(
    "text",
    [
        "€7,000",
        "€ 7.000",
        "7.000,00 €",
        "7 000 EUR",
        "7\u202f000,00\u00a0€",
        "EUR 7000.00",
        "7.000,- €",
        "7'000 euros",
        "€7,000.",
    ],
)
def test_the_amount_may_be_written_as_people_write_it(text):
    assert said(text) == []


@pytest.mark.parametrize(
    "text",
    ["€7,500", "7.500,00 €", "7500 EUR", "7 500 €", "€7,000.50", "7.000,5 €", "70.000 €", "€700"],
)
def test_another_amount_is_named_with_the_record(text):
    assert letters.check(text, RECORD) == [
        Finding(LetterFact.AMOUNT, text, recorded=(Decimal("7000.00"),))
    ]


def test_a_record_without_an_amount_bears_none():
    record = Record(
        amount=None, days=frozenset(), names=(), numbers=(), languages=frozenset({"en"})
    )
    assert said("You get €7,000.", record) == [(LetterFact.AMOUNT, "€7,000")]


@pytest.mark.parametrize(
    "text",
    [
        "12 December 2026",
        "12. Dezember 2026",
        "12 décembre 2026",
        "12 dec. 2026",
        "December 12, 2026",
        "12.12.2026",
        "12/12/2026",
        "12-12-26",
        "2026-12-12",
        "am 12.12. um 17 Uhr",
        "12. Dezember",
        "1er mai 2027",
        "1 mei 2027",
        "you may apply under point 3 may you wish so",
        "section 7.31.12",
    ],
)
def test_the_record_s_days_may_be_written_in_four_languages(text):
    assert said(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "13 December 2026",
        "12. Dezember 2027",
        "12.11.2026",
        "2026-12-13",
        "31.02.2026",
        "13. Dezember",
        "2 May",
        "11.12.",
    ],
)
def test_another_day_is_found(text):
    assert said(text) == [(LetterFact.DAY, text)]


def test_names_may_be_written_with_other_capitals_and_marks():
    assert said("VOORBEELD BIOTECH B.V. and Laboratoire Exemple de Tribologie, Liège") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We wrote to Voorbeeld Biotec BV.", "Voorbeeld Biotec BV"),
        ("We wrote to Muster 3 GmbH.", "Muster 3 GmbH"),
        ("We wrote to Anders & Söhne GmbH.", "Anders & Söhne GmbH"),
        ("Laboratoire Exemple de Tribologie, Liege", "Laboratoire Exemple de Tribologie, Liege"),
    ],
)
def test_another_firm_is_found(text, found):
    assert said(text) == [(LetterFact.NAME, found)]


@pytest.mark.parametrize("text", ["LSV-1-0004", "LSV-2-COL-001", "LSV-1-COL-0011"])
def test_another_number_is_found(text):
    assert said(f"Your voucher {text} is ready") == [(LetterFact.NUMBER, text)]


def test_the_record_s_numbers_are_none():
    assert said("Your voucher LSV-1-COL-001 on application LSV-1-0003 under ISO 13485-1") == []


@pytest.mark.parametrize(
    "blank",
    [
        "{amount}",
        "{ }",
        "[[firm]]",
        "{{ firm }}",
        "{% firm %}",
        "<<firm>>",
        "[NAME]",
        "%(firm)s",
        "XXX",
        "xxxx",
        "____",
        "TBD",
    ],
)
def test_what_nobody_has_filled_in_is_found(blank):
    assert said(f"Dear {blank}, hello") == [(LetterFact.BLANK, blank)]


def test_a_fact_that_the_record_lacks_is_found():
    record = Record(
        amount=None,
        days=frozenset(),
        names=(),
        numbers=(),
        languages=frozenset({"en"}),
        missing=frozenset({"provider"}),
    )
    assert said("", record) == [(LetterFact.BLANK, "{provider}")]


GERMAN = "Wir freuen uns, dass Sie mit der Arbeit beginnen und nicht warten."


def test_a_letter_is_in_its_reader_s_language():
    assert letters.check(GERMAN, RECORD) == [Finding(LetterFact.LANGUAGE, "de", ("en",))]
    assert letters.check("Ok.", RECORD, written_in="de") == [
        Finding(LetterFact.LANGUAGE, "de", ("en",))
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (GERMAN, "de"),
        ("We are glad that you have the time for this and will not wait.", "en"),
        ("Nous sommes heureux que vous et votre équipe commenciez avec nous.", "fr"),
        ("Wij zijn blij dat het voor uw bedrijf wordt gedaan met een partner.", "nl"),
        ("Voorbeeld Biotech", ""),
    ],
)
def test_a_language_is_told_by_its_common_words(text, language):
    assert letters.language_of(text) == language


def test_what_the_record_calls_things_is_no_figure_of_the_letter():
    assert said("Your project “A €5 sensor for 2031” is chosen") == []


def test_an_unknown_or_empty_placeholder_stays_where_it_is():
    values = {"firm": "Voorbeeld {amount}", "starts_on": ""}
    text = letters.fill("{firm} {starts_on} {other}", values)
    assert text == "Voorbeeld {amount} {starts_on} {other}"
