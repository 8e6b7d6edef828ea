"""What staff say about a record."""

from typing import Any

from django import forms
from django.utils.translation import gettext
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
        said = {name: str(data.get(name, "")).replace("\0", "") for name in self.base_fields}
        self.typed = str(data.get("address", "")).replace("\0", "").strip()
        if self.typed:
            # A record that was found in the catalogue comes by the address of its page.
            said["record"] = self.typed.partition("?")[0].rstrip("/").rpartition("/")[2]
        super().__init__(said)
        self.fields["record"].queryset = rows  # type: ignore[attr-defined]

    def refusal(self) -> str:
        """Say what is wrong with the address that was typed; empty where a button was pressed."""
        if not self.typed:
            return ""
        return gettext(
            "“%(address)s” is no record that can be recommended here. Copy the address of its page"
        ) % {"address": self.typed[:200]}
