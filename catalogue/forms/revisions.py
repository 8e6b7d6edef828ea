"""What a broker says about a change."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReturnForm(forms.Form):
    """What the provider should correct."""

    note = forms.CharField(
        label=_("What should the provider correct?"),
        help_text=_("It is mailed to who wrote the change, and stands on the record's page."),
        max_length=2000,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Write what should be corrected")},
    )
