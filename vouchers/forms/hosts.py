"""Naming a partner that is not in the catalogue."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from portal.models import Region
from portal.templatetags.portal_ui import COUNTRIES
from vouchers.forms.fields import PlainTextField, RegionField


class HostForm(forms.Form):
    """A partner named by hand: organisation, place, contact and website."""

    use_required_attribute = False
    name = PlainTextField(
        label=gettext_lazy("Organisation"),
        limit=200,
        error_messages={"required": gettext_lazy("Enter the name of the organisation")},
    )
    region = RegionField(label=gettext_lazy("Region"), required=False)
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=[("", gettext_lazy("As the region")), *COUNTRIES.items()],
        required=False,
        help_text=gettext_lazy("Only where the partner sits outside the programme's regions."),
    )
    contact_name = PlainTextField(
        label=gettext_lazy("Person you are in touch with"),
        limit=120,
        required=False,
        error_messages={"required": gettext_lazy("Enter the name of the person who confirms")},
    )
    contact_email = forms.EmailField(
        label=gettext_lazy("E-mail address of that person"),
        required=False,
        # The key of the letter to it takes no more.
        max_length=160,
        error_messages={
            "required": gettext_lazy("Enter the e-mail address of the person who confirms"),
            "invalid": gettext_lazy("Enter an e-mail address like name@organisation.eu"),
        },
    )
    website = forms.URLField(
        label=gettext_lazy("Website"),
        required=False,
        assume_scheme="https",
        max_length=200,
        error_messages={"invalid": gettext_lazy("Enter an address like https://organisation.eu")},
    )

    def __init__(
        self, *args: Any, regions: Sequence[Region], needs_contact: bool = False, **kwargs: Any
    ) -> None:
        """`needs_contact` asks for the person who is to confirm the work."""
        super().__init__(*args, **kwargs)
        for name in ("contact_name", "contact_email"):
            self.fields[name].required = needs_contact
        field: Any = self.fields["region"]
        field.queryset = Region.objects.filter(pk__in=[region.pk for region in regions])

    def clean(self) -> dict[str, Any]:
        """A partner outside the regions names its country."""
        cleaned = super().clean() or self.cleaned_data
        if "region" in cleaned and not cleaned["region"] and not cleaned.get("country"):
            self.add_error(
                "country", ValidationError(gettext("Choose the region or the country"), "place")
            )
        return cleaned
