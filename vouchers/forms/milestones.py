"""The milestone table: some rows of what is reached and by when, kept as one answer."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from portal.templatetags.portal_ui import day
from vouchers.forms.fields import PlainTextField, read_day
from vouchers.rules import milestones
from vouchers.rules.milestones import MOST, Milestone

LONGEST = 150


class MilestonesWidget(forms.MultiWidget):
    """Two controls a row; its value is text, so that what cannot be read is kept as it is."""

    template_name = "vouchers/widgets/milestones.html"
    use_fieldset = True

    def __init__(self) -> None:
        names = [f"{name}_{row}" for row in range(1, MOST + 1) for name in ("what", "by")]
        super().__init__(dict.fromkeys(names, forms.TextInput))

    def decompress(self, value: Any) -> list[str]:
        """Return the controls' texts, days as people read them."""
        rows = [*milestones.rows_in(str(value or ""))][:MOST]
        rows += [("", "")] * (MOST - len(rows))
        return [text for by, what in rows for text in (what, _shown_day(by))]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return what was typed as lines of text; a value that was kept as such stays."""
        if name in data:
            return str(data[name])
        texts = [
            " ".join(str(text or "").split())
            for text in super().value_from_datadict(data, files, name)
        ]
        return milestones.as_text(zip(texts[1::2], texts[::2], strict=True))

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Name each control, and pair them as rows."""
        context = super().get_context(name, value, attrs)
        controls = context["widget"]["subwidgets"]
        rows = list(zip(controls[::2], controls[1::2], strict=True))
        for number, (what, by) in enumerate(rows, start=1):
            what["attrs"]["aria-label"] = gettext("Milestone %(number)d: what is reached") % {
                "number": number
            }
            by["attrs"]["aria-label"] = gettext("Milestone %(number)d: by which day") % {
                "number": number
            }
            if _is_fine(by["value"] or "", what["value"] or ""):
                _unmark(what, by)
        context["widget"]["rows"] = rows
        return context


def _is_fine(by: str, what: str) -> bool:
    """Whether a row is empty or can be read, so that only the others are marked as wrong."""
    try:
        return not (by or what) or bool(_milestone(by, what))
    except ValidationError:
        return False


def _unmark(*controls: dict[str, Any]) -> None:
    for control in controls:
        words = str(control["attrs"].get("class", "")).split()
        control["attrs"]["class"] = " ".join(word for word in words if word != "is-invalid")
        control["attrs"].pop("aria-invalid", None)


def _shown_day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


class MilestonesField(forms.Field):
    """Milestones, each with words and a day; stored as text, one a line."""

    widget = MilestonesWidget

    def to_python(self, value: Any) -> str:
        """Return the milestones as they are stored. Raises ValidationError for each wrong row."""
        errors: list[ValidationError] = []
        found: list[Milestone] = []
        rows = [*milestones.rows_in(str(value or ""))]
        for number, (by, what) in enumerate(rows, start=1):
            try:
                found.append(_milestone(by, what))
            except ValidationError as wrong:
                said = {"number": number, "problem": " ".join(wrong.messages)}
                words = gettext("Milestone %(number)d: %(problem)s") % said
                errors.append(ValidationError(words, code=wrong.code))
        if errors:
            raise ValidationError(errors)
        return milestones.write(found)


def _milestone(by: str, what: str) -> Milestone:
    if not what:
        raise ValidationError(gettext("say what is reached"), code="what")
    text = PlainTextField(limit=LONGEST, label=gettext("What is reached")).clean(what)
    if not by:
        raise ValidationError(gettext("say by which day"), code="by")
    try:
        return Milestone(read_day(by), text)
    except ValueError:
        raise ValidationError(
            gettext("the day must be a date, like %(example)s")
            % {"example": day(date(2027, 6, 2))},
            code="date",
        ) from None
