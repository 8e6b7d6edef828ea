"""What the SME says to an offer: yes, signed, or no, with the reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vouchers.forms.fields import PlainTextField
from vouchers.models import Award


class AcceptForm(forms.Form):
    """Who signs, in which role, and that this person may."""

    use_required_attribute = False
    signatory_name = PlainTextField(
        label=gettext_lazy("Name of the person who signs"),
        limit=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Enter the name of the person who signs")},
    )
    signatory_role = PlainTextField(
        label=gettext_lazy("Role in the organisation"),
        limit=120,
        help_text=gettext_lazy("Such as managing director."),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": gettext_lazy("Enter the role of the person who signs")},
    )
    may_sign = forms.BooleanField()

    def __init__(self, *args: Any, award: Award, **kwargs: Any) -> None:
        """The tick names the organisation for which it speaks."""
        super().__init__(*args, **kwargs)
        names = {"organisation": award.application.organisation}
        field = self.fields["may_sign"]
        words = gettext("I may sign for %(organisation)s and accept these terms")
        if hasattr(award, "agreement"):
            words = gettext(
                "I may sign for %(organisation)s: I accept these terms and sign the agreement"
            )
        field.label = words % names
        field.error_messages["required"] = (
            gettext("Tick that you may sign for %(organisation)s, or ask somebody who may") % names
        )

    @property
    def signatory(self) -> dict[str, str]:
        """Name and role as the action takes them."""
        return {name: self.cleaned_data[name] for name in ("signatory_name", "signatory_role")}


class DeclineForm(forms.Form):
    """Why the SME does not take the voucher."""

    use_required_attribute = False
    reason = PlainTextField(
        label=gettext_lazy("Why do you decline?"),
        limit=1000,
        help_text=gettext_lazy("Your broker reads it. A few words are enough."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say in a few words why you decline")},
    )
