"""Which payments an auditor looks at: a period, and a sample of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vouchers.forms.fields import DayField, NumberField, PlainTextField


class PaymentsForm(forms.Form):
    """The first and last day, and how many to draw by which seed."""

    first = DayField(label=_("Paid from"), required=False)
    last = DayField(label=_("Paid until"), required=False)
    sample = NumberField(
        whole=True,
        label=_("Random sample of"),
        required=False,
        help_text=_("Empty: all payments."),
    )
    seed = PlainTextField(
        label=_("Seed"),
        limit=40,
        required=False,
        help_text=_("The same seed draws the same sample again. Empty: a new one is made."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it starts, and an empty sample."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", gettext("Enter a day that is not before the first"))
        if cleaned.get("sample") == 0:
            self.add_error("sample", gettext("Enter at least 1, or nothing"))
        return cleaned
