"""What somebody says who wants an organisation listed, and what the broker does with it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalogue.enums import ProviderKind
from catalogue.models import ProviderRequest
from catalogue.permissions import may_add_to, may_publish_rules
from portal.accounts.forms import OneLines
from portal.enums import Locale
from portal.models import Programme, Region
from portal.permissions import Actor

LONGEST_TEXT = 4000
TOO_LONG = _("Shorten this to %(limit_value)d characters: it has %(show_value)d")
NO_EMAIL = _("Enter an e-mail address like name@example.org")
NO_WEBSITE = _("Enter a web address like https://www.example.org")
NO_REGION = {"required": _("Choose a region"), "invalid_choice": _("Choose a region")}


def running_regions() -> QuerySet[Region]:
    """Return the regions of programmes that are not history."""
    return Region.objects.filter(
        pk__in=Programme.objects.filter(is_historic=False).values("regions__region")
    )


class JoinForm(OneLines, forms.ModelForm[ProviderRequest]):
    """A request to be listed, from anybody."""

    city = forms.CharField(
        label=_("Town or city"),
        max_length=80,
        error_messages={"required": _("Enter the town"), "max_length": TOO_LONG},
    )
    offer = forms.CharField(
        label=_("What do you offer to firms?"),
        help_text=_("Facilities, equipment, experts or services, in a few sentences."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 5}),
        error_messages={
            "required": _("Write what your organisation offers"),
            "max_length": TOO_LONG,
        },
    )

    class Meta:
        model = ProviderRequest
        fields = [
            "organisation_name",
            "kind",
            "region",
            "city",
            "website",
            "offer",
            "name",
            "email",
        ]
        labels = {
            "organisation_name": _("Organisation"),
            "kind": _("Kind of organisation"),
            "region": _("Region"),
            "website": _("Website"),
            "name": _("Your name"),
            "email": _("Your e-mail address"),
        }
        help_texts = {
            "organisation_name": _(
                "As it stands in the register; your own name if you work alone."
            ),
            "region": _("Its Access Broker answers you."),
            "email": _("The answer goes there, and with it the link to your records."),
        }
        widgets = {
            "organisation_name": forms.TextInput({"autocomplete": "organization"}),
            "name": forms.TextInput({"autocomplete": "name"}),
            "email": forms.EmailInput({"autocomplete": "email"}),
        }
        error_messages = {
            "organisation_name": {
                "required": _("Enter the name of the organisation"),
                "max_length": TOO_LONG,
            },
            "kind": {"required": _("Choose the kind of organisation")},
            "region": NO_REGION,
            "website": {"invalid": NO_WEBSITE, "max_length": TOO_LONG},
            "name": {"required": _("Enter your name"), "max_length": TOO_LONG},
            "email": {
                "required": _("Enter your e-mail address"),
                "invalid": NO_EMAIL,
                "max_length": TOO_LONG,
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_regions(self.fields["region"], running_regions())

    def stated(self) -> dict[str, Any]:
        """Return the arguments of the action, beside language, actor and clock."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class InviteForm(OneLines, forms.Form):
    """Whom to invite."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The person accepts with an account of this address."),
        error_messages={"required": _("Enter the person's e-mail address"), "invalid": NO_EMAIL},
    )
    language = forms.ChoiceField(label=_("Language of the letter"), choices=Locale)


class InviteProviderForm(InviteForm):
    """An organisation to list, and the person to invite."""

    name = forms.CharField(
        label=_("Organisation"),
        max_length=200,
        error_messages={"required": _("Enter the name of the organisation")},
    )
    kind = forms.ChoiceField(label=_("Kind of organisation"), choices=ProviderKind)
    region = forms.ModelChoiceField(
        Region.objects.none(),
        label=_("Region"),
        empty_label=None,
        error_messages=NO_REGION,
    )
    city = forms.CharField(
        label=_("Town or city"), max_length=80, error_messages={"required": _("Enter the town")}
    )
    website = forms.URLField(
        label=_("Website"), required=False, error_messages={"invalid": NO_WEBSITE}
    )

    field_order = ["name", "kind", "region", "city", "website", "email", "language"]

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [region.pk for region in Region.objects.all() if may_add_to(by, region)]
        _offer_regions(self.fields["region"], Region.objects.filter(pk__in=own))


class RefuseForm(forms.Form):
    """Why an organisation is not listed."""

    reason = forms.CharField(
        label=_("Why is it not listed?"),
        help_text=_("It is mailed to the person who asked."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _("Write the reason"), "max_length": TOO_LONG},
    )


class AccessRulesForm(forms.Form):
    """The next version of a programme's common rules."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        label=_("Programme"),
        empty_label=None,
        error_messages={"required": _("Choose a programme")},
    )
    text = forms.CharField(
        label=_("Rules, one a line"),
        help_text=_("Every provider of the programme is asked to accept them."),
        widget=forms.Textarea({"rows": 14}),
        error_messages={"required": _("Write the rules, one a line")},
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Programme.objects.filter(is_historic=False)
        own = [programme.pk for programme in rows if may_publish_rules(by, programme)]
        field = self.fields["programme"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows.filter(pk__in=own)


def _offer_regions(field: forms.Field, regions: QuerySet[Region]) -> None:
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = regions
