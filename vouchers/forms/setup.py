"""Forms of a manager's set-up: plain sentences where something cannot be right."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.models import Programme, Region
from vouchers.enums import AmountKind
from vouchers.models import Call, CallVoucherType, VoucherType

WHEN = "%Y-%m-%dT%H:%M:%S"


class LocalInstantField(forms.DateTimeField):
    """An instant as the call announces it: its zone is asked in another field."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format=WHEN)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=[WHEN, "%Y-%m-%dT%H:%M"], **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        """Keep the wall clock as it was typed."""
        parsed = super().to_python(value)
        return parsed.replace(tzinfo=None) if parsed else None


class CallForm(forms.ModelForm[Call]):
    """A call with its opening and closing as wall-clock time in its named zone."""

    opens_at = LocalInstantField(label=_("Opens at"))
    closes_at = LocalInstantField(
        label=_("Closes at"),
        help_text=_("The last instant that counts, like 17:00:00, or 23:59:59 for a whole day."),
    )

    class Meta:
        model = Call
        fields = (
            "programme",
            "code",
            "slug",
            "name",
            "opens_at",
            "closes_at",
            "time_zone",
            "grace_seconds",
            "decisions_by",
            "reserve_order",
            "reserve_until",
            "text",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call = self.instance
        if call.pk:
            for name in ("opens_at", "closes_at"):
                self.initial[name] = getattr(call, name).astimezone(call.zone).replace(tzinfo=None)

    @cached_property
    def changed_data(self) -> list[str]:
        """Count the instants as changed with the zone: the same hour elsewhere is another one."""
        names = super().changed_data
        moved = ["opens_at", "closes_at"] if "time_zone" in names else []
        return [*names, *(name for name in moved if name not in names)]

    def clean(self) -> dict[str, Any]:
        """Read the wall clocks in the call's zone."""
        given = super().clean() or {}
        zone = given.get("time_zone", self.instance.time_zone)
        if zone not in available_timezones():
            self.add_error("time_zone", gettext("Enter a time zone such as Europe/Brussels"))
            zone = "UTC"
        for name in ("opens_at", "closes_at"):
            if given.get(name):
                given[name] = given[name].replace(tzinfo=ZoneInfo(zone))
        opens_at, closes_at = given.get("opens_at"), given.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", gettext("The call must close after it opens"))
        return given


class OfferForm(forms.ModelForm[CallVoucherType]):
    """A voucher type of a call, with instants of its own as wall-clock time in the call's zone."""

    opens_at = LocalInstantField(label=_("Opens at"), required=False)
    closes_at = LocalInstantField(
        label=_("Closes at"), required=False, help_text=_("Empty: with the call.")
    )

    class Meta:
        model = CallVoucherType
        fields = "__all__"  # noqa: DJ007  the admin class names the fields

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As it was sent with this form, which may move it to another zone or store it first.
        self.call = call
        for name in ("opens_at", "closes_at"):
            moment = getattr(self.instance, name)
            if moment:
                self.initial[name] = moment.astimezone(call.zone).replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        """Read the wall clocks in the zone of the call, which must not end before the type."""
        given = super().clean() or {}
        for name in ("opens_at", "closes_at"):
            if given.get(name):
                given[name] = given[name].replace(tzinfo=self.call.zone)
        return given


class OfferFormSet(forms.BaseInlineFormSet[CallVoucherType, Call, forms.ModelForm[Any]]):
    """The voucher types of a call."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Tell each row its call."""
        return {**super().get_form_kwargs(index), "call": self.instance}


class VoucherTypeForm(forms.ModelForm[VoucherType]):
    """A voucher type; a lump sum pays all of itself."""

    class Meta:
        model = VoucherType
        fields = "__all__"  # noqa: DJ007  the admin class names the fields

    def clean(self) -> dict[str, Any]:
        """Refuse a lump sum that pays a share only."""
        given = super().clean() or {}
        rate = given.get("funding_rate")
        if given.get("amount_kind") == AmountKind.LUMP_SUM and rate is not None and rate != 1:
            self.add_error("funding_rate", gettext("A lump sum is paid whole: enter 1"))
        return given


class BudgetForm(forms.Form):
    """Money for a region's pot."""

    programme = forms.ModelChoiceField(Programme.objects.none(), label=_("Programme"))
    region = forms.ModelChoiceField(Region.objects.all(), label=_("Region"))
    amount = forms.DecimalField(
        label=_("Amount in euros"),
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        error_messages={
            "required": _("Enter the amount in euros"),
            "min_value": _("The amount must be more than 0."),
        },
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("It stands in the ledger for good."),
        error_messages={"required": _("Say where the money comes from")},
    )

    def __init__(self, *args: Any, programmes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Take only a region that the programme names."""
        given = super().clean() or {}
        programme, region = given.get("programme"), given.get("region")
        if programme and region and not programme.regions.filter(region=region).exists():
            self.add_error("region", gettext("Choose a region that takes part in the programme"))
        return given


class CopyCallForm(forms.Form):
    """The next call, made from an earlier one."""

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Like LSV-2"))
    name = forms.CharField(label=_("Name"), max_length=120)
    opens_at = LocalInstantField(label=_("Opens at"))
    closes_at = LocalInstantField(label=_("Closes at"))

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call

    def clean_code(self) -> str:
        """Refuse a code that another call has."""
        code: str = self.cleaned_data["code"].strip().upper()
        if Call.objects.filter(code__iexact=code).exists():
            raise ValidationError(gettext("Another call has this code"))
        return code

    def clean(self) -> dict[str, Any]:
        """Read the wall clocks in the zone of the call that is copied."""
        given = super().clean() or {}
        for name in ("opens_at", "closes_at"):
            if given.get(name):
                given[name] = given[name].replace(tzinfo=self.call.zone)
        opens_at, closes_at = given.get("opens_at"), given.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", gettext("The call must close after it opens"))
        return given
