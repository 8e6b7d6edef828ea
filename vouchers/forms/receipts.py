"""The forms of one receipt: what it says, and the answer to a question about it."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from portal.money import ZERO
from vouchers.cases.receipts import claimed_elsewhere
from vouchers.enums import Currency, RateSource
from vouchers.forms.fields import AmountField, DayField, NumberField, PlainTextField, UploadField
from vouchers.models import Award, ClaimLine, CostKind
from vouchers.reasons import sentence
from vouchers.rules import currencies, receipts
from vouchers.rules.currencies import Rate
from vouchers.rules.receipts import Receipt
from vouchers.rules.verdict import ReasonCode, Verdict, combine

LINE = ("kind", "paid_on", "supplier", "receipt_number", "item", "currency", "amount", "vat")
RATE = ("rate", "rate_on", "rate_source")
FILES = ("receipt", "proof_of_payment")
LONGEST_ANSWER = 4000
RATE_PLACES = 6
MOST_RATE = Decimal(999_999)
RATE_IS_NEEDED: Mapping[str, Promise] = {
    "rate": gettext_lazy("Enter how many units of the currency are 1 EUR"),
    "rate_on": gettext_lazy("Enter the day of the rate"),
    "rate_source": gettext_lazy("Choose where the rate comes from"),
}


def bare() -> forms.TextInput:
    """Return a control for an amount of any currency: no sign stands before it."""
    return forms.TextInput(attrs={"data-prefix": ""})


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
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency of the receipt"),
        choices=Currency.choices,
        initial=Currency.EUR,
        error_messages={
            "required": gettext_lazy("Choose the currency of the receipt"),
            "invalid_choice": gettext_lazy("Choose a currency of the list"),
        },
    )
    amount = AmountField(
        label=gettext_lazy("Amount without VAT"),
        help_text=gettext_lazy("In the currency of the receipt."),
        widget=bare(),
        error_messages={"required": gettext_lazy("Enter the amount without VAT")},
    )
    vat = AmountField(
        label=gettext_lazy("VAT"),
        required=False,
        help_text=gettext_lazy("In the currency of the receipt. Empty where there is none."),
        widget=bare(),
    )
    rate = NumberField(
        label=gettext_lazy("Rate: how many units of the currency are 1 EUR?"),
        required=False,
        help_text=gettext_lazy(
            "Only for another currency than the euro, as the European Central Bank writes it: "
            "1 EUR = 0.8642 GBP. We compute the euros."
        ),
    )
    rate_on = DayField(
        label=gettext_lazy("Day of the rate"),
        required=False,
        help_text=gettext_lazy("Only for another currency than the euro."),
    )
    rate_source = forms.ChoiceField(
        label=gettext_lazy("Source of the rate"),
        choices=[("", gettext_lazy("Choose a source")), *RateSource.choices],
        required=False,
        help_text=gettext_lazy("Only for another currency than the euro."),
        error_messages={"invalid_choice": gettext_lazy("Choose a source of the list")},
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
        self,
        *args: Any,
        award: Award,
        others: Iterable[Receipt],
        today: date,
        file: str = "",
        **kwargs: Any,
    ) -> None:
        """`others` are the claim's other receipts; `today` is the day in the home region.

        `file` is the hash of the receipt's stored file, empty where there is none.
        """
        super().__init__(*args, **kwargs)
        self.award, self.others, self.today, self.file = award, list(others), today, file
        for name in RATE:
            self.fields[name].hidden_by = ("currency", Currency.EUR)  # type: ignore[attr-defined]
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

    def clean_rate(self) -> Decimal | None:
        """Refuse a rate of nothing, and more decimals than are kept."""
        rate: Decimal | None = self.cleaned_data["rate"]
        if rate is not None and (rate == 0 or rate != round(rate, RATE_PLACES) or rate > MOST_RATE):
            raise ValidationError(
                gettext("Enter a rate above 0 with at most six decimals, like 0.8642"), code="rate"
            )
        return rate

    def clean(self) -> dict[str, Any]:
        """Refuse a receipt that the firm has claimed, and ask for files that a browser forgets."""
        cleaned = super().clean() or self.cleaned_data
        if "supplier" in cleaned and "receipt_number" in cleaned:
            self._check_claimed(Receipt(cleaned["supplier"], cleaned["receipt_number"]))
        if cleaned.get("currency", Currency.EUR) == Currency.EUR:
            cleaned |= dict.fromkeys(RATE)
        else:
            self._check_rate(cleaned)
        if self.errors:
            ask_again(self, cleaned)
        return cleaned

    def _check_claimed(self, receipt: Receipt) -> None:
        file = self.cleaned_data.get("receipt")
        sha256 = file.sha256 if file else self.file
        claimed = claimed_elsewhere(self.award, receipt, sha256)
        verdict = combine(
            receipts.check_once(receipt, self.others),
            receipts.check_elsewhere(receipt, sha256, claimed),
        )
        for reason in verdict.reasons:
            is_file = reason.code == ReasonCode.RECEIPT_FILE_CLAIMED
            self.add_error("receipt" if is_file else "receipt_number", sentence(reason))

    def _check_rate(self, cleaned: dict[str, Any]) -> None:
        for name, words in RATE_IS_NEEDED.items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, str(words))
        rate = self.whole_rate
        if rate is None or "amount" not in cleaned or "paid_on" not in cleaned:
            return
        verdict = currencies.check_rate(
            rate, amount=cleaned["amount"], paid_on=cleaned["paid_on"], today=self.today
        )
        for reason in verdict.reasons:
            is_day = reason.code == ReasonCode.RATE_IN_FUTURE
            self.add_error("rate_on" if is_day else "rate", sentence(reason))

    @property
    def line(self) -> dict[str, Any]:
        """The receipt without its files."""
        return {name: self.cleaned_data[name] for name in LINE} | {"rate": self.whole_rate}

    @property
    def whole_rate(self) -> Rate | None:
        """The rate of a receipt in another currency, once all of it is there."""
        per_euro, on, source = (self.cleaned_data.get(name) for name in RATE)
        if per_euro is None or on is None or not source:
            return None
        return Rate(per_euro=per_euro, on=on, source=source)

    @property
    def given(self) -> dict[str, Any]:
        """The checked files, or nothing where none was chosen."""
        return {name: self.cleaned_data[name] for name in FILES}

    @staticmethod
    def stored(line: ClaimLine) -> dict[str, Any]:
        """Return what the form shows of a stored receipt: amounts in its own currency."""
        shown = {name: getattr(line, name) for name in (*LINE, *RATE)} | {"kind": line.kind_id}
        if line.is_foreign:
            rate = line.rate.normalize() if line.rate else None
            shown |= {"amount": line.original_amount, "vat": line.original_vat, "rate": rate}
        return shown


class AnswerForm(forms.Form):
    """The answer to what the broker asks about a receipt: a text, new files, or both."""

    use_required_attribute = False
    text = PlainTextField(
        label=gettext_lazy("Your answer"),
        limit=LONGEST_ANSWER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    receipt = UploadField(
        label=gettext_lazy("New file of the receipt"),
        required=False,
        help_text=gettext_lazy("It takes the place of the stored one."),
    )
    proof_of_payment = UploadField(
        label=gettext_lazy("New proof of payment"),
        required=False,
        help_text=gettext_lazy("It takes the place of the stored one."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for anything at all, and for files that the browser forgets."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.values()):
            self.add_error("text", gettext("Write an answer, or choose a new file"))
        if self.errors:
            ask_again(self, cleaned)
        return cleaned


def ask_again(form: forms.Form, cleaned: Mapping[str, Any]) -> None:
    """Ask for the files of a form with errors once more: a browser does not send them again."""
    for name in FILES:
        if cleaned.get(name):
            form.add_error(
                name, gettext("Choose the file again: a page with errors does not keep it")
            )


def _require(verdict: Verdict) -> None:
    """Raise ValidationError with the law's sentences."""
    if not verdict.ok:
        raise ValidationError([sentence(reason) for reason in verdict.reasons])
