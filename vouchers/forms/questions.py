"""One question as a manager writes it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vouchers.enums import QuestionKind
from vouchers.models import Question


class QuestionForm(forms.ModelForm[Question]):
    """A question; its answers to choose from stand one a line, its key is made from its text."""

    options = forms.CharField(
        label=_("answers to choose from"),
        widget=forms.Textarea(attrs={"rows": 3, "cols": 22}),
        required=False,
        help_text=_("One a line."),
    )

    class Meta:
        model = Question
        fields = (
            "order",
            "section_title",
            "label",
            "help_text",
            "kind",
            "is_required",
            "max_length",
            "shown_if_key",
            "shown_if_value",
            "seen_by_host",
            "is_left_out",
            "key",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [str(label) for _value, label in self.instance.choices or []]
        self.initial["options"] = "\n".join(lines)
        if "key" in self.fields:
            self.fields["key"].required = False

    def clean_key(self) -> str:
        """Make a key where none is given."""
        given: str = self.cleaned_data.get("key", "")
        taken = self.instance.question_set_id and Question.objects.filter(
            question_set=self.instance.question_set_id, key=given
        ).exclude(pk=self.instance.pk)
        if given and taken:
            raise ValidationError(gettext("Another question of this form has this key"))
        return given

    def clean(self) -> dict[str, Any]:
        """Complete what follows from the text: key, section, choices."""
        cleaned = super().clean() or self.cleaned_data
        row = self.instance
        if cleaned.get("label") and not cleaned.get("key"):
            cleaned["key"] = row.question_set.free_key(cleaned["label"], besides=row)
        row.section = slugify(cleaned.get("section_title", ""))[:40] or "section"
        row.choices = _pairs(cleaned.get("options", ""), kept=row.choices or [])
        if cleaned.get("kind") == QuestionKind.CHOICE and not row.choices:
            self.add_error("options", gettext("Enter the answers to choose from, one a line"))
        if cleaned.get("shown_if_key") and not cleaned.get("shown_if_value"):
            self.add_error("shown_if_value", gettext("Enter the answer that it waits for"))
        return cleaned


def _pairs(text: str, *, kept: list[list[str]]) -> list[list[str]]:
    """Return value and label of each line; a label that stays keeps its value."""
    known = {str(label): str(value) for value, label in kept}
    labels = [line.strip() for line in text.splitlines() if line.strip()]
    return [[known.get(label) or slugify(label)[:40] or label[:40], label] for label in labels]
