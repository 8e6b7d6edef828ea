"""The forms of a claim: the report, the account, VAT, sending."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from portal import sepa
from vouchers.enums import Payee
from vouchers.forms.application import YES_NO
from vouchers.forms.fields import PlainTextField
from vouchers.models import Award


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


class VatForm(forms.Form):
    """Whether the firm can deduct VAT, for all receipts of the claim."""

    use_required_attribute = False
    deducts_vat = forms.ChoiceField(
        label=gettext_lazy("Can your firm deduct the VAT on these receipts?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Say whether your firm can deduct VAT"),
            "invalid_choice": gettext_lazy("Choose one of the answers"),
        },
    )

    def __init__(self, *args: Any, award: Award, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deducts_vat"].help_text = (
            gettext("VAT that you can deduct is never paid. Where you cannot, the voucher pays it.")
            if award.application.terms.pays_vat
            else gettext(
                "For the record: this voucher pays no VAT, even where you cannot deduct it."
            )
        )

    @property
    def says_yes(self) -> bool:
        """What was answered."""
        return bool(self.cleaned_data["deducts_vat"] == "yes")

    @staticmethod
    def stored(deducts_vat: bool | None) -> dict[str, str]:
        """Return what the form shows of a stored answer."""
        return {} if deducts_vat is None else {"deducts_vat": "yes" if deducts_vat else "no"}


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
