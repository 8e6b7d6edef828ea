"""Whom the applicant invites to an application, and to what."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from vouchers.enums import SeatRole


class InviteForm(forms.Form):
    """An e-mail address, what the person may do, and in which parts."""

    use_required_attribute = False
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("We send an invitation there. The person accepts by its link."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Enter the person's e-mail address"),
            "invalid": gettext_lazy("Enter an e-mail address such as name@example.org"),
        },
    )
    role = forms.ChoiceField(
        label=pgettext_lazy("co-applicant", "What may the person do?"),
        choices=SeatRole,
        initial=SeatRole.VIEW,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what the person may do"),
            "invalid_choice": gettext_lazy("Choose one of the answers"),
        },
    )
    sections = forms.MultipleChoiceField(
        label=gettext_lazy("Parts to edit"),
        help_text=gettext_lazy(
            "Only for editing. Your figures and the aid you declare stay your firm's to write."
        ),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Choose parts of the list")},
    )

    def __init__(self, data: Any = None, *, parts: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["sections"].choices = parts  # type: ignore[attr-defined]

    def clean_sections(self) -> list[str]:
        """Require a part of who may edit."""
        chosen = list(self.cleaned_data["sections"])
        if self.cleaned_data.get("role") == SeatRole.EDIT and not chosen:
            raise ValidationError(gettext("Choose at least one part that the person may edit"))
        return chosen
