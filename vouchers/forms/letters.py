"""Forms of held letters: a letter's own words, and when all of them go out."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vouchers.forms.desk import LONGEST_MESSAGE
from vouchers.forms.setup import LocalInstantField


class LetterForm(forms.Form):
    """What the region says in the letter, and which version the person has read."""

    text = forms.CharField(
        label=_("Your words in the letter"),
        help_text=_(
            "What stands in braces, like {amount}, is filled in from the record when the letter "
            "goes out."
        ),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ReleaseForm(forms.Form):
    """When the letters of a voucher type go out; empty takes it back."""

    at = LocalInstantField(
        label=_("Release at"),
        required=False,
        error_messages={"invalid": _("Enter a day and time like 2026-05-06 12:00")},
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["at"].help_text = gettext("Time in %(zone)s") % {"zone": zone.key}
        # The browser's own field asks no seconds.
        self.fields["at"].widget.attrs["step"] = "60"

    def clean_at(self) -> Any:
        """Read the wall clock in the call's zone."""
        at = self.cleaned_data["at"]
        return at and at.replace(tzinfo=self.zone)
