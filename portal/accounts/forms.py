"""What people say about themselves and their organisations."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import identifiers
from portal.enums import NECESSARY, MailTime, StaffMail
from portal.models import Organisation, Region, User
from portal.templatetags.portal_ui import COUNTRIES

# Greece and Northern Ireland write another prefix than their country's letters.
VAT_PREFIXES = {"GR": ("EL",), "GB": ("GB", "XI"), "CH": ("CHE", "CH")}
VAT_NUMBER = re.compile(r"[A-Z]{2,3}[0-9A-Z+*]{2,13}")
SHORTEST_SEARCH = 3


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: nothing until it is sent, even if it is sent empty."""
    return request.POST if request.method == "POST" else None


def _countries() -> list[tuple[str, Any]]:
    """Offer the countries of the regions first."""
    near = set(Region.objects.values_list("country", flat=True))
    named = sorted(COUNTRIES.items(), key=lambda pair: (pair[0] not in near, str(pair[1])))
    return [("", gettext("Choose a country")), *named]


class OneLines(forms.BaseForm):
    """A field that is no text area takes one line: letters print it among their own."""

    def clean(self) -> dict[str, Any]:
        """Fold every line break and run of spaces into one space."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in cleaned.items():
            if isinstance(value, str) and not isinstance(self.fields[name].widget, forms.Textarea):
                cleaned[name] = " ".join(value.split())
        return cleaned


class ProfileForm(OneLines, forms.ModelForm[User]):
    """Name and language."""

    class Meta:
        model = User
        fields = ["name", "language"]
        labels = {"name": _("Your name"), "language": _("Language of your letters and pages")}
        help_texts = {"name": _("Your Access Broker sees it beside what you do.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class StaffMailForm(forms.Form):
    """When a member of staff is written about each kind of thing."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in StaffMail:
            times = [time for time in MailTime if time != MailTime.NEVER or kind not in NECESSARY]
            self.fields[kind] = forms.ChoiceField(
                label=kind.label,
                choices=[(time.value, time.label) for time in times],
                initial=user.mail_time(kind),
            )

    @property
    def choices(self) -> dict[StaffMail, MailTime]:
        """What was chosen."""
        return {StaffMail(kind): MailTime(time) for kind, time in self.cleaned_data.items()}


class OrganisationForm(OneLines, forms.ModelForm[Organisation]):
    """An organisation as its owner describes it."""

    country = forms.ChoiceField(label=_("Country"), choices=_countries)
    numbers_are_right = forms.BooleanField(
        label=_("My numbers are right: they stand so in the register"), required=False
    )

    # Whether a number looks wrong, so that the page asks whether it is right all the same.
    doubted = False

    class Meta:
        model = Organisation
        fields = [
            "name",
            "legal_form",
            "is_sole_trader",
            "country",
            "region",
            "register_number",
            "vat_number",
            "address",
            "city",
            "website",
        ]
        labels = {
            "name": _("Name of the organisation"),
            "is_sole_trader": _("I trade as a person, without a company"),
            "city": _("Town or city"),
        }
        help_texts = {
            "name": _("As it stands in the trade register."),
            "legal_form": _("For example BV, GmbH or ApS."),
            "is_sole_trader": _("Your name is then left out when awards are published."),
            "region": _("Leave it empty if your organisation is in none of these regions."),
            "register_number": _("For example KvK 12345678 or HRB 1234."),
            "vat_number": _("With its country letters, like NL004495445B01."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["city"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "organization"
        self.fields["address"].widget.attrs["autocomplete"] = "street-address"
        if not self.is_bound:
            del self.fields["numbers_are_right"]

    def clean_vat_number(self) -> str:
        """Write a VAT number without blanks and points."""
        number = re.sub(r"[\s.-]", "", self.cleaned_data["vat_number"]).upper()
        if number and not VAT_NUMBER.fullmatch(number):
            raise ValidationError(
                gettext("Enter the VAT number with its country letters, like NL004495445B01")
            )
        return number

    def clean(self) -> dict[str, Any]:
        """Compare country, region and VAT number.

        Registers know exceptions that we do not: who says that a number is right is believed.
        """
        data = super().clean() or {}
        is_sure = bool(data.pop("numbers_are_right", False))
        country, region = data.get("country"), data.get("region")
        if country and region and region.country != country:
            self.add_error("region", gettext("Choose a region in the country you entered"))
        prefixes = VAT_PREFIXES.get(country or "", (country or "",))
        if data.get("vat_number") and not data["vat_number"].startswith(prefixes):
            self.add_error("vat_number", gettext("Enter the VAT number of the country you chose"))
        elif not is_sure:
            self._check("vat_number", identifiers.check_vat)
        if country and not is_sure:
            self._check("register_number", partial(identifiers.check_register, country=country))
        if not is_sure and not self.doubted:
            del self.fields["numbers_are_right"]
        return data

    @property
    def changes(self) -> dict[str, Any]:
        """What differs from what is stored, by column."""
        columns = set(self.changed_data) & set(self._meta.fields or ())
        return {name: self.cleaned_data[name] for name in columns}

    def _check(self, name: str, check: Callable[[str], None]) -> None:
        """Look at check digits; what was stored before is not asked again with a new address."""
        number = self.cleaned_data.get(name)
        if not number or name not in self.changed_data:
            return
        try:
            check(number)
        except identifiers.BadNumber:
            words = gettext("%(number)s cannot be right: compare it with your register entry")
            self.add_error(name, words % {"number": number})
            self.doubted = True


class JoinForm(forms.Form):
    """Find an organisation by its name."""

    q = forms.CharField(
        label=_("Name of the organisation"),
        min_length=SHORTEST_SEARCH,
        max_length=200,
        error_messages={"min_length": _("Enter at least three letters of the name")},
    )
