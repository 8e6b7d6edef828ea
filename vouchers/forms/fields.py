"""Fields that read what people type in their language, and keep it when it cannot be read."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext, gettext_lazy, ngettext, override

from portal import uploads
from portal.models import Region
from portal.templatetags.portal_ui import day

MAX_AMOUNT = Decimal("999999999.99")
SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
BREAKS = "\t\n"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_WORDS = re.compile(r"(\d{1,2})\.? +([^\W\d]+)\.? +(\d{4})")


class NotANumber(ValueError):
    """The text is no number in the active language."""


def read_number(text: str) -> Decimal:
    """Read a number as the active language writes it: "1.000,50" in German, "1,000.50" in English.

    Plain `500.00` is read in every language, because no language groups by two digits.
    Raises NotANumber rather than guess.
    """
    point = re.escape(get_format("DECIMAL_SEPARATOR"))
    comma = get_format("THOUSAND_SEPARATOR")
    group = f"[{SPACES}]" if comma in SPACES else re.escape(comma)
    bare = text.strip(SPACES).removeprefix("€").removesuffix("€").strip(SPACES)
    sign, digits = ("-", bare[1:]) if bare[:1] in {"-", "\N{MINUS SIGN}"} else ("", bare)
    if re.fullmatch(r"[0-9]+\.[0-9]{2}", digits):
        return Decimal(sign + digits)
    if not re.fullmatch(
        rf"(?:[0-9]+|[0-9]{{1,3}}(?:{group}[0-9]{{3}})+)(?:{point}[0-9]+)?", digits
    ):
        raise NotANumber(text)
    whole, _sep, decimals = digits.partition(get_format("DECIMAL_SEPARATOR"))
    return Decimal(sign + re.sub(r"[^0-9]", "", whole) + (f".{decimals}" if decimals else ""))


def example() -> str:
    """Return a number as the active language writes it."""
    return number_format(Decimal("2400.50"), decimal_pos=2, force_grouping=True)


class NumberField(forms.Field):
    """A number that is 0 or more."""

    widget = forms.TextInput

    def __init__(self, *, whole: bool = False, **kwargs: Any) -> None:
        """`whole` refuses decimals."""
        self.whole = whole
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric" if whole else "decimal")
        self.widget.attrs.setdefault("class", "v-num")

    def to_python(self, value: Any) -> Decimal | None:
        """Read the number. Raises ValidationError with what to type instead."""
        if value in self.empty_values:
            return None
        try:
            number = read_number(str(value))
        except NotANumber:
            raise ValidationError(self._sentence(), code="number") from None
        if number < 0:
            raise ValidationError(
                gettext("%(label)s must be 0 or more") % {"label": self.label}, code="negative"
            )
        if number > MAX_AMOUNT or (self.whole and number != number.to_integral_value()):
            raise ValidationError(self._sentence(), code="number")
        return number

    def prepare_value(self, value: Any) -> Any:
        """Show a number as the active language writes it; what was typed stays."""
        if not isinstance(value, Decimal):
            return value
        places = 0 if value == value.to_integral_value() else max(2, -value.as_tuple().exponent)  # type: ignore[operator]
        return number_format(value, decimal_pos=places, force_grouping=True)

    def _sentence(self) -> str:
        if self.whole:
            return gettext("%(label)s must be a whole number, like 3") % {"label": self.label}
        return gettext("%(label)s must be a number, like %(example)s") % {
            "label": self.label,
            "example": example(),
        }


class AmountField(NumberField):
    """An amount in EUR with at most two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("data-prefix", "€")

    def to_python(self, value: Any) -> Decimal | None:
        """Read the amount. Raises ValidationError for a third decimal."""
        number = super().to_python(value)
        if number is not None and number != round(number, 2):
            raise ValidationError(
                gettext("%(label)s must have no more than two decimal places")
                % {"label": self.label},
                code="cents",
            )
        return number


class DayField(forms.Field):
    """A date: 2 June 2027, 2/6/2027 (day first) or 2027-06-02."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> date | None:
        """Read the date. Raises ValidationError with an example."""
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        try:
            return read_day(str(value))
        except ValueError:
            raise ValidationError(
                gettext("%(label)s must be a date, like %(example)s")
                % {"label": self.label, "example": day(date(2027, 6, 2))},
                code="date",
            ) from None

    def prepare_value(self, value: Any) -> Any:
        """Show a date in words; what was typed stays."""
        return day(value) if isinstance(value, date) else value


def read_day(text: str) -> date:
    """Read a date in numbers or in words of the active language or English. Raises ValueError."""
    bare = " ".join(text.split())
    if found := _ISO.fullmatch(bare):
        year, month, number = (int(part) for part in found.groups())
    elif found := _NUMBERS.fullmatch(bare):
        number, month, year = (int(part) for part in found.groups())
    elif found := _WORDS.fullmatch(bare):
        number, month, year = int(found[1]), _month(found[2]), int(found[3])
    else:
        raise ValueError(text)
    if not 1900 <= year <= 2100:
        raise ValueError(text)
    return date(year, month, number)


def _month(word: str) -> int:
    known = {str(name).casefold(): number for number, name in MONTHS.items()}
    with override("en"):
        known |= {str(name).casefold(): number for number, name in MONTHS.items()}
    asked = word.casefold()
    fits = {n for name, n in known.items() if name == asked or (name[:3] == asked and asked)}
    if len(fits) != 1:
        raise ValueError(word)
    return fits.pop()


class PlainTextField(forms.CharField):
    """A text without control characters; one that is too long says by how much.

    It has one line unless its widget is a text area: a browser sends no more, and letters set a
    name or title amid their own lines.
    """

    def __init__(self, *, limit: int | None = None, **kwargs: Any) -> None:
        """`limit` counts characters, a line break as one."""
        super().__init__(**kwargs)
        # The count under a long text reads this name; no validator and no maxlength belongs to it.
        self.max_length = limit
        self.validators = []

    def clean(self, value: Any) -> str:
        """Return the text with plain line breaks, or with none. Raises ValidationError."""
        text = super().clean(self._lines(str(value)) if value else value)
        if any(unicodedata.category(c) == "Cc" and c not in BREAKS for c in text):
            raise ValidationError(
                gettext("%(label)s has characters that cannot be printed. Remove them")
                % {"label": self.label},
                code="control",
            )
        over = len(text) - (self.max_length or len(text))
        if over > 0:
            raise ValidationError(
                ngettext(
                    "%(label)s must be %(limit)d characters or fewer. It is %(over)d too long",
                    "%(label)s must be %(limit)d characters or fewer. It is %(over)d too long",
                    over,
                )
                % {"label": self.label, "limit": self.max_length, "over": over},
                code="long",
            )
        return text

    def _lines(self, text: str) -> str:
        if isinstance(self.widget, forms.Textarea):
            return text.replace("\r\n", "\n")
        return " ".join(line.strip() for line in text.splitlines() if line.strip())


class UploadField(forms.FileField):
    """A file whose content is looked at before anything is stored."""

    def __init__(self, *, waits: bool = True, **kwargs: Any) -> None:
        """`waits` takes a file that the virus scanner cannot look at now, and holds it."""
        self.waits = waits
        super().__init__(
            allow_empty_file=True,
            widget=forms.FileInput(attrs={"accept": uploads.ACCEPT}),
            **kwargs,
        )

    def clean(self, value: Any, initial: Any = None) -> uploads.Checked | None:
        """Return the checked file, or nothing. Raises ValidationError with what to do."""
        file = super().clean(value, initial)
        if not file:
            return None
        try:
            return uploads.check(file) if self.waits else uploads.check_now(file)
        except uploads.UploadRefused as refused:
            raise ValidationError(refused.sentence, code="upload") from None


class SeveralFiles(forms.FileInput):
    """A field of the browser that takes several files at once."""

    allow_multiple_selected = True


class UploadsField(forms.FileField):
    """Up to so many files, each looked at before anything is stored."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        widget = SeveralFiles(attrs={"accept": uploads.ACCEPT, "multiple": True})
        super().__init__(allow_empty_file=True, widget=widget, **kwargs)

    def clean(self, value: Any, initial: Any = None) -> list[uploads.Checked]:
        """Return the checked files. Raises ValidationError that names the file and what to do."""
        files = [file for file in value or [] if file]
        if len(files) > self.most:
            words = gettext("Choose at most %(most)s files") % {"most": self.most}
            raise ValidationError(words, code="too_many")
        return [self._checked(file) for file in files]

    def _checked(self, file: Any) -> uploads.Checked:
        try:
            return uploads.check(file)
        except uploads.UploadRefused as refused:
            said = {"file": file.name, "sentence": refused.sentence}
            raise ValidationError(gettext("%(file)s: %(sentence)s") % said, code="upload") from None


class RegionField(forms.ModelChoiceField[Region]):
    """One of the regions given, or nothing for a place outside them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Region.objects.none(),
            empty_label=gettext_lazy("Another region, outside the programme"),
            **kwargs,
        )


def required_sentences(form: forms.Form, sentences: Mapping[str, Any]) -> None:
    """Give each field the sentence that says what to do where it is empty."""
    for name, sentence in sentences.items():
        form.fields[name].error_messages["required"] = sentence


def as_stored(value: Any) -> Any:
    """Return a cleaned value as an answer keeps it: numbers and dates as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value or None
