"""The desk: one application, read on the left and decided on the right."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.enums import Thing
from portal.models import Upload, User
from portal.permissions import actor, signed_in
from portal.templatetags.portal_ui import day
from portal.workflow import available
from vouchers.actions import readings
from vouchers.admin import dossier as dossiers
from vouchers.admin import letters
from vouchers.admin.bulk import bulk, bulk_done
from vouchers.admin.checks import checks_on
from vouchers.admin.conflicts import declare
from vouchers.admin.dossier import Dossier
from vouchers.admin.files import document_download, note_opened, upload_download
from vouchers.admin.keeping import entrust, keeping_of, note
from vouchers.admin.panels import Asked, VerbAdmin
from vouchers.admin.places import place_words
from vouchers.admin.queue import is_held, promise_clock, queue
from vouchers.admin.saved_views import change_view, views
from vouchers.admin.suggestions import advise, offers_advice, suggestions
from vouchers.admin.trail import carried, go_on, queue_address, trail_of
from vouchers.admin.undertakings import part, proof, undertaking
from vouchers.admin.verbs import VERBS
from vouchers.cases.news import news_in
from vouchers.cases.sign_off import host_days
from vouchers.enums import SIGNABLE, Reader, Side
from vouchers.forms.entrusting import EntrustForm, NoteForm
from vouchers.models import Application
from vouchers.permissions import may_group
from vouchers.workflow import EDIT_LETTER

PAGE = "admin/vouchers/application/desk.html"


@admin.register(Application)
class ApplicationAdmin(VerbAdmin[Application]):
    """Queue and desk; every button is a row of the workflow table."""

    verbs = VERBS

    def get_urls(self) -> list[URLPattern]:
        """Add files, held letters, suggestions, the undertaking and conflicts of interest."""
        copy = self.page("<str:reference>/copy/", require_safe(self.copy), "copy")
        file = self.page("<str:reference>/file/<int:upload>/", require_safe(self.file), "file")
        others = partial(suggestions, site=self.admin_site)
        fit = self.page("<str:reference>/suggestions/", others, "suggestions")
        say = self.page("<str:reference>/advise/", advise, "advise")
        one = partial(undertaking, site=self.admin_site)
        firms = self.page("<str:reference>/undertaking/", one, "undertaking")
        out = partial(part, site=self.admin_site)
        apart = self.page("<str:reference>/undertaking/<int:firm>/part/", out, "part_undertaking")
        close = partial(declare, site=self.admin_site)
        aside = self.page("<str:reference>/conflict/", close, "conflict")
        route = "<str:reference>/undertaking/file/<int:upload>/"
        shown = self.page(route, proof, "proof_of_split")
        own = [copy, file, fit, say, firms, apart, shown, aside]
        return [*self._letters(), *own, *self._of_work(), *super().get_urls()]

    def _letters(self) -> list[URLPattern]:
        site = self.admin_site
        held, one, tell, when = (
            partial(view, site=site)
            for view in (letters.letters, letters.letter, letters.release, letters.schedule)
        )
        return [
            self.page("letters/", held, "letters"),
            self.page("letters/<int:offer>/release/", tell, "release_letters"),
            self.page("letters/<int:offer>/schedule/", when, "schedule_letters"),
            self.page("<str:reference>/letter/", one, "letter"),
        ]

    def _of_work(self) -> list[URLPattern]:
        """Return the pages of the daily work: many at once, saved views, what comes next."""
        site = self.admin_site
        one = "<str:reference>/"
        return [
            self.page("bulk/", partial(bulk, site=site), "bulk"),
            self.page("bulk/done/", partial(bulk_done, site=site), "bulk_done"),
            self.page("views/", partial(views, site=site), "views"),
            self.page("views/<int:view>/<str:verb>/", partial(change_view, site=site), "view"),
            self.page(f"{one}next/", require_safe(self.next), "next"),
            self.page(f"{one}entrust/", partial(entrust, show=self.show), "entrust"),
            self.page(f"{one}note/", partial(note, show=self.show), "note"),
        ]

    def trail(self, request: HttpRequest) -> str:
        """Return the queue that the person came from."""
        return trail_of(carried(request))

    def next(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Lead to what follows in the queue that the person came from."""
        return go_on(request, self.find(signed_in(request), reference))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the triage queue."""
        return queue(request, self.admin_site)

    def find(self, user: User, reference: str) -> Any:
        """Return an application by its number or id."""
        return dossiers.find(user, reference)

    def show(
        self,
        request: HttpRequest,
        row: Any,
        asked: Asked | None = None,
        kept: EntrustForm | NoteForm | None = None,
    ) -> HttpResponse:
        """Draw the desk of one application; `kept` is a form beside the decision that came back."""
        by, now = actor(request), clock.now()
        read, query = dossiers.read(row, by=by), carried(request)
        if (read.figures or read.aid) and not row.is_noted:
            note_opened(request, row, Thing.FIGURES, str(row))
        context = {
            **self.admin_site.each_context(request),
            "title": row.title or str(row),
            "dossier": read,
            "application": row,
            "programme": row.call.programme,
            "received_at": dossiers.received_at(read),
            "checks": checks_on(
                row,
                costs=read.total,
                is_private=read.is_private,
                by=signed_in(request),
                now=now,
            ),
            "clock": promise_clock(row, now=now),
            "is_held": is_held(row),
            "edits_letter": is_held(row) and bool(available([EDIT_LETTER], row, by)),
            "place": place_words(row),
            "news": news_in(row, Reader.DESK),
            "restriction": getattr(row, "restriction", None),
            "panels": self.panels(
                row, str(row), by=by, now=now, asked=asked, trail=trail_of(query)
            ),
            "keeping": keeping_of(row, by=by, now=now, asked=kept),
            "trail": trail_of(query),
            "queue_url": queue_address(query),
            "offers_advice": offers_advice(row, by),
            "may_group": may_group(by, row),
            "second_broker": _second_broker(read),
            "form": asked.form if asked else kept,
        }
        return TemplateResponse(request, PAGE, context)

    def read(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Show the row; once a broker of the home region has opened it, nothing is unread."""
        row, by = self.find(signed_in(request), reference), actor(request)
        news = news_in(row, Reader.DESK)
        if news and request.method == "GET" and readings.reads_for(by, row, Reader.DESK):
            readings.mark_read(row, Reader.DESK, by=by, now=clock.now())
        return self.show(request, row)

    def copy(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Give the PDF of what was submitted, to those who may read all of it."""
        row = dossiers.find(signed_in(request), reference)
        document = dossiers.read(row, by=actor(request)).copy
        return document_download(document, request=request, of=row)

    def file(self, request: HttpRequest, reference: str, upload: int) -> HttpResponseBase:
        """Give a file of the application, if the person sees the question that it answers."""
        row = dossiers.find(signed_in(request), reference)
        shown = dossiers.read(row, by=actor(request)).files
        if upload not in {file["id"] for file in shown}:
            raise Http404
        return upload_download(Upload.objects.get(pk=upload), request=request, of=row)


def _second_broker(dossier: Dossier) -> str:
    """Say who must sign besides home, and where that stands."""
    row = dossier.application
    if not row.needs_host_signature or row.state not in SIGNABLE:
        return ""
    names = {"voucher": row.voucher_type, "region": row.host_region or _("the host region")}
    home = next((one for one in dossier.standing if one.side == Side.HOME), None)
    if home and row.host_region:
        until = day(host_days(row, home).answer)
        return _("Waiting for %(region)s to confirm by %(day)s.") % {**names, "day": until}
    return (
        _("%(voucher)s vouchers need a second broker. Your approval goes to %(region)s to confirm.")
        % names
    )
