"""The questions of the self-check, one form each."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from portal.models import Region
from vouchers.forms.application import YES_NO
from vouchers.forms.fields import AmountField, NumberField
from vouchers.models import CallVoucherType
from vouchers.rules.sme import LINKED_ABOVE, PARTNER_FROM

ANY = "any"
OUTSIDE = "outside"


class Step(forms.Form):
    """One question; `title` is its heading."""

    use_required_attribute = False
    title: Any = ""
    lead: Any = ""


class VoucherStep(Step):
    """Which voucher."""

    title = gettext_lazy("Which voucher do you think of?")
    voucher = forms.ChoiceField(
        label=gettext_lazy("Voucher"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a voucher, or “Not sure yet”")},
    )

    def __init__(self, *args: Any, offers: Iterable[CallVoucherType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["voucher"].choices = [  # type: ignore[attr-defined]
            *((str(o.pk), f"{o.voucher_type}, {o.call}") for o in offers),
            (ANY, gettext("Not sure yet: check all")),
        ]


class RegionStep(Step):
    """Base of the two questions on where somebody sits."""

    name = ""

    def __init__(self, *args: Any, regions: Iterable[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.name].choices = [  # type: ignore[attr-defined]
            ("", gettext("Choose a region")),
            *((region.code, region.name) for region in regions),
            (OUTSIDE, gettext("None of these")),
        ]


class HomeStep(RegionStep):
    """Where the firm sits."""

    title = gettext_lazy("Where is your firm?")
    name = "home"
    home = forms.ChoiceField(
        label=gettext_lazy("Region of your firm"),
        help_text=gettext_lazy("Where it is registered and works."),
        error_messages={"required": gettext_lazy("Choose the region of your firm")},
    )


class SizeStep(Step):
    """How large the firm is by itself."""

    title = gettext_lazy("How large is your firm?")
    lead = gettext_lazy(
        "Of the last closed year, for your firm alone. A good estimate will do here."
    )
    headcount = NumberField(
        label=gettext_lazy("Staff in full-time posts"),
        help_text=gettext_lazy(
            "Owners who work in the firm count, part-time posts in part, apprentices not."
        ),
    )
    turnover = AmountField(label=gettext_lazy("Turnover"), help_text=gettext_lazy("Without VAT."))
    balance_sheet = AmountField(label=gettext_lazy("Balance sheet total"))


class GroupStep(Step):
    """Whether anybody stands around the firm."""

    title = gettext_lazy("Does your firm stand alone?")
    lead = gettext_lazy(
        "Venture capital funds, business angels, universities and regional funds with up to half "
        "do not count, unless they control the firm."
    )
    around = forms.ChoiceField(
        label=gettext_lazy("Owners and holdings of 25% or more"),
        widget=forms.RadioSelect,
        choices=[
            ("no", gettext_lazy("No other enterprise or public body holds 25% or more, nor do we")),
            ("yes", gettext_lazy("Yes, an enterprise or public body does, or we hold others")),
        ],
        error_messages={"required": gettext_lazy("Choose one of the two answers")},
    )


class RelatedStep(Step):
    """Those around the firm in short."""

    title = gettext_lazy("Who stands around your firm?")
    lead = gettext_lazy(
        "Leave empty what does not apply. Your profile asks for each enterprise by name; here sums "
        "are enough."
    )
    linked_headcount = NumberField(
        label=gettext_lazy("Staff of all enterprises linked by a majority or control"),
        required=False,
    )
    linked_turnover = AmountField(label=gettext_lazy("Their turnover together"), required=False)
    linked_balance = AmountField(
        label=gettext_lazy("Their balance sheets together"), required=False
    )
    partner_percent = NumberField(
        label=gettext_lazy("Share of the largest partner in percent"),
        help_text=gettext_lazy("Between 25 and 50, held in your firm or by it."),
        required=False,
    )
    partner_headcount = NumberField(label=gettext_lazy("Staff of that partner"), required=False)
    partner_turnover = AmountField(label=gettext_lazy("Turnover of that partner"), required=False)
    partner_balance = AmountField(
        label=gettext_lazy("Balance sheet total of that partner"), required=False
    )
    public = forms.ChoiceField(
        label=gettext_lazy("Do public bodies hold 25% or more?"),
        widget=forms.RadioSelect,
        choices=YES_NO,
        error_messages={"required": gettext_lazy("Choose yes or no")},
    )

    def clean_partner_percent(self) -> Any:
        """A partner holds 25 to 50 percent; more is a link, less does not count."""
        percent = self.cleaned_data["partner_percent"]
        if percent is not None and not PARTNER_FROM <= percent <= LINKED_ABOVE:
            raise forms.ValidationError(gettext("Enter a share from 25 to 50, or leave it empty"))
        return percent


class HostStep(RegionStep):
    """Where the partner sits."""

    title = gettext_lazy("Where is the partner?")
    lead = gettext_lazy("The facility or expert that you want to meet or work with.")
    name = "host"
    host = forms.ChoiceField(
        label=gettext_lazy("Region of the partner"),
        help_text=gettext_lazy("Not known yet? Choose a region where you would look."),
        error_messages={"required": gettext_lazy("Choose the region of the partner")},
    )


class ConductStep(Step):
    """What could stand against a voucher."""

    title = gettext_lazy("Does any of this apply?")
    applies = forms.MultipleChoiceField(
        label=gettext_lazy("Tick what applies"),
        help_text=gettext_lazy("Nothing ticked means that nothing applies."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[
            ("is_primary", gettext_lazy("The firm is in primary agriculture or fishery")),
            ("is_insolvent", gettext_lazy("The firm is insolvent or in such proceedings")),
            ("has_started", gettext_lazy("The work has begun or is ordered")),
            ("is_funded_elsewhere", gettext_lazy("Other public money pays the same cost")),
            ("is_export_tied", gettext_lazy("It is about sales abroad or a sales network")),
        ],
    )


class AidStep(Step):
    """What the firm has had."""

    title = gettext_lazy("How much de minimis aid has your firm had?")
    lead = gettext_lazy(
        "In the last three years, from authorities of your country, with linked enterprises there. "
        "The letters of each aid name it."
    )
    earlier_aid = AmountField(
        label=pgettext_lazy("de minimis", "Aid so far"),
        help_text=gettext_lazy("Enter 0 if there was none. Not sure? Leave it empty."),
        required=False,
    )


STEPS: dict[str, type[Step]] = {
    "voucher": VoucherStep,
    "home": HomeStep,
    "size": SizeStep,
    "group": GroupStep,
    "related": RelatedStep,
    "host": HostStep,
    "conduct": ConductStep,
    "aid": AidStep,
}
