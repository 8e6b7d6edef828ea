"""What a provider says of itself, and how it begins a record or brings a photo."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.enums import EsfriDomain, RecordKind
from catalogue.forms.fields import TOO_LONG, PictureField, boxes
from catalogue.models import Provider
from catalogue.models.validators import check_ror
from catalogue.rules.identifiers import ror_id

LONGEST_SUMMARY = 1000


class ProviderForm(forms.ModelForm[Provider]):
    """The profile."""

    summary = forms.CharField(
        label=_("Summary"),
        help_text=_("Who you are and what firms come to you for, in two or three sentences."),
        required=False,
        max_length=LONGEST_SUMMARY,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"max_length": TOO_LONG},
    )
    ror = forms.CharField(
        label=_("ROR identifier"),
        help_text=_("The name of your organisation at ror.org, such as 05gq02987."),
        required=False,
        max_length=60,
        validators=[check_ror],
    )
    esfri_domains = boxes(Provider, "esfri_domains", EsfriDomain.choices)

    class Meta:
        model = Provider
        fields = ["summary", "ror", "legal_status", "structure", "life_cycle", "esfri_domains"]
        labels = {
            "structure": _("Structure"),
            "life_cycle": _("Life cycle"),
        }

    def clean_ror(self) -> str:
        """Return the bare identifier."""
        text = self.cleaned_data["ror"]
        return ror_id(text) if text else ""


class NewRecordForm(forms.Form):
    """What kind of thing is described, and its name."""

    kind = forms.ChoiceField(
        label=_("What do you want to describe?"),
        choices=RecordKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want to describe")},
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("What a firm would call it. You can change it later."),
        max_length=150,
        error_messages={"required": _("Enter a title"), "max_length": TOO_LONG},
    )


class PhotoForm(forms.Form):
    """A photo, and what it shows for people who do not see it."""

    picture = PictureField(
        label=_("Photo"),
        help_text=_("A PNG or JPEG file of up to 10 MB. Place and camera are taken out of it."),
        error_messages={"required": _("Choose a photo")},
    )
    alt = forms.CharField(
        label=_("What does the photo show?"),
        help_text=_("One sentence, read to people who do not see the photo."),
        max_length=150,
        error_messages={"required": _("Say what the photo shows"), "max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["picture"].widget.attrs["class"] = "form-control"
