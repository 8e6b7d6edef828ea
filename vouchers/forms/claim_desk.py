"""Forms of the claim's desk: eligible amounts, questions, what is missing, payment."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.money import ZERO
from portal.templatetags.portal_ui import money
from vouchers.cases.claims import cost_of, settlement_of, vat_of
from vouchers.cases.threads import threads_of
from vouchers.forms.award import AmountField
from vouchers.forms.desk import DeskForm, message_field
from vouchers.models import ClaimLine
from vouchers.rules.claims import Vat

LONGEST_REFERENCE = 60


class ApproveClaimForm(DeskForm):
    """How much of each receipt is eligible; what a voucher never pays starts at 0.

    `seen` is the payment that the page showed: where other amounts make another one, the broker
    sees it before it is written.
    """

    seen = forms.DecimalField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines: list[ClaimLine] = list(self.about.lines.all())
        vat = vat_of(self.about.award, self.about)
        for line in self.lines:
            self.fields[_name(line)] = _eligible_field(line, vat)
        self.settlement = settlement_of(self.about.award, self.about)
        self.initial["seen"] = self.settlement.pays

    def clean(self) -> dict[str, Any]:
        """Collect the eligible amounts in EUR by the receipts' ids."""
        given = super().clean() or {}
        names = {line.pk: _name(line) for line in self.lines}
        eligible = {pk: given[name] for pk, name in names.items() if name in given}
        if not self.errors:
            self._show_what_is_paid(given.get("seen"), eligible)
        return {"eligible": eligible}

    def _show_what_is_paid(self, seen: Decimal | None, eligible: dict[int, Decimal]) -> None:
        """Ask once more where the payment is not the one that was seen."""
        self.settlement = settlement_of(self.about.award, self.about, accepted=eligible)
        if seen is None or seen == self.settlement.pays or not self.settlement.pays:
            return
        # The page that comes back has shown the new payment.
        given = {name: self.data.get(name) for name in self.data}
        self.data = {**given, self.add_prefix("seen"): str(self.settlement.pays)}
        said = {"pays": money(self.settlement.pays), "returns": money(self.settlement.returns)}
        self.add_error(
            None,
            gettext(
                "With these amounts %(pays)s is paid and %(returns)s returns to the pot: approve "
                "once more if that is right"
            )
            % said,
        )


def _name(line: ClaimLine) -> str:
    return f"line_{line.pk}"


def _eligible_field(line: ClaimLine, vat: Vat) -> AmountField:
    cost = cost_of(line)
    most = cost.most(vat)
    said = {"supplier": line.supplier, "amount": money(line.amount), "vat": money(line.vat)}
    words = (
        gettext("%(supplier)s, of %(amount)s and %(vat)s VAT")
        if vat.is_eligible
        else gettext("%(supplier)s, of %(amount)s")
    )
    field = AmountField(
        label=gettext("Eligible part of receipt %(number)s") % {"number": line.position},
        help_text=words % said,
        initial=cost.eligible(vat),
        min_value=ZERO,
        max_value=most,
    )
    field.error_messages["max_value"] = gettext("Enter up to %(most)s") % {"most": money(most)}
    return field


class ReturnClaimForm(DeskForm):
    """What the claim still needs, beside the questions on its receipts."""

    message = message_field(_("What is missing?"), _("The applicant reads it."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if any(thread.open for thread in threads_of(self.about).values()):
            field = self.fields["message"]
            field.required = False
            field.help_text = gettext(
                "The open questions on receipts go out with it. Write more where you need to."
            )


class ReceiptChoice(forms.ModelChoiceField[ClaimLine]):
    """One of the claim's receipts."""

    def label_from_instance(self, line: ClaimLine) -> str:
        """Name it as the table does."""
        return f"{line.position}. {line}"


class AboutReceiptForm(DeskForm):
    """Base of forms about one receipt of the claim."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"] = ReceiptChoice(
            self.choices(),
            label=gettext("Receipt"),
            empty_label=gettext("Choose a receipt"),
            error_messages={
                "required": gettext("Choose a receipt"),
                "invalid_choice": gettext("Choose a receipt of the list"),
            },
        )
        self.order_fields(["line"])

    def choices(self) -> QuerySet[ClaimLine]:
        """Return the receipts to choose from."""
        return ClaimLine.objects.filter(claim=self.about)


class AskForm(AboutReceiptForm):
    """A question about a receipt."""

    text = message_field(
        _("Question"), _("The applicant reads it when you send the claim back, and answers here.")
    )


class CloseForm(AboutReceiptForm):
    """An open question that needs no answer any more."""

    text = message_field(
        _("Why it needs no answer"), _("It stays beside the question."), required=False
    )

    def choices(self) -> QuerySet[ClaimLine]:
        """Return the receipts with an open question."""
        asked = [pk for pk, thread in threads_of(self.about).items() if thread.open]
        return super().choices().filter(pk__in=asked)


class PayForm(DeskForm):
    """The payment as the bank names it."""

    payment_reference = forms.CharField(
        label=_("Payment reference"),
        help_text=_("As it stands in the bank's statement."),
        max_length=LONGEST_REFERENCE,
        error_messages={"required": _("Enter the payment reference")},
    )
