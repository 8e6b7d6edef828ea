"""The questions of the profile, one form each."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from stdnum.eu import nace

from portal.templatetags.portal_ui import COUNTRIES
from vouchers.enums import NaceRevision
from vouchers.forms.application import YES_NO
from vouchers.forms.fields import AmountField, NumberField, PlainTextField, required_sentences
from vouchers.forms.figures import YEARS
from vouchers.rules import sectors
from vouchers.rules.ownership import WITHOUT_FIGURES, Control, Kind, Party, Stake
from vouchers.rules.sme import WHOLE, Figures
from vouchers.words import CONTROL_WORDS, KIND_WORDS

EDITIONS = {NaceRevision.REV_2: "2.0", NaceRevision.REV_2_1: "2.1"}
MONEY = ("headcount", "turnover", "balance_sheet")


class ProfileStep(forms.Form):
    """One question of the interview."""

    use_required_attribute = False
    title: Any = ""
    lead: Any = ""


def yes(answer: bool | None) -> str | None:
    """Return how a yes-or-no question shows a stored answer."""
    return None if answer is None else ("yes" if answer else "no")


class ActivityStep(ProfileStep):
    """What the firm does."""

    title = gettext_lazy("What does your firm do?")
    lead = gettext_lazy("The code stands in your register entry or in your tax papers.")
    nace_code = PlainTextField(
        label=gettext_lazy("NACE code"),
        limit=8,
        help_text=gettext_lazy("Of the main activity, for example 72.10 for research in biology."),
        error_messages={"required": gettext_lazy("Enter the NACE code of your main activity")},
    )
    nace_revision = forms.ChoiceField(
        label=gettext_lazy("Revision of the code"),
        choices=NaceRevision.choices,
        widget=forms.RadioSelect,
        initial=NaceRevision.REV_2_1,
        help_text=gettext_lazy("Some codes mean something else since 2025."),
        error_messages={"required": gettext_lazy("Choose the revision of the code")},
    )
    has_separate_accounts = forms.BooleanField(
        label=gettext_lazy("Farming or fishery, if any, has separate accounts"),
        help_text=gettext_lazy("Only the other activities can then be supported."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Look the code up in its own revision."""
        cleaned = super().clean() or self.cleaned_data
        code, revision = cleaned.get("nace_code"), cleaned.get("nace_revision")
        if code and revision:
            try:
                cleaned["nace_code"] = sectors.normal(code)
                nace.validate(cleaned["nace_code"], revision=EDITIONS[NaceRevision(revision)])
            except (sectors.NotNace, nace.ValidationError):
                self.add_error(
                    "nace_code",
                    gettext("%(code)s is no code of this revision. Check code and revision")
                    % {"code": code},
                )
        return cleaned


class FiguresStep(ProfileStep):
    """The firm's own figures of two years."""

    title = gettext_lazy("How large is your firm by itself?")
    lead = gettext_lazy(
        "Two years are better than one: the class changes only after two years in a row."
    )
    year = forms.TypedChoiceField(label=gettext_lazy("Last year whose accounts are closed"))
    headcount = NumberField(
        label=gettext_lazy("Staff in full-time posts"),
        help_text=gettext_lazy(
            "Owners who work in the firm count, part-time posts in part, apprentices not. "
            "20 half-time posts and one owner are 11."
        ),
    )
    turnover = AmountField(label=gettext_lazy("Turnover"), help_text=gettext_lazy("Without VAT."))
    balance_sheet = AmountField(label=gettext_lazy("Balance sheet total"))
    is_estimate = forms.BooleanField(
        label=gettext_lazy("These figures are an estimate, as no accounts have been closed yet."),
        required=False,
    )
    before_headcount = NumberField(
        label=gettext_lazy("Staff in the year before"),
        help_text=gettext_lazy("Leave the year before empty if your firm is younger."),
        required=False,
    )
    before_turnover = AmountField(label=gettext_lazy("Turnover in the year before"), required=False)
    before_balance_sheet = AmountField(
        label=gettext_lazy("Balance sheet total in the year before"), required=False
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [today.year - back for back in range(YEARS + 1)]
        field: Any = self.fields["year"]
        field.coerce = int
        field.choices = [("", gettext("Choose a year")), *((y, y) for y in years)]
        required_sentences(
            self,
            {
                "year": gettext("Choose the year of your figures"),
                "headcount": gettext("Enter your staff in full-time posts"),
                "turnover": gettext("Enter your turnover, or 0"),
                "balance_sheet": gettext("Enter your balance sheet total, or 0"),
            },
        )

    def clean(self) -> dict[str, Any]:
        """The year before is whole or not there."""
        cleaned = super().clean() or self.cleaned_data
        _whole_or_none(self, cleaned, "before_")
        return cleaned

    @property
    def years(self) -> list[tuple[Figures, bool]]:
        """The figures by year, each with whether it is an estimate."""
        said = self.cleaned_data
        found = [(_figures(said, said["year"]), said["is_estimate"])]
        if said.get("before_headcount") is not None:
            found.append((_figures(said, said["year"] - 1, "before_"), False))
        return found


def _figures(said: Mapping[str, Any], year: int, prefix: str = "") -> Figures:
    return Figures(year=year, **{name: said[f"{prefix}{name}"] for name in MONEY})


def _whole_or_none(form: forms.Form, cleaned: Mapping[str, Any], prefix: str) -> None:
    """Three figures of one year belong together."""
    names = [f"{prefix}{name}" for name in MONEY]
    given = [name for name in names if cleaned.get(name) is not None]
    for name in names:
        if given and name not in given and name not in form.errors:
            form.add_error(name, gettext("Enter all three figures of this year, or none"))


class AroundStep(ProfileStep):
    """Whether anybody stands around the firm."""

    title = gettext_lazy("Does your firm stand alone?")
    lead = gettext_lazy(
        "Count capital and votes, whichever is more. A person counts who holds the majority of "
        "another firm in the same or a neighbouring market."
    )
    stands_alone = forms.ChoiceField(
        label=gettext_lazy("Owners and holdings of 25% or more"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", gettext_lazy("Nobody else holds 25% or more of us, nor do we of others")),
            ("no", gettext_lazy("Somebody does, or we hold others, or somebody controls us")),
        ],
        error_messages={"required": gettext_lazy("Choose one of the two answers")},
    )


class ConductStep(ProfileStep):
    """What may stand against a voucher."""

    title = gettext_lazy("Two last questions")
    is_taken_over = forms.ChoiceField(
        label=gettext_lazy("Has a larger group taken over your firm since the last closed year?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The newest figures then decide alone."),
        error_messages={"required": gettext_lazy("Say whether your firm was taken over")},
    )
    is_insolvent = forms.ChoiceField(
        label=gettext_lazy("Is your firm insolvent, or in such proceedings?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether your firm is insolvent")},
    )


class StakeFields(ProfileStep):
    """Shares and control, asked in two places."""

    capital = NumberField(
        label=gettext_lazy("Share of the capital in percent"),
        error_messages={"required": gettext_lazy("Enter the share of the capital, or 0")},
    )
    votes = NumberField(
        label=gettext_lazy("Share of the votes in percent"),
        help_text=gettext_lazy("Leave it empty if it is the same as the capital."),
        required=False,
    )
    control = forms.ChoiceField(
        label=gettext_lazy("Control that does not come from the votes"),
        choices=[
            ("", pgettext_lazy("control", "None")),
            *((key.value, CONTROL_WORDS[key]) for key in Control),
        ],
        required=False,
    )
    same_market = forms.ChoiceField(
        label=gettext_lazy("Is the firm that is held in the same or a neighbouring market?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Asked where a person holds it. Neighbouring: one sells to the other."
        ),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Shares lie between 0 and 100."""
        cleaned = super().clean() or self.cleaned_data
        for name in ("capital", "votes"):
            value = cleaned.get(name)
            if value is not None and value > WHOLE:
                self.add_error(name, gettext("Enter a share from 0 to 100"))
        return cleaned

    def stake(self, holder: str, held: str) -> Stake:
        """Return what the form says of the two."""
        said = self.cleaned_data
        votes = said["votes"]
        return Stake(
            holder=holder,
            held=held,
            capital=said["capital"],
            votes=said["capital"] if votes is None else votes,
            control=Control(said["control"]) if said["control"] else None,
            same_market=said["same_market"] == "yes",
        )


class PartyForm(ProfileStep):
    """Who somebody is, and its figures."""

    name = PlainTextField(
        label=gettext_lazy("Name"),
        limit=200,
        error_messages={"required": gettext_lazy("Enter the name")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("", gettext_lazy("Choose a kind")), *((k.value, KIND_WORDS[k]) for k in Kind)],
        error_messages={"required": gettext_lazy("Choose the kind")},
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=[("", gettext_lazy("Choose a country")), *COUNTRIES.items()],
        required=False,
    )
    register_number = PlainTextField(
        label=gettext_lazy("Register number"), limit=40, required=False
    )
    year = forms.TypedChoiceField(
        label=gettext_lazy("Year of its figures"),
        required=False,
        empty_value=None,
        help_text=gettext_lazy("Of the enterprise alone. People and public bodies have none here."),
    )
    headcount = NumberField(label=gettext_lazy("Staff in full-time posts"), required=False)
    turnover = AmountField(label=gettext_lazy("Turnover"), required=False)
    balance_sheet = AmountField(label=gettext_lazy("Balance sheet total"), required=False)
    invested = AmountField(
        label=gettext_lazy("All that it has put into your firm"),
        help_text=gettext_lazy("Only of a business angel: below €1,250,000 it does not count."),
        required=False,
    )
    budget = AmountField(
        label=gettext_lazy("Yearly budget"),
        help_text=gettext_lazy("Only of a small authority: below €10,000,000."),
        required=False,
    )
    inhabitants = NumberField(
        label=gettext_lazy("Inhabitants"),
        whole=True,
        help_text=gettext_lazy("Only of a small authority: fewer than 5,000."),
        required=False,
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [today.year - back for back in range(YEARS + 1)]
        field: Any = self.fields["year"]
        field.coerce = int
        field.choices = [("", gettext("No figures yet")), *((y, y) for y in years)]

    def clean(self) -> dict[str, Any]:
        """Figures belong to a year; a small authority and an angel are known by two more."""
        cleaned = super().clean() or self.cleaned_data
        _whole_or_none(self, cleaned, "")
        has_figures = cleaned.get("headcount") is not None
        if has_figures and not cleaned.get("year"):
            self.add_error("year", gettext("Choose the year of these figures"))
        elif cleaned.get("year") and not has_figures and "headcount" not in self.errors:
            self.add_error("headcount", gettext("Enter the figures of this year, or choose none"))
        asked = {Kind.BUSINESS_ANGEL: ["invested"], Kind.SMALL_AUTHORITY: ["budget", "inhabitants"]}
        for name in asked.get(Kind(cleaned["kind"]), []) if cleaned.get("kind") else []:
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, gettext("Enter it, so that we know whether it counts"))
        return cleaned

    def party(self, key: str) -> Party:
        """Return what the form says of a party."""
        said = self.cleaned_data
        kind = Kind(said["kind"])
        figures = (
            (_figures(said, said["year"]),)
            if said.get("year") and kind not in WITHOUT_FIGURES
            else ()
        )
        inhabitants: Decimal | None = said["inhabitants"]
        return Party(
            key=key,
            name=said["name"],
            kind=kind,
            country=said["country"],
            figures=figures,
            invested=said["invested"],
            budget=said["budget"],
            inhabitants=None if inhabitants is None else int(inhabitants),
        )


class NewPartyForm(PartyForm, StakeFields):
    """Somebody new, with the share that brings it in."""

    title = gettext_lazy("Add somebody")
    direction = forms.ChoiceField(
        label=gettext_lazy("How does it stand to the firms that you have named?"),
        choices=[
            ("holds", gettext_lazy("It holds shares of the one below")),
            ("held", gettext_lazy("The one below holds shares of it")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who holds shares of whom")},
    )
    other = forms.ChoiceField(label=gettext_lazy("The other one"))
    field_order = ("name", "kind", "direction", "other", "capital", "votes", "control")

    def __init__(self, *args: Any, known: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """`known` are key and name of those in the tree, the firm first."""
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = list(known)  # type: ignore[attr-defined]

    def new_stake(self) -> Stake:
        """Return the stake; the new party's key is not known yet."""
        other = self.cleaned_data["other"]
        holds = self.cleaned_data["direction"] == "holds"
        return self.stake("" if holds else other, other if holds else "")


class StakeForm(StakeFields):
    """A further share between two that are in the tree."""

    title = gettext_lazy("Add a share")
    holder = forms.ChoiceField(label=gettext_lazy("Who holds it"))
    held = forms.ChoiceField(label=gettext_lazy("In whom"))
    field_order = ("holder", "held")

    def __init__(self, *args: Any, known: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        both = list(known)
        for name in ("holder", "held"):
            self.fields[name].choices = both  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Nobody holds a share of itself."""
        cleaned = super().clean()
        if cleaned.get("holder") and cleaned.get("holder") == cleaned.get("held"):
            raise ValidationError(gettext("Choose two different ones"), code="same")
        return cleaned
