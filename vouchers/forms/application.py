"""The forms of an application: choosing, the questions as the set asks them, declaring."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from vouchers.enums import Bottleneck, QuestionKind
from vouchers.forms.fields import (
    AmountField,
    DayField,
    NumberField,
    PlainTextField,
    UploadField,
    as_stored,
)
from vouchers.forms.milestones import MilestonesField
from vouchers.models import Question

PERIODS = (("starts_on", "ends_on"), ("travel_from", "travel_until"))
YES_NO = (
    ("yes", pgettext_lazy("answer", "Yes")),
    ("no", pgettext_lazy("answer", "No")),
)
SHORT = 200


class AboutForm(forms.Form):
    """What the project is called and what stops the SME."""

    use_required_attribute = False
    title = PlainTextField(
        label=gettext_lazy("Title of your project"),
        limit=150,
        help_text=gettext_lazy("If you get the voucher, the title is published."),
        error_messages={"required": gettext_lazy("Enter a title for your project")},
    )
    bottleneck = forms.ChoiceField(
        label=gettext_lazy("What stops you most today?"),
        choices=Bottleneck.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what stops you most"),
            "invalid_choice": gettext_lazy("Choose one of the answers"),
        },
    )


class SectionForm(forms.Form):
    """One section of a question set; a draft may leave required questions open."""

    use_required_attribute = False

    def __init__(self, questions: Iterable[Question], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = {question.key: question for question in questions}
        for question in self.questions.values():
            self.fields[question.key] = field_for(question)
            self._tie(question)

    def _tie(self, question: Question) -> None:
        """Say, and let the page act on it, that a question hangs on an answer on the same page."""
        asked = self.questions.get(question.shown_if_key)
        if asked is None:
            return
        field = self.fields[question.key]
        said = _answer_words(asked, question.shown_if_value)
        only = gettext("Only if you answered “%(answer)s” to “%(question)s”.") % {
            "answer": said,
            "question": asked.label,
        }
        field.help_text = " ".join(filter(None, [only, str(field.help_text)]))
        # The field's template hands it to the page.
        field.tied_to = (asked.key, question.shown_if_value)  # type: ignore[attr-defined]

    def full_clean(self) -> None:
        """Let a draft leave required questions open; the submission asks for them."""
        super().full_clean()
        for key, errors in [*self.errors.items()]:
            if {error.code for error in errors.as_data()} == {"required"}:
                del self.errors[key]
                self.cleaned_data[key] = None

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it starts."""
        cleaned = super().clean() or self.cleaned_data
        for first, last in PERIODS:
            start, end = cleaned.get(first), cleaned.get(last)
            if isinstance(start, date) and isinstance(end, date) and end < start:
                self.add_error(
                    last,
                    ValidationError(
                        gettext("%(end)s must not be before %(start)s")
                        % {
                            "end": self.fields[last].label,
                            "start": str(self.fields[first].label).lower(),
                        },
                        code="order",
                    ),
                )
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        """The valid answers as they are stored; files are stored apart."""
        return {
            key: as_stored(value)
            for key, value in self.cleaned_data.items()
            if self.questions[key].kind != QuestionKind.FILE
        }

    @property
    def unreadable(self) -> dict[str, str]:
        """What was typed where it cannot be stored."""
        return {
            key: str(self[key].data or "")
            for key in self.errors
            if key in self.questions and self.questions[key].kind != QuestionKind.FILE
        }


def _answer_words(question: Question, value: str) -> str:
    choices = YES_NO if question.kind == QuestionKind.YES_NO else question.choices
    return next((str(label) for known, label in choices if str(known) == value), value)


def field_for(question: Question) -> forms.Field:
    """Return the field that a question's kind asks for."""
    field: forms.Field = _MAKERS[QuestionKind(question.kind)](question)
    field.label = question.label
    field.help_text = question.help_text
    field.required = question.is_required
    return field


def _choice(choices: Iterable[tuple[str, Any]]) -> forms.Field:
    return forms.ChoiceField(
        choices=list(choices),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext("Choose one of the answers")},
    )


_MAKERS: Mapping[QuestionKind, Any] = {
    QuestionKind.SHORT_TEXT: lambda q: PlainTextField(limit=q.max_length or SHORT),
    QuestionKind.LONG_TEXT: lambda q: PlainTextField(
        limit=q.max_length, widget=forms.Textarea(attrs={"rows": 7})
    ),
    QuestionKind.NUMBER: lambda _q: NumberField(),
    QuestionKind.MONEY: lambda _q: AmountField(),
    QuestionKind.DATE: lambda _q: DayField(),
    QuestionKind.CHOICE: lambda q: _choice([(str(value), label) for value, label in q.choices]),
    QuestionKind.YES_NO: lambda _q: _choice(YES_NO),
    QuestionKind.FILE: lambda _q: UploadField(),
    QuestionKind.MILESTONES: lambda _q: MilestonesField(),
}


def shown(question: Question, value: Any) -> Any:
    """Return a stored answer as its field shows it; what cannot be read stays as it is."""
    kind, text = question.kind, value
    readers = {
        QuestionKind.NUMBER: forms.DecimalField().to_python,
        QuestionKind.MONEY: forms.DecimalField().to_python,
        QuestionKind.DATE: date.fromisoformat,
    }
    if kind not in readers or value in (None, ""):
        return text
    try:
        return readers[QuestionKind(kind)](str(value))
    except (ValueError, ValidationError):
        return text


class DeclarationForm(forms.Form):
    """What the SME declares before it sends: each sentence is a box, and one box stands for all.

    portal.js ticks the others with it; the server needs it alone.
    """

    use_required_attribute = False
    everything = forms.BooleanField(
        label=gettext_lazy("I declare all of the following."),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-ticks-all": True}),
    )
    true = forms.BooleanField(
        label=gettext_lazy("What I say is true and complete, and I may speak for my organisation."),
    )
    not_started = forms.BooleanField(
        label=gettext_lazy("The work has not started and nothing has been ordered."),
    )
    no_double_funding = forms.BooleanField(
        label=gettext_lazy("No other public money pays the same costs."),
    )
    de_minimis = forms.BooleanField(
        label=gettext_lazy(
            "I have named all de minimis aid to my organisation and the firms linked to it, "
            "and I will report aid that comes later."
        ),
    )
    publication = forms.BooleanField(
        label=gettext_lazy(
            "If we get a voucher, the name of my organisation, its region, the title and the "
            "amount are published."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_all = self.is_bound and self["everything"].data
        for field in self._sentences().values():
            field.required = not is_all
            field.error_messages["required"] = gettext(
                "Tick “%(sentence)s”, or ask your Access Broker if you cannot"
            ) % {"sentence": field.label}

    def _sentences(self) -> dict[str, forms.Field]:
        return {name: field for name, field in self.fields.items() if name != "everything"}

    @property
    def declared(self) -> list[str]:
        """The names of the sentences that were declared, each or all at once."""
        ticked = {name for name in self.fields if self[name].data}
        return [name for name in self._sentences() if ticked & {name, "everything"}]


class WithdrawForm(forms.Form):
    """Why an application is taken back, if the SME wants to say."""

    reason = PlainTextField(
        label=gettext_lazy("Why do you withdraw?"),
        required=False,
        limit=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Your broker reads it. It helps us to do better."),
    )
