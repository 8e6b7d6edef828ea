"""What a partner confirms, or why it declines: forms for somebody without an account."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from vouchers.forms.application import YES_NO
from vouchers.forms.fields import AmountField, DayField, PlainTextField

LONGEST_WORK = 2000


class ConsentForm(forms.Form):
    """Work, price and dates, a conflict of interest, and who says so."""

    use_required_attribute = False
    work = PlainTextField(
        label=gettext_lazy("What will you do?"),
        help_text=gettext_lazy("The work and what the firm gets at its end."),
        limit=LONGEST_WORK,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Say what you will do")},
    )
    price = AmountField(
        label=gettext_lazy("Price without VAT"),
        help_text=gettext_lazy("In euros, for all of the work."),
        error_messages={"required": gettext_lazy("Enter the price in euros without VAT")},
    )
    starts_on = DayField(
        label=gettext_lazy("First day of the work"),
        help_text=gettext_lazy("Such as 2 June 2027."),
        error_messages={"required": gettext_lazy("Enter the first day of the work")},
    )
    ends_on = DayField(
        label=gettext_lazy("Last day of the work"),
        error_messages={"required": gettext_lazy("Enter the last day of the work")},
    )
    has_conflict = forms.ChoiceField(
        label=gettext_lazy("Does anybody in your organisation have an interest in the firm?"),
        help_text=gettext_lazy(
            "Such as shares, a post, or family. It does not rule you out; the regions must know."
        ),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Say whether anybody has an interest in the firm"),
            "invalid_choice": gettext_lazy("Choose one of the answers"),
        },
    )
    conflict = PlainTextField(
        label=gettext_lazy("Which interest is it?"),
        help_text=gettext_lazy("Only if you answered yes."),
        required=False,
        limit=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    signatory_name = PlainTextField(
        label=gettext_lazy("Your name"),
        limit=120,
        error_messages={"required": gettext_lazy("Enter your name")},
    )
    signatory_role = PlainTextField(
        label=gettext_lazy("Your role"),
        help_text=gettext_lazy("Such as head of laboratory."),
        limit=120,
        error_messages={"required": gettext_lazy("Enter your role in your organisation")},
    )
    may_confirm = forms.BooleanField(
        label=gettext_lazy(
            "I may speak for my organisation. We will do this work at this price if the firm gets "
            "its voucher."
        ),
        error_messages={"required": gettext_lazy("Tick that you may speak for your organisation")},
    )

    def clean_price(self) -> Any:
        """A price is above zero."""
        price = self.cleaned_data["price"]
        if price == 0:
            raise ValidationError(gettext("Enter a price above 0"), code="zero")
        return price

    def clean_has_conflict(self) -> bool:
        """Return the answer as yes or no."""
        return bool(self.cleaned_data["has_conflict"] == "yes")

    def clean(self) -> dict[str, Any]:
        """The work ends after it starts, and a conflict is named."""
        said = super().clean() or self.cleaned_data
        first, last = said.get("starts_on"), said.get("ends_on")
        if first and last and last < first:
            self.add_error(
                "ends_on", gettext("The last day of the work must not be before the first")
            )
        if said.get("has_conflict") and not said.get("conflict") and "conflict" in said:
            self.add_error("conflict", gettext("Say which interest it is"))
        if not said.get("has_conflict"):
            said["conflict"] = ""
        return said

    def quiet(self) -> None:
        """Say nothing of what is wrong: the person has only declined."""
        self.errors.clear()


class DeclineForm(forms.Form):
    """Why a partner says no."""

    use_required_attribute = False
    reason = PlainTextField(
        label=gettext_lazy("Why do you decline?"),
        help_text=gettext_lazy("The firm reads it."),
        limit=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why you decline")},
    )
