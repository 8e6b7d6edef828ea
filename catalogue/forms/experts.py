"""Who an expert is, and whether the person wants an address to be read."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.forms.joining import NO_EMAIL, TOO_LONG
from catalogue.models import Expert
from catalogue.rules.identifiers import orcid


class PersonForm(forms.ModelForm[Expert]):
    """The person of an expert's record."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages={"required": _("Enter the person's name"), "max_length": TOO_LONG},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The question goes there. It is public only if the person says so."),
        error_messages={
            "required": _("Enter the person's e-mail address"),
            "invalid": NO_EMAIL,
            "max_length": TOO_LONG,
        },
    )
    orcid = forms.CharField(
        label=_("ORCID"),
        required=False,
        max_length=60,
        help_text=_("Like 0000-0002-1825-0097"),
        error_messages={"max_length": TOO_LONG},
    )

    class Meta:
        model = Expert
        fields = ["name", "email", "orcid", "language", "availability"]
        labels = {
            "language": _("Language of the letters"),
            "availability": _("Available for visits"),
        }
        error_messages = {"availability": {"max_length": TOO_LONG}}

    def clean_orcid(self) -> str:
        """Write the identifier with its hyphens; its last sign is a check digit."""
        text = self.cleaned_data["orcid"]
        try:
            return orcid(text) if text else ""
        except ValueError:
            raise ValidationError(
                gettext("Enter an ORCID like 0000-0002-1825-0097: this one has a typing error")
            ) from None


class ConsentForm(forms.Form):
    """The expert's own choice."""

    shows_contact = forms.BooleanField(
        label=_("Show my e-mail address too"),
        help_text=_("Otherwise firms write to the organisation."),
        required=False,
    )
