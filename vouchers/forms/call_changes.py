"""The wish to change what an announced call says."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vouchers.forms.fields import PlainTextField
from vouchers.forms.setup import LocalInstantField
from vouchers.models import Call


class CallChangeForm(forms.Form):
    """New texts and a later end; a second manager agrees."""

    name = PlainTextField(label=_("Name"), limit=120)
    text = PlainTextField(
        label=_("Text"), required=False, limit=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    decisions_by = forms.DateField(
        label=_("Decisions by"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    closes_at = LocalInstantField(
        label=_("Closes at"), help_text=_("In the call's time zone. It can only move to later.")
    )
    reason = PlainTextField(
        label=_("Reason"),
        limit=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who has a draft reads it."),
        error_messages={"required": _("Enter the reason of the change")},
    )

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        local = call.closes_at.astimezone(call.zone).replace(tzinfo=None)
        super().__init__(*args, **kwargs)
        self.call = call
        self.initial = {
            "name": call.name,
            "text": call.text,
            "decisions_by": call.decisions_by,
            "closes_at": local,
        }

    def clean(self) -> dict[str, Any]:
        """Read the wall clock in the call's zone."""
        cleaned = super().clean() or self.cleaned_data
        closes_at = cleaned.get("closes_at")
        if closes_at:
            cleaned["closes_at"] = closes_at.replace(tzinfo=self.call.zone)
            if cleaned["closes_at"] < self.call.closes_at:
                self.add_error("closes_at", gettext("An announced call can only close later"))
        return cleaned

    @property
    def changes(self) -> dict[str, Any]:
        """What the form says of the call."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
