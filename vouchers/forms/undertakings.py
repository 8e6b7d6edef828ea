"""Which firm is one undertaking with the applicant, and why."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.identifiers import plain
from portal.models import Organisation
from portal.same_firm import Entry, evidence, keys_of
from vouchers.cases.undertakings import Candidate, Split
from vouchers.forms.fields import DayField, NumberField, PlainTextField, UploadField


def reason_field(required: str | Promise) -> PlainTextField:
    """Return the field that asks for the reason."""
    return PlainTextField(
        label=_("Reason"),
        limit=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Name the document that shows it. It stands in the journal."),
        error_messages={"required": required},
    )


MOST = 5
WHOLE = Decimal(100)


class JoinForm(forms.Form):
    """A firm that the profile names, or any by its number or name, and the reason."""

    other = forms.ChoiceField(label=_("Firm"), widget=forms.RadioSelect, required=False)
    number = PlainTextField(
        label=_("Number or name of another firm"),
        limit=200,
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
            self.add_error("number", gettext("Choose a firm above or enter another one, not both"))
        elif chosen:
            cleaned["firm"] = chosen
        elif not number and "number" not in self.errors:
            self.add_error("number", gettext("Choose a firm or enter its number or name"))
        elif number:
            self._look_for(number)
        return cleaned

    def _look_for(self, text: str) -> None:
        found = self._with_number(text) or self._called(text) or self._with_name(text)
        if len(found) == 1:
            self.cleaned_data["firm"] = found[0]
            return
        words = gettext("No firm in the regions that you see has this number or name")
        if found:
            names = "; ".join(map(_named, found))
            words = gettext(
                "More than one firm fits: %(names)s. Enter its whole name or number"
            ) % {"names": names}
        self.add_error("number", words)

    def _with_number(self, text: str) -> list[Organisation]:
        keys = [f"n:{plain(text)}", f"n:{plain(text)[2:].lstrip('0')}"]
        return list(self.visible.filter(match_keys__overlap=keys)[:MOST])

    def _called(self, text: str) -> list[Organisation]:
        return list(self.visible.filter(name__iexact=text)[:MOST])

    def _with_name(self, text: str) -> list[Organisation]:
        entry = Entry(name=text)
        rows = self.visible.filter(match_keys__overlap=keys_of(entry))
        return [row for row in rows if evidence(entry, Entry(name=row.name))][:MOST]


class PartForm(forms.Form):
    """Why a firm is no longer of the undertaking, and what becomes of earlier aid."""

    OWN, EQUITY = "own", "equity"
    aid = forms.ChoiceField(
        label=_("Who keeps the aid that was granted before?"),
        choices=[
            (OWN, _("Each firm keeps what it received itself")),
            (EQUITY, _("Nobody can say whose business had the benefit: divide it by equity")),
        ],
        initial=OWN,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who keeps the aid")},
    )
    split_on = DayField(
        label=_("Day of the split"), required=False, help_text=_("Only where it is divided.")
    )
    percent = NumberField(
        label=_("The leaving firm's part of the book value of equity, in percent"), required=False
    )
    document = UploadField(label=_("Document that shows it"), required=False)
    reason = reason_field(_("Say why the firm is not of this undertaking"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Ask for everything that a division needs."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("aid") != self.EQUITY:
            return cleaned
        percent, day = cleaned.get("percent"), cleaned.get("split_on")
        if "split_on" not in self.errors and (day is None or day > self.today):
            self.add_error("split_on", gettext("Enter a day that is not in the future"))
        if "percent" not in self.errors and (percent is None or percent > WHOLE):
            self.add_error("percent", gettext("Enter a part from 0 to 100"))
        if "document" not in self.errors and not cleaned.get("document"):
            self.add_error("document", gettext("Add the document that shows the book values"))
        return cleaned

    @property
    def split(self) -> Split | None:
        """How earlier aid is divided, if it is."""
        said = self.cleaned_data
        if said["aid"] != self.EQUITY:
            return None
        share = said["percent"] / WHOLE
        return Split(on=said["split_on"], share=share, document=said["document"])


def _named(one: Organisation) -> str:
    return gettext("%(firm)s, %(place)s") % {"firm": one, "place": one.region or one.country}
