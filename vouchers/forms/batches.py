"""Forms of payment batches: which claims, what the bank has done, why it refused."""

from datetime import date
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vouchers.cases import local_day
from vouchers.enums import BankReason
from vouchers.forms.claim_desk import PayForm
from vouchers.forms.desk import DeskForm
from vouchers.models import Claim

LONGEST_NOTE = 300
LONGEST_ID = 18


def day_field(label: Any, required: Any, hint: Any = "") -> forms.DateField:
    """Return a day as the browser's own calendar asks for it."""
    return forms.DateField(
        label=label,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": required, "invalid": _("Enter a date like 2026-11-30")},
    )


def note_field(label: Any, hint: Any, *, required: bool = False) -> forms.CharField:
    """Return a short text for the applicant."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what the reader needs to know")},
    )


class MakeBatchForm(forms.Form):
    """Which claims of a pot, and when the bank pays them; the page draws the boxes itself."""

    use_required_attribute = False
    execution_date = day_field(
        _("Execution date"),
        _("Enter the day on which the bank pays"),
        _("The day on which the bank pays."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["execution_date"].initial = today

    @property
    def boxes(self) -> str:
        """The name of the boxes."""
        return self.add_prefix("claim")

    @property
    def ticked(self) -> set[int]:
        """The ids that were ticked; what is no id is left out."""
        texts = self.data.getlist(self.boxes) if isinstance(self.data, MultiValueDict) else []
        return {int(t) for t in texts if t.isascii() and t.isdigit() and len(t) <= LONGEST_ID}

    def clean(self) -> dict[str, Any]:
        """Refuse a batch of nothing."""
        if not self.ticked:
            self.add_error(None, gettext("Tick at least one claim"))
        return super().clean() or self.cleaned_data


class ExecutedForm(PayForm):
    """The day on which the bank has paid, and how its statement names the payment."""

    field_order = ("executed_on", "payment_reference")
    executed_on = day_field(_("Paid on"), _("Enter the day on which the bank has paid"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = local_day(self.now, self.about.pot.region)
        self.fields["executed_on"].initial = min(self.about.execution_date, today)
        self.fields["payment_reference"].initial = self.about.number


class DiscardForm(DeskForm):
    """Why a batch is undone."""

    reason = note_field(
        _("Reason"), _("For the record. The applicant does not see it."), required=True
    )


class BankRefusalForm(DeskForm):
    """What the bank says."""

    code = forms.ChoiceField(
        label=_("Bank's reason"),
        choices=[("", _("Choose a reason")), *BankReason.choices],
        help_text=_("The four characters stand in the bank's message."),
        error_messages={"required": _("Choose the bank's reason")},
    )
    note = note_field(_("In the bank's words"), _("The applicant reads it."))

    def clean(self) -> dict[str, Any]:
        """Ask for words where the code says nothing."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("code") == BankReason.NARR and not cleaned.get("note"):
            self.add_error("note", gettext("Write the bank's reason"))
        return cleaned


class AskAccountForm(DeskForm):
    """Why the account does not do."""

    note = note_field(
        _("What is wrong with the account?"), _("The applicant reads it."), required=True
    )


def chosen(form: MakeBatchForm, seen: Any) -> list[Claim]:
    """Return the ticked claims that the person sees, whatever became of them meanwhile."""
    return list(seen.filter(pk__in=form.ticked))
