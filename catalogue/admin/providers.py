"""Providers for staff: who asks to be listed, who is invited, which rules they accept."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext

from catalogue import actions
from catalogue.actions import joining
from catalogue.actions.joining import BelongsElsewhere
from catalogue.enums import RequestState
from catalogue.forms.joining import AccessRulesForm, InviteForm, InviteProviderForm, RefuseForm
from catalogue.models import AccessRules, Provider, ProviderRequest
from catalogue.permissions import may_invite, may_publish_rules
from catalogue.workflow import REQUEST
from portal import clock
from portal.accounts.forms import sent
from portal.actions.organisations import AlreadyMember, find_same
from portal.admin import DeskAdmin
from portal.enums import Role
from portal.permissions import Actor, actor, may_set_up, requires


def may_list(by: Actor) -> bool:
    """An access broker of any region, or who may set up any programme."""
    is_broker = by.user is not None and bool(by.user.region_ids(Role.BROKER))
    return is_broker or may_set_up(by)


def _elsewhere(refusal: BelongsElsewhere) -> str:
    if refusal.region is None:
        return gettext(
            "People act for %(name)s in the portal: let one of them ask to have it listed"
        ) % {"name": refusal.found.name}
    return gettext(
        "%(name)s is registered in %(region)s: ask the Access Broker there to list it"
    ) % {"name": refusal.found.name, "region": refusal.region}


@admin.register(ProviderRequest)
class ProviderRequestAdmin(DeskAdmin[ProviderRequest]):
    """Requests to the broker's region: open ones first, the next due on top."""

    list_display = ["due_on", "state", "organisation_name", "kind", "city", "region", "name"]
    list_display_links = ["due_on", "organisation_name"]
    list_filter = ["state", "region"]
    list_select_related = ["region"]
    search_fields = ["organisation_name", "name", "offer"]
    ordering = [
        Case(When(state=RequestState.NEW, then=Value(0)), default=Value(1)).asc(),
        "due_on",
        "pk",
    ]
    fields = [
        "state",
        "due_on",
        "region",
        "organisation_name",
        "kind",
        "city",
        "website",
        "offer",
        "name",
        "email",
        "language",
        "asked_at",
        "decided_at",
        "decided_by",
        "reason",
        "provider",
    ]

    def get_urls(self) -> list[URLPattern]:
        """Add the two answers."""
        return [
            self.page("<path:object_id>/accept/", self.accept_view, "accept"),
            self.page("<path:object_id>/refuse/", self.refuse_view, "refuse"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer what the table allows now."""
        row = context["original"]
        context["links"] = self.offers(REQUEST, row, request)
        return super().render_change_form(request, context, *args, **kwargs)

    def accept_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what accepting does, then list the organisation and mail the invitation."""
        row = self.row_for(request, object_id, REQUEST.ACCEPT)
        form = forms.Form(sent(request))
        if form.is_valid():
            by, now = actor(request), clock.now()
            try:
                joining.accept_request(row, by=by, now=now, link_now=timezone.now())
            except BelongsElsewhere as refusal:
                form.add_error(None, _elsewhere(refusal))
            else:
                text = gettext("%(name)s is listed, and the invitation is on its way.")
                messages.success(request, text % {"name": row.organisation_name})
                return HttpResponseRedirect(self.address("change", row.pk))
        return self.form_page(
            request,
            form,
            title=gettext("List %(name)s") % {"name": row.organisation_name},
            submit=gettext("Accept and invite"),
            lead=_what_happens(row),
        )

    def refuse_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why, then mail the reason."""
        row = self.row_for(request, object_id, REQUEST.REFUSE)
        form = RefuseForm(sent(request))
        if form.is_valid():
            joining.refuse_request(row, **form.cleaned_data, by=actor(request), now=clock.now())
            messages.success(request, gettext("The request is refused and the reason mailed."))
            return HttpResponseRedirect(self.address("change", row.pk))
        return self.form_page(
            request,
            form,
            title=gettext("Refuse %(name)s") % {"name": row.organisation_name},
            submit=gettext("Refuse and send the reason"),
            lead=row.offer,
        )


@admin.register(Provider)
class ProviderAdmin(DeskAdmin[Provider]):
    """Providers and the version of the access rules that they have accepted."""

    change_list_template = "catalogue/admin/provider_list.html"
    list_display = ["organisation", "kind", "region", "accepted_rules", "accepted_at"]
    list_filter = ["region", "kind"]
    search_fields = ["organisation__name"]
    list_select_related = ["organisation", "region", "accepted_rules__programme"]
    fields = [
        "organisation",
        "slug",
        "kind",
        "region",
        "summary",
        "accepted_rules",
        "accepted_at",
    ]

    def get_urls(self) -> list[URLPattern]:
        """Add the two invitations."""
        return [
            self.page("invite/", requires(may_list)(self.invite_provider_view), "invite_new"),
            self.page("<path:object_id>/invite/", self.invite_view, "invite"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer the invitation to those who may list somebody."""
        way = self.address("invite_new") if may_list(actor(request)) else ""
        return super().changelist_view(request, {**(extra_context or {}), "more": way})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Offer the invitation of one more person."""
        row = context["original"]
        if may_invite(actor(request), row):
            address = self.address("invite", row.pk)
            context["links"] = [{"label": gettext("Invite somebody"), "address": address}]
        return super().render_change_form(request, context, *args, **kwargs)

    def invite_provider_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for an organisation and a person, list the one and invite the other."""
        by = actor(request)
        form = InviteProviderForm(sent(request), by=by)
        if form.is_valid():
            try:
                provider = joining.list_and_invite(
                    **form.cleaned_data, by=by, now=clock.now(), link_now=timezone.now()
                )
            except BelongsElsewhere as refusal:
                form.add_error("name", _elsewhere(refusal))
            except AlreadyMember:
                form.add_error("email", _knows_already())
            else:
                return self._invited(request, provider, form.cleaned_data["email"])
        return self.form_page(
            request,
            form,
            title=gettext("Invite a provider"),
            submit=gettext("List it and send the invitation"),
        )

    def invite_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask whom to invite to act for the provider."""
        row, by = self.row(request, object_id), actor(request)
        if not may_invite(by, row):
            raise PermissionDenied
        form = InviteForm(sent(request), initial={"language": row.region.language})
        if form.is_valid():
            try:
                joining.invite(
                    row, **form.cleaned_data, by=by, now=clock.now(), link_now=timezone.now()
                )
            except AlreadyMember:
                form.add_error("email", _knows_already())
            else:
                return self._invited(request, row, form.cleaned_data["email"])
        return self.form_page(
            request,
            form,
            title=gettext("Invite somebody"),
            submit=gettext("Send the invitation"),
            lead=str(row),
        )

    def _invited(self, request: HttpRequest, row: Provider, email: str) -> HttpResponse:
        text = gettext("The invitation to %(email)s is on its way.")
        messages.success(request, text % {"email": email})
        return HttpResponseRedirect(self.address("change", row.pk))


@admin.register(AccessRules)
class AccessRulesAdmin(DeskAdmin[AccessRules]):
    """Versions of the common access rules."""

    change_list_template = "catalogue/admin/rules_list.html"
    list_display = ["programme", "version", "published_at"]
    list_filter = ["programme"]
    fields = ["programme", "version", "text", "published_at"]

    def get_urls(self) -> list[URLPattern]:
        """Add the page that publishes."""
        return [
            self.page("publish/", requires(may_set_up)(self.publish_view), "publish"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer a new version to those who may publish one."""
        way = self.address("publish") if may_set_up(actor(request)) else ""
        return super().changelist_view(request, {**(extra_context or {}), "more": way})

    def publish_view(self, request: HttpRequest) -> HttpResponse:
        """Take the next version, which starts from the present text."""
        by = actor(request)
        form = AccessRulesForm(sent(request), by=by, initial=_present_text(by))
        if form.is_valid():
            rules = actions.publish_access_rules(**form.cleaned_data, by=by, now=clock.now())
            text = gettext(
                "Version %(number)d holds now, and the providers are asked to accept it."
            )
            messages.success(request, text % {"number": rules.version})
            return HttpResponseRedirect(self.address("changelist"))
        return self.form_page(
            request,
            form,
            title=gettext("Publish a new version"),
            submit=gettext("Publish and tell the providers"),
            lead=gettext(
                "Firms cannot apply with a provider's records until it has accepted this version."
            ),
        )


def _present_text(by: Actor) -> dict[str, Any]:
    """Return the newest text of the first programme whose rules the person may publish."""
    rows = AccessRules.objects.current(clock.now()).select_related("programme")
    own = (row for row in rows if may_publish_rules(by, row.programme))
    found = next(own, None)
    return {"programme": found.programme, "text": found.text} if found else {}


def _what_happens(row: ProviderRequest) -> str:
    """Say whom accepting lists and who then acts for it."""
    same = find_same(row.organisation_name, row.region.country)
    words = {"name": row.organisation_name, "email": row.email}
    if same is None:
        return (
            gettext(
                "%(name)s becomes a provider of your region, and %(email)s is invited to keep its "
                "records."
            )
            % words
        )
    return gettext(
        "An organisation of this name is registered: %(found)s, %(city)s. It becomes a provider, "
        "and %(email)s is invited to act for it. Make sure that it is the same."
    ) % {**words, "found": same.name, "city": same.city or "?"}


def _knows_already() -> str:
    return gettext("This person acts for the organisation already")
