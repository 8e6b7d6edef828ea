"""Forms of the claim's desk: eligible amounts, what is missing, payment."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.money import ZERO
from portal.templatetags.portal_ui import money
from vouchers.forms.award import AmountField
from vouchers.forms.desk import DeskForm, message_field
from vouchers.models import ClaimLine

LONGEST_REFERENCE = 60


class ApproveClaimForm(DeskForm):
    """How much of each receipt is eligible; what a voucher never pays starts at 0."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines: list[ClaimLine] = list(self.about.lines.all())
        for line in self.lines:
            self.fields[_name(line)] = _eligible_field(line)

    def clean(self) -> dict[str, Any]:
        """Collect the eligible amounts in EUR by the receipts' ids."""
        given = super().clean() or {}
        names = {line.pk: _name(line) for line in self.lines}
        eligible = {pk: given[name] for pk, name in names.items() if name in given}
        return {"eligible": eligible}


def _name(line: ClaimLine) -> str:
    return f"line_{line.pk}"


def _eligible_field(line: ClaimLine) -> AmountField:
    most = line.amount if line.kind.is_eligible else ZERO
    field = AmountField(
        label=gettext("Eligible part of receipt %(number)s") % {"number": line.position},
        help_text=gettext("%(supplier)s, of %(amount)s")
        % {"supplier": line.supplier, "amount": money(line.amount)},
        initial=_first(line, most),
        min_value=ZERO,
        max_value=most,
    )
    field.error_messages["max_value"] = gettext("Enter up to %(most)s") % {"most": money(most)}
    return field


def _first(line: ClaimLine, most: Decimal) -> Decimal:
    return most if line.eligible_amount is None else line.eligible_amount


class ReturnClaimForm(DeskForm):
    """What the claim still needs."""

    message = message_field(_("What is missing?"), _("The applicant reads it."))


class PayForm(DeskForm):
    """The payment as the bank names it."""

    payment_reference = forms.CharField(
        label=_("Payment reference"),
        help_text=_("As it stands in the bank's statement."),
        max_length=LONGEST_REFERENCE,
        error_messages={"required": _("Enter the payment reference")},
    )
