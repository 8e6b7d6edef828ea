"""Views of the queue that a person has saved: as links, and the page that keeps them in order."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.accounts.forms import sent
from portal.models import User
from portal.permissions import actor, signed_in
from vouchers.actions import saved_views
from vouchers.actions.saved_views import NameTaken
from vouchers.admin.trail import query_of, queue_address
from vouchers.forms.saved_views import NameForm, ShareForm, circle_key, circles_of
from vouchers.models import SavedView

PAGE = "admin/vouchers/application/views.html"


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A saved view as a link of the queue."""

    name: str
    address: str
    is_current: bool
    is_theirs: bool


def links_to_views(user: User, query: str) -> list[ViewLink]:
    """Return the person's own views, then those that others share."""
    rows = list(SavedView.objects.visible_to(user).select_related("owner"))
    return [
        ViewLink(row.name, queue_address(row.query), row.query == query, row.owner_id != user.pk)
        for row in sorted(rows, key=lambda row: row.owner_id != user.pk)
    ]


@dataclass(frozen=True, slots=True)
class Kept:
    """One of the person's own views with its forms."""

    view: SavedView
    address: str
    name: NameForm
    share: ShareForm | None


@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """List the person's views; sent to, save an address of the queue under a name."""
    query = query_of(QueryDict(_given(request).get("queue", "")))
    form = NameForm(sent(request), prefix="new")
    if form.is_valid():
        try:
            saved_views.keep(**form.cleaned_data, query=query, by=actor(request), now=clock.now())
        except NameTaken:
            form.refuse_name()
        else:
            messages.success(request, gettext("The view is saved."))
            return HttpResponseRedirect(queue_address(query))
    return _page(request, site, query=query, new=form)


@require_POST
def change_view(request: HttpRequest, view: int, verb: str, site: AdminSite) -> HttpResponse:
    """Rename, share or delete an own view."""
    row, by = get_object_or_404(_own(signed_in(request)), pk=view), actor(request)
    if verb == "delete":
        saved_views.delete(row, by=by)
        return _told(request, gettext("The view is deleted."))
    if verb == "rename":
        name = NameForm(request.POST, prefix=f"name-{row.pk}")
        if name.is_valid():
            try:
                saved_views.rename(row, **name.cleaned_data, by=by)
            except NameTaken:
                name.refuse_name()
            else:
                return _told(request, gettext("The view has its new name."))
        return _page(request, site, changed=(row.pk, name))
    if verb != "share":
        raise Http404
    share = ShareForm(
        request.POST, prefix=f"share-{row.pk}", circles=circles_of(signed_in(request))
    )
    if not share.is_valid():
        return _page(request, site, changed=(row.pk, share))
    saved_views.share(row, scope=share.cleaned_data["circle"], by=by, now=clock.now())
    return _told(request, gettext("Saved. Who may see the view has changed."))


def _given(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _own(user: User) -> QuerySet[SavedView]:
    return SavedView.objects.filter(owner=user)


def _told(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse("admin:vouchers_application_views"))


def _page(
    request: HttpRequest,
    site: AdminSite,
    *,
    query: str = "",
    new: NameForm | None = None,
    changed: tuple[int, NameForm | ShareForm] | None = None,
) -> HttpResponse:
    user = signed_in(request)
    circles = circles_of(user)
    rows = list(SavedView.objects.visible_to(user).select_related("owner", "programme", "region"))
    own = [_kept(row, circles, changed) for row in rows if row.owner_id == user.pk]
    bad = changed[1] if changed else new
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": gettext("Saved views"),
        "own": own,
        "theirs": [(row, queue_address(row.query)) for row in rows if row.owner_id != user.pk],
        "query": query,
        "new": new or NameForm(prefix="new"),
        "form": bad,
        "back": queue_address(query),
    }
    return TemplateResponse(request, PAGE, context)


def _kept(
    row: SavedView,
    circles: dict[str, Any],
    changed: tuple[int, NameForm | ShareForm] | None,
) -> Kept:
    sent_back = changed[1] if changed and changed[0] == row.pk else None
    name = NameForm(prefix=f"name-{row.pk}", initial={"name": row.name})
    share = None
    if circles:
        share = ShareForm(
            prefix=f"share-{row.pk}", circles=circles, initial={"circle": circle_key(row)}
        )
    return Kept(
        row,
        queue_address(row.query),
        sent_back if isinstance(sent_back, NameForm) else name,
        sent_back if isinstance(sent_back, ShareForm) else share,
    )
