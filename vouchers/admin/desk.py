"""The desk: one application, read on the left and decided on the right."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.admin import DeskAdmin
from portal.enums import DocumentState
from portal.models import Upload
from portal.permissions import Actor, actor, signed_in
from portal.templatetags.portal_ui import money
from vouchers.admin import dossier as dossiers
from vouchers.admin.checks import checks_on
from vouchers.admin.dossier import Dossier
from vouchers.admin.queue import is_held, promise_clock, queue
from vouchers.admin.refusals import REFUSALS, tell
from vouchers.admin.verbs import VERBS, Verb, offered
from vouchers.enums import SIGNABLE, Side
from vouchers.forms.desk import DeskForm
from vouchers.models import Application
from vouchers.workflow import APPLICATION

FIELDS = "admin/vouchers/application/panel_fields.html"
SCORES = "admin/vouchers/application/score_fields.html"
PRIMARY = "primary"
PAGE = "admin/vouchers/application/desk.html"


@dataclass(frozen=True, slots=True)
class Panel:
    """One verb with its form on the right side; `fields` is the template of its fields."""

    label: str | Promise
    lead: str | Promise
    tone: str
    submit: str
    form: DeskForm
    fields: str
    address: str
    is_open: bool


@admin.register(Application)
class ApplicationAdmin(DeskAdmin[Application]):
    """Queue and desk; every button is a row of the workflow table."""

    def get_urls(self) -> list[URLPattern]:
        """Add a page for each verb, and the files."""
        verbs = [
            self.page(f"<str:reference>/{name}/", self._verb(verb), name)
            for name, verb in VERBS.items()
        ]
        desk = self.page("<str:reference>/change/", require_safe(self.desk), "change")
        copy = self.page("<str:reference>/copy/", require_safe(self.copy), "copy")
        file = self.page("<str:reference>/file/<int:upload>/", require_safe(self.file), "file")
        return [desk, copy, file, *verbs, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the triage queue."""
        return queue(request, self.admin_site)

    def desk(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Show one application."""
        return self._show(request, dossiers.find(signed_in(request), reference))

    def _verb(self, verb: Verb) -> Any:
        @require_POST
        def decide(request: HttpRequest, reference: str) -> HttpResponse:
            by, now = actor(request), clock.now()
            row = dossiers.find(signed_in(request), reference)
            verb.require(row, by)
            form = verb.ask(row, now=now, data=request.POST)
            said = _try(verb, form, row, by=by, now=now)
            if said is None:
                return self._show(request, row, asked=verb, form=form)
            messages.success(request, said)
            return HttpResponseRedirect(self.address("change", str(row)))

        return decide

    def _show(
        self,
        request: HttpRequest,
        row: Any,
        *,
        asked: Verb | None = None,
        form: DeskForm | None = None,
    ) -> HttpResponse:
        by, now = actor(request), clock.now()
        read = dossiers.read(row, by=by)
        context = {
            **self.admin_site.each_context(request),
            "title": row.title or str(row),
            "dossier": read,
            "application": row,
            "programme": row.call.programme,
            "received_at": dossiers.received_at(read),
            "checks": checks_on(row, is_private=read.is_private, now=now),
            "clock": promise_clock(row, now=now),
            "is_held": is_held(row),
            "panels": _panels(row, by, now=now, asked=asked, form=form),
            "second_broker": _second_broker(read),
            "form": form,
        }
        return TemplateResponse(request, PAGE, context)

    def copy(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Give the PDF of what was submitted, to those who may read all of it."""
        row = dossiers.find(signed_in(request), reference)
        document = dossiers.read(row, by=actor(request)).copy
        if document is None or document.state != DocumentState.READY:
            raise Http404
        return FileResponse(
            document.file.open("rb"),
            as_attachment=True,
            filename=f"{document.number}.pdf",
            content_type="application/pdf",
        )

    def file(self, request: HttpRequest, reference: str, upload: int) -> HttpResponseBase:
        """Give a file of the application, if the person sees the question that it answers."""
        row = dossiers.find(signed_in(request), reference)
        shown = dossiers.read(row, by=actor(request)).files
        if upload not in {file["id"] for file in shown}:
            raise Http404
        found = Upload.objects.get(pk=upload)
        return FileResponse(
            found.file.open("rb"),
            as_attachment=True,
            filename=found.name,
            content_type=found.content_type,
        )


def _try(verb: Verb, form: DeskForm, row: Application, *, by: Actor, now: datetime) -> str | None:
    """Run the action; None where the form has errors now."""
    if not form.is_valid():
        return None
    # The row of the page carries prefetched relations, which an action must not trust.
    fresh = Application.objects.get(pk=row.pk)
    try:
        return verb.run(fresh, **form.cleaned_data, by=by, now=now)
    except REFUSALS as error:
        tell(form, error)
        return None


def _panels(
    row: Application, by: Actor, *, now: datetime, asked: Verb | None, form: DeskForm | None
) -> list[Panel]:
    return [
        Panel(
            label=verb.label,
            lead=verb.lead,
            tone=verb.tone,
            submit=_submit(verb, row),
            form=form if form is not None and verb is asked else verb.ask(row, now=now),
            fields=SCORES if verb.name == "score" else FIELDS,
            address=reverse(f"admin:vouchers_application_{verb.name}", args=[str(row)]),
            is_open=verb is asked or verb.tone == PRIMARY,
        )
        for verb in offered(row, by)
    ]


def _submit(verb: Verb, row: Application) -> str:
    """Name the button; a lump sum stands on it."""
    if verb.transition is APPLICATION.APPROVE and row.voucher_type.is_lump_sum:
        words = {"verb": verb.label, "amount": money(row.amount)}
        return _("%(verb)s %(amount)s") % words
    return str(verb.label)


def _second_broker(dossier: Dossier) -> str:
    """Say who must sign besides home, and where that stands."""
    row = dossier.application
    if not row.voucher_type.needs_host_signature or row.state not in SIGNABLE:
        return ""
    names = {"voucher": row.voucher_type, "region": row.host_region or _("the host region")}
    if any(signature.side == Side.HOME for signature in dossier.standing):
        return _("Waiting for %(region)s to confirm.") % names
    return (
        _("%(voucher)s vouchers need a second broker. Your approval goes to %(region)s to confirm.")
        % names
    )
