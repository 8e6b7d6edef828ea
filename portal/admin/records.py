"""What happened and what was sent: journal, letters, documents, links. Read-only."""

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from portal import clock, outbox
from portal.actions.mails import NotStuck, retry_mail
from portal.actions.reads import note_read
from portal.admin.desk import DeskAdmin
from portal.enums import DocumentState, Thing
from portal.models import Document, JournalEntry, MailLink, Organisation, OutgoingMail
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import actor, is_overseer, may_set_up


@admin.register(JournalEntry)
class JournalEntryAdmin(DeskAdmin[JournalEntry]):
    """Who did what and when."""

    may_view = staticmethod(is_overseer)
    list_display = ["number", "chain", "at", "who", "verb", "subject", "before", "after"]
    list_filter = ["chain"]
    search_fields = ["verb", "subject_type", "=subject_id"]
    ordering = ["-pk"]
    fields = [
        "chain",
        "number",
        "at",
        "recorded_at",
        "who",
        "subject",
        "verb",
        "before",
        "after",
        "data",
        "personal",
        "previous_hash",
        "hash",
    ]
    readonly_fields = ["who", "subject"]

    @admin.display(description=_("by"))
    def who(self, entry: JournalEntry) -> str:
        """Name the person, or what acted without one."""
        return str(entry.by or entry.by_label)


class StuckFilter(admin.SimpleListFilter):
    """Letters that wait for a person."""

    title = _("what to do")
    parameter_name = "stuck"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the one question."""
        return [("yes", _("Needs somebody to look"))]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[OutgoingMail]
    ) -> models.QuerySet[OutgoingMail]:
        """Narrow to given up and cut off."""
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=outbox.stuck(clock.now()).values("pk"))


@admin.register(OutgoingMail)
class OutgoingMailAdmin(DeskAdmin[OutgoingMail]):
    """Letters and their way to the wire."""

    may_view = staticmethod(is_overseer)
    list_display = ["subject", "receivers", "kind", "state", "attempts", "created_at", "sent_at"]
    list_filter = [StuckFilter, "state", "programme"]
    search_fields = ["subject", "kind", "message_id"]
    fields = [
        "subject",
        "receivers",
        "sender",
        "reply_to",
        "kind",
        "programme",
        "message_id",
        "state",
        "attempts",
        "next_attempt_at",
        "last_error",
        "created_at",
        "sent_at",
        "documents",
        "text",
    ]
    readonly_fields = ["receivers", "text"]

    @admin.display(description=_("to"))
    def receivers(self, mail: OutgoingMail) -> str:
        """List the addresses."""
        return ", ".join(mail.to)

    @admin.display(description=_("text"))
    def text(self, mail: OutgoingMail) -> str:
        """Show the text, but never that of an account mail: its links open accounts."""
        return gettext("Hidden: this is an account mail.") if mail.is_private else mail.body

    def get_urls(self) -> list[URLPattern]:
        """Add the button that sends again."""
        retry = self.page("<path:object_id>/retry/", require_POST(self.retry_view), "retry")
        return [retry, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer the button where the letter is stuck, with what to look at first."""
        mail = context["original"]
        stuck = outbox.stuck(clock.now()).filter(pk=mail.pk).exists()
        if stuck and may_set_up(actor(request), mail.programme):
            context["note"] = gettext(
                "This letter did not get through, or was cut off while it was sent. Ask the "
                "receiver or the mail server's log before you send it again."
            )
            context["buttons"] = [
                {"label": gettext("Send again"), "address": self.address("retry", mail.pk)}
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def retry_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Queue the letter again."""
        mail = self.row(request, object_id)
        try:
            retry_mail(mail, by=actor(request), now=clock.now())
        except NotStuck:
            messages.warning(request, gettext("This letter is on its way or was sent already."))
        else:
            messages.success(request, gettext("The letter waits to be sent again."))
        return HttpResponseRedirect(self.address("change", mail.pk))


@admin.register(Document)
class DocumentAdmin(DeskAdmin[Document]):
    """Issued documents and their files."""

    may_view = staticmethod(is_overseer)
    list_display = ["number", "title", "kind", "programme", "state", "issued_at", "withdrawn_at"]
    list_filter = ["state", "programme", "kind"]
    search_fields = ["number", "title"]
    fields = [
        "number",
        "title",
        "kind",
        "programme",
        "language",
        "state",
        "issued_at",
        "withdrawn_at",
        "content_hash",
        "sha256",
        "attempts",
        "last_error",
    ]

    def get_urls(self) -> list[URLPattern]:
        """Add the download."""
        view = require_safe(self.download_view)
        return [self.page("<path:object_id>/download/", view, "download"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer the file where it exists."""
        document = context["original"]
        if document.state == DocumentState.READY:
            context["links"] = [
                {
                    "label": gettext("Download the file"),
                    "address": self.address("download", document.pk),
                }
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def download_view(self, request: HttpRequest, object_id: str) -> FileResponse:
        """Give the file."""
        document = self.row(request, object_id)
        if document.state != DocumentState.READY:
            raise Http404
        firm = firm_of(document)
        if firm is not None and request.method == "GET":
            chain = document.programme.journal_chain if document.programme else PORTAL_CHAIN
            said = {"which": document.number, "chain": chain}
            note_read(firm, Thing.DOCUMENT, **said, by=actor(request), now=clock.now())
        return FileResponse(
            document.file.open("rb"),
            as_attachment=True,
            filename=f"{document.number}.pdf",
            content_type="application/pdf",
        )


def firm_of(document: Document) -> Organisation | None:
    """Return the firm that a document is about, by the way from its subject; None where no firm."""
    model = apps.get_model(document.subject_type)
    row: Any = model._base_manager.filter(pk=document.subject_id).first()
    while row is not None and not isinstance(row, Organisation):
        ways = (getattr(row, name, None) for name in ("organisation", "application", "award"))
        row = next(filter(None, ways), None)
    return row


@admin.register(MailLink)
class MailLinkAdmin(DeskAdmin[MailLink]):
    """Invitations that were sent; the link itself is nowhere but in the mail."""

    may_view = staticmethod(is_overseer)
    list_display = ["email", "purpose", "made_by", "made_at", "expires_at", "used_at"]
    search_fields = ["email"]
    fields = ["purpose", "email", "made_by", "made_at", "expires_at", "used_at"]
