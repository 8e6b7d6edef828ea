"""What somebody says of a conflict of interest."""

from django import forms
from django.utils.translation import gettext_lazy as _

from vouchers.enums import PartyRole
from vouchers.forms.fields import PlainTextField


class DeclareForm(forms.Form):
    """To whom the person is too close, and how."""

    party = forms.ChoiceField(
        label=_("I am close to"),
        choices=PartyRole,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose to whom you are close")},
    )
    statement = PlainTextField(
        label=_("In which way"),
        limit=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who judges it reads this, and so do the programme's managers and auditors."),
        error_messages={"required": _("Say in which way you are close to them")},
    )


class JudgeForm(forms.Form):
    """Why a conflict stands, or why there is none."""

    reason = PlainTextField(
        label=_("Reason"),
        limit=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person and the auditors read it, and it stands in the journal."),
        error_messages={"required": _("Say why, so that the person and the auditors can follow")},
    )
