"""For which firm, and which voucher, a broker starts a draft."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from portal.models import Organisation
from vouchers.models import CallVoucherType


class FirmField(forms.ModelChoiceField[Organisation]):
    """Firms with their town's region, as two may have one name."""

    def label_from_instance(self, obj: Organisation) -> str:
        """Name firm and region."""
        return f"{obj.name}, {obj.region}"


class OfferField(forms.ModelChoiceField[CallVoucherType]):
    """Vouchers of open calls."""

    def label_from_instance(self, obj: CallVoucherType) -> str:
        """Name voucher and call."""
        return f"{obj.voucher_type}, {obj.call}"


class BeginForm(forms.Form):
    """A firm of the broker's regions, and a voucher that is on offer now."""

    use_required_attribute = False
    organisation = FirmField(
        label=gettext_lazy("Firm"),
        help_text=gettext_lazy("Firms of your region for which somebody has an account."),
        queryset=Organisation.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose the firm"),
            "invalid_choice": gettext_lazy("Choose a firm of the list"),
        },
    )
    offer = OfferField(
        label=gettext_lazy("Voucher"),
        queryset=CallVoucherType.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose the voucher"),
            "invalid_choice": gettext_lazy("Choose a voucher of the list"),
        },
    )

    def __init__(
        self,
        data: Any = None,
        *,
        firms: QuerySet[Organisation],
        offers: QuerySet[CallVoucherType],
    ) -> None:
        super().__init__(data)
        self.fields["organisation"].queryset = firms.order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["offer"].queryset = offers  # type: ignore[attr-defined]
