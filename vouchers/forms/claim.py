"""The forms of a claim: the report, the account, one receipt at a time, sending."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from portal import sepa
from portal.money import ZERO
from vouchers.enums import Payee
from vouchers.forms.fields import AmountField, DayField, PlainTextField, UploadField
from vouchers.models import Award, ClaimLine, CostKind
from vouchers.reasons import sentence
from vouchers.rules import receipts
from vouchers.rules.receipts import Receipt
from vouchers.rules.verdict import Verdict

LINE = ("kind", "paid_on", "supplier", "receipt_number", "item", "amount", "vat")
FILES = ("receipt", "proof_of_payment")


class ReportForm(forms.Form):
    """What was done and what came of it."""

    use_required_attribute = False
    report = PlainTextField(
        label=gettext_lazy("What did you do, and what came of it?"),
        limit=6000,
        help_text=gettext_lazy(
            "Say whom you met or what was done, when, what you learned, and what you do next."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": gettext_lazy("Write what you did and what came of it")},
    )


class AccountForm(forms.Form):
    """Where the money goes."""

    use_required_attribute = False
    account_holder = PlainTextField(
        label=gettext_lazy("Account holder"),
        limit=200,
        error_messages={"required": gettext_lazy("Enter the name in which the account is held")},
    )
    iban = PlainTextField(
        label=gettext_lazy("Account (IBAN)"),
        limit=60,
        help_text=gettext_lazy("Like NL91 ABNA 0417 1643 00."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter the IBAN of the account")},
    )

    def __init__(self, *args: Any, award: Award, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if award.payee == Payee.PROVIDER:
            self.fields["account_holder"].help_text = gettext(
                "We pay your partner, so name your partner's account."
            )

    def clean_iban(self) -> str:
        """Return the account without spaces. Raises ValidationError where its digits do not fit."""
        return sepa.checked_iban(self.cleaned_data["iban"])


class ReceiptForm(forms.Form):
    """One receipt; its files may follow later, but before the claim is sent."""

    use_required_attribute = False
    paid_on = DayField(
        label=gettext_lazy("Date of the receipt"),
        error_messages={"required": gettext_lazy("Enter the date of the receipt")},
    )
    supplier = PlainTextField(
        label=gettext_lazy("Supplier"),
        limit=150,
        error_messages={"required": gettext_lazy("Enter who wrote the receipt")},
    )
    receipt_number = PlainTextField(
        label=gettext_lazy("Number of the receipt"),
        limit=60,
        help_text=gettext_lazy("The number of the invoice, ticket or booking."),
        error_messages={"required": gettext_lazy("Enter the number of the receipt")},
    )
    item = PlainTextField(
        label=gettext_lazy("What for"),
        limit=150,
        error_messages={"required": gettext_lazy("Say what was paid for")},
    )
    kind = forms.ModelChoiceField(
        label=gettext_lazy("Kind of cost"),
        queryset=CostKind.objects.none(),
        empty_label=gettext_lazy("Choose a kind of cost"),
        help_text=gettext_lazy("Only costs that this voucher pays are listed."),
        error_messages={
            "required": gettext_lazy("Choose a kind of cost"),
            "invalid_choice": gettext_lazy("Choose a kind of cost that this voucher pays"),
        },
    )
    amount = AmountField(
        label=gettext_lazy("Amount without VAT"),
        error_messages={"required": gettext_lazy("Enter the amount without VAT")},
    )
    vat = AmountField(
        label=gettext_lazy("VAT"),
        required=False,
        help_text=gettext_lazy("For the record. The voucher does not pay VAT."),
    )
    receipt = UploadField(
        label=gettext_lazy("Receipt"),
        required=False,
        help_text=gettext_lazy("PDF, PNG or JPEG, up to 10 MB. You can add it later."),
    )
    proof_of_payment = UploadField(
        label=gettext_lazy("Proof of payment"),
        required=False,
        help_text=gettext_lazy("Such as the line of your bank statement. You can add it later."),
    )

    def __init__(
        self, *args: Any, award: Award, others: Iterable[Receipt], today: date, **kwargs: Any
    ) -> None:
        """`others` are the claim's other receipts; `today` is the day in the home region."""
        super().__init__(*args, **kwargs)
        self.award, self.others, self.today = award, list(others), today
        kinds = CostKind.objects.filter(
            voucher_type=award.application.voucher_type_id, is_eligible=True
        )
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]

    def clean_paid_on(self) -> date:
        """Refuse a day outside the award."""
        paid_on: date = self.cleaned_data["paid_on"]
        award = self.award
        _require(
            receipts.check_day(
                paid_on, starts_on=award.starts_on, ends_on=award.ends_on, today=self.today
            )
        )
        return paid_on

    def clean_amount(self) -> Decimal:
        """Refuse a receipt of nothing."""
        amount: Decimal = self.cleaned_data["amount"]
        if amount == ZERO:
            raise ValidationError(gettext("Enter an amount above 0"), code="zero")
        return amount

    def clean_vat(self) -> Decimal:
        """Return nothing as 0."""
        return self.cleaned_data["vat"] or ZERO

    def clean(self) -> dict[str, Any]:
        """Refuse a receipt that the claim holds, and ask for files that the browser forgets."""
        cleaned = super().clean() or self.cleaned_data
        if "supplier" in cleaned and "receipt_number" in cleaned:
            receipt = Receipt(cleaned["supplier"], cleaned["receipt_number"])
            for reason in receipts.check_once(receipt, self.others).reasons:
                self.add_error("receipt_number", sentence(reason))
        if self.errors:
            self._ask_again(cleaned)
        return cleaned

    def _ask_again(self, cleaned: dict[str, Any]) -> None:
        for name in FILES:
            if cleaned.get(name):
                self.add_error(
                    name, gettext("Choose the file again: a page with errors does not keep it")
                )

    @property
    def line(self) -> dict[str, Any]:
        """The receipt without its files."""
        return {name: self.cleaned_data[name] for name in LINE}

    @property
    def given(self) -> dict[str, Any]:
        """The checked files, or nothing where none was chosen."""
        return {name: self.cleaned_data[name] for name in FILES}

    @staticmethod
    def stored(line: ClaimLine) -> dict[str, Any]:
        """Return what the form shows of a stored receipt."""
        return {name: getattr(line, name) for name in LINE} | {"kind": line.kind_id}


class SendForm(forms.Form):
    """What the SME declares with its claim."""

    use_required_attribute = False
    is_true = forms.BooleanField(
        label=gettext_lazy(
            "The report and the receipts are true, and no other public money pays the same costs"
        ),
        error_messages={
            "required": gettext_lazy(
                "Tick that the claim is true, or ask your Access Broker if you cannot"
            )
        },
    )


def _require(verdict: Verdict) -> None:
    """Raise ValidationError with the law's sentences."""
    if not verdict.ok:
        raise ValidationError([sentence(reason) for reason in verdict.reasons])
