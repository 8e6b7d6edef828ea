"""What staff say about a record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.enums import Opinion
from catalogue.models import Record, RecordQuerySet


class HideForm(forms.Form):
    """Why a record leaves the public pages."""

    reason = forms.CharField(
        label=_("Why is it hidden?"),
        help_text=_("Only staff read this."),
        max_length=300,
        error_messages={"required": _("Say why the record is hidden")},
    )


# What a broker reads after pressing a button beside a suggestion.
OPINIONS = {
    Opinion.PINNED: _("You recommend “%(title)s”."),
    Opinion.DISMISSED: _("“%(title)s” is left out."),
    None: _("“%(title)s” is an ordinary suggestion again."),
}


class OpinionForm(forms.Form):
    """A button beside a suggestion: recommend the record, leave it out, or take that back."""

    record = forms.ModelChoiceField(Record.objects.none(), to_field_name="slug")
    opinion = forms.TypedChoiceField(
        choices=[("", ""), *Opinion.choices], required=False, coerce=Opinion, empty_value=None
    )

    def __init__(self, data: Any, *, rows: RecordQuerySet) -> None:
        """Take one of `rows`, which the page could have shown."""
        super().__init__(
            {name: str(data.get(name, "")).replace("\0", "") for name in self.base_fields}
        )
        self.fields["record"].queryset = rows  # type: ignore[attr-defined]
