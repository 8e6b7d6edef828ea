"""The organisation's size, and the aid it has received."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext, gettext_lazy

from portal.templatetags.portal_ui import COUNTRIES
from vouchers.enums import Sector
from vouchers.forms.application import YES_NO
from vouchers.forms.fields import (
    AmountField,
    DayField,
    NumberField,
    PlainTextField,
    required_sentences,
)
from vouchers.forms.rows import Row, Rows, TableForm
from vouchers.models import DeclaredAid, EnterpriseFigures
from vouchers.rules.sme import Figures

YEARS = 3


class FiguresForm(forms.Form):
    """Figures of one closed year, and the sector."""

    use_required_attribute = False
    year = forms.TypedChoiceField(
        label=gettext_lazy("Which year do the figures describe?"),
        coerce=int,
        help_text=gettext_lazy("The last year whose accounts are closed."),
    )
    headcount = NumberField(
        label=gettext_lazy("Staff in full-time posts"),
        help_text=gettext_lazy(
            "Owners who work in the firm count, part-time posts in part, apprentices not."
        ),
    )
    turnover = AmountField(label=gettext_lazy("Turnover"), help_text=gettext_lazy("Without VAT."))
    balance_sheet = AmountField(label=gettext_lazy("Balance sheet total"))
    is_estimate = forms.BooleanField(
        label=gettext_lazy("These figures are an estimate, as no accounts have been closed yet."),
        required=False,
    )
    sector = forms.ChoiceField(
        label=gettext_lazy("Sector"),
        choices=Sector.choices,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [today.year - back for back in range(YEARS + 1)]
        self.fields["year"].choices = [("", gettext("Choose a year")), *((y, y) for y in years)]  # type: ignore[attr-defined]
        required_sentences(
            self,
            {
                "year": gettext("Choose the year of your figures"),
                "headcount": gettext("Enter your staff in full-time posts"),
                "turnover": gettext("Enter your turnover, or 0"),
                "balance_sheet": gettext("Enter your balance sheet total, or 0"),
                "sector": gettext("Choose your sector"),
            },
        )

    @staticmethod
    def stored(row: EnterpriseFigures | None, sector: str) -> dict[str, Any]:
        """Return what the form shows of stored figures."""
        if row is None:
            return {"sector": sector}
        return {
            "year": row.year,
            "headcount": row.headcount,
            "turnover": row.turnover,
            "balance_sheet": row.balance_sheet,
            "is_estimate": row.is_estimate,
            "sector": sector,
        }

    @property
    def figures(self) -> Figures:
        """The figures as the law asks for them."""
        values = self.cleaned_data
        return Figures(
            year=values["year"],
            headcount=values["headcount"],
            turnover=values["turnover"],
            balance_sheet=values["balance_sheet"],
        )


class AidRow(Row):
    """One aid received."""

    granted_on = DayField(label=gettext_lazy("Granted on"))
    authority = PlainTextField(label=gettext_lazy("Granted by"), limit=200)
    member_state = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=[("", ""), *COUNTRIES.items()],
    )
    amount = AmountField(label=gettext_lazy("Amount"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        required_sentences(
            self,
            {
                "granted_on": gettext("Enter the day on which the aid was granted"),
                "authority": gettext("Enter who granted the aid"),
                "member_state": gettext("Choose the country of the aid"),
                "amount": gettext("Enter the amount of the aid"),
            },
        )

    def clean_granted_on(self) -> date:
        """Refuse a day to come: what is not granted yet is no aid received."""
        granted_on: date = self.cleaned_data["granted_on"]
        if granted_on > self.today:
            raise ValidationError(gettext("Aid received must not be granted in the future"))
        return granted_on

    def clean_amount(self) -> Any:
        """Refuse an aid of nothing."""
        if self.cleaned_data["amount"] == 0:
            raise ValidationError(gettext("Enter an amount above 0, or remove the line"))
        return self.cleaned_data["amount"]


class AidForm(TableForm):
    """All de minimis aid received, or the explicit word that there was none."""

    is_export_tied = forms.ChoiceField(
        label=gettext_lazy("Does the voucher pay for selling abroad, such as a sales network?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Looking for partners and testing a product is not selling."),
    )
    none = forms.BooleanField(
        label=gettext_lazy(
            "My organisation and the firms linked to it have received no de minimis aid."
        ),
        required=False,
    )

    def __init__(
        self,
        data: MultiValueDict[str, str] | None = None,
        *,
        rows: list[dict[str, Any]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        required_sentences(
            self, {"is_export_tied": gettext("Say whether the voucher pays for selling abroad")}
        )
        self.rows = Rows(
            lambda **given: AidRow(today=today, **given), name="aid", data=data, stored=rows
        )

    def clean(self) -> dict[str, Any]:
        """Ask for lines or for the tick, and not for both."""
        cleaned = super().clean()
        lines = bool(self.rows.cleaned)
        if lines and cleaned.get("none"):
            self.add_error("none", gettext("Remove the lines below, or take this tick away"))
        if not lines and not cleaned.get("none"):
            self.add_error("none", gettext("Name the aid below, or tick that there was none"))
        return cleaned

    @staticmethod
    def stored(aid: DeclaredAid) -> dict[str, Any]:
        """Return what a row shows of a declared aid."""
        names = ("granted_on", "authority", "member_state", "amount")
        return {name: getattr(aid, name) for name in names}
