"""The cost table and the amount asked for."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext, gettext_lazy

from portal.money import ZERO
from portal.templatetags.portal_ui import money
from vouchers.forms.fields import AmountField, PlainTextField, required_sentences
from vouchers.forms.rows import Row, Rows, TableForm
from vouchers.models import CostKind
from vouchers.reasons import sentence
from vouchers.rules import limits
from vouchers.rules.terms import Terms


class CostRow(Row):
    """One cost; only kinds that the voucher pays can be chosen."""

    item = PlainTextField(label=gettext_lazy("Item"), limit=150)
    kind = forms.ModelChoiceField(
        label=gettext_lazy("Type"), queryset=CostKind.objects.none(), empty_label=""
    )
    amount = AmountField(label=gettext_lazy("Amount without VAT"))
    vat = AmountField(label=gettext_lazy("VAT"), required=False)

    def __init__(self, *args: Any, kinds: list[CostKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.queryset = CostKind.objects.filter(pk__in=[kind.pk for kind in kinds])
        # The table asks once for the choices, not once a line.
        field.choices = [("", ""), *((kind.pk, kind.label) for kind in kinds)]
        field.error_messages["invalid_choice"] = gettext(
            "Choose a type of cost that the voucher pays"
        )
        required_sentences(
            self,
            {
                "item": gettext("Enter what the cost is for"),
                "kind": gettext("Choose the type of cost"),
                "amount": gettext("Enter the amount without VAT"),
            },
        )

    def clean_amount(self) -> Decimal:
        """Refuse a cost of nothing."""
        amount: Decimal = self.cleaned_data["amount"]
        if amount == 0:
            raise ValidationError(gettext("Enter an amount above 0, or remove the line"))
        return amount

    def clean_vat(self) -> Decimal:
        """Nothing typed is no VAT."""
        return self.cleaned_data["vat"] or ZERO


class CostsForm(TableForm):
    """The cost table; where the voucher is a lump sum, its amount cannot be edited."""

    amount = AmountField(label=gettext_lazy("Amount you ask for"))

    def __init__(
        self,
        data: MultiValueDict[str, str] | None = None,
        *,
        terms: Terms,
        kinds: list[CostKind],
        rows: list[dict[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.terms = terms
        if terms.is_lump_sum:
            del self.fields["amount"]
        else:
            field = self.fields["amount"]
            field.help_text = gettext(
                "Up to %(cap)s. The voucher pays your real costs and no more."
            ) % {"cap": money(terms.amount)}
            field.error_messages["required"] = gettext("Enter the amount you ask for")
        self.rows = Rows(
            lambda **given: CostRow(kinds=kinds, **given), name="cost", data=data, stored=rows
        )

    def clean_amount(self) -> Decimal:
        """Ask the law; page and direct request get the same sentence."""
        amount: Decimal = self.cleaned_data["amount"]
        verdict = limits.check_amount(self.terms.amount_rule, amount)
        if not verdict.ok:
            raise ValidationError([sentence(reason) for reason in verdict.reasons])
        return amount
