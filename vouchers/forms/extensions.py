"""More time for one draft."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vouchers.forms.setup import LocalInstantField
from vouchers.models import Application


class DraftField(forms.ModelChoiceField[Application]):
    """An unsent draft by its firm, voucher and call; what it says is the firm's own business."""

    def label_from_instance(self, obj: Any) -> str:
        """Name the draft without its content."""
        return gettext("%(firm)s: %(voucher)s, %(call)s") % {
            "firm": obj.organisation,
            "voucher": obj.voucher_type,
            "call": obj.call,
        }


class ExtensionForm(forms.Form):
    """Which draft, until when, and why."""

    application = DraftField(
        Application.objects.none(),
        label=_("Draft"),
        empty_label=_("Choose a draft"),
        error_messages={"required": _("Choose the draft that gets more time")},
    )
    until = LocalInstantField(
        label=_("Until"),
        help_text=_("In the time zone of the call."),
        error_messages={
            "required": _("Enter the day and time"),
            "invalid": _("Enter a day and time like 2026-05-06 12:00"),
        },
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        help_text=_("It stands in the journal. Name no illness: “hospital” says enough."),
        error_messages={"required": _("Say why this firm gets more time")},
    )

    def __init__(self, *args: Any, drafts: QuerySet[Application], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["application"].queryset = drafts  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Read the wall clock in the zone of the draft's call."""
        given = super().clean() or {}
        draft, until = given.get("application"), given.get("until")
        if draft and until:
            given["until"] = until.replace(tzinfo=draft.call.zone)
        return given

    def refuse_until(self, now: datetime) -> None:
        """Say beside the field that the instant gives no more time."""
        draft = self.cleaned_data["application"]
        last = max(now, draft.window.closes_at)
        text = gettext("Choose a later time: this draft has until %(when)s, or it is past")
        shown = last.astimezone(draft.call.zone).strftime("%Y-%m-%d %H:%M")
        self.add_error("until", text % {"when": shown})
