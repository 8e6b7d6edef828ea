"""What a provider says to an agreement, and the paper that says it."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.templatetags.portal_ui import day
from vouchers.cases import local_day
from vouchers.forms.desk import DeskForm
from vouchers.forms.fields import DayField, PlainTextField, UploadField
from vouchers.models import Agreement


class Signatory(forms.Form):
    """Who signs for the provider."""

    signatory_name = PlainTextField(
        label=gettext_lazy("Name of the person who signs"),
        limit=120,
        error_messages={"required": gettext_lazy("Enter the name of the person who signs")},
    )
    signatory_role = PlainTextField(
        label=gettext_lazy("Role in the organisation"),
        help_text=gettext_lazy("Such as head of laboratory."),
        limit=120,
        error_messages={"required": gettext_lazy("Enter the role of the person who signs")},
    )


class ProviderSignForm(Signatory):
    """The provider's signature in the portal."""

    use_required_attribute = False
    may_sign = forms.BooleanField()

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        """The tick names the organisation for which it speaks."""
        super().__init__(*args, **kwargs)
        names = {"organisation": agreement.partner}
        field = self.fields["may_sign"]
        field.label = gettext("I may sign for %(organisation)s and sign this agreement") % names
        field.error_messages["required"] = (
            gettext("Tick that you may sign for %(organisation)s, or ask somebody who may") % names
        )


class ProviderDeclineForm(forms.Form):
    """Why the provider does not sign."""

    use_required_attribute = False
    reason = PlainTextField(
        label=gettext_lazy("Why do you decline?"),
        help_text=gettext_lazy("The firm and its region read it. The voucher ends with this."),
        limit=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why you decline")},
    )


def days_to_sign(agreement: Agreement, *, now: datetime) -> tuple[date, date]:
    """Return the first and the last day on which a provider may have signed until now."""
    award = agreement.award
    today = local_day(now, award.application.home_region)
    return award.granted_on or today, today


class PaperFields(Signatory):
    """An agreement that was signed on paper; `days` says on which days that may have been."""

    signed_on = DayField(
        label=gettext_lazy("Signed by the provider on"),
        help_text=gettext_lazy("Such as 2 June 2027."),
        error_messages={"required": gettext_lazy("Enter the day on which the provider signed")},
    )
    file = UploadField(
        label=gettext_lazy("The signed agreement"),
        help_text=gettext_lazy("One PDF, PNG or JPEG file of at most 10 MB, with all pages."),
        waits=False,
        error_messages={"required": gettext_lazy("Choose the file of the signed agreement")},
    )

    def clean_signed_on(self) -> date:
        """Take a day from the firm's signature until today."""
        said: date = self.cleaned_data["signed_on"]
        first, today = self.days
        if not first <= said <= today:
            words = gettext("Enter a day from %(first)s, when the firm signed, to %(today)s")
            raise ValidationError(words % {"first": day(first), "today": day(today)})
        return said

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that count."""
        raise NotImplementedError


class PaperForm(PaperFields):
    """The paper as the firm files it."""

    use_required_attribute = False

    def __init__(self, *args: Any, days: tuple[date, date], **kwargs: Any) -> None:
        """Know which days count."""
        self._days = days
        super().__init__(*args, **kwargs)

    @property
    def days(self) -> tuple[date, date]:
        """From the firm's signature until today."""
        return self._days


class DeskPaperForm(DeskForm, PaperFields):
    """The paper as the broker files it."""

    @property
    def days(self) -> tuple[date, date]:
        """From the firm's signature until today."""
        return days_to_sign(self.about.agreement, now=self.now)


class WriteAgainForm(DeskForm):
    """To whom at the provider the portal writes."""

    contact_name = forms.CharField(label=_("Contact"), max_length=120, required=False)
    contact_email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The earlier link ends, and a new one goes to this address."),
        error_messages={"required": _("Enter the address of the provider's contact")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agreement = self.about.agreement
        self.fields["contact_name"].initial = agreement.contact_name
        self.fields["contact_email"].initial = agreement.contact_email
