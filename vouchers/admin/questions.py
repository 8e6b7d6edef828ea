"""The question editor: a draft of the next version, a preview, and its publication."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.permissions import Actor, actor
from vouchers.actions import questions, setup
from vouchers.admin.setup import SetupAdmin
from vouchers.admin.setup_rows import SetupInline, may_edit
from vouchers.enums import QuestionKind
from vouchers.forms.application import SectionForm
from vouchers.forms.questions import QuestionForm
from vouchers.models import Question, QuestionSet


def may_write(by: Actor, obj: Any = None) -> bool:
    """A manager, as long as the version is a draft."""
    version = obj.question_set if isinstance(obj, Question) else obj
    is_draft = version is None or version.published_at is None
    return is_draft and may_edit(by, version)


class QuestionInline(SetupInline):
    """The questions of one version; those of a published one are read."""

    model = Question
    form = QuestionForm
    # A question has too many answers for one line of a table.
    template = "admin/edit_inline/stacked.html"
    may_change = staticmethod(may_write)
    fields = [
        "order",
        "section_title",
        "label",
        "help_text",
        "kind",
        "options",
        "is_required",
        "max_length",
        "shown_if_key",
        "shown_if_value",
        "seen_by_host",
        "is_left_out",
        "key",
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Leave the text area of the answers out where nothing is written."""
        writes = may_write(actor(request), obj)
        return [name if writes or name != "options" else "choices" for name in self.fields]

    def get_extra(self, request: HttpRequest, obj: Any = None, **_kwargs: Any) -> int:
        """Offer empty rows for new questions, also without a script."""
        return 3 if obj and may_write(actor(request), obj) else 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is added to a published version."""
        return may_write(actor(request), obj)


@admin.register(QuestionSet)
class QuestionSetAdmin(SetupAdmin[QuestionSet]):
    """Forms: published versions never change, a draft of the next one follows."""

    may_change = staticmethod(may_write)
    list_display = ["code", "version", "programme", "published_at"]
    list_filter = ["programme"]
    inlines = [QuestionInline]

    def get_fields(self, _request: HttpRequest, obj: Any = None) -> list[Any]:
        """Ask a new form for its programme and code only."""
        return ["programme", "code", *(["version", "published_at"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep what a version is known by."""
        return ["programme", "code", "version", "published_at"] if obj else []

    def get_urls(self) -> list[URLPattern]:
        """Add the buttons' pages."""
        return [
            self.page("<path:pk>/next/", require_POST(self.begin), "next"),
            self.page("<path:pk>/publish/", require_POST(self.publish), "publish"),
            self.page("<path:pk>/preview/", require_safe(self.preview), "preview"),
            *super().get_urls(),
        ]

    def add_row(self, obj: QuestionSet, *, by: Actor, now: datetime) -> None:
        """Begin the form; the draft of a form that is there already is taken up."""
        made = questions.begin_version(obj.programme, code=obj.code, by=by, now=now)
        obj.pk, obj.version = made.pk, made.version

    def add_inline_row(self, obj: models.Model, *, by: Actor, now: datetime) -> None:
        """Store a question."""
        setup.create(obj, by=by, now=now)

    def change_inline_row(
        self, obj: models.Model, changes: Mapping[str, Any], *, by: Actor, now: datetime
    ) -> None:
        """Write what changed of a question; what follows from it is written too."""
        names = {**dict.fromkeys(changes), "key": None, "section": None, "choices": None}
        names.pop("options", None)
        setup.edit(obj, {name: getattr(obj, name) for name in names}, by=by, now=now)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Offer preview, publication and the next version."""
        version = self.row(request, object_id)
        is_draft = version.published_at is None
        buttons = []
        if may_edit(actor(request), version):
            name = "publish" if is_draft else "next"
            label = gettext("Publish this version") if is_draft else gettext("Write a new version")
            buttons = [{"label": label, "address": self.address(name, version.pk)}]
        extra = {
            "buttons": buttons,
            "links": [
                {"label": gettext("Preview"), "address": self.address("preview", version.pk)}
            ],
            "missing": questions.missing_of(version) if is_draft else [],
        }
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def begin(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Open the draft of the next version."""
        version = self.row(request, pk)
        made = questions.begin_version(
            version.programme, code=version.code, by=actor(request), now=clock.now()
        )
        return redirect(self.address("change", made.pk))

    def publish(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Publish the draft, or say what is missing."""
        version = self.row(request, pk)
        try:
            questions.publish_version(version, by=actor(request), now=clock.now())
        except questions.FormNotReady as lacks:
            for sentence in lacks.missing:
                messages.error(request, sentence)
        else:
            messages.success(
                request, gettext("The form is published. Choose it in the calls that use it.")
            )
        return redirect(self.address("change", version.pk))

    def preview(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Show the form as applicants see it."""
        version = self.row(request, pk)
        sections: dict[str, tuple[str, list[Question]]] = {}
        for question in version.questions.filter(is_left_out=False):
            _title, asked = sections.setdefault(question.section, (question.section_title, []))
            asked.append(question)
        context = {
            "version": version,
            "back": self.address("change", version.pk),
            "sections": [
                {
                    "title": title,
                    "form": SectionForm(
                        [q for q in asked if q.kind != QuestionKind.COST_TABLE], auto_id="see_%s"
                    ),
                    "has_costs": any(q.kind == QuestionKind.COST_TABLE for q in asked),
                }
                for title, asked in sections.values()
            ],
        }
        return TemplateResponse(request, "vouchers/preview/form.html", context)
