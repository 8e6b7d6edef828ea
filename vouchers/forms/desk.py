"""Small forms of the desk: screening, questions, refusals, assessment."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.enums import Locale
from portal.models import User
from vouchers.cases import holidays_of, local_day
from vouchers.cases.opened import is_open, joined
from vouchers.enums import QuestionKind, RejectReason, ReturnKind, TextUse
from vouchers.models import Question
from vouchers.rules.deadlines import add_working_days
from vouchers.rules.terms import Weighted

ANSWER_DAYS = 5
ANSWER_TIME = time(17)
LONGEST_ANSWER = timedelta(days=60)
LONGEST_MESSAGE = 4000
TOP_SCORE = 5


class DeskForm(forms.Form):
    """Base of the desk's forms: about one row, at an instant."""

    def __init__(self, *args: Any, about: Any, now: datetime, **kwargs: Any) -> None:
        self.about, self.now = about, now
        super().__init__(*args, **kwargs)


def message_field(label: Any, hint: Any = "", *, required: bool = True) -> forms.CharField:
    """Return a text of several lines, shown with its count."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what the reader needs to know")},
    )


class PlainForm(DeskForm):
    """A button alone."""


class BlockSelect(forms.Select):
    """Blocks with their texts, which a browser with scripts puts into the message."""

    texts: Mapping[str, str] = MappingProxyType({})

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Give the option its block's text."""
        option = super().create_option(name, value, *args, **kwargs)
        if text := self.texts.get(str(value)):
            option["attrs"]["data-text"] = text
        return option


class BlockForm(DeskForm):
    """Base of forms whose message may begin with a text block; `about` brings its blocks."""

    use: ClassVar[TextUse]
    block = forms.ChoiceField(
        label=_("Text block"),
        help_text=_("Its text is sent where you write no message of your own."),
        required=False,
        widget=BlockSelect(attrs={"data-fills": "message"}),
        error_messages={"invalid_choice": _("Choose a text block of the list")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blocks = {str(b["id"]): b for b in self.about.blocks if b["use"] == self.use}
        # A browser joins lines by \n, whatever a form has sent.
        self.texts = {key: b["text"].replace("\r\n", "\n") for key, b in blocks.items()}
        field = self.fields["block"]
        if not blocks or not isinstance(field, forms.ChoiceField):
            del self.fields["block"]
            return
        named = (
            (key, f"{b['title']} ({Locale(b['language']).label})") for key, b in blocks.items()
        )
        field.choices = [("", _("None")), *named]
        if isinstance(field.widget, BlockSelect):
            field.widget.texts = self.texts
        self.fields["message"].required = False

    def clean(self) -> dict[str, Any]:
        """Send the block's text where no message was written; one of the two there must be."""
        given = super().clean() or {}
        chosen = given.pop("block", "")
        if "message" not in self.errors and not given.get("message"):
            given["message"] = self.texts.get(chosen, "")
            if not given["message"]:
                self.add_error("message", self.fields["message"].error_messages["required"])
        return given


class RefuseForm(BlockForm):
    """Ineligible or rejected: a reason for the statistics, a message for the applicant."""

    use = TextUse.REFUSAL
    field_order = ("reason", "block", "message")
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *RejectReason.choices],
        error_messages={"required": _("Choose a reason")},
    )
    message = message_field(
        _("Message to the applicant"),
        _("Sent with the decision. Say what was strong and what was not."),
    )

    def clean_reason(self) -> RejectReason:
        """Return the reason as a word of the enum."""
        return RejectReason(self.cleaned_data["reason"])


class MessageForm(DeskForm):
    """A message that may stay empty."""

    message = message_field(
        _("Message to the applicant"), _("Sent with the decision."), required=False
    )


class ReasonForm(DeskForm):
    """A reason for the record."""

    reason = message_field(_("Reason"), _("For the record. The applicant does not see it."))


PARTS = {
    "organisation": _("Organisation and SME status"),
    "hosts": _("Partner"),
    "aid": _("De minimis declaration"),
    "about": _("Title and bottleneck"),
    "costs": _("Costs and amount"),
}


class SendBackForm(BlockForm):
    """A question to the applicant, with the instant until which an answer counts."""

    use = TextUse.QUESTION
    field_order = ("kind", "block", "message")
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[
            (ReturnKind.QUESTION, _("A question: the application keeps its place")),
            (ReturnKind.INCOMPLETE, _("Incomplete: its place moves to the day it is complete")),
        ],
        initial=ReturnKind.QUESTION,
        widget=forms.RadioSelect,
    )
    message = message_field(_("Message to the applicant"), _("One question in each line."))
    opened = forms.MultipleChoiceField(
        label=_("Answers that may be changed"),
        help_text=_("Nothing ticked opens all of them."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    answer_day = forms.DateField(
        label=_("Answer by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("Enter the last day to answer"),
            "invalid": _("Enter a date like 2026-11-30"),
        },
    )
    answer_time = forms.TimeField(
        label=_("Until"),
        initial=ANSWER_TIME,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={
            "required": _("Enter a time like 17:00"),
            "invalid": _("Enter a time like 17:00"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.about.home_region
        self.zone = ZoneInfo(region.time_zone)
        self.fields["opened"].choices = self._parts()  # type: ignore[attr-defined]
        self.fields["answer_day"].initial = self._default_day()
        self.fields["answer_time"].help_text = gettext("Time in %(zone)s") % {"zone": self.zone.key}

    def _parts(self) -> list[tuple[str, Any]]:
        """Offer the fixed parts of the form, then each question."""
        questions = Question.objects.filter(question_set=self.about.question_set_id)
        asked = questions.exclude(kind=QuestionKind.COST_TABLE).values_list("key", "label")
        return [*PARTS.items(), *asked]

    def _default_day(self) -> date:
        region = self.about.home_region
        today = local_day(self.now, region)
        return add_working_days(today, ANSWER_DAYS, holidays_of(region.country))

    def clean_kind(self) -> ReturnKind:
        """Return the kind as a word of the enum."""
        return ReturnKind(self.cleaned_data["kind"])

    def clean(self) -> dict[str, Any]:
        """Join day and time in the home region's zone; the instant must lie ahead."""
        given = super().clean() or {}
        day, at = given.get("answer_day"), given.get("answer_time")
        if day is None or at is None:
            return given
        answer_by = datetime.combine(day, at, tzinfo=self.zone)
        if answer_by <= self.now:
            self.add_error("answer_day", gettext("Choose a day and time that lie ahead"))
        elif answer_by > self.now + LONGEST_ANSWER:
            self.add_error("answer_day", gettext("Choose a day within the next 60 days"))
        return {**given, "answer_by": answer_by}


class FurtherForm(SendBackForm):
    """A further question while the application is returned; the time to answer only grows."""

    opened = forms.MultipleChoiceField(
        label=_("Further answers that may be changed"),
        help_text=_("What is open already stays open."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what else may be changed")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whether the application keeps its place was said with the first question.
        del self.fields["kind"]
        until = self._until()
        if until is not None:
            self.fields["answer_day"].initial = until.date()
            self.fields["answer_time"].initial = until.time()

    def _until(self) -> datetime | None:
        """Return until when an answer counts now, to the minute, as the form asks."""
        until: datetime | None = self.about.answer_by
        return until and until.astimezone(self.zone).replace(second=0, microsecond=0)

    def _parts(self) -> list[tuple[str, Any]]:
        """Offer what is closed."""
        asked = self.about.change_requests.all()
        opened = joined(one.opened for one in asked if one.answered_at is None)
        return [(key, label) for key, label in super()._parts() if not is_open(opened, [key])]

    def clean(self) -> dict[str, Any]:
        """Refuse an instant before the one that the applicant was told."""
        given, until = super().clean(), self._until()
        answer_by = given.get("answer_by")
        if until is not None and answer_by is not None and answer_by < until:
            self.add_error("answer_day", gettext("The time to answer cannot become shorter"))
        return given


class AssignForm(DeskForm):
    """Ask a person to assess."""

    email = forms.EmailField(
        label=_("Assessor's e-mail address"),
        help_text=_("The address with which the person signs in."),
        error_messages={
            "required": _("Enter an e-mail address"),
            "invalid": _("Enter an e-mail address like name@example.com"),
        },
    )

    def clean_email(self) -> User:
        """Return the person. Refuses strangers, the applicant's people and those asked before."""
        email = self.cleaned_data["email"].strip().lower()
        person = User.objects.filter(email=email, is_active=True).first()
        if person is None:
            raise forms.ValidationError(
                gettext("Nobody signs in with this address. Ask the person to sign up first")
            )
        if self.about.organisation_id in person.organisation_ids:
            raise forms.ValidationError(
                gettext("Choose somebody who does not act for the applicant")
            )
        if not person.is_staff:
            raise forms.ValidationError(
                gettext(
                    "This person has no role yet. Ask the programme manager to invite them first"
                )
            )
        if any(a.assessor_id == person.pk for a in self.about.assessments.all()):
            raise forms.ValidationError(gettext("This person is an assessor already"))
        if self.about.signatures.filter(signed_by=person, voided_at=None).exists():
            raise forms.ValidationError(
                gettext("Choose somebody who has not signed this application")
            )
        return person


class ScoreForm(DeskForm):
    """An assessor's scores: each criterion from 0 to 5."""

    def __init__(self, *args: Any, criteria: Iterable[Weighted], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for criterion in self.criteria:
            self.fields[_score_name(criterion)] = forms.TypedChoiceField(
                label=criterion.name,
                help_text=gettext("Weight %(weight)s%%") % {"weight": criterion.weight},
                choices=[(score, str(score)) for score in range(TOP_SCORE + 1)],
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={
                    "required": gettext("Give a score for “%(name)s”") % {"name": criterion.name}
                },
            )
        self.fields["feedback"] = message_field(
            _("Feedback"), _("Say what was strong and what was not.")
        )

    @property
    def score_fields(self) -> list[forms.BoundField]:
        """The criteria's fields."""
        return [self[_score_name(criterion)] for criterion in self.criteria]

    def clean(self) -> dict[str, Any]:
        """Collect the scores by the criteria's codes."""
        given = super().clean() or {}
        names = {criterion.code: _score_name(criterion) for criterion in self.criteria}
        scores = {code: given[name] for code, name in names.items() if name in given}
        return {"scores": scores, "feedback": given.get("feedback", "")}


def _score_name(criterion: Weighted) -> str:
    return f"score_{criterion.code}"
