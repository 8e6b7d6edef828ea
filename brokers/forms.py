"""Asking a broker, and what a broker does with the question."""

from django import forms
from django.utils.translation import gettext_lazy as _

from brokers.models import Enquiry

LONGEST_TEXT = 4000
TOO_LONG = _("Shorten this to %(limit_value)d characters: it has %(show_value)d")


class AskForm(forms.ModelForm[Enquiry]):
    """A question from anybody."""

    question = forms.CharField(
        label=_("Your question"),
        help_text=_("What do you want to find out, test or make? Do not send secrets."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Write your question"), "max_length": TOO_LONG},
    )

    class Meta:
        model = Enquiry
        fields = ["name", "email", "organisation", "question"]
        labels = {
            "name": _("Your name"),
            "email": _("Your e-mail address"),
            "organisation": _("Your organisation"),
        }
        widgets = {
            "name": forms.TextInput({"autocomplete": "name"}),
            "email": forms.EmailInput({"autocomplete": "email"}),
            "organisation": forms.TextInput({"autocomplete": "organization"}),
        }
        error_messages = {
            "name": {"required": _("Enter your name"), "max_length": TOO_LONG},
            "organisation": {"max_length": TOO_LONG},
            "email": {
                "required": _("Enter your e-mail address"),
                "max_length": TOO_LONG,
                "invalid": _("Enter an e-mail address like name@example.org"),
            },
        }


class AnswerForm(forms.Form):
    """The broker's answer."""

    text = forms.CharField(
        label=_("Your answer"),
        help_text=_("It is mailed to the person who asked; a reply comes to your team address."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": _("Write an answer"), "max_length": TOO_LONG},
    )


class CloseForm(forms.Form):
    """Why a question gets no answer."""

    reason = forms.CharField(
        label=_("Why does it need no answer?"),
        help_text=_("Only staff read this."),
        max_length=300,
        error_messages={"required": _("Say why it needs no answer"), "max_length": TOO_LONG},
    )
