"""The parts of the form: how each is shown from what is stored, and which action saves it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from portal.permissions import Actor
from portal.uploads import Checked
from vouchers.actions import draft_rows, drafts
from vouchers.actions.draft_rows import AidFields, CostFields
from vouchers.actions.drafts import Saved
from vouchers.actions.whole_parts import WHOLE, figures_row, last_sector, mark, whole_of
from vouchers.cases import local_day
from vouchers.cases.opened import is_open
from vouchers.enums import QuestionKind
from vouchers.forms.application import AboutForm, SectionForm, shown
from vouchers.forms.costs import CostsForm
from vouchers.forms.figures import AidForm, FiguresForm
from vouchers.forms.rows import Problem, TableForm, problems_of
from vouchers.models import Application, CoApplicant, CostKind, Question
from vouchers.views.answers import in_words

Data = MultiValueDict[str, str]
CONTROLS = frozenset({"csrfmiddlewaretoken", "download", "seen"})


class Part:
    """One page of the form; `code` is the last word of its address."""

    template = "vouchers/applicant/section.html"
    # Whether the checks beside the form may say something else once the part is saved.
    moves_checks = True

    def __init__(self, application: Application, code: str, title: str) -> None:
        self.application = application
        self.code = code
        self.title = title
        self.opened_keys: frozenset[str] | None = None
        self.seat: CoApplicant | None = None

    def is_open(self, opened: frozenset[str] | None) -> bool:
        """Whether something in this part may be changed."""
        return is_open(opened, [self.code])

    def form(self, data: Data | None = None, files: Any = None, *, now: datetime) -> forms.Form:
        """Return the form, from what was sent or else from what is stored."""
        raise NotImplementedError

    def keep(self, form: Any, data: Data, *, by: Actor, now: datetime) -> Saved:
        """Store what is valid and keep the rest as typed."""
        raise NotImplementedError

    def seen(self) -> dict[str, str]:
        """Return the marks of what the page shows, for parts that merge by field."""
        return {}

    def in_words(self, _name: str, value: Any) -> str:
        """Return what another browser stored in a field, as a person reads it."""
        return str(value or "")

    def opened(self, *, now: datetime) -> forms.Form:
        """Return the form as a reader finds it: with what was typed and could not be stored."""
        form = self.form(now=now)
        typed = self.application.typed.get(self.code)
        return self.form(self._typed_data(form, typed), now=now) if typed else form

    def _typed_data(self, _form: forms.Form, typed: Mapping[str, Any]) -> Data:
        return MultiValueDict({name: [*values] for name, values in typed.items()})

    def problems(self, form: Any) -> list[Problem]:
        """Return the sentences of the summary."""
        return form.problems if isinstance(form, TableForm) else problems_of(form)


def raw(data: Data) -> dict[str, list[str]]:
    """Return what was sent, as it can be stored: PostgreSQL knows no NUL."""
    return {
        name: [value.replace("\0", "\N{REPLACEMENT CHARACTER}") for value in values]
        for name, values in data.lists()
        if name.partition("-")[0] not in CONTROLS and not name.endswith(("-add", "-remove"))
    }


def _as_sent(form: forms.Form) -> Data:
    """Return the data that a browser would send of a form as it is shown."""
    data: Data = MultiValueDict()
    for bound in form:
        value = bound.value()
        data.setlist(bound.html_name, [] if value in (None, "", False) else [str(value)])
    return data


class MergedPart(Part):
    """A part that two browsers may edit at once, field by field."""

    def shown(self) -> dict[str, Any]:
        """Return the values that the page shows."""
        raise NotImplementedError

    def names(self) -> list[str]:
        """Return the fields that are merged."""
        raise NotImplementedError

    def seen(self) -> dict[str, str]:
        """Mark each value that the page shows."""
        values = self.shown()
        return {name: mark(values.get(name)) for name in self.names()}

    def _typed_data(self, form: forms.Form, _typed: Mapping[str, Any]) -> Data:
        return _as_sent(form)


def seen_in(data: Data) -> dict[str, str]:
    """Return the marks that a page sends back, by field."""
    return {
        name.removeprefix("seen-"): str(data[name]) for name in data if name.startswith("seen-")
    }


def _sent(data: Data, name: str) -> str:
    return str(data.get(name, "")).replace("\0", "\N{REPLACEMENT CHARACTER}")


class About(MergedPart):
    """Title and bottleneck."""

    def names(self) -> list[str]:
        """Return both."""
        return ["title", "bottleneck"]

    def shown(self) -> dict[str, Any]:
        """Return what the page shows of them."""
        return drafts.basics_shown(self.application)

    def form(self, data: Data | None = None, files: Any = None, *, now: datetime) -> AboutForm:
        """Return the form of title and bottleneck."""
        return AboutForm(data, initial=self.shown())

    def keep(self, form: Any, data: Data, *, by: Actor, now: datetime) -> Saved:
        """Store the fields that are valid; an empty one is stored empty."""
        form.full_clean()
        sent = {name: _sent(data, name) for name in form.errors}
        return drafts.set_basics(
            self.application,
            values={
                **form.cleaned_data,
                **{name: "" for name, text in sent.items() if not text.strip()},
            },
            typed={name: text for name, text in sent.items() if text.strip()},
            seen=seen_in(data),
            by=by,
            now=now,
        )


class Questions(MergedPart):
    """A section of the question set."""

    moves_checks = False

    def __init__(
        self, application: Application, code: str, title: str, questions: list[Question]
    ) -> None:
        super().__init__(application, code, title)
        self.questions = questions

    def names(self) -> list[str]:
        """Return the questions; files are added one by one and need no merging."""
        return [q.key for q in self.questions if q.kind != QuestionKind.FILE]

    def shown(self) -> dict[str, Any]:
        """Return the answers, as typed where they could not be stored."""
        return drafts.answers_shown(self.application, self.code)

    def form(self, data: Data | None = None, files: Any = None, *, now: datetime) -> SectionForm:
        """Return the form that the questions ask for."""
        values = self.shown()
        initial = {q.key: shown(q, values.get(q.key)) for q in self.questions}
        form = SectionForm(self.questions, data, files, initial=initial)
        for name, field in form.fields.items():
            # What nobody asked about is read only, whatever a browser sends.
            field.disabled = not is_open(self.opened_keys, [name])
        return form

    def in_words(self, name: str, value: Any) -> str:
        """Return another's answer in words; what it typed and could not be stored as it is."""
        try:
            return in_words(next(q for q in self.questions if q.key == name), value)
        except ValueError:
            return str(value)

    def is_open(self, opened: frozenset[str] | None) -> bool:
        """Whether at least one of the questions may be answered anew."""
        return is_open(opened, [question.key for question in self.questions])

    def keep(self, form: Any, data: Data, *, by: Actor, now: datetime) -> Saved:
        """Store the answers, and the files that were sent with them."""
        form.full_clean()
        for question in self.questions:
            file = form.cleaned_data.get(question.key)
            if question.kind == QuestionKind.FILE and isinstance(file, Checked):
                drafts.attach(self.application, question=question, file=file, by=by, now=now)
        self._detach(data, by=by, now=now)
        texts = {
            key: text.replace("\0", "\N{REPLACEMENT CHARACTER}")
            for key, text in form.unreadable.items()
        }
        return drafts.save_answers(
            self.application,
            section=self.code,
            values=form.answers,
            typed=texts,
            seen=seen_in(data),
            by=by,
            now=now,
        )

    def _detach(self, data: Data, *, by: Actor, now: datetime) -> None:
        asked = str(data.get("detach", ""))
        if not (asked.isascii() and asked.isdigit()):
            return
        for attachment in self.application.attachments.filter(pk=int(asked)):
            drafts.detach(attachment, by=by, now=now)


class WholePart(Part):
    """A part that is saved whole: a page that has not seen the newest is warned."""

    def seen(self) -> dict[str, str]:
        """Mark what the page shows."""
        return {WHOLE: whole_of(self.application, self.code).mark}


class Figures(WholePart):
    """The organisation's figures and sector."""

    def form(self, data: Data | None = None, files: Any = None, *, now: datetime) -> FiguresForm:
        """Return the form with the year's figures, or else the newest known."""
        application = self.application
        initial = FiguresForm.stored(figures_row(application), last_sector(application))
        return FiguresForm(data, initial=initial, today=local_day(now, application.home_region))

    def keep(self, form: Any, data: Data, *, by: Actor, now: datetime) -> Saved:
        """Store whole figures; keep what is not whole yet as typed."""
        if not form.is_valid():
            return _keep(self, data, by=by, now=now)
        return drafts.set_figures(
            self.application,
            figures=form.figures,
            is_estimate=form.cleaned_data["is_estimate"],
            sector=form.cleaned_data["sector"],
            seen=seen_in(data),
            by=by,
            now=now,
        )


class Aid(WholePart):
    """The de minimis declaration."""

    template = "vouchers/applicant/aid.html"

    def form(self, data: Data | None = None, files: Any = None, *, now: datetime) -> AidForm:
        """Return the form with the aid that the organisation has declared before."""
        application = self.application
        rows = [AidForm.stored(aid) for aid in application.organisation.declared_aid.all()]
        declared = application.aid_declared_at is not None
        initial = {"none": not rows, "is_export_tied": _word(application.is_export_tied)}
        return AidForm(
            data,
            rows=rows,
            initial=initial if declared else {},
            today=local_day(now, application.home_region),
        )

    def keep(self, form: Any, data: Data, *, by: Actor, now: datetime) -> Saved:
        """Store a whole declaration; keep what is not whole yet as typed."""
        if not form.is_valid():
            return _keep(self, data, by=by, now=now)
        return draft_rows.set_aid(
            self.application,
            lines=[AidFields(**line) for line in form.rows.cleaned],
            is_export_tied=form.cleaned_data["is_export_tied"] == "yes",
            seen=seen_in(data),
            by=by,
            now=now,
        )


class Costs(WholePart):
    """The cost table and the amount."""

    template = "vouchers/applicant/costs.html"

    def form(self, data: Data | None = None, files: Any = None, *, now: datetime) -> CostsForm:
        """Return the form with the stored lines."""
        application = self.application
        kinds = list(
            CostKind.objects.filter(voucher_type=application.voucher_type, is_eligible=True)
        )
        rows = [
            {
                "kind": line.kind_id,
                "item": line.item,
                "amount": line.amount,
                "vat": line.vat or None,
            }
            for line in application.cost_lines.all()
        ]
        return CostsForm(
            data,
            terms=application.terms,
            kinds=kinds,
            rows=rows,
            initial={"amount": application.amount},
        )

    def keep(self, form: Any, data: Data, *, by: Actor, now: datetime) -> Saved:
        """Store the valid lines; keep the whole table as typed while others are wrong."""
        whole = form.is_valid()
        return draft_rows.set_costs(
            self.application,
            lines=[CostFields(**line) for line in form.rows.cleaned],
            amount=form.cleaned_data.get("amount"),
            typed=None if whole else raw(data),
            seen=seen_in(data),
            by=by,
            now=now,
        )


def _keep(part: Part, data: Data, *, by: Actor, now: datetime) -> Saved:
    return drafts.keep_typed(
        part.application,
        section=part.code,
        typed=raw(data),
        seen=seen_in(data),
        by=by,
        now=now,
    )


def _word(answer: bool) -> str:
    return "yes" if answer else "no"
