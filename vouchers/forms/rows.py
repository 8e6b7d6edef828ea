"""Tables of small forms; rows are added and removed by submit buttons, so no script is needed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext

from portal.templatetags.portal_ui import first_id

MAX_ROWS = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence of the error summary, and the id of the control that it leads to."""

    anchor: str
    sentence: str


class Row(forms.Form):
    """One row; a row in which nothing is typed does not count."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = True

    @property
    def number(self) -> str:
        """The row's own number, which the remove button sends."""
        return str(self.prefix).rpartition("-")[2]


class Rows:
    """The rows of a table, from what was sent or from what is stored."""

    def __init__(
        self,
        make: Callable[..., Row],
        *,
        name: str,
        data: MultiValueDict[str, str] | None,
        stored: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """`make` builds one row; `name` begins its fields' names."""
        self.name = name
        if data is None:
            filled = [*stored, {}]
            self.rows = [
                make(prefix=f"{name}-{number}", initial=values)
                for number, values in enumerate(filled, start=1)
            ]
            return
        numbers = _numbers(data, name)
        self.rows = [make(prefix=f"{name}-{number}", data=data) for number in numbers]

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in order."""
        return iter(self.rows)

    def is_valid(self) -> bool:
        """Whether every row that counts can be read."""
        return all(row.is_valid() for row in self.rows)

    @property
    def cleaned(self) -> list[dict[str, Any]]:
        """What the valid rows say, empty ones left out."""
        return [row.cleaned_data for row in self.rows if row.is_valid() and row.has_changed()]

    @property
    def problems(self) -> list[Problem]:
        """Each row's errors with the way to its control."""
        return [
            Problem(first_id(field), str(error))
            for row in self.rows
            for field in row
            for error in field.errors
        ]


def _numbers(data: MultiValueDict[str, str], name: str) -> list[str]:
    """Return the rows' numbers as sent, without the removed one, with an added one."""
    sent = [n for n in data.getlist(f"{name}-row") if n.isascii() and n.isdigit()][:MAX_ROWS]
    kept = [number for number in dict.fromkeys(sent) if number != data.get(f"{name}-remove")]
    if f"{name}-add" in data or not kept:
        kept.append(str(max((int(number) for number in sent), default=0) + 1))
    return kept


class TableForm(forms.Form):
    """A form with a table of rows; its errors include theirs."""

    use_required_attribute = False
    rows: Rows

    def quiet(self) -> None:
        """Say nothing of what is wrong: the person has only asked for another line."""
        for form in (self, *self.rows):
            form.errors.clear()

    def clean(self) -> dict[str, Any]:
        """Say that rows are wrong, so that the form is not valid."""
        cleaned = super().clean() or self.cleaned_data
        if not self.rows.is_valid():
            raise ValidationError(gettext("Correct the marked lines"), code="rows")
        return cleaned

    @property
    def problems(self) -> list[Problem]:
        """The fields' errors, then the rows'."""
        return [*problems_of(self, but="rows"), *self.rows.problems]


def problems_of(form: forms.Form, *, but: str = "") -> list[Problem]:
    """Return a form's errors for the summary; `but` leaves out errors of one code."""
    general = [
        Problem("", message)
        for error in form.non_field_errors().as_data()
        if error.code != but
        for message in error.messages
    ]
    return [
        *general,
        *(Problem(first_id(field), str(e)) for field in form for e in field.errors),
    ]
