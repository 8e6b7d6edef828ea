"""Forms of signing, and of ending an award."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.money import ZERO
from portal.templatetags.portal_ui import money
from vouchers.cases import confirmed_price, price_verdict
from vouchers.forms.desk import DeskForm, message_field


class AmountField(forms.DecimalField):
    """An amount in euros, written as the reader's language writes it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "data-prefix": "€"})
        words = {
            "required": _("Enter an amount in euros"),
            "invalid": _("Enter an amount in euros, like 4000 or 4000.50"),
            "max_decimal_places": _("Enter the amount with no more than two decimal places"),
            "min_value": _("Enter an amount of 0 or more"),
            "max_value": _("Enter an amount up to %(limit_value)s"),
        }
        super().__init__(
            max_digits=12,
            decimal_places=2,
            localize=True,
            widget=widget,
            error_messages=words,
            **kwargs,
        )


class SignForm(DeskForm):
    """Home's signature: the amount, and a note for colleagues."""

    amount = AmountField(label=_("Amount"))
    note = message_field(
        _("Note"), _("For your region. The applicant and the host do not see it."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["amount"]
        field.initial = self.about.amount
        if self.about.terms.is_lump_sum:
            field.widget = forms.HiddenInput()
        if price_verdict(self.about).notes:
            self.fields["price_reason"] = _price_reason(confirmed_price(self.about))
            self.order_fields(["amount", "price_reason", "note"])


def _price_reason(price: Decimal | None) -> forms.CharField:
    field = message_field(
        _("Why do you sign although the price is below the lump sum?"),
        gettext("The partner confirmed %(price)s. For the record; the applicant does not see it.")
        % {"price": money(price)},
    )
    field.error_messages["required"] = gettext("Say why the price may be below the lump sum")
    return field


class ConfirmForm(DeskForm):
    """The host's signature under the amount that home signed."""

    amount = AmountField()
    note = message_field(_("Note"), _("The home region sees it."), required=False)

    def __init__(self, *args: Any, signed: Decimal | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["amount"]
        field.widget = forms.HiddenInput()
        field.initial = signed


class CancelForm(DeskForm):
    """Why an award is cancelled."""

    reason = message_field(_("Reason"), _("The applicant reads it."))


class RevokeForm(DeskForm):
    """Why an award is revoked, and what came back."""

    recovered = AmountField(
        label=_("Amount that came back"),
        help_text=_("0 where nothing was paid or nothing has come back yet."),
        min_value=ZERO,
        initial=ZERO,
    )
    reason = message_field(_("Reason"), _("The applicant reads it."))
