"""Which firm is one undertaking with the applicant, and why."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.identifiers import plain
from portal.models import Organisation
from vouchers.cases.undertakings import Candidate
from vouchers.forms.fields import PlainTextField


def reason_field(required: str | Promise) -> PlainTextField:
    """Return the field that asks for the reason."""
    return PlainTextField(
        label=_("Reason"),
        limit=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Name the document that shows it. It stands in the journal."),
        error_messages={"required": required},
    )


class JoinForm(forms.Form):
    """A firm that the profile names, or any by its number, and the reason."""

    other = forms.ChoiceField(label=_("Firm"), widget=forms.RadioSelect, required=False)
    number = PlainTextField(
        label=_("Register or VAT number of another firm"),
        limit=40,
        required=False,
    )
    reason = reason_field(_("Say what makes the two one undertaking"))

    def __init__(
        self,
        *args: Any,
        candidates: Iterable[Candidate],
        visible: QuerySet[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.visible = visible
        self.found = {str(one.organisation.pk): one.organisation for one in candidates}
        choices = [(key, _named(one)) for key, one in self.found.items()]
        if choices:
            nobody = gettext("Another firm")
            self.fields["other"].choices = [*choices, ("", nobody)]  # type: ignore[attr-defined]
        else:
            del self.fields["other"]

    def clean(self) -> dict[str, Any]:
        """Find the one firm that is meant."""
        cleaned = super().clean() or self.cleaned_data
        chosen = self.found.get(cleaned.get("other", ""))
        number = cleaned.get("number", "")
        if chosen and number:
            self.add_error("number", gettext("Choose a firm above or enter a number, not both"))
        elif chosen:
            cleaned["firm"] = chosen
        elif not number and "number" not in self.errors:
            self.add_error("number", gettext("Choose a firm or enter its number"))
        elif number:
            self._by_number(number)
        return cleaned

    def _by_number(self, number: str) -> None:
        keys = [f"n:{plain(number)}", f"n:{plain(number)[2:].lstrip('0')}"]
        found = list(self.visible.filter(match_keys__overlap=keys)[:2])
        if len(found) == 1:
            self.cleaned_data["firm"] = found[0]
            return
        words = (
            gettext("More than one firm has this number. Ask them to correct their entries")
            if found
            else gettext("No firm that you may see has this number. A manager sees all regions")
        )
        self.add_error("number", words)


class PartForm(forms.Form):
    """Why a firm is no longer of the undertaking."""

    reason = reason_field(_("Say why the firm is not of this undertaking"))


def _named(one: Organisation) -> str:
    return gettext("%(firm)s, %(place)s") % {"firm": one, "place": one.region or one.country}
