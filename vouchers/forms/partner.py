"""Forms of the desk about partners named by hand: make one a record, or refuse it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.enums import ProviderKind, RecordKind
from vouchers.forms.desk import DeskForm, message_field
from vouchers.models import Host

# Without a person who agrees and equipment's facility, only these can begin here.
KINDS = (RecordKind.FACILITY, RecordKind.SERVICE, RecordKind.EXPERT)


class PartnerForm(DeskForm):
    """Which partner it is about; where there are several, the first of them comes first."""

    host = forms.TypedChoiceField(
        label=_("Partner"),
        coerce=int,
        error_messages={"invalid_choice": _("Load the page again and choose a partner")},
    )

    def __init__(self, *args: Any, partners: Sequence[Host], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = {partner.pk: partner for partner in partners}
        field: Any = self.fields["host"]
        field.choices = [(partner.pk, partner.name) for partner in partners]
        if len(self.partners) == 1:
            field.initial = partners[0].pk
            field.widget = forms.HiddenInput()

    def clean_host(self) -> Host:
        """Return the partner as its row."""
        return self.partners[self.cleaned_data["host"]]


class ListPartnerForm(PartnerForm):
    """What the draft record begins with; the broker completes it in the catalogue."""

    provider_kind = forms.ChoiceField(label=_("Kind of organisation"), choices=ProviderKind)
    kind = forms.ChoiceField(
        label=_("Kind of record"), choices=[(kind.value, kind.label) for kind in KINDS]
    )
    title = forms.CharField(
        label=_("Title of the record"),
        max_length=150,
        error_messages={"required": _("Enter a title")},
    )
    summary = message_field(_("What it offers"), _("One or two sentences."), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = next(iter(self.partners.values()), None)
        if first is not None and len(self.partners) == 1:
            self.fields["title"].initial = first.name
            self.fields["summary"].initial = first.confirmed.work if first.confirmed else ""

    def clean_provider_kind(self) -> ProviderKind:
        """Return the kind as a word of the enum."""
        return ProviderKind(self.cleaned_data["provider_kind"])

    def clean_kind(self) -> RecordKind:
        """Return the kind as a word of the enum."""
        return RecordKind(self.cleaned_data["kind"])


class RefusePartnerForm(PartnerForm):
    """Why a partner is refused."""

    reason = message_field(_("Reason"), _("The applicant and its own broker read it."))

    def clean_reason(self) -> str:
        """Say nothing empty."""
        reason = str(self.cleaned_data["reason"]).strip()
        if not reason:
            raise forms.ValidationError(gettext("Write what the reader needs to know"))
        return reason
