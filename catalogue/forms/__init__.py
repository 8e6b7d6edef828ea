"""What staff say about a record."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HideForm(forms.Form):
    """Why a record leaves the public pages."""

    reason = forms.CharField(
        label=_("Why is it hidden?"),
        help_text=_("Only staff read this."),
        max_length=300,
        error_messages={"required": _("Say why the record is hidden")},
    )
