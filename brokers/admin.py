"""Questions for the broker's team: a list, and pages to answer or close one."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from brokers import actions
from brokers.forms import AnswerForm, CloseForm
from brokers.models import Enquiry
from brokers.workflow import ADVISE, ENQUIRY
from catalogue.forms import OPINIONS, OpinionForm
from catalogue.search import advice_on, offered_to
from portal import clock
from portal.admin import DeskAdmin
from portal.permissions import actor
from portal.templatetags.portal_ui import day
from portal.workflow import IllegalMove, available

type Verb = Callable[..., None]


@admin.register(Enquiry)
class EnquiryAdmin(DeskAdmin[Enquiry]):
    """Questions to the broker's region, and those that its own firms asked elsewhere."""

    change_form_template = "admin/brokers/enquiry/detail.html"
    list_display = [
        "due",
        "state",
        "kind",
        "name",
        "organisation",
        "region",
        "home_region",
        "record",
    ]
    list_display_links = ["due", "name"]
    list_filter = ["state", "kind", "region"]
    list_select_related = ["region", "home_region", "record"]
    search_fields = ["name", "organisation", "question"]
    ordering = ["-state", "due_on", "pk"]
    fields = [
        "state",
        "kind",
        "due_on",
        "region",
        "home_region",
        "record",
        "name",
        "email",
        "organisation",
        "asked_at",
        "question",
        "answer",
        "answered_at",
        "answered_by",
    ]

    def get_urls(self) -> list[URLPattern]:
        """Add the two pages with a form, and where the buttons beside suggestions send."""
        return [
            self.page("<path:object_id>/advise/", require_POST(self.advise_view), "advise"),
            self.page("<path:object_id>/answer/", self.answer_view, "answer"),
            self.page("<path:object_id>/close/", self.close_view, "close"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer what the table allows now."""
        row = context["original"]
        context["links"] = self.offers(ENQUIRY, row, request)
        if row.is_need:
            context["links"].append(
                {"label": gettext("See who can help"), "address": "#suggestions"}
            )
            context["home"] = row.region.code
            context["advice"] = advice_on(row, row.question, home=row.region, now=clock.now())
            context["advise_url"] = (
                self.address("advise", row.pk) if available([ADVISE], row, actor(request)) else ""
            )
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("answer by"), ordering="due_on")
    def due(self, row: Enquiry) -> str:
        """Return the day of the answer; one that is over stands out."""
        words = day(row.due_on)
        over = -row.days_left(clock.now())
        if not row.is_open or over <= 0:
            return words
        late = ngettext("Overdue by %(over)d day", "Overdue by %(over)d days", over)
        return format_html('{} <span class="v-tag is-bad">{}</span>', words, late % {"over": over})

    def advise_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Keep what the broker thinks of a suggestion."""
        row, now = self.row_for(request, object_id, ADVISE), clock.now()
        form = OpinionForm(request.POST, rows=offered_to(row.region, None, now))
        if form.is_valid():
            record, opinion = form.cleaned_data["record"], form.cleaned_data["opinion"]
            actions.advise(row, record, opinion=opinion, by=actor(request), now=now)
            messages.success(request, OPINIONS[opinion] % {"title": record.title})
        elif form.typed:
            messages.error(request, form.refusal())
        else:
            raise Http404
        return HttpResponseRedirect(self.address("change", row.pk) + "#suggestions")

    def answer_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the answer, then mail it."""
        row = self.row_for(request, object_id, ENQUIRY.ANSWER)
        form = AnswerForm(request.POST or None)
        sentence = gettext("The answer is on its way.")
        done = self._done(request, row, form, actions.answer, sentence)
        return done or self._form(
            request,
            form,
            title=gettext("Answer %(name)s") % {"name": row.name},
            submit=str(ENQUIRY.ANSWER.label),
            lead=row.question,
        )

    def close_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, then close without an answer."""
        row = self.row_for(request, object_id, ENQUIRY.CLOSE)
        form = CloseForm(request.POST or None)
        sentence = gettext("The question is closed.")
        done = self._done(request, row, form, actions.close_without_answer, sentence)
        return done or self._form(
            request,
            form,
            title=gettext("Close without an answer"),
            submit=str(ENQUIRY.CLOSE.label),
            lead=row.question,
        )

    def _done(
        self, request: HttpRequest, row: Enquiry, form: Form, verb: Verb, sentence: str
    ) -> HttpResponse | None:
        """Do what the form asks for; None where the form is to be shown, with what was typed."""
        if not form.is_valid():
            return None
        try:
            verb(row, **form.cleaned_data, by=actor(request), now=clock.now())
        except IllegalMove:
            form.add_error(
                None,
                gettext(
                    "Somebody else has answered or closed this question meanwhile. Copy your text "
                    "if you still need it, then go back and see how it stands"
                ),
            )
            return None
        messages.success(request, sentence)
        return HttpResponseRedirect(self.address("change", row.pk))

    def _form(
        self, request: HttpRequest, form: Form, *, title: str, submit: str, lead: str
    ) -> HttpResponse:
        answer = self.form_page(request, form, title=title, submit=submit, lead=lead)
        if form.non_field_errors():
            answer.status_code = HTTPStatus.CONFLICT
        return answer
