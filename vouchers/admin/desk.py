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
from vouchers.actions import readings
from vouchers.admin import dossier as dossiers
from vouchers.admin.checks import checks_on
from vouchers.admin.conflicts import declare
from vouchers.admin.dossier import Dossier
from vouchers.admin.files import document_download, note_opened, upload_download
from vouchers.admin.letters import letters, release
from vouchers.admin.panels import Asked, VerbAdmin
from vouchers.admin.places import place_words
from vouchers.admin.queue import is_held, promise_clock, queue
from vouchers.admin.suggestions import advise, offers_advice, suggestions
from vouchers.admin.undertakings import part, proof, undertaking
from vouchers.admin.verbs import VERBS
from vouchers.cases.news import news_in
from vouchers.cases.sign_off import host_days
from vouchers.enums import SIGNABLE, Reader, Side
from vouchers.models import Application
from vouchers.permissions import may_group

PAGE = "admin/vouchers/application/desk.html"


@admin.register(Application)
class ApplicationAdmin(VerbAdmin[Application]):
    """Queue and desk; every button is a row of the workflow table."""

    verbs = VERBS

    def get_urls(self) -> list[URLPattern]:
        """Add files, held letters, suggestions, the undertaking and conflicts of interest."""
        held = self.page("letters/", partial(letters, site=self.admin_site), "letters")
        tell = self.page("letters/<int:offer>/release/", release, "release_letters")
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
        pages = [held, tell, copy, file, fit, say, firms, apart, shown, aside]
        return [*pages, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the triage queue."""
        return queue(request, self.admin_site)

    def find(self, user: User, reference: str) -> Any:
        """Return an application by its number or id."""
        return dossiers.find(user, reference)

    def show(self, request: HttpRequest, row: Any, asked: Asked | None = None) -> HttpResponse:
        """Draw the desk of one application."""
        by, now = actor(request), clock.now()
        read = dossiers.read(row, by=by)
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
            "place": place_words(row),
            "news": news_in(row, Reader.DESK),
            "restriction": getattr(row, "restriction", None),
            "panels": self.panels(row, str(row), by=by, now=now, asked=asked),
            "offers_advice": offers_advice(row, by),
            "may_group": may_group(by, row),
            "second_broker": _second_broker(read),
            "form": asked.form if asked else None,
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
