"""Fields of the forms in which providers write."""

import re
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import uploads

TOO_LONG = _("Shorten this to %(limit_value)d characters: it has %(show_value)d")


def boxes(model: type[models.Model], name: str, choices: Any) -> forms.MultipleChoiceField:
    """Return checkboxes for a list of words that a row stores."""
    label = getattr(model._meta.get_field(name), "verbose_name", name)
    return forms.MultipleChoiceField(
        label=capfirst(label),
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class LinesField(forms.CharField):
    """A list of short texts, one a line, or after commas."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.longest = longest

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines; what was typed stays as it was typed."""
        return value if isinstance(value, str) else "\n".join(value or [])

    def clean(self, value: Any) -> list[str]:
        """Return the texts, each once. Raises ValidationError."""
        parts = re.split(r"\n|,\s|;", str(super().clean(value)).replace("\r", ""))
        texts = list(dict.fromkeys(part.strip(" ,\t") for part in parts if part.strip(" ,\t")))
        for text in texts:
            self.check_one(text)
        return texts

    def check_one(self, text: str) -> None:
        """Refuse a text that cannot be stored. Raises ValidationError."""
        if len(text) > self.longest:
            raise ValidationError(
                gettext("Shorten “%(start)s…” to %(longest)d characters or put it on two lines")
                % {"start": text[:30], "longest": self.longest}
            )


class LanguagesField(LinesField):
    """Languages by their two letters, on one line."""

    def prepare_value(self, value: Any) -> Any:
        """Show a list with commas: a browser drops line breaks here."""
        return value if isinstance(value, str) else ", ".join(value or [])

    def clean(self, value: Any) -> list[str]:
        """Return the letters in small. Raises ValidationError."""
        return super().clean(str(value or "").lower().replace(",", "\n"))

    def check_one(self, text: str) -> None:
        """Refuse what names no language. Raises ValidationError."""
        if len(text) != 2 or text not in LANG_INFO:
            raise ValidationError(gettext("Write each language by its two letters, like en or de"))


class PictureField(forms.FileField):
    """A picture, made anew before anything is stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            allow_empty_file=True,
            widget=forms.FileInput(attrs={"accept": uploads.ACCEPT_PICTURES}),
            **kwargs,
        )

    def clean(self, value: Any, initial: Any = None) -> uploads.Checked:
        """Return the picture as it is stored. Raises ValidationError with what to do."""
        file = super().clean(value, initial)
        try:
            return uploads.check_picture(file)
        except uploads.UploadRefused as refused:
            raise ValidationError(refused.sentence, code="upload") from None
