"""What a firm asks to change in its award, and what the region answers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from vouchers.enums import AwardChangeKind
from vouchers.forms.desk import DeskForm, message_field
from vouchers.forms.fields import NumberField, PlainTextField, UploadField
from vouchers.models import Award, AwardChange

OTHER_PARTNER = "partner"
APPROVE, REFUSE = "approve", "refuse"


class ChangeForm(forms.Form):
    """One wish; months and the proof belong to an extension."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=gettext_lazy("What changes?"),
        choices=[
            *AwardChangeKind.choices,
            (OTHER_PARTNER, pgettext_lazy("change", "Another provider")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what changes"),
            "invalid_choice": gettext_lazy("Choose one of the answers"),
        },
    )
    text = PlainTextField(
        label=gettext_lazy("What do you ask for, and why?"),
        limit=2000,
        help_text=gettext_lazy("Your broker reads it. Say how it is now and how it is to be."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Say what you ask for, and why")},
    )
    months = NumberField(whole=True, label=gettext_lazy("How many months more?"), required=False)
    proof = UploadField(
        label=gettext_lazy("Proof that the work has started"),
        help_text=gettext_lazy(
            "Only for a longer validity: such as an order or a first report, one PDF, PNG or JPEG "
            "file of at most 10 MB."
        ),
        required=False,
        waits=False,
    )

    def __init__(self, *args: Any, award: Award, **kwargs: Any) -> None:
        """Name the most that the terms allow."""
        super().__init__(*args, **kwargs)
        limit = award.application.terms.extension_months
        self.fields["months"].help_text = gettext(
            "Only for a longer validity: once, and at most %(limit)s."
        ) % {"limit": limit}

    def clean_kind(self) -> str:
        """Refuse another provider, which is another application."""
        kind: str = self.cleaned_data["kind"]
        if kind == OTHER_PARTNER:
            raise ValidationError(
                gettext(
                    "Another provider needs other checks and signatures: ask your Access Broker to "
                    "cancel this voucher, and apply again"
                )
            )
        return kind

    def clean(self) -> dict[str, Any]:
        """An extension names months and brings its proof; nothing else has them."""
        said = super().clean() or self.cleaned_data
        if said.get("kind") != AwardChangeKind.EXTENSION:
            said["months"] = said["proof"] = None
            self.errors.pop("months", None)
            self.errors.pop("proof", None)
            return said
        if not said.get("months") and "months" not in self.errors:
            self.add_error("months", gettext("Enter how many months more you need"))
        if not said.get("proof") and "proof" not in self.errors:
            self.add_error("proof", gettext("Choose a file that proves that the work has started"))
        if said.get("months"):
            said["months"] = int(said["months"])
        return said


class AnswerChangeForm(DeskForm):
    """The region's answer to one change."""

    change = forms.ModelChoiceField(
        AwardChange.objects.none(), label=_("Change"), empty_label=None, widget=forms.RadioSelect
    )
    is_approved = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (APPROVE, pgettext_lazy("change", "Approve")),
            (REFUSE, pgettext_lazy("change", "Refuse")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you approve")},
    )
    answer = message_field(
        pgettext_lazy("change", "Reason"),
        _("The firm reads it. You may leave it empty if you approve."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [change for change in self.about.changes.all() if change.is_asked]
        field = self.fields["change"]
        field.queryset = AwardChange.objects.filter(  # type: ignore[attr-defined]
            pk__in=[change.pk for change in asked]
        )
        field.choices = [(change.pk, change.get_kind_display()) for change in asked]  # type: ignore[attr-defined]
        field.initial = asked[0].pk if asked else None
        if len(asked) == 1:
            field.widget = forms.HiddenInput()

    def clean_is_approved(self) -> bool:
        """Return the answer as yes or no."""
        return bool(self.cleaned_data["is_approved"] == APPROVE)

    def clean(self) -> dict[str, Any]:
        """A refusal says why."""
        said = super().clean() or self.cleaned_data
        if said.get("is_approved") is False and not said.get("answer"):
            self.add_error("answer", gettext("Say why, so that the firm can follow it"))
        return said
