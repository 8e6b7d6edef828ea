"""Asking a broker, describing a need, and what a broker does with it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.search import LONGEST_NEED
from portal.accounts.forms import OneLines
from portal.models import Region

LONGEST_TEXT = 4000
TOO_LONG = _("Shorten this to %(limit_value)d characters: it has %(show_value)d")
NO_REGION = pgettext_lazy("region", "Not chosen")


class PlainText(forms.CharField):
    """Text as people paste it: no NUL, which PostgreSQL does not take; a line break counts one."""

    def to_python(self, value: Any) -> str:
        """Return the text without what only computers put into it."""
        return super().to_python(str(value or "").replace("\0", "").replace("\r\n", "\n")) or ""


class WhoAsksForm(OneLines, forms.Form):
    """Who wants an answer, and where it goes."""

    name = PlainText(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Enter your name"), "max_length": TOO_LONG},
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your e-mail address"),
            "max_length": TOO_LONG,
            "invalid": _("Enter an e-mail address like name@example.org"),
        },
    )
    organisation = PlainText(
        label=_("Your organisation"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "organization"}),
        error_messages={"max_length": TOO_LONG},
    )


class AskForm(WhoAsksForm):
    """A question from anybody."""

    question = PlainText(
        label=_("Your question"),
        help_text=_("What do you want to find out, test or make? Do not send secrets."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": _("Write your question"), "max_length": TOO_LONG},
    )


class AskAboutRecordForm(AskForm):
    """A question about a record, which the broker of the asker's own region may read too."""

    home_region = forms.ModelChoiceField(
        Region.objects.all(),
        label=_("Where is your firm?"),
        help_text=_("The broker of your own region can read your question then, and help too."),
        required=False,
        empty_label=NO_REGION,
        error_messages={"invalid_choice": _("Choose a region of the list")},
    )


class NeedForm(WhoAsksForm):
    """A need in plain words: to see who can help, and to send to the broker of one's region."""

    question = PlainText(
        label=_("What do you need?"),
        help_text=_(
            "Say what you make, what you want to find out and where you are stuck. Two or three"
            " sentences are enough. Do not send secrets."
        ),
        max_length=LONGEST_NEED,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": _("Describe what you need"), "max_length": TOO_LONG},
    )
    region = forms.ModelChoiceField(
        Region.objects.all(),
        label=_("Where is your firm?"),
        help_text=_("Vouchers pay for work in other regions, so yours is left out."),
        empty_label=NO_REGION,
        error_messages={
            "required": _("Choose the region of your firm: its broker gets your need"),
            "invalid_choice": _("Choose a region of the list"),
        },
    )
    field_order = ("question", "region", "name", "email", "organisation")

    def __init__(self, *args: Any, is_sent: bool = True, **kwargs: Any) -> None:
        """Judge all of it, or the text alone where nothing is sent to a broker yet."""
        self.is_sent = is_sent
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        """Let pass what only a sent need must have."""
        super().full_clean()
        if not self.is_sent:
            for name in self.errors.keys() - {"question"}:
                del self.errors[name]


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
