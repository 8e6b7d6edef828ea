"""Numbers and dates as people write them, and what cannot be read."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import override

from vouchers.forms.application import AboutForm
from vouchers.forms.award_answer import AcceptForm
from vouchers.forms.consent import ConsentForm
from vouchers.forms.fields import (
    AmountField,
    DayField,
    NotANumber,
    NumberField,
    PlainTextField,
    as_stored,
    read_day,
    read_number,
)
from vouchers.forms.hosts import HostForm


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "1,000.50", "1000.50"),
        ("en", "1000.5", "1000.5"),
        ("en", "€2,400", "2400"),
        ("en", "2400 €", "2400"),
        ("en", " 0 ", "0"),
        ("en", "1,234,567.89", "1234567.89"),
        ("en", "-5", "-5"),
        ("de", "1.000,50", "1000.50"),
        ("de", "500,00", "500.00"),
        ("de", "500.00", "500.00"),
        ("de", "500.000", "500000"),
        ("nl", "1.000,50", "1000.50"),
        ("fr", "1\N{NARROW NO-BREAK SPACE}000,50", "1000.50"),
        ("fr", "1 000,50", "1000.50"),
    ],
)
def test_a_number_is_read_as_the_language_writes_it(language, text, number):
    with override(language):
        assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "1.000,50"),
        ("en", "1,5"),
        ("en", "10,00"),
        ("en", "2.4k"),
        ("en", "1e5"),
        ("en", "NaN"),
        ("en", "Infinity"),
        ("en", "1,00,000"),
        ("en", "٣"),
        ("en", "--5"),
        ("en", "1\0"),
        ("en", ""),
        ("de", "1,000.50"),
        ("de", "1.5"),
        ("fr", "1.000,50"),
    ],
)
def test_a_number_is_never_guessed(language, text):
    with override(language), pytest.raises(NotANumber):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2.4k", "Amount must be a number, like 2,400.50"),
        ("-1", "Amount must be 0 or more"),
        ("500.001", "Amount must have no more than two decimal places"),
        ("9999999999", "Amount must be a number, like 2,400.50"),
    ],
)
def test_an_amount_that_cannot_be_taken_says_what_to_type(text, sentence):
    with pytest.raises(ValidationError) as caught:
        AmountField(label="Amount").clean(text)
    assert caught.value.messages == [sentence]


def test_a_whole_number_refuses_decimals():
    with pytest.raises(ValidationError) as caught:
        NumberField(label="Travellers", whole=True).clean("2.50")
    assert caught.value.messages == ["Travellers must be a whole number, like 3"]


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "1,000.50"), ("de", "1.000,50"), ("nl", "1.000,50")]
)
def test_an_amount_is_shown_so_that_it_can_be_read_again(language, shown):
    with override(language):
        field = AmountField()
        assert field.prepare_value(Decimal("1000.50")) == shown
        assert field.clean(shown) == Decimal("1000.50")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "2 June 2027"),
        ("en", "2 jun 2027"),
        ("en", " 2  June  2027 "),
        ("en", "2027-06-02"),
        ("en", "2/6/2027"),
        ("en", "2.6.2027"),
        ("de", "2. Juni 2027"),
        ("de", "2 June 2027"),
        ("fr", "2 juin 2027"),
        ("nl", "2 juni 2027"),
    ],
)
def test_a_date_is_read_in_numbers_or_words(language, text):
    with override(language):
        assert read_day(text) == date(2027, 6, 2)


@pytest.mark.parametrize(
    "text", ["31 February 2027", "2/13/2027", "June 2027", "tomorrow", "2 Ju 2027", "2/6/27", "0"]
)
def test_a_date_that_cannot_be_read_gives_an_example(text):
    with pytest.raises(ValidationError) as caught:
        DayField(label="Start date").clean(text)
    assert caught.value.messages == ["Start date must be a date, like 2 June 2027"]


def test_a_text_that_is_too_long_says_by_how_much_and_counts_a_line_break_once():
    field = PlainTextField(label="Summary", limit=5, widget=forms.Textarea)
    assert field.clean("ab\r\ncd") == "ab\ncd"
    with pytest.raises(ValidationError) as caught:
        field.clean("ab\r\ncdefg")
    assert caught.value.messages == ["Summary must be 5 characters or fewer. It is 3 too long"]


@pytest.mark.parametrize("text", ["a\0b", "bell\a", "\x1b[31m"])
def test_control_characters_are_refused_with_a_sentence(text):
    with pytest.raises(ValidationError) as caught:
        PlainTextField(label="Summary").clean(text)
    assert caught.value.messages == ["Summary has characters that cannot be printed. Remove them"]


def test_script_is_text_like_any_other():
    assert PlainTextField().clean("<script>alert(1)</script>") == "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (Decimal("1200.50"), "1200.50"),
        (Decimal(0), "0"),
        (date(2027, 6, 2), "2027-06-02"),
        ("text", "text"),
        ("", None),
        (None, None),
    ],
)
def test_answers_are_stored_as_text(value, stored):
    assert as_stored(value) == stored


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Dr. A. Muster", "Dr. A. Muster"),
        ("Muster\n\nPay here: https://x.example", "Muster Pay here: https://x.example"),
        ("Muster \r\n Lab", "Muster Lab"),
        ("Muster\rLab", "Muster Lab"),
        ("Muster\N{LINE SEPARATOR}Lab\N{PARAGRAPH SEPARATOR}", "Muster Lab"),
        ("Muster\vLab\x85", "Muster Lab"),
    ],
)
def test_a_text_of_one_line_has_no_line_breaks(text, kept):
    assert PlainTextField(label="Name").clean(text) == kept


def test_a_text_of_more_lines_keeps_them():
    field = PlainTextField(label="Work", widget=forms.Textarea)
    assert field.clean("One\r\n\r\nTwo") == "One\n\nTwo"


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (form.base_fields[name], name)
        for form, names in (
            (HostForm, ("name", "contact_name")),
            (AboutForm, ("title",)),
            (ConsentForm, ("signatory_name", "signatory_role")),
            (AcceptForm, ("signatory_name", "signatory_role")),
        )
        for name in names
    ],
)
def test_names_in_letters_have_one_line(field, name):
    assert field.clean("Muster\n\nPay here: https://x.example").count("\n") == 0, name
